package coach_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

// renewed is the general room by its new id.
const renewed = coach.RoomID("web/playground/renewed")

func moved(from, to coach.RoomID) coach.Notice {
	return coach.Notice{Kind: coach.RoomMoved, Room: from, To: to}
}

// livesIn reports a cohort that lives elsewhere than in these rooms.
func (w *world) livesIn(id coach.CohortID, rooms ...coach.RoomID) {
	w.Helper()
	if co := w.loadIn(id, "lena").Cohort; !slices.Equal(co.Rooms, rooms) {
		w.Errorf("it lives in %v, want %v", co.Rooms, rooms)
	}
	for _, room := range rooms {
		if in, err := w.store.CohortIn(w.Context(), room); err != nil || in != id {
			w.Errorf("in %s is %q, %v", room, in, err)
		}
	}
}

// follows reports where a delivery of a cohort into the general room goes.
func (w *world) follows(id coach.CohortID, want coach.RoomID) {
	w.Helper()
	got, err := w.coach.Moved(w.Context(), coach.Delivery{Key: fmt.Sprintf("send/prompt/%s/2027-03-01/w01d1/%s", id, general), Room: general})
	if err != nil || got != want {
		w.Errorf("a delivery goes to %q, %v, want %q", got, err, want)
	}
}

func TestACohortFollowsItsRoom(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.join("ada")
	w.wantText(w.say("ada", "/checkin 45m"), "Logged 45 min") // the room is remembered
	w.follows(id, "")
	w.notice(moved(general, renewed))
	w.livesIn(id, renewed)
	w.follows(id, renewed)
	if told := w.told("lena"); len(told) > 0 {
		t.Errorf("the lead is told %q", told)
	}
	w.clock(1, "10:00")
	if here, there := len(w.posted(coach.ClassPrompt, general)), len(w.posted(coach.ClassPrompt, renewed)); here != 0 || there != 1 {
		t.Errorf("%d prompts by the old id, %d by the new one", here, there)
	}
	if _, err := w.store.CohortIn(t.Context(), general); !errors.Is(err, coach.ErrNotFound) {
		t.Errorf("by the old id: %v", err)
	}
	w.wantText(w.sayIn(user("ada"), renewed, "/checkin 30m"), "Logged 30 min")

	before := w.snapshot()
	w.notice(moved(general, "web/playground/elsewhere"))
	w.notice(moved(renewed, renewed))
	w.notice(closed(general, coach.NotInRoom))
	w.unchanged("the old id", before)

	w.notice(moved(renewed, "web/playground/third"))
	w.livesIn(id, "web/playground/third")
	w.follows(id, "web/playground/third")
	w.notice(moved("web/playground/third", general)) // and back
	w.livesIn(id, general)
	w.follows(id, "")
	for i := range 20 {
		w.notice(moved(w.loadIn(id, "lena").Cohort.Rooms[0], coach.RoomID(fmt.Sprint("web/playground/", i))))
	}
	w.follows(id, "") // nobody waits that long
	if n := len(w.loadIn(id, "lena").Cohort.Moved); n != 8 {
		t.Errorf("%d moves are kept", n)
	}
}

// What the old id refused before anybody told of the new one is posted after all,
// as long as it is of use.
func TestARoomThatSeemedToBeClosedHasMoved(t *testing.T) {
	for _, why := range []coach.Closing{coach.NotInRoom, coach.Deleted, coach.Archived} {
		w := newWorld(t)
		id := w.cohort()
		w.clock(1, "08:30")
		w.refuse = "channel_not_found"
		w.clock(1, "09:00")
		w.notice(closed(general, why))
		w.refuse = ""
		w.clock(1, "09:30")
		w.notice(moved(general, renewed))
		w.livesIn(id, renewed)
		w.clock(1, "09:40")
		if n := len(w.posted(coach.ClassPrompt, renewed)); n != 1 || len(w.ended()) > 0 {
			t.Errorf("%s: %d prompts went out, and %v did not", why, n, w.ended())
		}
		co, told := w.loadIn(id, "lena").Cohort, w.told("lena")
		if why == coach.Archived { // that it is by its new id, too
			if !slices.Equal(co.Closed, []coach.ClosedRoom{{Room: renewed, Why: why}}) || !co.Halted || len(told) != 1 {
				t.Errorf("closed are %+v, and the lead is told %q", co.Closed, told)
			}
			continue
		}
		if len(co.Closed) > 0 || co.Halted || len(told) != 2 {
			t.Errorf("%s: closed are %+v, and the lead is told %q", why, co.Closed, told)
		}
		w.wantIn(told[1], "the room in the playground (#renewed) takes messages again. The cohort goes on")
	}

	w := newWorld(t)
	w.cohort()
	w.clock(1, "08:30")
	w.refuse = "channel_not_found"
	w.clock(1, "12:00")
	w.refuse = ""
	w.notice(moved(general, renewed))
	w.clock(1, "12:30")
	if n := len(w.posted(coach.ClassPrompt, "")); n != 0 || len(w.ended()) != 1 {
		t.Errorf("%d prompts came too late, and %v did not go out", n, w.ended())
	}
}

