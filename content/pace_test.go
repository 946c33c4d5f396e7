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
		r    *Roadmap
		pace Pace
	}{{loadSmall(t), Pace{3, 2}}, {loadSmall(t), Pace{4, 2}}, {backend, Pace{10, 6}}, {backend, Pace{15, 6}}} {
		steps := c.r.Paced(c.pace)
		if steps.Len() != len(c.r.Units()) {
			t.Fatalf("%s, %v: %d steps", c.r.ID, c.pace, steps.Len())
		}
		for i, u := range c.r.Units() {
			if diff := cmp.Diff(Step{Parts: []Part{wholly(u)}}, steps.At(i)); diff != "" {
				t.Errorf("%s, %v (-want +got):\n%s", c.r.ID, c.pace, diff)
			}
		}
	}
}

// shown is a step as a line: its parts, which of how many they are, and the
// minutes, deep and directing AI.
func shown(s Step) string {
	parts := make([]string, len(s.Parts))
	for i, p := range s.Parts {
		parts[i] = fmt.Sprintf("%s %d/%d %d+%d", p.ID, p.Number, p.Of, p.Deep, p.Delegate)
	}
	return strings.Join(parts, ", ")
}

// TestPace cuts the units of testdata/small, whose tasks take 45 and 45 minutes
// (even shares), 45 and 45, 40 and 60, 50 and 30.
func TestPace(t *testing.T) {
	for _, c := range []struct {
		pace Pace
		want []string // by step
	}{
		{Pace{5, 7}, []string{ // 43 minutes a day: one task
			"w01d1 1/2 45+0", "w01d1.2 2/2 15+30", "w01d2 1/2 45+0", "w01d2.2 2/2 25+20",
			"w02d1 1/2 40+0", "w02d1.2 2/2 60+0", "w02d2 1/2 0+50", "w02d2.2 2/2 30+0",
		}},
		{Pace{5, 5}, []string{ // an hour a day, half an hour over made up for by the days that follow
			"w01d1 1/1 60+30", "w01d2 1/2 45+0", "w01d2.2 2/2 25+20",
			"w02d1 1/2 40+0", "w02d1.2 2/2 60+0", "w02d2 1/1 30+50",
		}},
		{Pace{7, 2}, []string{"w01d1 1/1 60+30, w01d2 1/1 70+20", "w02d1 1/1 100+0, w02d2 1/1 30+50"}}, // 30 minutes under rather than 15 over within a unit
		{Pace{25, 1}, []string{"w01d1 1/1 60+30, w01d2 1/1 70+20, w02d1 1/1 100+0, w02d2 1/1 30+50"}},
		{Pace{99, 0}, []string{"w01d1 1/1 60+30, w01d2 1/1 70+20, w02d1 1/1 100+0, w02d2 1/1 30+50"}},
	} {
		steps := loadSmall(t).Paced(c.pace)
		var got []string
		for i := range steps.Len() {
			got = append(got, shown(steps.At(i)))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.pace, diff)
		}
	}
}

