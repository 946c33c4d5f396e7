package coach

import (
	"cmp"
	"reflect"
	"slices"
	"testing"

	diff "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"studycoach/content"
	"studycoach/schedule"
)

// cohorts draws cohorts that change their hours and study days on the way.
var cohorts = rapid.Custom(func(t *rapid.T) *Cohort {
	const start = 20000
	hours, days := rapid.IntRange(5, 25), rapid.Map(rapid.IntRange(1, 127), func(n int) schedule.Weekdays { return schedule.Weekdays(n) })
	from := rapid.Map(rapid.IntRange(-10, 300), func(n int) schedule.Date { return start + schedule.Date(n) })
	co := &Cohort{Start: start, Study: []StudyRule{{Days: days.Draw(t, "days")}}, Goals: []GoalRule{{Hours: hours.Draw(t, "hours")}}}
	for range rapid.IntRange(0, 3).Draw(t, "other days") {
		co.Study = append(co.Study, StudyRule{from.Draw(t, "from"), days.Draw(t, "days")})
	}
	for range rapid.IntRange(0, 3).Draw(t, "other hours") {
		co.Goals = append(co.Goals, GoalRule{from.Draw(t, "from"), hours.Draw(t, "hours")})
	}
	slices.SortStableFunc(co.Study, func(a, b StudyRule) int { return cmp.Compare(a.From, b.From) })
	slices.SortStableFunc(co.Goals, func(a, b GoalRule) int { return cmp.Compare(a.From, b.From) })
	co.Holidays = rapid.SliceOfN(from, 0, 5).Draw(t, "holidays")
	for range rapid.IntRange(0, 2).Draw(t, "pauses") {
		d := from.Draw(t, "pause")
		co.Pauses = append(co.Pauses, Span{d, d + schedule.Date(rapid.IntRange(0, 30).Draw(t, "for"))})
	}
	return co
})

// TestEveryTaskIsPromptedOnce holds that at any pace, any study days and any
// change of them each task of the roadmap is prompted once, in order, on a study
// day, and that what was prompted before a change stays as it was.
func TestEveryTaskIsPromptedOnce(t *testing.T) {
	library, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	r := library.Roadmaps()[0]
	var want []string
	for _, u := range r.Units() {
		for _, task := range u.Tasks {
			want = append(want, u.ID+" "+task.Text)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		co := cohorts.Draw(t, "cohort")
		way := newCourse(co, r)
		end, ok := way.end()
		if !ok {
			t.Skip("it takes more than four years")
		}
		prompted := map[schedule.Date]string{}
		var got []string
		for d := co.Start - 3; d <= end+10; d++ {
			step, ok := way.on(d)
			if study := way.studies(d) && d <= end; ok != study {
				t.Fatalf("%s has a step: %t, and is a study day until the end: %t", d, ok, study)
			}
			if !ok {
				continue
			}
			prompted[d] = step.Parts[0].ID
			for _, p := range step.Parts {
				for _, task := range p.Tasks {
					got = append(got, p.Unit.ID+" "+task.Text)
				}
			}
			if day, _ := way.date(way.index(d)); day != d {
				t.Fatalf("the step of %s is on %s", d, day)
			}
			if behind := way.reached(d); behind > 0 && behind < len(r.Units()) && !slices.ContainsFunc(got, func(task string) bool {
				tasks := r.Units()[behind-1].Tasks
				return task == r.Units()[behind-1].ID+" "+tasks[len(tasks)-1].Text
			}) {
				t.Fatalf("%d units are behind on %s, but not all of their tasks were prompted", behind, d)
			}
		}
		if d := diff.Diff(want, got); d != "" {
			t.Fatalf("tasks (-want +got):\n%s", d)
		}

		today := co.Start + schedule.Date(rapid.IntRange(0, 400).Draw(t, "today"))
		later := *co
		later.Goals = append(slices.DeleteFunc(slices.Clone(co.Goals), func(rule GoalRule) bool { return rule.From > today }),
			GoalRule{today + 1, rapid.IntRange(5, 25).Draw(t, "later hours")})
		changed := newCourse(&later, r)
		for d, part := range prompted {
			if step, ok := changed.on(d); d <= today && (!ok || step.Parts[0].ID != part) {
				t.Fatalf("the prompt of %s was %s, and is another after a change on %s", d, part, today)
			}
		}
	})
}

// TestACourseIsThatOfItsCohort holds that what a coach remembers of a course is
// never that of the cohort as it was before.
func TestACourseIsThatOfItsCohort(t *testing.T) {
	library, err := content.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := New(nil, library)
		co := cohorts.Draw(t, "cohort")
		for range rapid.IntRange(2, 6).Draw(t, "steps") {
			r := rapid.SampledFrom(library.Roadmaps()).Draw(t, "roadmap")
			if !reflect.DeepEqual(c.courseOf(co, r), newCourse(co, r)) {
				t.Fatalf("the course is another one than that of %+v", co)
			}
			next := cohorts.Draw(t, "next")
			switch rapid.IntRange(0, 5).Draw(t, "what changes") {
			case 0:
				co.Start = next.Start
			case 1:
				co.Study = next.Study
			case 2:
				co.Goals = next.Goals
			case 3:
				co.Holidays = next.Holidays
			case 4:
				co.Pauses = next.Pauses
			}
		}
	})
}
