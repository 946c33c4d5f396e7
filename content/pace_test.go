package content

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNaturalPaceIsTheUnits(t *testing.T) {
	l, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	backend, _ := l.Roadmap("backend")
	for _, c := range []struct {
		r           *Roadmap
		hours, days int
	}{{loadSmall(t), 3, 2}, {loadSmall(t), 4, 2}, {backend, 10, 6}, {backend, 15, 6}} {
		var got, want []string
		for _, s := range c.r.Paced(c.hours, c.days) {
			got = append(got, fmt.Sprintf("%s %d+%d week %d, %d tasks", s.ID, s.Deep, s.Delegate, s.Week, len(s.Parts[0].Tasks)))
		}
		for _, u := range c.r.Units() {
			w, _ := c.r.WeekOf(u.ID)
			want = append(want, fmt.Sprintf("%s %d+%d week %d, %d tasks", u.ID, u.Deep, u.Delegate, w.Number, len(u.Tasks)))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, %d h on %d days (-want +got):\n%s", c.r.ID, c.hours, c.days, diff)
		}
	}
}

// TestPace cuts the units of testdata/small, whose tasks take 45 and 45 minutes
// (even shares), 45 and 45, 40 and 60, 50 and 30.
func TestPace(t *testing.T) {
	for _, c := range []struct {
		hours, days int
		want        []string // by step
	}{
		{5, 7, []string{ // 43 minutes a day: one task
			"week 1: w01d1 (a) 45+0", "week 1: w01d1 (b) 15+30", "week 1: w01d2 (a) 45+0", "week 1: w01d2 (b) 25+20",
			"week 1: w02d1 (a) 40+0", "week 1: w02d1 (b) 60+0", "week 1: w02d2 (a) 0+50", "week 2: w02d2 (b) 30+0",
		}},
		{5, 5, []string{ // an hour a day, made up for by the days that follow
			"week 1: w01d1 (a) 45+0", "week 1: w01d1 (b) 15+30, w01d2 (a) 45+0", "week 1: w01d2 (b) 25+20",
			"week 1: w02d1 (a) 40+0", "week 1: w02d1 (b) 60+0", "week 2: w02d2 30+50",
		}},
		{8, 2, []string{"week 1: w01d1 60+30, w01d2 70+20, w02d1 (a) 40+0", "week 1: w02d1 (b) 60+0, w02d2 30+50"}},
		{25, 1, []string{"week 1: w01d1 60+30, w01d2 70+20, w02d1 100+0, w02d2 30+50"}},
		{99, 0, []string{"week 1: w01d1 60+30, w01d2 70+20, w02d1 100+0, w02d2 30+50"}},
	} {
		var got []string
		for _, s := range loadSmall(t).Paced(c.hours, c.days) {
			parts := make([]string, len(s.Parts))
			for i, p := range s.Parts {
				parts[i] = fmt.Sprintf("%s %d+%d", p.ID, p.Deep, p.Delegate)
			}
			got = append(got, fmt.Sprintf("week %d: %s", s.Week, strings.Join(parts, ", ")))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%d h on %d days (-want +got):\n%s", c.hours, c.days, diff)
		}
	}
}

// roadmaps draws roadmaps with any times, of which some stand at the tasks.
func roadmaps() *rapid.Generator[*Roadmap] {
	unit := rapid.Custom(func(t *rapid.T) Unit {
		u := Unit{Deep: rapid.IntRange(0, 60).Draw(t, "deep without a task"), Delegate: rapid.IntRange(0, 200).Draw(t, "delegate")}
		timed := rapid.SliceOfN(rapid.SampledFrom([]string{"", "*%d min.* ", "*%d min, AI off.* ", "*%d min, AI on.* "}), minTasks, maxTasks).Draw(t, "heads")
		for _, head := range timed {
			if head != "" {
				minutes := rapid.IntRange(1, 150).Draw(t, "minutes")
				head = fmt.Sprintf(head, minutes)
				u.Deep += minutes
			}
			u.Tasks = append(u.Tasks, Task{Text: head + "Do it."})
		}
		if !slices.Contains(timed, "") {
			u.Tasks = append(u.Tasks, Task{Text: "Do the rest."})
		}
		return u
	})
	return rapid.Custom(func(t *rapid.T) *Roadmap {
		r := &Roadmap{Hours: Hours{10, 15}}
		p := Phase{}
		for w := range rapid.IntRange(1, 8).Draw(t, "weeks") {
			week := Week{Number: w + 1, Units: rapid.SliceOfN(unit, 1, maxUnits).Draw(t, "units")}
			for i := range week.Units {
				week.Units[i].ID = fmt.Sprintf("w%02dd%d", w+1, i+1)
				for j := range week.Units[i].Tasks {
					week.Units[i].Tasks[j].Text += fmt.Sprintf(" %s.%d", week.Units[i].ID, j)
				}
			}
			p.Weeks = append(p.Weeks, week)
		}
		r.Phases = []Phase{p}
		r.index = newIndex(r.Phases)
		return r
	})
}

