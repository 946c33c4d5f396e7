package coach_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestEveryCommandIsInHelp(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	text := textOf(w.say("ada", "/coach help").Message)
	listed := map[string]bool{}
	for _, c := range coach.Commands() {
		listed[strings.TrimPrefix(strings.TrimPrefix(c.Name, "/"), "coach ")] = true
		w.wantIn(text, strings.TrimSpace(c.Name+" "+c.Usage)+" "+c.Summary)
	}
	for _, row := range coach.Table() {
		if listed[row.Name] == row.Hidden {
			t.Errorf("%s: listed %v, hidden %v", row.Name, listed[row.Name], row.Hidden)
		}
	}
	w.wantText(w.say("ada", "/coach"), "What you can do")
	w.wantText(w.say("ada", "/coach  HELP "), "What you can do")
	w.wantText(w.say("ada", "/coach /help"), "What you can do")
}

func TestAnUnknownCommand(t *testing.T) {
	w := newWorld(t)
	for typed, near := range map[string]string{
		"tody": "today", "chekin": "checkin", "forgetme": "forget-me", "dance": "", "post": "", "rate": "", strings.Repeat("x", 500): "",
	} {
		shown := typed
		if len(shown) > 40 {
			shown = shown[:39] + "…"
		}
		got := textOf(w.say("ada", "/coach "+typed).Message)
		if near == "" && strings.Contains(got, "Did you mean") && typed != "post" && typed != "rate" {
			t.Errorf("%s: %q", typed, got)
		}
		w.wantIn(got, "I do not know "+shown)
		if near != "" {
			w.wantIn(got, "Did you mean /coach "+near+"?")
		}
	}
	w.wantLine(w.say("ada", "/dance"), say.UnknownCommand{Typed: "dance"})
	e := w.event("ada")
	e.Verb = "*bold* `code`"
	w.wantText(w.handle(e), "I do not know *bold* `code`.")
}

func TestACommandsTextMayBeginOnTheNextLine(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.wantText(w.say("ada", "/coach stuck\nI cannot join three tables"), "you are stuck on w01d1")
	if got := w.load("ada").Learner.Stuck.Note; got != "I cannot join three tables" {
		t.Errorf("the note is %q", got)
	}
}

// everyArg holds arguments that satisfy every command.
func everyArg(id coach.CohortID) map[string]string {
	return map[string]string{
		"cohort": string(id), "text": "2027-03-20", "name": "Mine", "roadmap": "backend", "start": "2027-03-02", "zone": "UTC", "prompt": "09:00",
		"study": "mon", "summary-day": "sun", "summary-time": "18:00", "goal": "12", "date": "2027-03-01", "time": "45m", "id": "x", "unit": "w01d1",
		"q": mustRoadmap().Questions[0].ID, "as": "good", "check": mustRoadmap().Checkpoints[0].ID, "note": "n", "until": "2027-03-05", "to": string(id),
		"at": strconv.FormatInt(monday.Unix(), 10),
	}
}

// leadsOnly is how the refusal of a lead's command goes on after its name.
var leadsOnly = strings.TrimPrefix(say.Unmarked(say.Text(say.LeadsOnly{Command: "x"})), "/coach x")

func TestLeadCommandsAreForLeads(t *testing.T) {
	for _, row := range coach.Table() {
		for _, who := range []string{"ada", "stranger"} {
			for _, submit := range []bool{false, true} {
				if !row.Lead {
					continue
				}
				w := newWorld(t)
				id := w.cohort()
				w.join("ada")
				w.say("lena", "/coach pause")
				w.submit("lena", w.say("lena", "/coach announce").Form, "text", "Hello")
				before := w.snapshot()
				e := w.event(who)
				e.Verb, e.Args, e.Submit = row.Name, everyArg(id), submit
				if all := w.announcements(id); len(all) == 1 {
					e.Args["id"] = all[0].ID
				}
				reply := w.handle(e)
				if text := textOf(reply.Message); !strings.HasSuffix(text, leadsOnly) {
					t.Errorf("%s, submit %v, by %s: %q, %+v", row.Name, submit, who, text, reply.Form)
				}
				w.unchanged(row.Name, before)
			}
		}
	}
}

func TestLearnersCommandsAreForLearners(t *testing.T) {
	for _, row := range coach.Table() {
		if !row.Learner {
			continue
		}
		w := newWorld(t)
		id := w.cohort()
		w.clock(22, "10:00")
		before := w.snapshot()
		for _, who := range []string{"stranger", "lena"} {
			for _, submit := range []bool{false, true} {
				e := w.event(who)
				e.Verb, e.Args, e.Submit = row.Name, everyArg(id), submit
				reply := w.handle(e)
				w.wantLine(reply, say.NotALearner{Cohort: "Crew"})
				if !slices.Equal(buttons(reply.Message), []string{"Join"}) {
					t.Errorf("%s: buttons are %v", row.Name, buttons(reply.Message))
				}
			}
		}
		w.unchanged(row.Name, before)

		empty := newWorld(t)
		e := empty.event("stranger")
		e.Verb = row.Name
		empty.wantLine(empty.handle(e), say.NoCohort{})
	}
}

func TestTheLeadOfAnotherCohortIsNoLeadHere(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	e := typed(w.event("mia"), "/coach setup")
	e.Room = other
	form := w.handle(e).Form
	e = w.submitted("mia", form, "name", "Owls")
	e.Room = other
	w.wantText(w.handle(e), "Owls is set up")
	before := w.snapshot()
	for _, row := range coach.Table() {
		if row.Lead {
			e := w.event("mia")
			e.Verb, e.Args = row.Name, everyArg(id)
			e.Submit = row.Name == "announce" || row.Name == "cohort"
			w.wantText(w.handle(e), leadsOnly)
		}
	}
	w.unchanged("a lead of another cohort", before)
}
