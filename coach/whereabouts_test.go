package coach_test

import (
	"context"
	"testing"

	"studycoach/coach"
)

// A replica that has seen a room's cohort before notices that the room is
// another's by now, or nobody's.
func TestACheckInGoesToWhoLivesInTheRoom(t *testing.T) {
	w := newWorld(t)
	old := w.cohort()
	w.join("lena")
	elsewhere := coach.New(w.store, library())
	checkIn := func(who string, want ...string) {
		t.Helper()
		reply, err := elsewhere.Handle(t.Context(), typed(w.event(who), "/checkin 45m read"))
		if err != nil {
			t.Fatal(err)
		}
		w.wantText(reply, want...)
	}
	checkIn("lena", "Logged")
	w.press("lena", w.dm("lena", "/coach forget-me").Message, "Yes, delete everything")
	checkIn("ada", "not in Crew yet")

	w.wantText(w.submit("bob", w.say("bob", "/coach setup").Form, "name", "Owls"), "Owls is set up")
	checkIn("ada", "not in Owls yet")
	w.join("ada")
	w.clock(3, "10:00")
	checkIn("ada", "Logged")
	if got := w.load("ada").Entries; len(got) != 1 {
		t.Errorf("the room's cohort has %+v", got)
	}
	if got := w.loadIn(old, "ada").Entries; len(got) != 0 {
		t.Errorf("the one that moved out has %+v", got)
	}
}

// counting counts how often a cohort is looked for.
type counting struct {
	coach.Store
	lookups int
}

func (c *counting) CohortIn(ctx context.Context, room coach.RoomID) (coach.CohortID, error) {
	c.lookups++
	return c.Store.CohortIn(ctx, room)
}

// The check-ins of a room look its cohort up once.
func TestARoomIsLookedUpOnce(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	store := &counting{Store: w.store}
	replica := coach.New(store, library())
	for range 10 {
		reply, err := replica.Handle(t.Context(), typed(w.event("ada"), "/checkin 5m read"))
		if err != nil {
			t.Fatal(err)
		}
		w.wantText(reply, "Logged")
	}
	if store.lookups != 1 {
		t.Errorf("it was looked up %d times", store.lookups)
	}
}
