package coach_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
)

// notice has the platform tell something, twice.
func (w *world) notice(n coach.Notice) {
	w.Helper()
	w.events++
	n.ID, n.At = fmt.Sprint("notice ", w.events), w.now
	if err := w.coach.Notice(w.Context(), n); err != nil {
		w.Fatalf("notice %s: %v", n.Kind, err)
	}
	before := w.snapshot()
	if err := w.coach.Notice(w.Context(), n); err != nil {
		w.Fatalf("notice %s: %v", n.Kind, err)
	}
	w.unchanged("told again", before)
}

// told are the texts of notices that somebody got alone.
func (w *world) told(who string) (texts []string) {
	w.until(w.now)
	for _, p := range w.posted(coach.ClassNotice, user(who).Direct()) {
		texts = append(texts, textOf(&p.Message))
	}
	return texts
}

func closed(room coach.RoomID, why coach.Closing) coach.Notice {
	return coach.Notice{Kind: coach.RoomClosed, Room: room, Why: why}
}

func TestACohortWithoutAnOpenRoomStandsStill(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(1, "20:00")
	w.say("ada", "/checkin 45m")
	w.notice(closed(general, coach.Archived))
	want := "Crew: The room in the playground (#general) takes no messages of mine: it is archived. Bring it back there, and invite me again if I am no longer in it.\n" +
		"The cohort is paused from today, so that no day is expected and no streak breaks. It goes on by itself once the room is open again."
	if diff := cmp.Diff([]string{want}, w.told("lena")); diff != "" {
		t.Errorf("the lead is told (-want +got):\n%s", diff)
	}
	before := w.snapshot()
	w.wantText(w.say("lena", "/coach resume"), "it is archived")
	w.unchanged("no room to resume in", before)
	w.wantText(w.say("lena", "/coach cohort"), "(paused)", "it is archived")

	w.clock(4, "20:00")
	w.notice(closed(general, coach.Deleted)) // as every refused delivery tells
	if n := len(w.posted(coach.ClassPrompt, general)); n != 1 {
		t.Errorf("%d prompts were posted, want Monday's", n)
	}
	w.notice(coach.Notice{Kind: coach.RoomOpened, Room: general})
	told := w.told("lena")
	if len(told) != 2 || !strings.HasPrefix(told[1], "Crew: the room in the playground (#general) takes messages again. The cohort goes on: the next prompt comes on") {
		t.Errorf("the lead is told %q", told)
	}
	w.clock(5, "20:00")
	w.wantText(w.say("ada", "/coach why"), "Tue 2 Mar · rest", "Wed 3 Mar · rest")
	w.wantNot(textOf(w.say("lena", "/coach cohort").Message), "archived", "paused")
	if n := len(w.posted(coach.ClassPrompt, general)); n != 3 {
		t.Errorf("%d prompts were posted, want those of Thursday and Friday too", n)
	}
}

// A room that was deleted has no name any more that anybody sees.
func TestADeletedRoomIsNamedByItsID(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.notice(closed(general, coach.Deleted))
	w.wantIn(strings.Join(w.told("lena"), ""), "The room in the playground (general) takes no messages of mine: it was deleted.")
}

func TestAPauseOfALeadsOwnStays(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.say("lena", "/coach pause")
	w.notice(closed(general, coach.NotInRoom))
	w.notice(coach.Notice{Kind: coach.RoomOpened, Room: general})
	told := w.told("lena")
	if len(told) != 2 {
		t.Fatalf("the lead is told %q", told)
	}
	w.wantNot(strings.Join(told, ""), "goes on")
	w.wantText(w.say("lena", "/coach cohort"), "(paused)")
	w.wantText(w.say("lena", "/coach resume"), "goes on")
}

func TestACohortGoesOnInItsOtherRooms(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	co := w.load("ada").Cohort
	co.Rooms = append(co.Rooms, other)
	w.put(id, co)
	w.notice(closed(general, coach.Forbidden))
	w.wantIn(w.told("lena")[0], "I am not allowed to write there.", "The cohort goes on in its other rooms.")
	w.clock(2, "20:00")
	if here, there := len(w.posted(coach.ClassPrompt, general)), len(w.posted(coach.ClassPrompt, other)); here != 0 || there != 2 {
		t.Errorf("%d prompts in the closed room, %d in the other", here, there)
	}
	w.notice(closed(other, coach.NotInRoom))
	w.wantText(w.say("lena", "/coach cohort"), "(paused)", "I am not allowed", "I am not in it.")
	w.notice(coach.Notice{Kind: coach.RoomOpened, Room: other})
	w.wantNot(textOf(w.say("lena", "/coach cohort").Message), "(paused)", "I am not in it.")
}

