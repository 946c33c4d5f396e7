package coach_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"studycoach/coach"
	"studycoach/coach/storetest"
	"studycoach/content/say"
)

func TestTheSameEventChangesNothingAndAnswersTheSame(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob")
	w.clock(1, "10:00")
	logged := w.say("ada", "/checkin 30m")
	prompt := w.last(coach.ClassPrompt, general)
	question := w.say("ada", "/coach quiz")
	shown := w.press("ada", question.Message, "Just show it")
	draft := func(values ...string) coach.Reply {
		return w.submit("lena", w.say("lena", "/coach announce").Form, append([]string{"text", "Hello"}, values...)...)
	}
	now, planned, dropped := draft(), draft("date", "2027-03-05"), draft()

	for name, e := range map[string]coach.Event{
		"a check-in":             typed(w.event("ada"), "/checkin 45m read about joins"),
		"the form":               w.submitted("ada", w.say("ada", "/checkin").Form, "time", "20m"),
		"the done button":        w.pressed("ada", &prompt.Message, "Done for today"),
		"an edit":                w.submitted("ada", w.press("ada", logged.Message, "Edit").Form, "time", "50m"),
		"stuck":                  typed(w.event("ada"), "/coach stuck on joins"),
		"settings":               typed(w.event("ada"), "/coach settings board on"),
		"away":                   typed(w.event("ada"), "/coach away 3 days"),
		"a rating":               w.pressed("ada", shown.Message, "Good"),
		"a join":                 typed(w.event("cyd"), "/coach join"),
		"a leave":                typed(w.event("bob"), "/coach leave"),
		"a holiday":              typed(w.event("lena"), "/coach holiday 2027-03-10"),
		"a pause":                typed(w.event("lena"), "/coach pause"),
		"a new lead":             typed(w.event("lena"), "/coach lead ada"),
		"a post":                 w.pressed("lena", now.Message, "Post it now"),
		"a planned post":         w.pressed("lena", planned.Message, "Plan it"),
		"a draft that is undone": w.pressed("lena", dropped.Message, "Discard"),
	} {
		t.Run(name, func(t *testing.T) {
			w.tb = t
			before := w.snapshot()
			first := w.handle(e)
			after := w.snapshot()
			if cmp.Equal(before, after) {
				t.Fatalf("it changed nothing the first time: %s", textOf(first.Message))
			}
			for _, later := range []time.Duration{0, 10 * time.Minute} {
				again := e
				again.At = e.At.Add(later)
				if diff := cmp.Diff(first, w.handle(again)); diff != "" {
					t.Errorf("%s later the answer differs (-first +second):\n%s", later, diff)
				}
				w.unchanged("the same event", after)
			}
		})
	}
}

func TestAConflictIsRiddenOut(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	faulty := &storetest.Faulty{Store: w.store}
	w.coach = coach.New(faulty, library())
	faulty.Conflicts.Store(5)
	w.wantText(w.say("ada", "/checkin 45m"), "Logged 45 min", "This week: 45 min")
	if got := len(w.load("ada").Entries); got != 1 {
		t.Errorf("%d entries", got)
	}
}

func TestAnAnswerThatWasLostIsGivenAgain(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	faulty := &storetest.Faulty{Store: w.store}
	w.coach = coach.New(faulty, library())
	faulty.Lost.Store(1)
	e := typed(w.event("ada"), "/checkin 45m")
	reply, err := w.coach.Handle(t.Context(), e)
	if !errors.Is(err, storetest.ErrLost) {
		t.Fatalf("error is %v", err)
	}
	w.wantText(reply, "I cannot tell whether this went through. Please look before you send it again.")
	w.wantText(w.handle(e), "Logged 45 min", "This week: 45 min")
}

func TestAFailureIsToldUnderAnID(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	faulty := &storetest.Faulty{Store: w.store}
	w.coach = coach.New(faulty, library())
	faulty.Down.Store(true)
	for _, text := range []string{"/checkin 45m secret", "/checkin", "/coach me", "/coach join", "/coach setup", "/coach forget-me", "/coach announce", "/coach lead bob", "45m secret"} {
		e := typed(w.event("ada"), text)
		if e.Verb == "" {
			e.Room = e.From.Direct()
		}
		reply, err := w.coach.Handle(t.Context(), e)
		if !errors.Is(err, storetest.ErrDown) {
			t.Fatalf("%s: error is %v", text, err)
		}
		_, id, _ := strings.Cut(textOf(reply.Message), "the id ")
		if id = strings.TrimSuffix(id, "."); len(id) != 10 || !strings.Contains(err.Error(), id) {
			t.Errorf("%s: the reply %q and the error %q share no id", text, textOf(reply.Message), err)
		}
		w.wantText(reply, "nothing was changed")
		w.wantNot(err.Error()+textOf(reply.Message), "secret", "the store is down.")
	}
}

