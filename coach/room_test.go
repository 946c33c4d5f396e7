package coach_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
)

// guild is a room of another platform.
const guild = coach.RoomID("discord/G1/100")

var codeShown = regexp.MustCompile(`[A-Z2-7]{6}-[A-Z2-7]{6}-[A-Z2-7]{6}`)

// sayIn has an account type in a room.
func (w *world) sayIn(u coach.UserRef, room coach.RoomID, text string) coach.Reply {
	w.Helper()
	e := typed(w.event("ada"), text)
	e.From, e.Name, e.Room = u, coach.RoomID(u).Channel(), room
	return w.handle(e)
}

// code has somebody ask for a code, and returns it.
func (w *world) code(who, command string) string {
	w.Helper()
	reply := w.say(who, "/coach "+command)
	code := codeShown.FindString(textOf(reply.Message))
	if code == "" {
		w.Fatalf("no code in %q", textOf(reply.Message))
	}
	return code
}

const dora = coach.UserRef("discord/G1/7")

func TestACohortLivesInTwoRooms(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.join("ada")
	w.wantText(w.say("ada", "/coach room"), "for the leads")
	w.wantText(w.sayIn(dora, guild, "/coach today"), "no cohort here")
	code := w.code("lena", "room")
	w.wantText(w.sayIn(dora, guild, "/coach room "+strings.ToLower(strings.ReplaceAll(code, "-", " "))), "Crew lives here now, too", "all 2 rooms")
	w.wantText(w.say("lena", "/coach room"), "lives in 2 rooms", "Playground #general (this room)", "Discord 100")
	if co := w.load("lena").Cohort; !slices.Equal(co.Rooms, []coach.RoomID{general, guild}) || !co.IsLead(dora) {
		t.Errorf("rooms %v, leads %v", co.Rooms, co.Leads)
	}
	w.wantText(w.sayIn(dora, guild, "/coach cohort"), "2 rooms", "2 leads")
	w.wantText(w.sayIn("discord/G1/8", guild, "/coach join"), "Welcome to Crew")
	w.press("lena", w.draft("Hello both").Message, "Post it now")

	w.clock(8, "10:00")
	for _, class := range []coach.Class{coach.ClassNotice, coach.ClassPrompt, coach.ClassSummary, coach.ClassAnnouncement} {
		here, there := w.posted(class, general), w.posted(class, guild)
		if len(here) == 0 || len(here) != len(there) {
			t.Errorf("%s: %d posts in one room and %d in the other", class, len(here), len(there))
			continue
		}
		if diff := cmp.Diff(here[len(here)-1].Message, there[len(there)-1].Message); diff != "" {
			t.Errorf("%s differs between the rooms:\n%s", class, diff)
		}
	}
	w.wantText(w.say("lena", "/coach rehearse"), "Playground #general (this room) and Discord 100")

	// A check-in in a prompt's thread counts wherever the prompt was posted.
	e := typed(w.event("x"), "45m")
	e.From, e.Room, e.Thread = "discord/G1/8", guild, w.last(coach.ClassPrompt, guild).Key
	w.wantText(w.handle(e), "Logged 45 min")

	w.wantText(w.sayIn(dora, guild, "/coach room remove"), "lives here no longer", "Playground general")
	w.wantText(w.say("lena", "/coach room remove"), "the only room")
	w.wantText(w.sayIn(dora, guild, "/coach today"), "Week") // of the only cohort that she is in
	before := len(w.posted(coach.ClassPrompt, guild))
	w.clock(10, "10:00")
	if n := len(w.posted(coach.ClassPrompt, guild)); n != before {
		t.Errorf("%d prompts in a room that the cohort has left", n-before)
	}
	w.wantText(w.sayIn("discord/G1/9", guild, "/coach today"), "no cohort here")
	if got := w.loadIn(id, "lena").Cohort.Rooms; !slices.Equal(got, []coach.RoomID{general}) {
		t.Errorf("rooms are %v", got)
	}
}