// put changes a cohort in the store.
func (w *world) put(id coach.CohortID, co *coach.Cohort) {
	w.Helper()
	if _, _, err := w.store.Update(w.Context(), coach.Scope{Cohort: id}, func(coach.State) (coach.Change, error) {
		return coach.Change{Cohort: co}, nil
	}); err != nil {
		w.Fatalf("put: %v", err)
	}
}

func TestAWorkspaceThatShutsTheBotOut(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	far := w.cohortIn("far/T1/C1", "name", "Far")
	w.cohortIn(other, "name", "Owls")
	before := w.snapshot()
	w.notice(coach.Notice{Kind: coach.WorkspaceClosed, Room: "web/elsewhere/"})
	w.unchanged("another workspace", before)

	co := w.loadIn(far, "lena").Cohort
	co.Leads = append(co.Leads, "far/T1/U1")
	w.put(far, co)
	w.notice(coach.Notice{Kind: coach.WorkspaceClosed, Room: "far/T1/"})
	w.wantIn(strings.Join(w.told("lena"), "\n"), "Far: The room in the playground (C1) takes no messages of mine: I was removed from the workspace.")
	if got := w.posted(coach.ClassNotice, "far/T1/@U1"); len(got) != 0 {
		t.Errorf("a lead there was told %d times", len(got))
	}
	w.notice(coach.Notice{Kind: coach.WorkspaceClosed, Room: "web/playground/"})
	if got := len(w.told("lena")); got != 1 {
		t.Errorf("the lead was told %d times", got)
	}
	w.wantText(w.say("lena", "/coach cohort"), "(paused)", "Somebody who looks after it can install me again.")
	w.notice(coach.Notice{Kind: coach.WorkspaceOpened, Room: "web/playground/"})
	w.wantNot(textOf(w.say("lena", "/coach cohort").Message), "(paused)", "removed")
	if got := len(w.told("lena")); got != 3 {
		t.Errorf("the lead was told %d times", got)
	}
	if co := w.loadIn(far, "lena").Cohort; len(co.Closed) != 1 || !co.Halted {
		t.Errorf("the other workspace's cohort is %+v", co)
	}
}

func TestARoomOfNobodys(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	before := w.snapshot()
	w.notice(closed("web/playground/random", coach.Archived))
	w.notice(coach.Notice{Kind: coach.RoomOpened, Room: general})
	w.notice(coach.Notice{Kind: coach.PersonGone, User: user("ada")})
	w.unchanged("nothing of ours", before)
	if err := w.coach.Notice(t.Context(), coach.Notice{Kind: "odd"}); err == nil {
		t.Error("an unknown notice is taken")
	}
}

func TestAPersonsNameAndZoneAreFollowed(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.zones["ada"] = "Europe/Lisbon"
	w.join("ada", "bob")
	w.say("bob", "/coach settings zone Asia/Tokyo")
	before := w.snapshot()
	w.notice(coach.Notice{Kind: coach.PersonChanged, User: user("ada"), Name: "Ada", Zone: "Europe/Lisbon"})
	w.notice(coach.Notice{Kind: coach.PersonChanged, User: user("ada"), Zone: "Nowhere/Land"})
	w.unchanged("as it was", before)

	w.notice(coach.Notice{Kind: coach.PersonChanged, User: user("ada"), Name: " Ada\u202e\nLovelace ", Zone: "America/New_York"})
	w.notice(coach.Notice{Kind: coach.PersonChanged, User: user("bob"), Name: "Bob", Zone: "America/New_York"})
	ada, bob := w.load("ada").Learner, w.load("bob").Learner
	if ada.Name != "Ada Lovelace" || ada.Settings.Zone != "America/New_York" || ada.Settings.ZoneByHand || bob.Settings.Zone != "Asia/Tokyo" {
		t.Errorf("ada is %+v, bob %+v", ada, bob.Settings)
	}
	w.clock(3, "10:00")
	if got := times(w.posted(coach.ClassNudge, user("ada").Direct())); !slices.Equal(got, []string{"Tue 2 00:00", "Wed 3 00:00"}) {
		t.Errorf("nudged at %v", got)
	}
}

func TestAnEventTellsNameAndZoneWhereSomethingIsWritten(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	e := w.event("ada")
	e.Name, e.Zone, e.Verb = "Augusta", "Asia/Tokyo", "me"
	before := w.snapshot()
	w.handle(e)
	w.unchanged("a look", before)
	e.ID, e.Verb, e.Text = "a check-in", "checkin", "45m"
	w.handle(e)
	if l := w.load("ada").Learner; l.Name != "Augusta" || l.Settings.Zone != "Asia/Tokyo" || l.Days.On(day(1)).Minutes() != 45 {
		t.Errorf("ada is %+v", l)
	}
	w.clock(2, "12:00")
	if got := times(w.posted(coach.ClassNudge, user("ada").Direct())); !slices.Equal(got, []string{"Tue 2 10:00"}) {
		t.Errorf("nudged at %v", got)
	}
}

