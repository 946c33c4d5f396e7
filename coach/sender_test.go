package coach_test

import (
	"testing"

	"studycoach/coach"
)

// Which of somebody's accounts an event is from, where it may be any of them:
// the one of the cohort that it names, else the first that is in one, else the
// first that was.
func TestTheSenderOfADirectMessage(t *testing.T) {
	const (
		there  = coach.UserRef("web/there/ada")
		gone   = coach.UserRef("web/gone/ada")
		nobody = coach.UserRef("web/nowhere/ada")
	)
	w := newWorld(t)
	crew := w.cohort()
	owls := w.cohortIn("web/there/general", "name", "Night owls")
	larks := w.cohortIn("web/gone/general", "name", "Larks")
	w.join("ada")
	as := func(u coach.UserRef, text string) {
		t.Helper()
		e := typed(w.event("ada"), text)
		e.From, e.Room = u, coach.RoomID(u.Workspace()+"/general")
		w.handle(e)
	}
	as(there, "/coach join")
	as(gone, "/coach join")
	as(gone, "/coach leave")
	here, lena := user("ada"), user("lena")
	for _, c := range []struct {
		name     string
		accounts []coach.UserRef
		cohort   string
		chosen   bool
		want     coach.UserRef
	}{
		{"nobody", nil, "", false, ""},
		{"whoever is known nowhere", []coach.UserRef{nobody}, "", false, ""},
		{"the only one that is known", []coach.UserRef{nobody, here}, "", false, here},
		{"a lead", []coach.UserRef{nobody, lena}, "", false, lena},
		{"the first of two", []coach.UserRef{there, here}, "", false, there},
		{"who left, after who is there", []coach.UserRef{gone, here}, "", false, here},
		{"who left, where nobody is there", []coach.UserRef{nobody, gone}, "", false, gone},
		{"by a button", []coach.UserRef{here, there}, string(owls), false, there},
		{"by the first one's button", []coach.UserRef{here, there}, string(crew), false, here},
		{"by a button of what they left", []coach.UserRef{here, there, gone}, string(larks), false, gone},
		{"by a button of a cohort of nobody's", []coach.UserRef{gone, there, here}, "aaaaaaaaaa", false, there},
		{"by the id", []coach.UserRef{here, there}, string(owls), true, there},
		{"by the name", []coach.UserRef{here, there}, " night OWLS ", true, there},
		{"by a name on a button", []coach.UserRef{here, there}, "Night owls", false, here},
		{"by the name of nobody's", []coach.UserRef{here, there}, "Sparrows", true, here},
	} {
		e := w.event("ada")
		e.Args, e.Chosen = map[string]string{"cohort": c.cohort}, c.chosen
		if got, err := w.coach.Sender(t.Context(), e, c.accounts); got != c.want || err != nil {
			t.Errorf("%s: it is from %q, want %q (%v)", c.name, got, c.want, err)
		}
	}
	ctx, cancel := contextDown(t)
	defer cancel()
	if _, err := w.coach.Sender(ctx, w.event("ada"), []coach.UserRef{here}); err == nil {
		t.Error("a store that is down is not told of")
	}
}

// Whoever has several accounts is suggested the cohorts of all, each once.
func TestCohortsOfAllAccountsAreSuggested(t *testing.T) {
	w := newWorld(t)
	crew := w.cohort()
	owls := w.cohortIn(other, "name", "Night owls")
	w.join("ada", "bob")
	e := typed(w.event("bob"), "/coach join")
	e.Room = other
	w.handle(e)
	got, err := w.coach.Suggest(t.Context(), coach.OptionCohort, "", w.event("ada"), []coach.UserRef{user("ada"), user("bob"), user("cleo")})
	if err != nil || len(got) != 2 || got[0].Value == got[1].Value {
		t.Errorf("suggested are %v, want %s and %s (%v)", got, crew, owls, err)
	}
}
