package coach_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
	"studycoach/schedule"
)

func TestLeadsAreAddedAndRemoved(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada", "bob", "lena")
	w.wantLine(w.say("lena", "/coach lead ada"), say.LeadChanged{})
	w.wantLine(w.say("lena", "/coach lead add @ada"), say.LeadChanged{}) // once is enough
	w.wantLine(w.say("ada", "/coach lead <@bob>"), say.LeadChanged{})
	w.wantLine(w.say("bob", "/coach lead"), say.Leads{Names: []string{"Lena", "Ada", "Bob"}})
	w.wantLine(w.say("bob", "/coach lead remove Lena"), say.LeadChanged{Removed: true})
	w.wantLine(w.say("bob", "/coach lead remove lena"), say.NoLead{Name: "Lena"})
	w.wantText(w.say("lena", "/coach roster"), "is for the leads")
	w.wantLine(w.say("bob", "/coach lead remove bob"), say.LeadChanged{Removed: true})
	w.wantLine(w.say("ada", "/coach lead remove ada"), say.OnlyLead{Cohort: "Crew"})
	w.wantLine(w.say("ada", "/coach lead zoe"), say.NobodyFound{Typed: "zoe"})
	if got := w.load("ada").Cohort.Leads; !slices.Equal(got, []coach.UserRef{user("ada")}) {
		t.Errorf("leads are %v", got)
	}
}

func TestWhoHasLeftIsMadeNoLead(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("ada", "/coach leave")
	w.wantLine(w.say("lena", "/coach lead ada"), say.HasLeft{Name: "Ada"})
	w.say("ada", "/coach join")
	w.wantLine(w.say("lena", "/coach lead ada"), say.LeadChanged{})
	w.say("ada", "/coach leave")
	w.wantLine(w.say("lena", "/coach lead remove ada"), say.LeadChanged{Removed: true})
}

func TestTheAnswerToALeadKeepsNoNameOfAnother(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.wantNot(textOf(w.say("lena", "/coach lead ada").Message), "Ada")
	w.wantNot(textOf(w.say("lena", "/coach lead remove ada").Message), "Ada")
	w.press("ada", w.dm("ada", "/coach forget-me").Message, "Yes, delete everything")
	w.wantNoTrace("ada", "Ada")
}

func TestALeadWhoDidNotJoinIsFound(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("lena", "/coach lead ada")
	w.wantLine(w.say("ada", "/coach lead"), say.Leads{Names: []string{"lena", "Ada"}})
	w.wantLine(w.say("ada", "/coach lead remove lena"), say.LeadChanged{Removed: true})
}

func TestTwoOfOneNameAreToldApartByAccount(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	for _, who := range []string{"ada1", "ada2"} {
		e := typed(w.event(who), "/coach join")
		e.Name = "Ada L"
		w.handle(e)
	}
	w.wantLine(w.say("lena", "/coach lead ada l"), say.NobodyFound{Typed: "ada l", Several: true})
	w.wantLine(w.say("lena", "/coach lead ada2"), say.LeadChanged{})
	if !w.load("ada2").Cohort.IsLead(user("ada2")) {
		t.Error("the account is no lead")
	}
}