func TestAnotherPaceGoesOnWhereItIs(t *testing.T) {
	slow := loadSmall(t).Paced(Pace{5, 7}).Then(3, Pace{3, 2})
	want := []string{"w01d1 1/2 45+0", "w01d1.2 2/2 15+30", "w01d2 1/2 45+0", "w01d2.2 2/2 25+20", "w02d1 1/1 100+0", "w02d2 1/1 30+50"}
	var got []string
	for i := range slow.Len() {
		got = append(got, shown(slow.At(i)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if same := slow.Then(4, Pace{3, 2}); same.Len() != slow.Len() {
		t.Errorf("the same pace changed it to %d steps", same.Len())
	}
	for n, want := range []int{0, 0, 1, 1, 2, 3, 4} {
		if got := slow.Units(n); got != want {
			t.Errorf("%d units after %d steps, want %d", got, n, want)
		}
	}
	for unit, want := range []int{1, 3, 4, 5} {
		if got := slow.StepOf(unit); got != want {
			t.Errorf("unit %d ends with step %d, want %d", unit, got, want)
		}
	}
	for id, want := range map[string]string{"w01d1": "w01d1 1/2", "w01d1.2": "w01d1.2 2/2", "w02d1": "w02d1 1/1", "w02d1.2": "w02d1 1/1"} {
		if p, ok := slow.Part(id); !ok || fmt.Sprintf("%s %d/%d", p.ID, p.Number, p.Of) != want {
			t.Errorf("%s is %s %d/%d, want %s", id, p.ID, p.Number, p.Of, want)
		}
	}
	for _, id := range []string{"", "w09d1", "w01d1.0", "w01d1.3", "w01d1.x", ".2"} {
		if p, ok := slow.Part(id); ok {
			t.Errorf("%q is %s", id, p.ID)
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

// TestAnyPaceKeepsTheWork holds what Steps promises of every roadmap and pace, and
// of every change of pace on the way: no task is lost, doubled or out of order, no
// minute of either mode is lost, each id is there once and leads to its part.
func TestAnyPaceKeepsTheWork(t *testing.T) {
	pace := rapid.Custom(func(t *rapid.T) Pace {
		return Pace{rapid.IntRange(MinPace, MaxPace).Draw(t, "hours"), rapid.IntRange(1, 7).Draw(t, "days")}
	})
	rapid.Check(t, func(t *rapid.T) {
		r := roadmaps().Draw(t, "roadmap")
		steps := r.Paced(pace.Draw(t, "pace"))
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			n := rapid.IntRange(0, steps.Len()).Draw(t, "after")
			var before []Step
			for i := range n {
				before = append(before, steps.At(i))
			}
			steps = steps.Then(n, pace.Draw(t, "pace"))
			for i, step := range before {
				if got := steps.At(i); len(got.Parts) != len(step.Parts) || got.Minutes() != step.Minutes() || got.Parts[0].ID != step.Parts[0].ID {
					t.Fatalf("a later change made %s of %s", shown(got), shown(step))
				}
			}
		}
		var got, want []Task
		var whole spent
		units, parts, ids := 0, map[string]int{}, map[string]bool{}
		for i := range steps.Len() {
			step := steps.At(i)
			for _, p := range step.Parts {
				found, _ := steps.Part(p.ID)
				if parts[p.Unit.ID]++; ids[p.ID] || p.Number != parts[p.Unit.ID] || p.Number > p.Of || len(p.Tasks) == 0 || found.ID != p.ID {
					t.Fatalf("the part %s of step %s is wrong", p.ID, shown(step))
				}
				ids[p.ID] = true
				if p.Last() {
					if steps.StepOf(units) != i || r.Units()[units].ID != p.Unit.ID {
						t.Fatalf("unit %d ends with step %d, not %d", units, steps.StepOf(units), i)
					}
					units++
				}
				got = append(got, p.Tasks...)
				whole = whole.plus(spent{p.Deep, p.Delegate})
			}
			if steps.Units(i+1) != units {
				t.Fatalf("%d units after step %d, want %d", steps.Units(i+1), i, units)
			}
		}
		for _, u := range r.Units() {
			want = append(want, u.Tasks...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("tasks (-want +got):\n%s", diff)
		}
		if want := spentOn(r.Units()); whole != want || units != len(r.Units()) {
			t.Fatalf("%v and %d units in all, want %v and %d", whole, units, want, len(r.Units()))
		}
	})
}

// TestWeeksKeepToTheirHours holds how far a week may be from its hours, at every
// pace but the natural one.
func TestWeeksKeepToTheirHours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := roadmaps().Draw(t, "roadmap")
		p := Pace{rapid.IntRange(MinPace, MaxPace).Draw(t, "hours"), rapid.IntRange(1, 7).Draw(t, "days")}
		if r.Natural(p) {
			t.Skip("the units are not cut")
		}
		longest := 0
		for _, task := range r.index.row {
			longest = max(longest, task.total())
		}
		steps := r.Paced(p)
		week, all := p.Hours*60, 0
		rest := r.index.row
		var over []int // what a day with a task longer than its budget is over that, in minutes by p.Days
		for i := range steps.Len() {
			all += steps.At(i).Minutes()
			if i+1 < steps.Len() && 2*all*p.Days < 2*(i+1)*week-longest*p.Days-week/2-1 {
				t.Fatalf("after %d days %d minutes are planned, at %v with tasks of up to %d", i+1, all, p, longest)
			}
			if step := steps.At(i); slices.ContainsFunc(taken(&rest, step), func(task timed) bool { return task.total()*p.Days > week }) {
				over = append(over, max(0, step.Minutes()*p.Days-week))
			} else {
				over = append(over, 0)
			}
			planned, alone := 0, 0 // of the week that ends here; alone in minutes by p.Days
			for j := max(0, i+1-p.Days); j <= i; j++ {
				planned += steps.At(j).Minutes()
				alone += over[j]
			}
			if (planned-longest-week-1)*p.Days-week/2 > alone { // a minute, for both ends are rounded
				t.Fatalf("the week up to day %d takes %d minutes, at %v with tasks of up to %d", i+1, planned, p, longest)
			}
		}
	})
}

// taken takes the tasks of a step from those to come.
func taken(rest *[]timed, s Step) []timed {
	n := 0
	for _, p := range s.Parts {
		n += len(p.Tasks)
	}
	these := (*rest)[:n]
	*rest = (*rest)[n:]
	return these
}

// TestWeeksOfTheBackendRoadmap says how far from its hours a week of the built-in
// roadmap is at a pace that a cohort may well choose: 130 minutes at most.
func TestWeeksOfTheBackendRoadmap(t *testing.T) {
	l, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	r, _ := l.Roadmap("backend")
	for hours := MinPace; hours <= MaxPace; hours++ {
		for days := 3; days <= 7; days++ {
			p := Pace{hours, days}
			if r.Natural(p) {
				continue
			}
			steps := r.Paced(p)
			for first := 0; first+days < steps.Len(); first += days {
				week := 0
				for i := first; i < first+days; i++ {
					week += steps.At(i).Minutes()
				}
				if off := week - hours*60; off < -130 || off > 130 {
					t.Errorf("%v: week %d takes %d minutes", p, first/days+1, week)
				}
			}
		}
	}
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
		err := PreviewPaced(&bytes.Buffer{}, loadSmall(t), Pace{5, 5}, week)
		want := fmt.Sprintf("there is no week %d: at this pace the roadmap has the weeks 1 to 2", week)
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
