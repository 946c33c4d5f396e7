package coach_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"studycoach/coach"
	"studycoach/content/say"
	"studycoach/schedule"
)

// as has an account type in the direct messages.
func (w *world) as(u coach.UserRef, text string) coach.Reply {
	w.Helper()
	return w.sayIn(u, u.Direct(), text)
}

// click has an account press a button, if it is there.
func (w *world) click(u coach.UserRef, m *coach.Message, label string) coach.Reply {
	w.Helper()
	e := w.pressed("ada", m, label)
	e.From, e.Name, e.Room = u, coach.RoomID(u).Channel(), u.Direct()
	return w.handle(e)
}

// linkUp links two accounts: one asks for the code, the other types it.
func (w *world) linkUp(asks, types coach.UserRef) coach.Reply {
	w.Helper()
	code := codeShown.FindString(textOf(w.as(asks, "/coach link").Message))
	if code == "" {
		w.Fatalf("%s was given no code", asks)
	}
	return w.as(types, "/coach link "+code)
}

// alone is what is kept of an account.
func (w *world) alone(id coach.CohortID, u coach.UserRef) coach.State {
	w.Helper()
	s, err := w.store.Load(w.Context(), coach.Scope{Cohort: id, Other: u, Entries: true})
	if err != nil {
		w.Fatalf("load: %v", err)
	}
	return *s.Other
}

// both is a cohort on two platforms, with ada on one of them.
func both(t tb) (*world, coach.CohortID) {
	w := newWorld(t)
	id := w.cohort()
	w.join("ada")
	w.sayIn("discord/G1/lead", guild, "/coach room "+w.code("lena", "room"))
	return w, id
}

func TestTwoAccountsAreOneLearner(t *testing.T) {
	w, id := both(t)
	ada := user("ada")
	w.sayIn(dora, guild, "/coach join")
	w.clock(1, "20:00")
	w.as(ada, "/checkin 45m w01d1")
	w.clock(2, "20:00")
	theirs := w.as(dora, "/checkin 30m w01d2")
	w.clock(3, "20:00")
	w.as(ada, "/checkin 20m w01d3")
	w.wantText(w.as(ada, "/coach me"), "Streak: 1 day,")
	w.wantText(w.linkUp(ada, dora), "Playground and Discord are one learner of Crew: 2 check-ins made on Playground and 1 on Discord come to 1 h 35 and a streak of 3 days.",
		"are those of Playground.")
	for _, u := range []coach.UserRef{ada, dora} {
		w.wantText(w.as(u, "/coach me"), "Streak: 3 days,", "In all: 1 h 35", "Linked with")
		w.wantText(w.as(u, "/coach link"), "are one learner")
		w.wantText(w.as(u, "/coach join"), "You are in Crew already")
	}
	w.wantText(w.as(ada, "/coach why"), "streak is 3 days", "Tue 2 Mar · done 30 min · 2")
	w.wantText(w.as("discord/G1/lead", "/coach roster"), "1 learner")

	w.wantText(w.as(dora, "/checkin 10m w01d3"), "Streak: 3 days", "This week: 1 h 45")
	w.wantText(w.as(ada, "/coach undo"), "10 min on w01d3")
	w.wantText(w.click(dora, theirs.Message, "Undo"), "30 min on w01d2") // a button from before
	w.wantText(w.as(dora, "/checkin 30m w01d2 yesterday"), "Streak: 3 days")
	form := w.as(ada, "/coach edit").Form
	e := w.submitted("ada", form, "time", "40m")
	w.wantText(w.handle(e), "Corrected: 40 min", "That week: 1 h 45")

	w.wantText(w.as(ada, "/coach leave"), "You have left")
	w.wantText(w.as(dora, "/checkin 5m"), "not in Crew")
	w.wantText(w.as(dora, "/coach join"), "Welcome back")

	w.wantText(w.as(dora, "/coach unlink"), "are two again")
	w.wantText(w.as(ada, "/coach me"), "Streak: 1 day,", "In all: 1 h 05")
	w.wantText(w.as(dora, "/coach me"), "In all: 40 min")
	w.wantText(w.as(ada, "/coach unlink"), "not linked")
	if l := w.alone(id, dora).Learner; l.Days.On(day(2)).Minutes() != 40 {
		t.Errorf("days are %+v", l.Days)
	}
	w.wantText(w.linkUp(dora, ada), "are one learner") // and again
	w.wantText(w.as(ada, "/coach me"), "Streak: 3 days,", "In all: 1 h 45")
}