func TestCodesThatDoNotHold(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.cohortIn(other)
	code := w.code("lena", "room")
	used := code
	w.sayIn(dora, "discord/G1/1", "/coach room "+used)
	late := w.code("lena", "room")
	w.now = w.now.Add(10 * time.Minute)
	replaced := w.code("lena", "room")
	code = w.code("lena", "room")
	wrong := code[:len(code)-1] + "2"
	if wrong == code {
		wrong = code[:len(code)-1] + "3"
	}
	before := w.snapshot()
	for name, test := range map[string]struct {
		room coach.RoomID
		text string
		want any
	}{
		"used":               {guild, used, say.CodeOver{Command: "room"}},
		"run out":            {guild, late, say.CodeOver{Command: "room"}},
		"replaced":           {guild, replaced, say.CodeOver{Command: "room"}},
		"wrong":              {guild, wrong, say.CodeOver{Command: "room"}},
		"of nothing":         {guild, "AAAAAA-AAAAAA-AAAAAA", say.CodeOver{Command: "room"}},
		"not one":            {guild, "please", say.NotACode{Command: "room"}},
		"too long":           {guild, code + "A", say.NotACode{Command: "room"}},
		"in the same room":   {general, code, say.RoomBefore{Cohort: "Crew"}},
		"in another's room":  {other, code, say.RoomOfAnother{}},
		"in direct messages": {dora.Direct(), code, say.CodeInRoom{}},
	} {
		w.wantLine(w.sayIn(dora, test.room, "/coach room "+test.text), test.want)
		w.unchanged(name, before)
	}
	w.wantText(w.sayIn(dora, guild, "/coach room "+code), "lives here now, too")
}

func TestThereIsAnEndToRooms(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	last := ""
	for n := range 7 {
		code := w.code("lena", "room")
		w.sayIn(dora, coach.RoomID(fmt.Sprint("discord/G1/", n)), "/coach room "+code)
		if n == 5 { // with room for one more, two codes are given out
			w.sayIn(dora, guild, "/coach today")
			last = codeShown.FindString(textOf(w.sayIn(dora, "discord/G1/0", "/coach room").Message))
		}
	}
	w.wantLine(w.sayIn(dora, guild, "/coach room "+last), say.RoomsFull{Most: 8})
	w.wantText(w.say("lena", "/coach room"), "lives in 8 rooms", "More than 8 rooms are too many")
}

func TestARoomEnteredTwiceIsEnteredOnce(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	ask := typed(w.event("lena"), "/coach room")
	first := w.handle(ask)
	if diff := cmp.Diff(first, w.handle(ask)); diff != "" {
		t.Errorf("the same event is answered differently (-first +second):\n%s", diff)
	}
	enter := typed(w.event("ada"), "/coach room "+codeShown.FindString(textOf(first.Message)))
	enter.From, enter.Room = dora, guild
	first = w.handle(enter)
	w.wantText(first, "lives here now, too")
	before := w.snapshot()
	if diff := cmp.Diff(first, w.handle(enter)); diff != "" {
		t.Errorf("the same event is answered differently (-first +second):\n%s", diff)
	}
	w.unchanged("the same event", before)
	w.clock(1, "08:30")
	if n := len(w.posted(coach.ClassNotice, guild)); n != 1 {
		t.Errorf("the room was welcomed %d times", n)
	}
}

func TestOneCodeOpensOneRoomForMany(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	code := w.code("lena", "room")
	var events []coach.Event
	for n := range 8 {
		e := typed(w.event("ada"), "/coach room "+code)
		e.From, e.Room = coach.UserRef(fmt.Sprint("discord/G1/", n)), coach.RoomID(fmt.Sprint("discord/G1/room", n))
		events = append(events, e)
	}
	var all sync.WaitGroup
	for _, e := range events {
		all.Go(func() {
			if _, err := w.coach.Handle(t.Context(), e); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if co := w.load("lena").Cohort; len(co.Rooms) != 2 || len(co.Leads) != 2 || len(co.Invites) != 0 {
		t.Errorf("rooms %v, leads %v, invites %v", co.Rooms, co.Leads, co.Invites)
	}
}

// Somebody who takes a room over, as its cohort has no lead left, does not stop
// the cohort elsewhere.
func TestACohortMovesOutOfOneRoom(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.sayIn(dora, guild, "/coach room "+w.code("lena", "room"))
	w.press("lena", w.dm("lena", "/coach forget-me").Message, "Yes, delete everything")
	e := typed(w.event("d"), "/coach forget-me")
	e.From, e.Room, e.Args = dora, dora.Direct(), map[string]string{"sure": "yes"}
	w.handle(e)
	w.wantText(w.submit("bob", w.say("bob", "/coach setup").Form, "name", "Owls"), "Owls is set up")
	if co := w.loadIn(id, "bob").Cohort; !slices.Equal(co.Rooms, []coach.RoomID{guild}) || co.Paused(day(1)) || len(co.Pending) == 0 {
		t.Errorf("left is %+v", co)
	}
}

func TestAForgottenLeadLeavesNoCode(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.code("lena", "room")
	w.press("lena", w.dm("lena", "/coach forget-me").Message, "Yes, delete everything")
	if co := w.load("bob").Cohort; len(co.Invites) != 0 {
		t.Errorf("left are %v", co.Invites)
	}
}