// brittle goes down with its first update.
type brittle struct{ *storetest.Faulty }

func (b brittle) Update(ctx context.Context, s coach.Scope, fn func(coach.State) (coach.Change, error)) ([]byte, bool, error) {
	defer b.Down.Store(true)
	return b.Faulty.Update(ctx, s, fn)
}

// What fails after some of it was kept does not say that nothing was changed.
func TestAFailureHalfwayIsToldAsSuch(t *testing.T) {
	w, _ := town(t) // ada is in two cohorts
	sure := w.dm("ada", "/coach forget-me").Message
	w.coach = coach.New(brittle{&storetest.Faulty{Store: w.store}}, library())
	last := sure.Blocks[len(sure.Blocks)-1].Actions[0]
	e := w.event("ada")
	e.Verb, e.Args = last.Verb, last.Args
	reply, err := w.coach.Handle(t.Context(), e)
	if !errors.Is(err, storetest.ErrDown) || !errors.Is(err, coach.ErrUnknown) {
		t.Errorf("error is %v", err)
	}
	w.wantText(reply, "I cannot tell whether this went through.")
}

func TestARoadmapThatIsGoneIsAFailure(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.join("ada")
	_, _, err := w.store.Update(context.Background(), coach.Scope{Cohort: id}, func(s coach.State) (coach.Change, error) {
		s.Cohort.Roadmap = "gone"
		return coach.Change{Cohort: s.Cohort}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"/checkin", "/checkin 45m", "/coach today", "/coach me", "/coach undo", "/coach stuck x", "/coach summary", "/coach away 3 days", "/coach edit"} {
		who := "ada"
		if text == "/coach summary" {
			who = "lena"
		}
		if _, err := w.coach.Handle(t.Context(), typed(w.event(who), text)); err == nil || !strings.Contains(err.Error(), `no roadmap "gone"`) {
			t.Errorf("%s: error is %v", text, err)
		}
	}
}

func TestPlainText(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(1, "10:00")
	before := w.snapshot()
	for _, text := range []string{"good morning", "45m of sleep was all I had", "leave me alone", ""} {
		if reply := w.say("ada", text); reply.Message != nil || reply.Form != nil {
			t.Errorf("room chatter %q is answered with %q", text, textOf(reply.Message))
		}
	}
	prompt := w.last(coach.ClassPrompt, general)
	for _, text := range []string{"that is a hard one", "see you at the meeting", "help"} {
		if reply := w.thread("ada", prompt, text); reply.Message != nil || reply.Form != nil {
			t.Errorf("thread chatter %q is answered with %q", text, textOf(reply.Message))
		}
	}
	for _, text := range []string{"good morning", "leave it to me", "undo what I said, please", "join the two tables first", "forget-me not"} {
		w.wantLine(w.dm("ada", text), say.Chat{})
	}
	w.unchanged("chatter", before)

	w.wantText(w.dm("ada", "today"), "Week 1, w01d1")
	w.wantText(w.dm("ada", "Help"), "What you can do")
	w.wantText(w.dm("ada", "coach help"), "What you can do")
	w.wantText(w.dm("ada", "away 3 days"), "Noted. Until")
	w.wantText(w.dm("ada", "45m of joins"), "Logged 45 min", "Note: of joins")
	w.wantText(w.dm("ada", "45"), "45 of what?")
	w.wantText(w.thread("ada", prompt, "took 1h"), "Logged 1 h")
	w.wantText(w.thread("ada", prompt, "from 1h to 2h"), "1h")
}

func TestADirectMessageAsksWhichCohort(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	second := w.cohortIn(other, "name", "Night owls")
	w.join("ada")
	e := typed(w.event("ada"), "/coach join")
	e.Room = other
	w.handle(e)

	for _, text := range []string{"45m of joins", "/checkin 45m of joins"} {
		reply := w.dm("ada", text)
		w.wantLine(reply, say.WhichCohort{})
		if diff := cmp.Diff([]string{"Crew", "Night owls"}, buttons(reply.Message), cmpopts.SortSlices(strings.Compare)); diff != "" {
			t.Errorf("buttons (-want +got):\n%s", diff)
		}
		w.wantText(w.press("ada", reply.Message, "Night owls"), "Logged 45 min", "Note: of joins")
	}
	if got := len(w.loadIn(second, "ada").Entries); got != 2 {
		t.Errorf("%d entries in the one that was picked", got)
	}
	if got := len(w.load("ada").Entries); got != 0 {
		t.Errorf("%d entries in the other one", got)
	}
	w.wantText(w.press("ada", w.dm("ada", "/coach me").Message, "Crew"), "Ada in Crew")
	w.wantText(w.say("ada", "/coach me"), "Ada in Crew")

	// A button holds 80 bytes: a note is cut, and says so, but never a time.
	long := w.dm("ada", "45m "+strings.Repeat("of joins and more ", 10))
	w.wantLine(long, say.WhichCohort{Cut: true})
	w.wantText(w.press("ada", long.Message, "Crew"), "Logged 45 min", "Note: of joins and more")
	long = w.dm("ada", strings.Repeat("of joins and more ", 10)+"for 45m")
	if reply := w.press("ada", long.Message, "Crew"); reply.Form == nil {
		t.Errorf("without its time the text became %q", textOf(reply.Message))
	}
}

// Where a command has options, people name the cohort: as it was suggested, or
// in their own words.
func TestACommandNamesItsCohort(t *testing.T) {
	w := newWorld(t)
	crew := w.cohort()
	owls := w.cohortIn(other, "name", "Night owls")
	secret := w.cohortIn("web/playground/secret", "name", "Secret society")
	w.join("ada")
	e := typed(w.event("ada"), "/coach join")
	e.Room = other
	w.handle(e)
	chosen := func(who, cohort, text string) coach.Reply {
		e := typed(w.event(who), text)
		e.Room, e.Args, e.Chosen = e.From.Direct(), map[string]string{"cohort": cohort}, true
		return w.handle(e)
	}

	for named, want := range map[string]string{string(crew): "Crew", string(owls): "Night owls", "Night owls": "Night owls", " night  OWLS ": "Night owls", "crew": "Crew"} {
		w.wantText(chosen("ada", named, "/coach me"), "Ada in "+want)
	}
	in := typed(w.event("ada"), "/checkin 45m")
	in.Args, in.Chosen = map[string]string{"cohort": "night owls"}, true // in the room of another cohort
	w.wantText(w.handle(in), "Logged 45 min")
	if got := len(w.loadIn(owls, "ada").Entries); got != 1 {
		t.Errorf("%d entries in the one that was named", got)
	}
	w.wantLine(chosen("ada", "crew", "/coach pause"), say.LeadsOnly{Command: "pause"})
	w.wantText(chosen("lena", "crew", "/coach pause"), "Crew is paused")

	// Others are unknown, by name or id, as are those that do not exist.
	for _, unknown := range []string{"Owls", "Secret society", string(secret), "aaaaaaaaaa", "*x*"} {
		for _, command := range []string{"/coach me", "/coach today", "/coach export", "/coach pause", "/checkin 45m"} {
			reply := chosen("ada", unknown, command)
			w.wantLine(reply, say.WhichCohort{Typed: say.Literal(unknown)})
			if diff := cmp.Diff([]string{"Crew", "Night owls"}, buttons(reply.Message), cmpopts.SortSlices(strings.Compare)); diff != "" {
				t.Errorf("buttons (-want +got):\n%s", diff)
			}
		}
	}
	w.wantText(w.press("ada", chosen("ada", "Owls", "/checkin 30m").Message, "Night owls"), "Logged 30 min")
	for _, unknown := range []string{"Crew", string(crew), "aaaaaaaaaa"} {
		reply := chosen("bob", unknown, "/coach today") // who is in none
		w.wantLine(reply, say.WhichCohort{Typed: say.Literal(unknown), None: true})
		if got := buttons(reply.Message); len(got) > 0 {
			t.Errorf("he is offered %q", got)
		}
	}

	// What is offered instead of an answer stays with the one that was named.
	for _, text := range []string{"/coach settings recall maybe", "/coach settings colour red"} {
		form := w.press("ada", chosen("ada", "Night owls", text).Message, "Settings").Form
		if got := form.Args["cohort"]; got != string(owls) {
			t.Errorf("after %q the settings are those of %q", text, got)
		}
	}

	// Two of one name are told apart by buttons, or by what was suggested.
	third := w.cohortIn("web/playground/third", "name", "Crew")
	w.wantLine(chosen("lena", "Crew", "/coach cohort"), say.WhichCohort{Typed: "Crew", Several: true})
	w.wantText(chosen("lena", string(third), "/coach cohort"), "Crew")
}

func TestOneCohortIsTheOneThatIsMeant(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.wantText(w.dm("ada", "/checkin 45m"), "Logged 45 min")
	e := typed(w.event("ada"), "/checkin 30m")
	e.Room = "web/playground/elsewhere"
	w.wantText(w.handle(e), "Logged 30 min")
	e = typed(w.event("bob"), "/checkin 30m")
	e.Room = "web/playground/elsewhere"
	w.wantLine(w.handle(e), say.NoCohort{})
	e = typed(w.event("bob"), "/coach today")
	e.Verb, e.Text, e.Args = "today", "", map[string]string{"cohort": "nosuchcohort"}
	w.wantLine(w.handle(e), say.NoCohort{})
}