func TestAnAccountThatIsNoLearnerIsAnotherWayIn(t *testing.T) {
	w, id := both(t)
	ada := user("ada")
	w.wantText(w.linkUp(ada, dora), "are one learner")
	w.wantText(w.as(dora, "/checkin 45m w01d1"), "Logged 45 min", "Streak: 1 day")
	if s := w.alone(id, ada); s.Learner.Days.On(day(1)).Minutes() != 45 || len(s.Entries) != 0 {
		t.Errorf("%+v, with the entries %v", s.Learner.Days, s.Entries)
	}
	w.wantText(w.as(ada, "/coach unlink"), "are two again", "Each has the check-ins")
	w.wantText(w.as(dora, "/coach me"), "Streak: 1 day,", "In all: 45 min")
	w.wantText(w.as(ada, "/coach me"), "Streak: no days,", "In all: 0 min")

	const eve = coach.UserRef("discord/G1/8")
	w.linkUp(ada, eve)
	w.wantText(w.as(eve, "/coach unlink"), "you are no learner there any more")
	w.wantText(w.as(eve, "/checkin 45m"), "not in Crew")
}

func TestCodesThatLinkNothing(t *testing.T) {
	w, _ := both(t)
	ada := user("ada")
	const dan = coach.UserRef("discord/G1/8")
	w.join("ben", "cleo")
	w.linkUp(user("cleo"), dan)
	w.wantText(w.as(dora, "/coach link"), "no cohort here")
	code := codeShown.FindString(textOf(w.as(ada, "/coach link").Message))
	room, again := w.code("lena", "room"), w.code("ben", "link")
	w.say("ben", "/coach leave")
	before := w.snapshot()
	for name, test := range map[string]struct {
		from coach.UserRef
		text string
		want any
	}{
		"own":             {ada, code, say.LinkSelf{}},
		"not one":         {dora, "please", say.NotACode{Command: "link"}},
		"for a room":      {dora, room, say.CodeOver{Command: "link"}},
		"of nothing":      {dora, "AAAAAA-AAAAAA-AAAAAA", say.CodeOver{Command: "link"}},
		"a neighbour's":   {user("ben"), code, say.LinkNear{}},
		"a third account": {dan, code, say.LinkedBefore{}},
		"of one who left": {"discord/G2/1", again, say.CodeOver{Command: "link"}},
	} {
		w.wantLine(w.as(test.from, "/coach link "+test.text), test.want)
		w.unchanged(name, before)
	}
	w.wantLine(w.sayIn(dora, "discord/G1/5", "/coach room "+code), say.CodeOver{Command: "room"})
	w.now = w.now.Add(10 * time.Minute)
	w.wantLine(w.as(dora, "/coach link "+code), say.CodeOver{Command: "link"})
}

func TestALinkThatComesAgain(t *testing.T) {
	w, _ := both(t)
	ada := user("ada")
	ask := typed(w.event("ada"), "/coach link")
	first := w.handle(ask)
	if diff := cmp.Diff(first, w.handle(ask)); diff != "" {
		t.Errorf("asked again (-first +second):\n%s", diff)
	}
	again := func(text string) {
		t.Helper()
		e := typed(w.event("x"), text)
		e.From, e.Room = dora, dora.Direct()
		first := w.handle(e)
		before := w.snapshot()
		if diff := cmp.Diff(first, w.handle(e)); diff != "" {
			t.Errorf("%s again (-first +second):\n%s", text, diff)
		}
		w.unchanged(text, before)
	}
	again("/coach link " + codeShown.FindString(textOf(first.Message)))
	again("/checkin 45m")
	e := typed(w.event("x"), "/checkin 30m")
	e.From, e.Room = dora, dora.Direct()
	answer := w.handle(e)
	w.as(ada, "/coach unlink")
	before := w.snapshot()
	if diff := cmp.Diff(answer, w.handle(e)); diff != "" {
		t.Errorf("after they were parted (-first +second):\n%s", diff)
	}
	w.unchanged("after they were parted", before)
	again("/coach undo")
}

