package platformtest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/content"
	"studycoach/content/say"
)

// Show has an adapter show what the coach has, and report with t what it cannot.
type Show struct {
	Message func(t testing.TB, m coach.Message)
	Form    func(t testing.TB, f coach.Form)
	Page    func(t testing.TB, m coach.Message) // somebody's page; nil on a platform where people have none
}

// Everything takes a cohort through each roadmap: every unit is posted, every
// question asked and answered, every checkpoint taken, every command tried, and
// people write what is hostile. What the coach says of it is shown once.
func Everything(t *testing.T, platform string, show Show) {
	t.Helper()
	library, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, roadmap := range library.Roadmaps() {
		t.Run(roadmap.ID, func(t *testing.T) {
			t.Parallel()
			c := course{roadmap: roadmap, show: show, known: map[string]bool{}}
			c.world = newWorld(t, platform, func(m coach.Message) {
				if c.isNew(m) {
					c.said.WriteString(strings.Join(m.Plain(), "\n") + "\n")
					show.Message(t, m)
				}
			}, func(f coach.Form) {
				if c.isNew(f) {
					c.said.WriteString(f.Args["check"] + "\n")
					show.Form(t, f)
				}
			})
			c.run()
			c.covers()
		})
	}
}

// course is a roadmap from its first day to after its last.
type course struct {
	*world
	roadmap *content.Roadmap
	show    Show
	heard   int             // messages and forms
	known   map[string]bool // those that were looked at
	said    strings.Builder // their texts, and which checkpoints were taken
}

func (c *course) isNew(v any) bool {
	c.heard++
	raw, err := json.Marshal(v)
	if err != nil {
		c.Fatal(err)
	}
	defer func() { c.known[string(raw)] = true }()
	return !c.known[string(raw)]
}

func (c *course) run() {
	c.tries("LENA", "/coach help")
	form := c.types("LENA", "/coach setup").Form
	c.submits("LENA", form, "name", "Crew *&* <b>", "roadmap", c.roadmap.ID, "start", monday.Format(time.DateOnly), "prompt", "09:00")
	learners := []string{"ADA", "BEN", "CLEO", "DAN", "EVE"}
	for _, who := range learners {
		c.types(who, "/coach join")
	}
	c.types("ADA", "/coach settings board yes")
	for day := range 7*len(c.roadmap.Weeks()) + 14 {
		c.until(monday.AddDate(0, 0, day).Add(9*time.Hour + 5*time.Minute))
		c.types(learners[day%5], "/checkin 1h "+c.nonsense())
		c.types(learners[day%2], "/checkin 45m "+c.nonsense())
		if day%7 == 6 {
			c.tries("BEN", "/coach assess")
		}
		if day%56 == 4 {
			c.everyCommand()
		}
	}
	for _, q := range c.roadmap.Questions {
		c.answers(q.ID)
	}
	c.tries("LENA", "/coach pause")
	c.tries("LENA", "/coach resume")
	c.tries("ADA", "/coach forget-me")
	c.types("BEN", "/coach leave")
}

// final are the verbs of buttons after which somebody is out.
var final = []string{"forget-me", "leave", "pause", "drop", "cancel"}

// tries types a command, presses what it offers, and submits what it asks: as
// it stands, and with answers that make no sense.
func (c *course) tries(who, text string) {
	r := c.types(who, text)
	for _, a := range buttonsOf(r) {
		if !slices.Contains(final, a.Verb) {
			c.fillsIn(who, c.presses(who, a))
		}
	}
	c.fillsIn(who, r)
}

func (c *course) fillsIn(who string, r coach.Reply) {
	if r.Form == nil {
		return
	}
	var values []string
	for _, f := range r.Form.Fields {
		if f.Kind == coach.FieldText || f.Kind == coach.FieldArea {
			typed := []rune(c.nonsense())
			values = append(values, f.Name, string(typed[:min(len(typed), cmp.Or(f.Max, 150))]))
		}
	}
	c.submits(who, r.Form, values...)
	c.submits(who, r.Form)
}

// nonsense is one hostile text after the other, and a long one now and then.
func (c *course) nonsense() string {
	c.acts++
	if c.acts%20 == 0 {
		return strings.Repeat(hostile[c.acts/20%len(hostile)]+" ", 40)
	}
	return hostile[c.acts%len(hostile)]
}

// everyCommand tries all of them, as a learner and as a lead.
func (c *course) everyCommand() {
	for _, cmd := range coach.Commands() {
		if !slices.Contains(final, strings.TrimPrefix(cmd.Name, "/coach ")) {
			c.tries("ADA", cmd.Name)
			c.tries("LENA", cmd.Name)
		}
	}
	for _, text := range []string{
		"45m deep w01d1 read on", "soon", "/checkin", "/checkin lots", "/checkin 45m yesterday <!channel> & more", "/coach undo", "/coach stuck on *this* <b>",
		"/coach away until tomorrow", "/coach away off", "/coach why 90", "/coach settings zone Nowhere", "/coach nonsense", "/coach settings nudge 20:00",
	} {
		c.tries("ADA", text)
	}
	for _, text := range []string{
		"/coach announce " + hostile[0], "/coach announce list", "/coach holiday", "/coach holiday 2035-12-24..2036-01-02", "/coach summary last", "/coach rehearse",
		"/coach roster", "/coach attention", "/coach posts", "/coach lead ada",
	} {
		c.tries("LENA", text)
	}
	for _, who := range []string{"ADA", "LENA", "ZED"} {
		if c.show.Page != nil {
			c.show.Page(c, c.page(who))
		}
	}
	for _, m := range c.roadmap.Milestones {
		c.types("ADA", "/coach milestone "+m.ID+" 1")
		c.types("ADA", "/coach milestone "+m.ID+" 100")
	}
}

// answers has a question asked, answered and rated.
func (c *course) answers(id string) {
	for _, a := range buttonsOf(c.types("BEN", "/coach quiz")) {
		r := c.presses("BEN", a)
		if r.Form != nil {
			r = c.submits("BEN", r.Form, "answer", strings.Join(hostile, " "))
		}
		if rows := buttonsOf(r); len(rows) > 0 {
			c.presses("BEN", rows[len(rows)-1])
		}
	}
	c.event("CLEO", coach.Event{Verb: "reveal", Args: map[string]string{"q": id, "ask": "1"}})
	c.event("CLEO", coach.Event{Verb: "reveal", Args: map[string]string{"q": id, "pick": "B", "answer": "x"}})
}

// covers reports what of a roadmap was not said.
func (c *course) covers() {
	all := c.said.String()
	for _, u := range c.roadmap.Units() {
		if !strings.Contains(all, u.Title) {
			c.Errorf("unit %s was not posted", u.ID)
		}
	}
	for _, q := range c.roadmap.Questions {
		if !strings.Contains(all, say.Unmarked(q.Ask)) {
			c.Errorf("question %s was not asked", q.ID)
		}
	}
	for _, check := range c.roadmap.Checkpoints {
		if !strings.Contains(all, check.ID+"\n") {
			c.Errorf("checkpoint %s was not taken", check.ID)
		}
	}
	c.Logf("%d messages and forms, %d of them unlike the others; %d posts", c.heard, len(c.known), len(c.posts))
}