func TestTheCohortIsChanged(t *testing.T) {
	w := newWorld(t)
	w.cohort("start", "2027-03-03")
	w.wantText(w.say("lena", "/coach cohort edit"), "") // a form
	form := w.press("lena", w.say("lena", "/coach cohort").Message, "Edit").Form
	w.wantText(w.submit("lena", form, "name", "New crew", "start", "2027-03-02", "goal", "15", "summary-day", "mon", "summary-time", "10:00", "study", "mon-fri"),
		"New crew", "From Tue 2 Mar 2027", "Mon-Fri", "Summary on Monday at 10:00", "Goal: 15 hours a week", "next Tue 2 Mar 09:00")
	w.clock(2, "10:00")
	form = w.say("lena", "/coach cohort edit").Form
	before := w.snapshot()
	w.wantError(w.submit("lena", form, "start", "2027-03-05"), "start", "The cohort started on Tue 2 Mar, so this stays as it is.")
	reply := w.submit("lena", form, "name", "")
	w.wantError(reply, "name", "What is the cohort called?")
	if reply.Form.Verb != "cohort" || reply.Form.Title != form.Title {
		t.Errorf("another form came back: %+v", reply.Form)
	}
	w.unchanged("a form with an error", before)

	w.submit("lena", form, "study", "tue,thu")
	w.submit("lena", form, "study", "tue,sat")
	if diff := cmp.Diff([]coach.StudyRule{{Days: schedule.WeekdaysOf(1, 2, 3, 4, 5, 6)}, {From: day(2), Days: schedule.WeekdaysOf(1, 2, 3, 4, 5)},
		{From: day(3), Days: schedule.WeekdaysOf(2, 6)}}, w.load("lena").Cohort.Study); diff != "" {
		t.Errorf("study days (-want +got):\n%s", diff)
	}
	w.clock(9, "10:00")
	w.wantPrompts("Tue 2 09:00 w01d1", // and then 15 h on two days a week
		"Sat 6 09:00 w01d2", "Sat 6 09:00 w01d3", "Sat 6 09:00 w01d4",
		"Tue 9 09:00 w01d5", "Tue 9 09:00 w01d6", "Tue 9 09:00 w02d1", "Tue 9 09:00 w02d2")
	if got := times(w.posted(coach.ClassSummary, "")); !slices.Equal(got, []string{"Mon 8 10:00"}) {
		t.Errorf("summaries at %v", got)
	}
}

func TestHolidays(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.wantText(w.say("lena", "/coach holiday"), "No holidays are set.")
	w.wantLine(w.say("lena", "/coach holiday 2027-03-05"), say.Holidays{Days: []string{"Fri 5 Mar 2027"}})
	w.wantLine(w.say("lena", "/coach holiday 4 mar to 6 mar"), say.Holidays{Days: []string{"Thu 4 Mar 2027", "Fri 5 Mar 2027", "Sat 6 Mar 2027"}})
	w.wantLine(w.say("lena", "/coach holiday remove 2027-03-05"), say.Holidays{Days: []string{"Thu 4 Mar 2027", "Sat 6 Mar 2027"}})
	w.wantText(w.say("lena", "/coach cohort"), "Holidays: Thu 4 Mar 2027 and Sat 6 Mar 2027.")
	w.wantLine(w.say("lena", "/coach holiday"), say.Holidays{Days: []string{"Thu 4 Mar 2027", "Sat 6 Mar 2027"}})
	before := w.snapshot()
	for text, want := range map[string]any{
		"someday":                say.UnclearUntil{Typed: "someday"},
		"2027-03-05..someday":    say.UnclearUntil{Typed: "2027-03-05..someday"},
		"2027-03-05..2027-03-01": say.HolidayRange{Max: 60},
		"2027-04-01..2027-05-31": say.HolidayRange{Max: 60},
		"2027-02-25":             say.TooFarBack{Days: 3, Earliest: "Fri 26 Feb"},
	} {
		w.wantLine(w.say("lena", "/coach holiday "+text), want)
	}
	w.unchanged("a refused holiday", before)
	w.wantText(w.say("lena", "/coach holiday 2027-04-01..2027-05-30"), "Sun 30 May 2027")
	w.wantLine(w.say("lena", "/coach holiday 2027-08-01..2027-09-15"), say.HolidayRange{Max: 100})
}

func TestAHolidaySetAfterwardsMendsTheStreak(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("ada", "/checkin 10m")
	w.clock(3, "10:00")
	w.wantText(w.say("ada", "/checkin 10m"), "Streak: 1 day.")
	w.say("lena", "/coach holiday 2027-03-02")
	w.wantText(w.say("ada", "/coach why"), "Your streak is 2 days", "Tue 2 Mar · rest: holiday")
}

func TestManyLeadsAreListed(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	_, _, err := w.store.Update(t.Context(), coach.Scope{Cohort: id}, func(s coach.State) (coach.Change, error) {
		for i := range 300 {
			s.Cohort.Leads = append(s.Cohort.Leads, user(fmt.Sprintf("a_rather_long_name_%d", i)))
		}
		return coach.Change{Cohort: s.Cohort}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if text := textOf(w.say("lena", "/coach lead").Message); !strings.HasSuffix(text, "…") {
		t.Errorf("%q is not cut", text)
	}
}