// A date that a move jumps over is excused, whoever tells of the move.
func TestAJumpedDayIsExcusedHoweverTheZoneChanges(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.zones["ada"] = "Pacific/Niue" // UTC-11
	w.join("ada")
	w.until(at(3, "14:30")) // where Tuesday is not over
	w.notice(coach.Notice{Kind: coach.PersonChanged, User: user("ada"), Zone: "Pacific/Kiritimati"})
	l := w.load("ada").Learner
	if diff := cmp.Diff([]coach.Span{{From: day(3), To: day(3)}}, l.Away); diff != "" {
		t.Errorf("away (-want +got):\n%s", diff)
	}
}

func TestSomebodyWhoIsGone(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob")
	w.notice(coach.Notice{Kind: coach.PersonGone, User: user("ada")})
	w.clock(5, "20:00")
	if got := w.posted(coach.ClassNudge, user("ada").Direct()); len(got) != 0 || len(w.waiting("nudge/")) != 1 {
		t.Errorf("%d nudges went out, and these wait: %v", len(got), w.waiting("nudge/"))
	}
	for _, command := range []string{"/coach roster", "/coach attention"} {
		w.wantNot(textOf(w.say("lena", command).Message), "Ada")
	}
	w.notice(coach.Notice{Kind: coach.PersonChanged, User: user("ada"), Name: "Ada"})
	w.wantText(w.say("lena", "/coach roster"), "Ada")
	w.notice(coach.Notice{Kind: coach.PersonGone, User: user("ada")})
	w.say("ada", "/coach me") // so she is here
	w.wantText(w.say("lena", "/coach roster"), "Ada")
	w.clock(6, "20:00")
	if got := w.posted(coach.ClassNudge, user("ada").Direct()); len(got) != 1 {
		t.Errorf("%d nudges went out", len(got))
	}
}

func TestSomebodyWhoTakesNoDirectMessages(t *testing.T) {
	for _, notes := range []bool{false, true} {
		t.Run(fmt.Sprint("room notes ", notes), func(t *testing.T) {
			w := newWorld(t)
			w.cohort()
			e := typed(w.event("ada"), "/coach join")
			e.Name = "*Ada* <!channel>"
			w.handle(e)
			if notes {
				e := typed(w.event("ada"), "/coach settings room notes on")
				e.Name = ""
				w.wantText(w.handle(e), "While no direct message reaches you, nudges go to the room.")
			}
			w.clock(1, "19:00")
			w.notice(coach.Notice{Kind: coach.Unreachable, User: user("ada")})
			w.clock(3, "20:00")
			if got := times(w.posted(coach.ClassNudge, user("ada").Direct())); !slices.Equal(got, []string{"Mon 1 19:00"}) {
				t.Errorf("nudged at %v", got)
			}
			got := w.posted(coach.ClassNudge, general)
			if !notes {
				if len(got) != 0 {
					t.Errorf("the room is told: %v", times(got))
				}
				return
			}
			if !slices.Equal(times(got), []string{"Mon 1 19:00", "Tue 2 19:00", "Wed 3 19:00"}) {
				t.Fatalf("the room is told at %v", times(got))
			}
			w.wantIn(textOf(&got[0].Message), "A note for *Ada* <!channel>, whom no direct message of mine reaches: today's unit w01d1 An empty file and no completion is waiting.")
			for _, span := range say.Parse(got[0].Message.Blocks[0].Text) {
				if span.Text == "Ada" {
					t.Error("the name is marked up")
				}
			}
			w.press("ada", &got[2].Message, "Done for today") // so she can be reached, perhaps
			w.clock(4, "20:00")
			if got := times(w.posted(coach.ClassNudge, user("ada").Direct())); !slices.Equal(got, []string{"Mon 1 19:00", "Thu 4 19:00"}) {
				t.Errorf("nudged at %v", got)
			}
		})
	}
}

func TestANoticeThatCannotBeKept(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	ctx, cancel := contextDown(t)
	defer cancel()
	for _, kind := range []coach.NoticeKind{coach.PersonChanged, coach.RoomClosed, coach.WorkspaceClosed} {
		if err := w.coach.Notice(ctx, coach.Notice{Kind: kind, User: user("ada"), Room: general, At: w.now}); err == nil {
			t.Errorf("%s: no error", kind)
		}
	}
}
