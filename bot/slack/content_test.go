package slack

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/content"
	"studycoach/schedule"
)

// world is a cohort on Slack whose months pass in a moment. All that the coach
// says in it is rendered, and held to Slack's schemas and limits.
type world struct {
	*testing.T
	coach  *coach.Coach
	runner *schedule.Runner
	now    time.Time
	events int
	posts  []coach.Delivery
	heard  int             // messages and forms
	known  map[string]bool // what has been looked at
	said   strings.Builder // the texts of messages, and which checkpoints were taken
}

const crew = coach.RoomID("slack/T1/C1")

func newWorld(t *testing.T) *world {
	library, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	store, err := redisstore.Open(t.Context(), redisstore.Options{DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{T: t, coach: coach.New(store, library), now: time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC), known: map[string]bool{}}
	handlers := w.coach.Handlers(func() float64 { return 0 })
	handlers[coach.Deliver] = func(_ context.Context, j schedule.Job, _ time.Time) schedule.Outcome {
		d, err := coach.DeliveryOf(j)
		if err != nil {
			t.Error(err)
		}
		w.reads(d.Message)
		w.posts = append(w.posts, d)
		return schedule.Outcome{}
	}
	w.runner = schedule.NewRunner(schedule.RunnerOptions{Queue: store, Handlers: handlers})
	return w
}

// reads renders a message as Slack would get it. What has been said before is
// not looked at again.
func (w *world) reads(m coach.Message) {
	w.Helper()
	w.heard++
	if w.before(encode(m)) {
		return
	}
	var files []string
	for _, b := range m.Blocks {
		if b.Image != nil {
			files = append(files, "F0123456789")
		}
	}
	posts := render(m, files)
	if err := fitsMessage(w, posts); err != nil {
		w.Errorf("%v\n%s", err, seen(posts))
	}
	if err := fitsHome(w, home(m)); err != nil {
		w.Errorf("as App Home: %v\n%s", err, seen(posts))
	}
	if len(posts) > 1 {
		w.Errorf("it takes %d posts:\n%s", len(posts), seen(posts))
	}
	for _, p := range posts {
		w.said.WriteString(p.Text + "\n")
	}
}

// before tells whether something was said already.
func (w *world) before(what string) bool {
	defer func() { w.known[what] = true }()
	return w.known[what]
}

// fills renders a form as Slack would get it, and has it come back as it is.
func (w *world) fills(f coach.Form) {
	w.Helper()
	w.heard++
	if w.before(encode(f)) {
		return
	}
	v := modal(f, where{Room: crew})
	if err := fitsModal(w, v); err != nil {
		w.Errorf("%v\n%s", err, encode(v))
	}
	verb, args, _, err := submitted(filled(v))
	if err != nil || verb != f.Verb {
		w.Errorf("form %s comes back as %s: %v", f.Verb, verb, err)
	}
	for _, field := range f.Fields {
		if args[field.Name] != field.Value && field.Error == "" {
			w.Errorf("%s of %s is %q and comes back as %q", field.Name, f.Verb, field.Value, args[field.Name])
		}
	}
	w.said.WriteString(f.Args["check"] + "\n")
}

// event has somebody do something, and looks at the answer.
func (w *world) event(who string, e coach.Event) coach.Reply {
	w.Helper()
	w.events++
	e.ID, e.From, e.Name, e.Zone, e.At = fmt.Sprint("event ", w.events), coach.User("slack", "T1", who), strings.ToLower(who), "UTC", w.now
	if e.Room == "" {
		e.Room = crew
	}
	r, err := w.coach.Handle(w.Context(), e)
	if err != nil {
		w.Fatalf("%s %q: %v", e.Verb, e.Text, err)
	}
	if r.Message != nil {
		w.reads(*r.Message)
	}
	if r.Form != nil {
		w.fills(*r.Form)
	}
	return r
}

func (w *world) types(who, text string) coach.Reply {
	w.Helper()
	e := coach.Event{Text: text}
	if command, ok := strings.CutPrefix(text, "/"); ok {
		e.Verb, e.Text, _ = strings.Cut(command, " ")
	}
	return w.event(who, e)
}

func (w *world) presses(who string, a coach.Action) coach.Reply {
	w.Helper()
	return w.event(who, coach.Event{Verb: a.Verb, Args: a.Args})
}

// submits fills in a form, with names and values in turn.
func (w *world) submits(who string, f *coach.Form, values ...string) coach.Reply {
	w.Helper()
	if f == nil {
		w.Fatal("there is no form")
	}
	args := maps.Clone(f.Args)
	if args == nil {
		args = map[string]string{}
	}
	for _, field := range f.Fields {
		args[field.Name] = field.Value
	}
	for i := 0; i < len(values); i += 2 {
		args[values[i]] = values[i+1]
	}
	return w.event(who, coach.Event{Verb: f.Verb, Args: args, Submit: true})
}

func (w *world) until(to time.Time) {
	w.Helper()
	if err := w.runner.Advance(w.Context(), w.now, to, func(t time.Time) { w.now = t }); err != nil {
		w.Fatal(err)
	}
}

func buttonsOf(r coach.Reply) []coach.Action {
	var out []coach.Action
	if r.Message != nil {
		for _, b := range r.Message.Blocks {
			out = append(out, b.Actions...)
		}
	}
	return out
}

// final are the verbs of buttons after which somebody is out.
var final = []string{"forget-me", "leave", "pause", "drop", "cancel"}

// tries types a command, presses what it offers, and submits what it asks: as
// it stands, and with answers that make no sense.
func (w *world) tries(who, text string) {
	w.Helper()
	r := w.types(who, text)
	for _, a := range buttonsOf(r) {
		if !slices.Contains(final, a.Verb) {
			w.asks(who, w.presses(who, a))
		}
	}
	w.asks(who, r)
}

func (w *world) asks(who string, r coach.Reply) {
	w.Helper()
	if r.Form == nil {
		return
	}
	var values []string
	for _, f := range r.Form.Fields {
		if f.Kind == coach.FieldText || f.Kind == coach.FieldArea {
			typed, _ := split(tidy(w.nonsense()), cmp.Or(f.Max, maxLine), verbatim)
			values = append(values, f.Name, typed)
		}
	}
	w.submits(who, r.Form, values...)
	w.submits(who, r.Form)
}

// nonsense is one hostile text after the other.
func (w *world) nonsense() string {
	w.events++
	return hostile[w.events%len(hostile)]
}

// TestEverythingSaidFitsSlack takes a cohort through each roadmap: every unit is
// posted, every question asked and answered, every checkpoint taken, and every
// command tried.
func TestEverythingSaidFitsSlack(t *testing.T) {
	schema(t, blocksSchema)
	library, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, roadmap := range library.Roadmaps() {
		t.Run(roadmap.ID, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.tries("LENA", "/coach help")
			form := w.types("LENA", "/coach setup").Form
			w.submits("LENA", form, "name", "Crew *&* <b>", "roadmap", roadmap.ID, "start", "2027-03-01", "prompt", "09:00")
			learners := []string{"ADA", "BEN", "CLEO", "DAN", "EVE"}
			for _, who := range learners {
				w.types(who, "/coach join")
			}
			w.types("ADA", "/coach settings board yes")

			for day := range 7*len(roadmap.Weeks()) + 14 {
				w.until(time.Date(2027, 3, 1+day, 9, 5, 0, 0, time.UTC))
				w.types(learners[day%5], "/checkin 1h "+tidy(w.nonsense()))
				w.types(learners[day%2], "/checkin 45m "+tidy(w.nonsense()))
				if day%7 == 6 {
					w.tries("BEN", "/coach assess")
				}
				if day%56 == 4 {
					w.everyCommand(roadmap)
				}
			}
			for _, q := range roadmap.Questions {
				w.answers(q.ID)
			}

			w.covers(roadmap)
			w.tries("LENA", "/coach pause")
			w.tries("LENA", "/coach resume")
			w.tries("ADA", "/coach forget-me")
			w.types("BEN", "/coach leave")
		})
	}
}