// TestAnyPaceKeepsTheWork holds what Paced promises of every roadmap and pace: no
// task is lost, doubled or out of order, no minute of either mode is lost, no id
// is there twice, and no day is over its budget by a whole task.
func TestAnyPaceKeepsTheWork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := roadmaps().Draw(t, "roadmap")
		hours, days := rapid.IntRange(MinPace, MaxPace).Draw(t, "hours"), rapid.IntRange(1, 7).Draw(t, "days")
		natural := r.Hours.Min <= hours && hours <= r.Hours.Max && days == r.unitsAWeek()

		var got, want []Task
		var whole spent
		units, ids := []Unit{}, map[string]bool{}
		week := 1
		for i, s := range r.Paced(hours, days) {
			var inDay spent
			longest := 0
			for _, p := range s.Parts {
				if ids[p.ID] {
					t.Fatalf("%s is there twice", p.ID)
				}
				ids[p.ID] = true
				if len(p.Tasks) == 0 || !strings.HasPrefix(p.ID, p.Unit.ID) {
					t.Fatalf("part %+v", p)
				}
				if p.Last() {
					units = append(units, p.Unit)
				}
				got = append(got, p.Tasks...)
				inDay = inDay.plus(spent{p.Deep, p.Delegate})
				for _, task := range p.Unit.spentByTask()[p.First : p.First+len(p.Tasks)] {
					longest = max(longest, task.total())
				}
			}
			if inDay != (spent{s.Deep, s.Delegate}) || s.ID != s.Parts[0].ID {
				t.Fatalf("step %+v has parts of %v", s, inDay)
			}
			if !natural && (s.Minutes()-longest)*days > hours*60 {
				t.Fatalf("%s takes %d minutes, the longest task %d, at %d h on %d days", s.ID, s.Minutes(), longest, hours, days)
			}
			if s.Week < week || s.Week > week+1 || !natural && s.Week != i/days+1 {
				t.Fatalf("%s is of week %d, after week %d", s.ID, s.Week, week)
			}
			week = s.Week
			whole = whole.plus(inDay)
		}
		for _, u := range r.Units() {
			want = append(want, u.Tasks...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("tasks (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(r.Units(), units); diff != "" {
			t.Fatalf("units that end (-want +got):\n%s", diff)
		}
		if want := spentOn(r.Units()); whole != want {
			t.Fatalf("%v in all, want %v", whole, want)
		}
	})
}

func TestHeads(t *testing.T) {
	for text, want := range map[string]struct {
		minutes int
		ai, ok  bool
	}{
		"*45 min, AI off.* Solve":  {45, false, true},
		"*50 min, AI on.* Ask":     {50, true, true},
		"*5 min.* Install":         {5, false, true},
		"*5 minutes.* Install":     {},
		"*45 min, AI maybe.* Ask":  {},
		"Solve *45 min, AI off.*":  {},
		"*999999999999 min.* Wait": {},
		"":                         {},
	} {
		minutes, ai, ok := head(text)
		if minutes != want.minutes || ai != want.ai || ok != want.ok {
			t.Errorf("%q: %d %t %t", text, minutes, ai, ok)
		}
	}
}

func TestPreviewOfAWeekThatIsNotThere(t *testing.T) {
	for _, week := range []int{0, 3} {
		err := PreviewPaced(&bytes.Buffer{}, loadSmall(t), 5, 5, week)
		want := fmt.Sprintf("there is no week %d: at this pace the roadmap has the weeks 1 to 2", week)
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
