package content

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The hours a week that every roadmap can be stretched or shortened to.
const (
	MinPace = 5
	MaxPace = 25
)

// Pace is how much a cohort studies.
type Pace struct {
	Hours int // a week
	Days  int // study days a week, 1 to 7
}

// Paces are the hours a week at which the roadmap can be studied: MinPace to
// MaxPace, and those it advises.
func (r *Roadmap) Paces() Hours {
	return Hours{Min: min(MinPace, r.Hours.Min), Max: max(MaxPace, r.Hours.Max)}
}

// Natural tells whether a pace is the roadmap's own: the advised hours, and a
// day a week for each unit.
func (r *Roadmap) Natural(p Pace) bool {
	most := 0
	for _, w := range r.index.weeks {
		most = max(most, len(w.Units))
	}
	return r.Hours.Min <= p.Hours && p.Hours <= r.Hours.Max && p.Days == most
}

// Steps is a roadmap cut into the work of study days, a step a day. No task is
// cut, left out or repeated, and all are in order.
type Steps struct {
	of   *Roadmap
	ends []int // by step: how many of the roadmap's tasks are behind you after it
	pace Pace  // of the last steps
}

// Paced cuts the roadmap for a pace. Hours beyond Paces count as the nearest
// ones, and so do days beyond 1 to 7.
//
// At the natural pace a step is a unit. At any other the roadmap is one row of
// tasks, and cut anew: each day has the same budget of minutes, the week's hours
// by its days, and the day ends after the task at whose end the time so far is
// nearest to the budget of the days so far, where the end of a unit counts as a
// quarter of a day's budget nearer; of two as near, the later one. A day has one
// task at least. So what a day is over or under its budget is made up for by the
// days that follow, and a week is over its hours by no more than the longest task
// and half a day's budget, beside what days with a task longer than that are over
// theirs.
func (r *Roadmap) Paced(p Pace) Steps { return Steps{of: r}.continued(p) }

// Then returns the steps with the first n as they are, and what comes after them
// cut for another pace; a unit that is under way is finished first. The pace at
// which they are already changes nothing.
func (s Steps) Then(n int, p Pace) Steps {
	if p == s.pace || n >= s.Len() {
		return s
	}
	return Steps{of: s.of, ends: s.ends[:n:n]}.continued(p)
}

// continued adds the steps of the tasks that are left.
func (s Steps) continued(p Pace) Steps {
	s.pace = p
	row, done := s.of.index.row, s.done(s.Len())
	if s.of.Natural(p) {
		for i := done + 1; i <= len(row); i++ {
			if i == len(row) || row[i].task == 0 {
				s.ends = append(s.ends, i)
			}
		}
		return s
	}
	hours := s.of.Paces()
	week, days := min(max(p.Hours, hours.Min), hours.Max)*60, min(max(p.Days, 1), 7)
	before, target := 0, week // minutes, by the days of a week
	for done < len(row) {
		end, least, at := 0, math.MaxInt, before
		for i := done; i < len(row) && at-target < least; i++ {
			at += row[i].total() * days
			off := max(at-target, target-at)
			if i+1 < len(row) && row[i+1].task > 0 { // within a unit
				off += week / 4
			}
			if off <= least {
				end, least, before = i+1, off, at
			}
		}
		s.ends = append(s.ends, end)
		done, target = end, target+week
	}
	return s
}

// Len is how many steps there are.
func (s Steps) Len() int { return len(s.ends) }

// done is how many tasks are behind you after n steps.
func (s Steps) done(n int) int {
	if n == 0 {
		return 0
	}
	return s.ends[n-1]
}

// Units is how many units are behind you after n steps, as a whole.
func (s Steps) Units(n int) int {
	row, done := s.of.index.row, s.done(n)
	if done == len(row) {
		return len(s.of.index.units)
	}
	return row[done].unit
}

// StepOf is the place of the step with which a unit ends; the unit is told by
// its place among the roadmap's.
func (s Steps) StepOf(unit int) int { return s.holding(s.of.index.first[unit+1] - 1) }

// holding is the place of the step that holds a task of the row.
func (s Steps) holding(task int) int {
	i, _ := slices.BinarySearch(s.ends, task+1)
	return i
}

// At returns the step at a place, from 0.
func (s Steps) At(i int) Step {
	x := s.of.index
	var step Step
	for from, to := s.done(i), s.ends[i]; from < to; {
		n := x.row[from].unit
		u, first, last := x.units[n], x.first[n], x.first[n+1]
		until := min(to, last)
		p := Part{ID: u.ID, Unit: u, First: from - first, Tasks: u.Tasks[from-first : until-first]}
		if p.First > 0 {
			p.ID += fmt.Sprintf(".%d", p.First+1)
		}
		opens := s.holding(first)
		p.Number, p.Of = i-opens+1, s.holding(last-1)-opens+1
		for _, t := range x.row[from:until] {
			p.Deep, p.Delegate = p.Deep+t.deep, p.Delegate+t.delegate
		}
		step.Parts = append(step.Parts, p)
		from = until
	}
	return step
}

// Part returns the part with an id, or what holds the task that the part with
// that id began with before the pace changed.
func (s Steps) Part(id string) (Part, bool) {
	unit, task, cut := strings.Cut(id, ".")
	i, ok := s.of.index.unit[unit]
	n := 1
	if cut {
		n, _ = strconv.Atoi(task)
	}
	if !ok || n < 1 || n > len(s.of.index.units[i].Tasks) {
		return Part{}, false
	}
	step := s.At(s.holding(s.of.index.first[i] + n - 1))
	return find(step.Parts, func(p Part) bool { return p.Unit.ID == unit })
}

// Step is the work of one study day.
type Step struct {
	Parts []Part // in order, of different units
}

// Minutes is the planned time of the step.
func (s Step) Minutes() (sum int) {
	for _, p := range s.Parts {
		sum += p.Minutes()
	}
	return sum
}

// Part is a unit, or some of its tasks in a row.
type Part struct {
	ID             string // the unit's; where others go before it with its first task, such as "w01d1.3"
	Unit           Unit   // the whole one
	Number, Of     int    // the second of three parts; a whole unit is the first of one
	First          int    // the place in Unit.Tasks of Tasks[0]
	Tasks          []Task
	Deep, Delegate int // planned minutes
}

// Minutes is the planned time of the part.
func (p Part) Minutes() int { return p.Deep + p.Delegate }

// Last tells whether the unit ends with this part.
func (p Part) Last() bool { return p.Number == p.Of }

// AI returns what the unit says of an assistant. A part without time for one
// leaves the example prompt, and what to check in the answer, to the others.
func (p Part) AI() AI {
	ai := p.Unit.AI
	if p.Of > 1 && p.Delegate == 0 {
		ai.Prompt, ai.Check = "", nil
	}
	return ai
}

// wholly returns a unit as one part.
func wholly(u Unit) Part {
	return Part{ID: u.ID, Unit: u, Number: 1, Of: 1, Tasks: u.Tasks, Deep: u.Deep, Delegate: u.Delegate}
}

// timed is one of the row of all tasks of a roadmap.
type timed struct {
	unit, task int // places
	spent
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