// TestWhatPeopleSee draws what people see most, for a reader.
func TestWhatPeopleSee(t *testing.T) {
	w := newWorld(t)
	form := w.types("LENA", "/coach setup").Form
	golden(t, "setup", seenForm(modal(*form, where{Room: crew})))
	w.submits("LENA", form, "name", "Go crew", "start", "2027-03-01")
	learners := []string{"ADA", "BEN", "CLEO", "DAN", "EVE"}
	for _, who := range learners {
		w.types(who, "/coach join")
	}
	for day := range 7 {
		w.until(time.Date(2027, 3, 1+day, 10, 0, 0, 0, time.UTC))
		for i, who := range learners {
			if (day+i)%4 != 0 {
				w.types(who, fmt.Sprintf("/checkin %dm", 30+10*i))
			}
		}
	}
	golden(t, "checkin", seen(render(*w.types("ADA", "/checkin 45m read on *indexes* & <joins> #ai").Message, nil)))
	golden(t, "checkin-form", seenForm(modal(*w.types("ADA", "/checkin").Form, where{Room: crew})))
	me := *w.types("ADA", "/coach me").Message
	golden(t, "me", seen(render(me, []string{"F0123456789"})))
	golden(t, "home", w.opensHome("ADA"))
	golden(t, "home-of-a-lead", w.opensHome("LENA"))
	golden(t, "home-of-a-stranger", w.opensHome("ZED"))
	golden(t, "question", seen(render(*w.types("ADA", "/coach quiz").Message, nil)))
	golden(t, "help", seen(render(*w.types("ADA", "/coach help").Message, nil)))
	w.until(time.Date(2027, 3, 8, 12, 0, 0, 0, time.UTC))
	for class, name := range map[coach.Class]string{coach.ClassPrompt: "prompt", coach.ClassSummary: "summary"} {
		i := slices.IndexFunc(w.posts, func(d coach.Delivery) bool { return d.Class == class })
		if i < 0 {
			t.Fatalf("there is no %s", name)
		}
		golden(t, name, seen(render(w.posts[i].Message, []string{"F0123456789"})))
	}
}