func TestOneCodeLinksOnce(t *testing.T) {
	w, id := both(t)
	code := codeShown.FindString(textOf(w.as(user("ada"), "/coach link").Message))
	var all sync.WaitGroup
	for n := range 8 {
		e := typed(w.event("x"), "/coach link "+code)
		e.From = coach.UserRef(fmt.Sprint("discord/G1/many", n))
		e.Room = e.From.Direct()
		all.Go(func() {
			if _, err := w.coach.Handle(t.Context(), e); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	waiting := 0
	for n := range 8 {
		if l := w.alone(id, coach.UserRef(fmt.Sprint("discord/G1/many", n))).Learner; l != nil {
			waiting++
		}
	}
	if l := w.alone(id, user("ada")).Learner; waiting != 1 || l.Also == "" {
		t.Errorf("%d accounts wait, linked is %q", waiting, l.Also)
	}
}

func TestTwoLearnersWhoLinkEachOther(t *testing.T) {
	w, id := both(t)
	ada := user("ada")
	w.sayIn(dora, guild, "/coach join")
	codes := []string{codeShown.FindString(textOf(w.as(ada, "/coach link").Message)), codeShown.FindString(textOf(w.as(dora, "/coach link").Message))}
	var all sync.WaitGroup
	for i, u := range []coach.UserRef{dora, ada} {
		e := typed(w.event("x"), "/coach link "+codes[i])
		e.From, e.Room = u, u.Direct()
		all.Go(func() {
			if _, err := w.coach.Handle(t.Context(), e); err != nil {
				t.Error(err)
			}
		})
		check := typed(w.event("x"), "/checkin 15m")
		check.From, check.Room = u, u.Direct()
		all.Go(func() {
			if _, err := w.coach.Handle(t.Context(), check); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	one, other := w.alone(id, ada).Learner, w.alone(id, dora).Learner
	if (one.Also == dora) == (other.Also == ada) || (one.Of == dora) == (other.Of == ada) {
		t.Errorf("links are %q %q and %q %q", one.Also, one.Of, other.Also, other.Of)
	}
	w.wantText(w.as(ada, "/coach me"), "In all: 30 min")
}

func TestALinkedLeadLeads(t *testing.T) {
	w, _ := both(t)
	w.join("lena")
	w.wantText(w.as(dora, "/coach roster"), "no cohort here")
	w.linkUp(user("lena"), dora)
	w.wantText(w.as(dora, "/coach roster"), "Lena")
	w.wantText(w.press("lena", w.draft("Hello").Message, "Discard"), "")
	w.wantText(w.as(dora, "/coach announce list"), "No announcements yet")
	w.as(dora, "/coach unlink")
	w.wantText(w.as(dora, "/coach roster"), "for the leads")
}

func TestNudgesGoWhereTheLearnerWasLast(t *testing.T) {
	w, _ := both(t)
	ada := user("ada")
	w.sayIn(dora, guild, "/coach join")
	w.clock(1, "12:00")
	w.linkUp(ada, dora)
	w.clock(1, "23:00")
	w.as(ada, "/checkin 45m")
	w.clock(2, "23:00")
	w.as(dora, "/checkin 45m")
	w.clock(3, "23:00")
	var rooms []coach.RoomID
	for _, p := range w.posted(coach.ClassNudge, "") {
		rooms = append(rooms, p.Room)
	}
	if want := []coach.RoomID{dora.Direct(), ada.Direct(), dora.Direct()}; !slices.Equal(rooms, want) {
		t.Errorf("nudges went to %v, want %v", rooms, want)
	}
	w.as(dora, "/coach unlink")
	w.clock(4, "23:00")
	if n := len(w.posted(coach.ClassNudge, "")); n != 5 {
		t.Errorf("%d nudges, want one for each of two on the last day", n-3)
	}
}

func TestForgettingForgetsBothAccounts(t *testing.T) {
	w, id := both(t)
	ada := user("ada")
	w.sayIn(dora, guild, "/coach join")
	w.as(ada, "/checkin 45m")
	w.as(dora, "/checkin 30m, stuck on joins")
	w.as(ada, "/coach settings board on")
	w.linkUp(ada, dora)
	w.as(dora, "/checkin 10m")
	sure := w.as(dora, "/coach forget-me")
	w.wantText(sure, "your linked account on Playground, too")
	w.click(dora, sure.Message, "Yes, delete everything")
	for key, value := range w.snapshot() {
		for _, trace := range []string{string(ada), string(dora) + " ", string(dora) + "/"} {
			if strings.Contains(key+" "+value+" ", trace) {
				t.Errorf("a trace of %s: %s holds %s", trace, key, value)
			}
		}
	}
	w.wantText(w.as(ada, "/coach me"), "no cohort here")
	if kept := w.store.cohorts[id]; len(kept.tallies["week/2027-03-01"]) != 0 {
		t.Errorf("counted are %v", kept.tallies)
	}
	w.clock(2, "10:00")
}

func TestAnExportHoldsBothAccounts(t *testing.T) {
	w, _ := both(t)
	ada := user("ada")
	w.sayIn(dora, guild, "/coach join")
	w.as(dora, "/checkin 30m")
	w.as(ada, "/checkin 45m")
	w.as(ada, "/checkin 5m yesterday") // refused, the cohort starts today
	w.linkUp(ada, dora)
	for _, u := range []coach.UserRef{ada, dora} {
		reply := w.as(u, "/coach export")
		all, table := string(reply.Files[0].Data), string(reply.Files[1].Data)
		w.wantIn(all, `"account": "discord/G1/7"`, `"linkedAccount": "discord/G1/7"`, `"linkedAccountBefore"`)
		w.wantIn(table, "web/playground/ada\n", "discord/G1/7\n", "blocker,account\n")
	}
}

// Entries from before the link have the same places in their logs.
func TestEachAccountMeansItsOwnEntries(t *testing.T) {
	w, id := both(t)
	ada := user("ada")
	w.sayIn(dora, guild, "/coach join")
	first := w.as(ada, "/checkin 10m w01d1")
	w.now = w.now.Add(time.Minute)
	second := w.as(dora, "/checkin 20m w01d1")
	w.linkUp(ada, dora)
	form := w.as(ada, "/coach edit").Form
	if got := fieldOf(form, "time").Value; got != "20 min" {
		t.Fatalf("the last check-in is of %s", got)
	}
	w.wantText(w.handle(w.submitted("ada", form, "time", "30m")), "Corrected: 30 min", "This week: 40 min")
	w.wantText(w.click(ada, first.Message, "Undo"), "Taken back: 10 min")
	w.wantText(w.click(dora, second.Message, "Undo"), "Taken back: 30 min")
	if s := w.alone(id, dora); len(s.Entries) != 3 {
		t.Errorf("the log is %+v", s.Entries)
	}
}

// A day of two accounts holds no more than a day has.
func TestTwoFullDaysAreOne(t *testing.T) {
	w, id := both(t)
	ada := user("ada")
	w.sayIn(dora, guild, "/coach join")
	for _, u := range []coach.UserRef{ada, dora} {
		w.as(u, "/checkin 16h w01d1")
	}
	w.linkUp(ada, dora)
	if got := w.alone(id, ada).Learner.Days.On(day(1)).Minutes(); got != 1440 {
		t.Errorf("the day has %d minutes", got)
	}
	w.wantText(w.as(dora, "/checkin 5m"), "24 h")
	w.wantText(w.as(dora, "/coach undo"), "16 h")
	if got := w.alone(id, ada).Learner.Days.On(day(1)).Minutes(); got != 960 {
		t.Errorf("the day has %d minutes", got)
	}
}

// Whoever asked for a code gets to know who used it.
func TestBothAccountsAreToldOfALink(t *testing.T) {
	w, _ := both(t)
	w.linkUp(user("ada"), dora)
	told := w.told("ada")
	if len(told) != 1 {
		t.Fatalf("told are %q", told)
	}
	w.wantIn(told[0], "Your accounts on Playground and Discord are one learner of Crew", "/coach unlink parts them again")
}

func TestAccountsOnOnePlatformGoByTheirWorkspaces(t *testing.T) {
	w, _ := both(t)
	w.sayIn(dora, guild, "/coach join")
	w.wantText(w.linkUp(dora, "discord/G2/7"), "on Discord G1 and Discord G2 are one learner")
}

// What the platform of one account tells is about that account.
func TestNudgesGoToTheAccountThatCanBeReached(t *testing.T) {
	w, id := both(t)
	ada := user("ada")
	w.sayIn(dora, guild, "/coach join")
	w.linkUp(ada, dora)
	w.as(ada, "/coach settings room notes on")
	day := 1
	want := func(why string, want ...coach.RoomID) {
		t.Helper()
		before := len(w.posted(coach.ClassNudge, ""))
		w.clock(day, "20:00")
		day++
		var rooms []coach.RoomID
		for _, p := range w.posted(coach.ClassNudge, "")[before:] {
			rooms = append(rooms, p.Room)
		}
		if !slices.Equal(rooms, want) {
			t.Errorf("%s: nudges went to %v, want %v", why, rooms, want)
		}
	}
	want("used last", ada.Direct())
	w.notice(coach.Notice{Kind: coach.Unreachable, User: ada})
	want("the other one", dora.Direct())
	w.notice(coach.Notice{Kind: coach.Unreachable, User: dora})
	want("neither", general, general) // in place of the one that was refused, and the next
	w.notice(coach.Notice{Kind: coach.PersonGone, User: ada})
	w.wantText(w.as("discord/G1/lead", "/coach roster"), "ada")
	w.as(dora, "/coach me")
	want("back", dora.Direct())
	w.notice(coach.Notice{Kind: coach.PersonChanged, User: dora, Name: "Dora", Zone: "Asia/Tokyo"})
	if l := w.alone(id, ada).Learner; l.Name != "ada" || l.Settings.Zone != "" || !l.Gone {
		t.Errorf("the learner is %+v", l)
	}
	w.notice(coach.Notice{Kind: coach.PersonGone, User: dora})
	w.wantNot(textOf(w.as("discord/G1/lead", "/coach roster").Message), "ada")
	if jobs := w.waiting("nudge/"); len(jobs) != 0 {
		t.Errorf("of nobody wait %v", jobs)
	}
	w.as(dora, "/coach unlink")
	one, other := w.alone(id, ada).Learner, w.alone(id, dora).Learner
	if !one.Gone || !one.Unreachable || one.AlsoGone || other.Gone || other.Unreachable || other.Nudge == "" {
		t.Errorf("parted they are %+v and %+v", one, other)
	}
}

// Two accounts have one nudge a day between them, also on the day of the link.
func TestNobodyIsNudgedTwiceOnTheDayOfTheLink(t *testing.T) {
	w, _ := both(t)
	ada := user("ada")
	w.sayIn(dora, guild, "/coach join")
	w.as(dora, "/coach settings nudge 12:00")
	w.as(ada, "/coach settings nudge 18:00")
	w.as(ada, "/checkin 45m") // so hers is the record that stays
	w.clock(2, "13:00")
	w.linkUp(dora, ada)
	w.clock(2, "20:00")
	if n := len(w.posted(coach.ClassNudge, ada.Direct())); n != 0 {
		t.Errorf("%d nudges after another account had one", n)
	}
	w.clock(3, "20:00")
	if got := times(w.posted(coach.ClassNudge, ada.Direct())); !slices.Equal(got, []string{"Wed 3 18:00"}) {
		t.Errorf("nudged at %v", got)
	}
}

// The learner has joined when the first of the two accounts did.
func TestTheFirstOfTwoAccountsJoined(t *testing.T) {
	w, id := both(t)
	ada := user("ada")
	w.clock(4, "20:00")
	w.sayIn(dora, guild, "/coach join")
	w.as(dora, "/checkin 45m")
	w.wantText(w.linkUp(ada, dora), "Settings, rest days, recall questions, checkpoints and milestones are those of Discord")
	if l := w.alone(id, dora).Learner; l.Joined != day(1) || l.Own != day(4) {
		t.Errorf("joined on %s, and with this account on %s", l.Joined, l.Own)
	}
	w.wantText(w.as(ada, "/coach why"), "Mon 1 Mar to Wed 3 Mar, 3 days · missed")
	w.as(ada, "/coach unlink")
	if l := w.alone(id, dora).Learner; l.Joined != day(4) || l.Own != 0 {
		t.Errorf("parted: joined on %s, and with this account on %s", l.Joined, l.Own)
	}
}

// An open blocker is the learner's, and afterwards that of the account that
// reported it.
func TestABlockerOfTwoAccounts(t *testing.T) {
	w, id := both(t)
	ada := user("ada")
	w.sayIn(dora, guild, "/coach join")
	first := w.as(ada, "/checkin 45m")
	w.as(dora, "/coach stuck joins")
	w.linkUp(ada, dora)
	w.wantText(w.say("lena", "/coach attention"), "joins")
	w.click(ada, first.Message, "Undo") // of the same place in the other log
	w.wantText(w.say("lena", "/coach attention"), "joins")
	w.as(ada, "/coach unlink")
	if one, other := w.alone(id, ada).Learner.Stuck, w.alone(id, dora).Learner.Stuck; one != nil || other == nil || other.Note != "joins" {
		t.Errorf("stuck are %+v and %+v", one, other)
	}
	w.linkUp(ada, dora)
	w.click(ada, w.as(ada, "/coach stuck indexes").Message, "Sorted it")
	w.as(dora, "/coach unlink")
	if one, other := w.alone(id, ada).Learner.Stuck, w.alone(id, dora).Learner.Stuck; one != nil || other != nil {
		t.Errorf("stuck are %+v and %+v", one, other)
	}
}

// Linking two accounts gives what one account with all their check-ins has: the
// same days, hours, streak, ledger and counters.
func TestTwoLinkedAccountsAreAsOne(t *testing.T) {
	us := []coach.UserRef{user("ada"), dora}
	onOther := map[coach.UserRef]string{user("ada"): "Discord", dora: "Playground"}
	rapid.Check(t, func(t *rapid.T) {
		two, twoID := both(t)
		one, oneID := both(t)
		later := rapid.IntRange(0, 20).Draw(t, "joins at step") // both join; in one world it is the same account
		steps := rapid.IntRange(later, 40).Draw(t, "steps")
		for step := range steps + 1 {
			if step == later {
				two.sayIn(dora, guild, "/coach join")
			}
			hours := time.Duration(rapid.IntRange(1, 60).Draw(t, "hours")) * time.Hour
			two.now, one.now = two.now.Add(hours), one.now.Add(hours)
			who := us[0]
			if step >= later {
				who = rapid.SampledFrom(us).Draw(t, "who")
			}
			text := fmt.Sprintf("/checkin %dm #%s w01d1%s", rapid.IntRange(1, 60).Draw(t, "minutes"),
				rapid.SampledFrom([]string{"deep", "ai"}).Draw(t, "mode"), rapid.SampledFrom([]string{"", "", " yesterday", " done"}).Draw(t, "more"))
			a, b := two.as(who, text), one.as(us[0], text)
			if logged := strings.HasPrefix(textOf(a.Message), "Logged"); logged != strings.HasPrefix(textOf(b.Message), "Logged") {
				t.Fatalf("%s: %q with two accounts, %q with one", text, textOf(a.Message), textOf(b.Message))
			}
			if rapid.IntRange(0, 9).Draw(t, "undo") == 0 && a.Message != nil && strings.HasPrefix(textOf(a.Message), "Logged") {
				two.click(who, a.Message, "Undo")
				one.click(us[0], b.Message, "Undo")
			}
		}
		asks := rapid.IntRange(0, 1).Draw(t, "asks")
		two.wantText(two.linkUp(us[asks], us[1-asks]), "are one learner")
		who := rapid.SampledFrom(us).Draw(t, "who")
		for _, command := range []string{"/coach why", "/coach why 400", "/coach me"} {
			want, got := textOf(one.as(us[0], command).Message), textOf(two.as(who, command).Message)
			got = strings.Replace(got, "\nLinked with your account on "+onOther[who]+".", "", 1)
			if command == "/coach me" { // without the name
				want, got = want[strings.Index(want, " in Crew"):], got[strings.Index(got, " in Crew"):]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s (-one account +two):\n%s", command, diff)
			}
		}
		want, got := one.alone(oneID, us[0]).Learner, two.alone(twoID, us[0]).Learner
		if got.Of != "" {
			got = two.alone(twoID, us[1]).Learner
		}
		for _, l := range []*coach.Learner{want, got} {
			l.Days = slices.DeleteFunc(l.Days, func(d coach.StudyDay) bool { return !d.Done() })
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(coach.Learner{}, "ID", "Cohort", "Name", "Entries", "Nudge", "Nudged", "Also", "AtAlso", "Own", "Streak")); diff != "" {
			t.Fatalf("the learner (-one account +two):\n%s", diff)
		}
		if diff := cmp.Diff(one.store.cohorts[oneID].tallies, two.store.cohorts[twoID].tallies, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("counters (-one account +two):\n%s", diff)
		}
	})
}

// pair is two accounts and, kept in the plainest way, what was entered with them.
type pair struct {
	*world
	id     coach.CohortID
	logs   map[coach.UserRef][]*logged
	shown  []*logged
	linked bool
}

type logged struct {
	by      coach.UserRef
	date    schedule.Date
	minutes int
	gone    bool
	shown   coach.UserRef // to whom
	message *coach.Message
}

func (p *pair) days(us ...coach.UserRef) coach.Days {
	var days coach.Days
	for _, u := range us {
		for _, e := range p.logs[u] {
			if !e.gone {
				d := days.On(e.date)
				d.Deep += int32(e.minutes)
				days.Put(e.date, d)
			}
		}
	}
	return days
}

// check compares what is kept with what the entries come to.
func (p *pair) check(us []coach.UserRef) {
	p.Helper()
	var want []coach.Days
	var got []*coach.Learner
	one, other := p.alone(p.id, us[0]).Learner, p.alone(p.id, us[1]).Learner
	if p.linked {
		main := one
		if one.Of != "" {
			main = other
		}
		if main.Also == "" {
			p.Fatalf("they are not linked: %+v %+v", one, other)
		}
		want, got = append(want, p.days(us...)), append(got, main)
	} else {
		for i, l := range []*coach.Learner{one, other} {
			if l != nil {
				want, got = append(want, p.days(us[i])), append(got, l)
			}
		}
	}
	sums := map[string]int{}
	for i, l := range got {
		days := slices.DeleteFunc(slices.Clone(l.Days), func(d coach.StudyDay) bool { return !d.Done() })
		for i := range days {
			days[i].Late = false
		}
		if diff := cmp.Diff(want[i], days, cmpopts.EquateEmpty()); diff != "" {
			p.Fatalf("days of %s (-entries +record):\n%s", l.ID, diff)
		}
		s, err := p.store.Load(p.Context(), coach.Scope{Cohort: p.id, Learner: l.ID})
		if err != nil || s.Learner == nil {
			p.Fatalf("load: %v", err)
		}
		p.wantStreak(s)
		weeks := map[schedule.Date]bool{}
		for _, d := range days {
			week := d.Date.Week()
			sums[week.String()+fmt.Sprint("d", int(d.Date-week))] += int(d.Deep)
			sums[week.String()+fmt.Sprint("p", int(d.Date-week))]++
			weeks[week] = true
		}
		for week := range weeks {
			sums[week.String()+"n"]++
		}
	}
	kept := map[string]int{}
	for name, fields := range p.store.cohorts[p.id].tallies {
		for field, n := range fields {
			kept[strings.TrimPrefix(name, "week/")+field] = n
		}
	}
	if diff := cmp.Diff(sums, kept, cmpopts.EquateEmpty()); diff != "" {
		p.Fatalf("counters (-entries +kept):\n%s", diff)
	}
}

// However accounts are linked and parted, and whatever is entered, changed and
// taken back from either, what is kept is what the entries come to: linked,
// those of one learner who made all of them; parted, of each its own.
func TestLinkedIsWhatTheEntriesSay(t *testing.T) {
	us := []coach.UserRef{user("ada"), dora}
	rapid.Check(t, func(t *rapid.T) {
		w, id := both(t)
		p := &pair{world: w, id: id, logs: map[coach.UserRef][]*logged{}}
		if rapid.Bool().Draw(t, "joined") {
			w.sayIn(dora, guild, "/coach join")
		}
		who := rapid.SampledFrom(us)
		t.Repeat(map[string]func(*rapid.T){
			"time passes": func(t *rapid.T) {
				w.now = w.now.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "hours")) * time.Hour)
			},
			"check in": func(t *rapid.T) {
				e := &logged{by: who.Draw(t, "who"), minutes: rapid.IntRange(1, 60).Draw(t, "minutes")}
				back := rapid.SampledFrom([]string{"", " yesterday"}).Draw(t, "day")
				e.message = w.as(e.by, fmt.Sprintf("/checkin %dm #deep w01d1%s", e.minutes, back)).Message
				if !strings.HasPrefix(textOf(e.message), "Logged") {
					return
				}
				if e.date = schedule.StudyDay(w.now, time.UTC); back != "" {
					e.date--
				}
				e.shown = e.by
				p.logs[e.by], p.shown = append(p.logs[e.by], e), append(p.shown, e)
			},
			"undo": func(t *rapid.T) {
				if len(p.shown) == 0 {
					t.Skip()
				}
				e := rapid.SampledFrom(p.shown).Draw(t, "entry")
				reply := w.click(e.shown, e.message, "Undo")
				may := !e.gone && e.date >= schedule.StudyDay(w.now, time.UTC)-3
				if done := strings.HasPrefix(textOf(reply.Message), "Taken back"); done != (may && (p.linked || e.shown == e.by)) {
					t.Fatalf("%+v: %q", e, textOf(reply.Message))
				} else if done {
					e.gone = true
				}
			},
			"edit": func(t *rapid.T) {
				if len(p.shown) == 0 {
					t.Skip()
				}
				e := rapid.SampledFrom(p.shown).Draw(t, "entry")
				form := w.click(e.shown, e.message, "Edit").Form
				if form == nil {
					return
				}
				submit := w.submitted("ada", form, "time", fmt.Sprint(rapid.IntRange(1, 60).Draw(t, "minutes"), "m"))
				submit.From, submit.Room = e.shown, e.shown.Direct()
				reply := w.handle(submit)
				if text := textOf(reply.Message); strings.HasPrefix(text, "Corrected") || strings.HasPrefix(text, "As it was") {
					_, _ = fmt.Sscanf(submit.Args["time"], "%dm", &e.minutes)
					e.message = reply.Message
				}
			},
			"link": func(t *rapid.T) {
				asks := who.Draw(t, "who")
				code := codeShown.FindString(textOf(w.as(asks, "/coach link").Message))
				if code == "" {
					return
				}
				types := us[1-slices.Index(us, asks)]
				p.linked = strings.Contains(textOf(w.as(types, "/coach link "+code).Message), "are one learner")
			},
			"unlink": func(t *rapid.T) {
				done := strings.Contains(textOf(w.as(who.Draw(t, "who"), "/coach unlink").Message), "are two again")
				if done != p.linked {
					t.Fatalf("linked %v, parted %v", p.linked, done)
				}
				p.linked = false
			},
			"": func(*rapid.T) { p.check(us) },
		})
	})
}
