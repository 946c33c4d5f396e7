package content

import (
	"fmt"
	"regexp"
	"strconv"
)

// The hours a week that a roadmap can be stretched or shortened to.
const (
	MinPace = 5
	MaxPace = 25
)

// Step is the work of one study day at some pace.
type Step struct {
	ID             string // that of its first part; no other step has it
	Week           int    // of studying at this pace, from 1
	Parts          []Part // in order, of different units
	Deep, Delegate int    // planned minutes
}

// Minutes is the planned time of the step.
func (s Step) Minutes() int { return s.Deep + s.Delegate }

// Part is a unit, or some of its tasks in a row.
type Part struct {
	ID             string // the unit's, and a letter if there are several parts: "w01d1 (a)"
	Unit           Unit   // the whole one
	First          int    // the place in Unit.Tasks of Tasks[0]
	Tasks          []Task
	Deep, Delegate int // planned minutes
}

// Last tells whether the unit ends with this part.
func (p Part) Last() bool { return p.First+len(p.Tasks) == len(p.Unit.Tasks) }

// wholly returns a unit as one part.
func wholly(u Unit) Part {
	return Part{ID: u.ID, Unit: u, Tasks: u.Tasks, Deep: u.Deep, Delegate: u.Delegate}
}

// Paced returns the roadmap as the steps of studying so many hours a week on so
// many days, 1 to 7. Hours beyond MinPace and MaxPace count as those.
//
// With the advised hours, and a day a week for each unit, a step is a unit: that
// is the natural pace. With any others the roadmap is one row of tasks, and cut
// anew: each day has the same budget of minutes, the week's hours by its days,
// and the day ends after the task at whose end the time so far is nearest to the
// budget of the days so far, the later one of two as near. No task is cut, and
// each day has one at least. So a day is over its budget by less than its longest
// task, what it is over or under is made up for by the days that follow, and
// where the tasks are longer than a day's budget the pace is one task a day.
func (r *Roadmap) Paced(hours, daysAWeek int) []Step {
	natural := r.Hours.Min <= hours && hours <= r.Hours.Max && daysAWeek == r.unitsAWeek()
	week := min(max(hours, MinPace), MaxPace) * 60
	days := min(max(daysAWeek, 1), 7)
	var steps []Step
	before := 0 // minutes
	for _, u := range r.Units() {
		for i, s := range u.spentByTask() {
			if natural && i == 0 || !natural && (steps == nil || dayEnds(before*days, s.total()*days, len(steps)*week)) {
				step := Step{Week: len(steps)/days + 1}
				if natural {
					of, _ := r.WeekOf(u.ID)
					step.Week = of.Number
				}
				steps = append(steps, step)
			}
			steps[len(steps)-1].add(u, i, s)
			before += s.total()
		}
	}
	name(steps)
	return steps
}

// unitsAWeek is how many units the fullest week has.
func (r *Roadmap) unitsAWeek() (most int) {
	for _, w := range r.Weeks() {
		most = max(most, len(w.Units))
	}
	return most
}

// dayEnds tells whether a day ends at a time, and not after the task that comes
// next: whether that would be farther from the target.
func dayEnds(at, next, target int) bool { return target-at < at+next-target }

// add puts a unit's task at the end of the step.
func (s *Step) add(u Unit, task int, time spent) {
	if n := len(s.Parts); n == 0 || s.Parts[n-1].Unit.ID != u.ID {
		s.Parts = append(s.Parts, Part{ID: u.ID, Unit: u, First: task})
	}
	p := &s.Parts[len(s.Parts)-1]
	p.Tasks = u.Tasks[p.First : task+1]
	p.Deep, p.Delegate = p.Deep+time.deep, p.Delegate+time.delegate
	s.Deep, s.Delegate = s.Deep+time.deep, s.Delegate+time.delegate
}

// name completes the ids of the parts, and sets those of the steps.
func name(steps []Step) {
	parts := map[string]int{} // so far, by unit
	for i := range steps {
		s := &steps[i]
		for j := range s.Parts {
			p := &s.Parts[j]
			if len(p.Tasks) < len(p.Unit.Tasks) {
				p.ID += fmt.Sprintf(" (%c)", 'a'+parts[p.Unit.ID])
			}
			parts[p.Unit.ID]++
		}
		s.ID = s.Parts[0].ID
	}
}

// spentByTask splits the unit's time between its tasks. Each takes what stands at
// its head; those without a time take even shares of what is left. The time
// directing AI goes to the tasks with AI on, and what is left of it to the last
// ones.
func (u Unit) spentByTask() []spent {
	all := make([]spent, len(u.Tasks))
	left, without := u.Minutes(), 0
	for i, t := range u.Tasks {
		minutes, _, ok := head(t.Text)
		if !ok {
			without++
		}
		all[i].deep = minutes
		left -= minutes
	}
	delegate := u.Delegate
	direct := func(s *spent) {
		some := min(delegate, s.deep)
		s.deep, s.delegate, delegate = s.deep-some, s.delegate+some, delegate-some
	}
	for i, t := range u.Tasks {
		_, ai, ok := head(t.Text)
		if !ok {
			share := left / without
			all[i].deep, left, without = share, left-share, without-1
		}
		if ai {
			direct(&all[i])
		}
	}
	for i := range all {
		direct(&all[len(all)-1-i])
	}
	return all
}

// head reads the time a task begins with, such as *45 min.* or *45 min, AI off.*
func head(task string) (minutes int, ai, ok bool) {
	m := heading.FindStringSubmatch(task)
	if m == nil {
		return 0, false, false
	}
	minutes, err := strconv.Atoi(m[1])
	return minutes, m[2] == "on", err == nil
}

var heading = regexp.MustCompile(`^\*(\d{1,3}) min(?:, AI (on|off))?\.\*`)
