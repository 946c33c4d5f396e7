package coach_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"studycoach/coach"
	"studycoach/schedule"
)

func TestZonesAreSuggested(t *testing.T) {
	w := newWorld(t)
	for typed, want := range map[string]string{
		"berl": "Europe/Berlin", "new york": "America/New_York", "NEW_Y": "America/New_York", "europe/lis": "Europe/Lisbon",
		"": "UTC", "utc": "UTC", "+5:45": "Asia/Kathmandu", "utc+9": "Asia/Tokyo", "GMT-3:30": "America/St_Johns", "nowhere": "",
	} {
		got := w.suggest("ada", coach.OptionZone, typed)
		if want == "" && len(got) > 0 || want != "" && !slices.ContainsFunc(got, func(o coach.Option) bool { return o.Value == want }) {
			t.Errorf("%q: %v, want %s", typed, got, want)
		}
		if strings.HasPrefix(typed, "berl") && got[0].Label != "Europe/Berlin (09:00, UTC+01:00)" {
			t.Errorf("%q: the first is %q", typed, got[0].Label)
		}
	}
}

func TestUnitsAreSuggested(t *testing.T) {
	w := newWorld(t)
	if got := w.suggest("ada", coach.OptionUnit, "w01"); len(got) > 0 {
		t.Errorf("without a cohort: %v", got)
	}
	w.cohort()
	w.join("ada")
	for typed, want := range map[string]string{"": "w01d1", "w03d2": "w03d2", "W02": "w02d1", mustRoadmap().Units()[4].Title: mustRoadmap().Units()[4].ID} {
		if got := w.suggest("ada", coach.OptionUnit, typed); len(got) == 0 || got[0].Value != want {
			t.Errorf("%q: %v, want %s first", typed, got, want)
		}
	}
	if got := w.suggest("ada", coach.OptionText, "w01"); len(got) > 0 {
		t.Errorf("text is completed: %v", got)
	}
}

func TestCohortsAreSuggested(t *testing.T) {
	w := newWorld(t)
	crew := w.cohort()
	owls := w.cohortIn(other, "name", "Night owls")
	w.cohortIn("web/playground/third", "name", strings.Repeat("long ", 12))
	w.join("ada")
	e := typed(w.event("ada"), "/coach join")
	e.Room = other
	w.handle(e)
	for typed, want := range map[string][]coach.CohortID{"": {crew, owls}, "ni": {owls}, "OWL": {owls}, "crew": {crew}, "long": nil, string(crew): nil} {
		var got []coach.CohortID
		for _, o := range w.suggest("ada", coach.OptionCohort, typed) {
			got = append(got, coach.CohortID(o.Value))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", typed, got, want)
		}
	}
	if got := w.suggest("ada", coach.OptionCohort, "nigh"); len(got) != 1 || got[0].Label != "Night owls" {
		t.Errorf("the label is %v", got)
	}
	if got := w.suggest("lena", coach.OptionCohort, "long"); len(got) != 1 {
		t.Errorf("its lead is suggested %v", got)
	}
	if got := w.suggest("bob", coach.OptionCohort, ""); len(got) > 0 {
		t.Errorf("whoever has none is suggested %v", got)
	}
}

func (w *world) suggest(who string, kind coach.OptionKind, typed string) []coach.Option {
	w.Helper()
	e := w.event(who)
	got, err := w.coach.Suggest(w.Context(), kind, typed, e, []coach.UserRef{e.From})
	if err != nil {
		w.Fatalf("suggest: %v", err)
	}
	if len(got) > 25 {
		w.Errorf("%q has %d suggestions", typed, len(got))
	}
	for _, o := range got {
		if n := utf8.RuneCountInString(o.Label); n > 100 || n == 0 {
			w.Errorf("%q has %d characters", o.Label, n)
		}
	}
	return got
}

func TestOptionsJoinToWhatIsTyped(t *testing.T) {
	for _, c := range coach.Commands() {
		typed := slices.ContainsFunc(c.Options, func(o coach.CommandOption) bool { return o.Kind != coach.OptionCohort })
		if (c.Usage != "") != typed {
			t.Errorf("%s is used with %q and takes %v", c.Name, c.Usage, c.Options)
		}
		for _, o := range c.Options {
			if o.About == "" || utf8.RuneCountInString(o.About) > 100 {
				t.Errorf("%s: %s is described as %q", c.Name, o.Name, o.About)
			}
			for _, v := range o.Choices {
				if v.Label == "" {
					t.Errorf("%s: %s has %q without a label", c.Name, o.Name, v.Value)
				}
			}
		}
		if c.Name == "/coach settings" {
			got, args := c.Read(map[string]string{"zone": "Asia/Tokyo", "text": " ", "cohort": " Night owls "})
			if got != "zone Asia/Tokyo" || len(args) != 1 || args["cohort"] != "Night owls" {
				t.Errorf("it is %q with %q", got, args)
			}
		}
	}
}

// Options given one by one are understood like the text they stand for.
func TestACheckInOfOptions(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	text, args := coach.Commands()[0].Read(map[string]string{"text": "45m joins", "mode": "ai", "unit": "w01d2", "day": "today"})
	if args != nil {
		t.Errorf("the arguments are %q", args)
	}
	w.wantText(w.say("ada", "/checkin "+text), "w01d2")
	e := w.load("ada").Learner.Days.On(schedule.LocalDate(w.now, time.UTC))
	if e.AI != 45 {
		t.Errorf("%d minutes with an AI after %q", e.AI, text)
	}
}
