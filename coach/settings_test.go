package coach_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
	"studycoach/schedule"
)

func TestSettingsByForm(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	form := w.say("ada", "/coach settings").Form
	values := map[string]string{}
	for _, f := range form.Fields {
		values[f.Name] = f.Value
	}
	if diff := cmp.Diff(map[string]string{
		"zone": "UTC", "messages": "nudge", "nudge": "19:00", "rest": "", "quiet-from": "22:00", "quiet-to": "07:00", "board": "", "language": "",
	}, values); diff != "" {
		t.Errorf("the form holds (-want +got):\n%s", diff)
	}
	w.wantLine(w.submit("ada", form, "zone", "europe/berlin", "messages", "nudge,recall", "nudge", "8 pm", "rest", "wed,sun", "quiet-from", "23:00",
		"quiet-to", "06:30", "board", "yes", "language", "go"), say.SettingsSaved{
		Zone: "Europe/Berlin", Now: "Mon 09:00", Nudge: "20:00", Recall: true, Board: true, QuietFrom: "23:00", QuietTo: "06:30", Rest: "Wed, Sun", Language: "Go",
	})
	l := w.load("ada").Learner
	if diff := cmp.Diff(coach.Settings{
		Zone: "Europe/Berlin", ZoneByHand: true, Nudge: 20 * 60, Quiet: coach.Quiet{From: 23 * 60, To: 6*60 + 30}, Board: true, Recall: true, Language: "go",
	}, l.Settings); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]coach.Rest{{From: day(2), Days: schedule.WeekdaysOf(0, 3)}}, l.Rest); diff != "" {
		t.Errorf("rest days (-want +got):\n%s", diff)
	}
	form = w.say("ada", "/coach settings").Form
	if got := fieldOf(form, "rest").Value + " " + fieldOf(form, "messages").Value + " " + fieldOf(form, "board").Value; got != "wed,sun nudge,recall yes" {
		t.Errorf("the form holds %s", got)
	}
}

func TestASingleSetting(t *testing.T) {
	for _, test := range []struct {
		text string
		want func(*coach.Settings)
	}{
		{"zone America/New_York", func(s *coach.Settings) { s.Zone, s.ZoneByHand = "America/New_York", true }},
		{"zone: utc", func(s *coach.Settings) { s.Zone, s.ZoneByHand = "UTC", true }}, // on purpose, though it is the cohort's
		{"nudge 18:30", func(s *coach.Settings) { s.Nudge = 18*60 + 30 }},
		{"nudge off", func(s *coach.Settings) { s.NudgeOff = true }},
		{"nudge on", func(*coach.Settings) {}},
		{"recall on", func(s *coach.Settings) { s.Recall = true }},
		{"recall off", func(*coach.Settings) {}},
		{"board on", func(s *coach.Settings) { s.Board = true }},
		{"BOARD Yes", func(s *coach.Settings) { s.Board = true }},
		{"board off", func(*coach.Settings) {}},
		{"quiet 21:00-06:00", func(s *coach.Settings) { s.Quiet = coach.Quiet{From: 21 * 60, To: 6 * 60} }},
		{"quiet 9 pm to 6 am", func(s *coach.Settings) { s.Quiet = coach.Quiet{From: 21 * 60, To: 6 * 60} }},
		{"quiet off", func(s *coach.Settings) { s.Quiet = coach.Quiet{} }},
		{"language Rust", func(s *coach.Settings) { s.Language = "rust" }},
		{"rest none", func(*coach.Settings) {}},
	} {
		t.Run(test.text, func(t *testing.T) {
			w := newWorld(t)
			w.cohort()
			w.join("ada")
			want := w.load("ada").Learner.Settings
			test.want(&want)
			w.wantText(w.say("ada", "/coach settings "+test.text), "Saved.")
			if diff := cmp.Diff(want, w.load("ada").Learner.Settings); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestASettingThatIsNotUnderstood(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	before := w.snapshot()
	for _, test := range []struct{ text, field, want string }{
		{"zone Atlantis", "zone", `There is no time zone "Atlantis"`},
		{"zone", "zone", "A time zone is needed"},
		{"nudge late", "nudge", "late"},
		{"quiet 9 pm", "quiet-to", ""},
		{"rest someday", "rest", "someday"},
		{"rest every day", "rest", "Please leave at least one day to study."},
		{"language cobol", "language", "One of go, rust or python, please."},
	} {
		reply := w.say("ada", "/coach settings "+test.text)
		w.wantError(reply, test.field, test.want)
		if _, value, _ := strings.Cut(test.text, " "); test.field != "quiet-to" && fieldOf(reply.Form, test.field).Value != value {
			t.Errorf("%s: the field holds %q", test.text, fieldOf(reply.Form, test.field).Value)
		}
	}
	w.wantLine(w.say("ada", "/coach settings colour *red*"), say.UnknownSetting{Typed: "colour"})
	w.wantLine(w.say("ada", "/coach settings = on"), say.UnknownSetting{Typed: "="})
	for _, text := range []string{"board maybe", "board", "recall please", "recall 20:00"} {
		name, _, _ := strings.Cut(text, " ")
		w.wantLine(w.say("ada", "/coach settings "+text), say.OnOrOff{Setting: name})
	}
	w.unchanged("what was not understood", before)
}

func TestTheZoneFollowsTheCohortUntilItIsChosen(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("ada", "/coach settings board on")
	if s := w.load("ada").Learner.Settings; s.Zone != "" || s.ZoneByHand {
		t.Errorf("settings are %+v", s)
	}
	form := w.press("lena", w.say("lena", "/coach cohort").Message, "Edit").Form
	w.submit("lena", form, "zone", "Asia/Tokyo")
	w.wantText(w.say("ada", "/coach settings board off"), "You live in Asia/Tokyo, where it is Mon 17:00.")
	w.submit("ada", w.say("ada", "/coach settings").Form) // as it is
	if s := w.load("ada").Learner.Settings; s.Zone != "" || s.ZoneByHand {
		t.Errorf("settings are %+v", s)
	}
	w.say("ada", "/coach settings zone Asia/Tokyo")
	w.submit("lena", form, "zone", "UTC")
	w.wantText(w.say("ada", "/coach settings board off"), "You live in Asia/Tokyo")
}

func TestANudgeInQuietHoursIsWarnedOf(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.wantText(w.say("ada", "/coach settings nudge 22:30"), "Your nudge time lies in your quiet hours")
	w.wantNot(textOf(w.say("ada", "/coach settings quiet off").Message), "lies in your quiet hours")
}

func TestAnOwnRestDayStandsFromTomorrowOn(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.clock(3, "20:00") // nothing was done on Monday and Tuesday
	w.say("ada", "/checkin 10m")
	w.clock(5, "20:00")
	w.say("ada", "/coach settings rest fri") // too late for today
	w.clock(6, "20:00")
	w.say("ada", "/coach settings rest thu") // too late for the day before yesterday
	w.say("ada", "/coach settings rest mon") // instead
	w.wantText(w.say("ada", "/coach why"), "Wed 3 Mar · done 10 min · 1", "Thu 4 Mar · missed", "Fri 5 Mar · missed")
	if diff := cmp.Diff([]coach.Rest{{From: day(6), Days: schedule.WeekdaysOf(5)}, {From: day(7), Days: schedule.WeekdaysOf(1)}}, w.load("ada").Learner.Rest); diff != "" {
		t.Errorf("rest days (-want +got):\n%s", diff)
	}
	w.clock(9, "20:00")
	w.wantText(w.say("ada", "/coach why"), "Mon 8 Mar · rest: own rest day")
}