// A delivery that is refused while the room moves is posted after all, once.
func TestWhatIsRefusedMeanwhile(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.clock(1, "08:59")
	w.skip(1, "09:00")
	var held schedule.Job
	for range 2 { // the prompt's job, then its delivery
		jobs, err := w.store.Claim(t.Context(), w.now, time.Minute, 1)
		if err != nil || len(jobs) != 1 {
			t.Fatal(jobs, err)
		}
		if held = jobs[0]; held.Kind == coach.Deliver {
			break
		}
		if err := w.coach.Fire(t.Context(), held, w.now); err != nil {
			t.Fatal(err)
		}
		if err := w.store.Finish(t.Context(), held, w.now, schedule.Outcome{}); err != nil {
			t.Fatal(err)
		}
	}
	w.follows(id, "") // asks the worker
	w.notice(moved(general, renewed))
	if err := w.store.Finish(t.Context(), held, w.now, schedule.Outcome{State: schedule.Dead, Reason: "channel_not_found"}); err != nil {
		t.Fatal(err)
	}
	w.clock(1, "09:30")
	if all, here := w.posted(coach.ClassPrompt, ""), w.posted(coach.ClassPrompt, renewed); len(all) != 1 || len(here) != 1 || len(w.ended()) > 0 {
		t.Errorf("of %d prompts %d came to the room, and %v did not go out", len(all), len(here), w.ended())
	}
}

func TestARoomThatMovesToWhereSomebodyLives(t *testing.T) {
	w := newWorld(t)
	id, second := w.cohort(), w.cohortIn(other, "name", "Owls")
	before := w.snapshot()
	n := moved(general, other)
	n.ID, n.At = "a notice", w.now
	if err := w.coach.Notice(t.Context(), n); !errors.Is(err, coach.ErrRoomTaken) {
		t.Errorf("the error is %v", err)
	}
	w.unchanged("another's room", before)
	w.livesIn(id, general)
	w.livesIn(second, other)

	// Its own other room gets everything already.
	w.sayIn(dora, guild, "/coach room "+w.code("lena", "room"))
	w.livesIn(id, general, guild)
	w.notice(moved(general, guild))
	w.livesIn(id, guild)
	w.follows(id, "")
}

// Nothing goes where the cohort does not live any more.
func TestARoomThatHasMovedIsTakenAway(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.sayIn(dora, guild, "/coach room "+w.code("lena", "room"))
	w.notice(moved(general, renewed))
	w.follows(id, renewed)
	e := typed(w.event("lena"), "/coach room remove")
	e.Room = renewed
	w.handle(e)
	w.livesIn(id, guild)
	w.follows(id, "")
}

// What was refused days before a room moves is of no use any more.
func TestAMoveRevivesNothingOld(t *testing.T) {
	w := newWorld(t)
	w.refuse = "channel_not_found"
	w.cohort()
	w.clock(3, "12:00")
	w.refuse = ""
	before := w.ended()
	if !slices.ContainsFunc(before, func(key string) bool { return strings.HasPrefix(key, "send/welcome/") }) {
		t.Fatalf("did not go out: %q", before)
	}
	w.notice(moved(general, renewed))
	w.clock(3, "13:00")
	if after := w.ended(); !slices.Equal(after, before) || len(w.posted(coach.ClassNotice, renewed)) > 0 {
		t.Errorf("of %q only %q are left", before, after)
	}
}