// opensHome draws the App Home of somebody.
func (w *world) opensHome(who string) string {
	w.Helper()
	w.events++
	e := coach.Event{ID: fmt.Sprint("event ", w.events), From: coach.User("slack", "T1", who), Name: strings.ToLower(who), Zone: "UTC", At: w.now, Verb: homeVerb}
	e.Room = e.From.Direct()
	r, err := w.coach.Handle(w.Context(), e)
	if err != nil || r.Message == nil {
		w.Fatalf("there is no App Home: %v", err)
	}
	view := home(*r.Message)
	if err := fitsHome(w, view); err != nil {
		w.Errorf("%v\n%s", err, drawn(view.Blocks.BlockSet))
	}
	return drawn(view.Blocks.BlockSet)
}

// everyCommand tries all of them, as a learner and as a lead.
func (w *world) everyCommand(roadmap *content.Roadmap) {
	w.Helper()
	for _, c := range coach.Commands() {
		if !slices.Contains(final, strings.TrimPrefix(c.Name, "/coach ")) {
			w.tries("ADA", c.Name)
			w.tries("LENA", c.Name)
		}
	}
	for _, text := range []string{
		"45m deep w01d1 read on", "soon", "/checkin", "/checkin lots", "/checkin 45m yesterday <!channel> & more", "/coach undo", "/coach stuck on *this* <b>",
		"/coach away until tomorrow", "/coach away off", "/coach why 90", "/coach settings zone Nowhere", "/coach nonsense", "/coach settings nudge 20:00",
	} {
		w.tries("ADA", text)
	}
	for _, text := range []string{
		"/coach announce " + hostile[0], "/coach announce list", "/coach holiday", "/coach holiday 2035-12-24..2036-01-02", "/coach summary last", "/coach rehearse",
		"/coach roster", "/coach attention", "/coach posts", "/coach lead ada",
	} {
		w.tries("LENA", text)
	}
	for _, who := range []string{"ADA", "LENA", "ZED"} {
		w.opensHome(who)
	}
	for _, m := range roadmap.Milestones {
		w.types("ADA", "/coach milestone "+m.ID+" 1")
		w.types("ADA", "/coach milestone "+m.ID+" 100")
	}
}

// answers has a question asked, answered and rated.
func (w *world) answers(id string) {
	w.Helper()
	asked := w.types("BEN", "/coach quiz")
	for _, a := range buttonsOf(asked) {
		r := w.presses("BEN", a)
		if r.Form != nil {
			r = w.submits("BEN", r.Form, "answer", tidy(strings.Join(hostile, " ")))
		}
		if rows := buttonsOf(r); len(rows) > 0 {
			w.presses("BEN", rows[len(rows)-1])
		}
	}
	w.event("CLEO", coach.Event{Verb: "reveal", Args: map[string]string{"q": id, "ask": "1"}})
	w.event("CLEO", coach.Event{Verb: "reveal", Args: map[string]string{"q": id, "pick": "B", "answer": "x"}})
}

// covers reports what of a roadmap was not said.
func (w *world) covers(roadmap *content.Roadmap) {
	w.Helper()
	all := w.said.String()
	for _, u := range roadmap.Units() {
		if !strings.Contains(all, escape(u.Title)) {
			w.Errorf("unit %s was not posted", u.ID)
		}
	}
	for _, q := range roadmap.Questions {
		if !strings.Contains(all, escape(said(spans(q.Ask)))) {
			w.Errorf("question %s was not asked", q.ID)
		}
	}
	for _, c := range roadmap.Checkpoints {
		if !strings.Contains(all, c.ID+"\n") {
			w.Errorf("checkpoint %s was not taken", c.ID)
		}
	}
	w.Logf("%d messages and forms, %d of them unlike the others; %d posts", w.heard, len(w.known), len(w.posts))
}
