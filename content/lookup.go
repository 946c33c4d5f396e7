package content

import "sort"

// index finds the weeks and units of a roadmap.
type index struct {
	weeks  []Week         // weeks[i] has number i+1
	phase  []int          // by week
	units  []Unit         // of all weeks, in order
	weekOf []int          // by unit: its place in weeks
	unit   map[string]int // by id: its place in units
	row    []timed        // of all units, in order
	first  []int          // by unit: the place in row of its first task; and the length of row
}

func newIndex(phases []Phase) index {
	x := index{unit: map[string]int{}}
	for i, p := range phases {
		for _, w := range p.Weeks {
			for _, u := range w.Units {
				x.unit[u.ID] = len(x.units)
				x.first = append(x.first, len(x.row))
				for i, s := range u.spentByTask() {
					x.row = append(x.row, timed{unit: len(x.units), task: i, spent: s})
				}
				x.units = append(x.units, u)
				x.weekOf = append(x.weekOf, len(x.weeks))
			}
			x.weeks = append(x.weeks, w)
			x.phase = append(x.phase, i)
		}
	}
	x.first = append(x.first, len(x.row))
	return x
}

// Weeks returns all weeks in order: the one at i has number i+1.
func (r *Roadmap) Weeks() []Week { return r.index.weeks }

// Week returns the week with a number, from 1.
func (r *Roadmap) Week(number int) (Week, bool) { return at(r.index.weeks, number-1) }

// PhaseOf returns the phase of the week with a number.
func (r *Roadmap) PhaseOf(week int) (Phase, bool) {
	i, ok := at(r.index.phase, week-1)
	if !ok {
		return Phase{}, false
	}
	return r.Phases[i], true
}

// Units returns all units in order.
func (r *Roadmap) Units() []Unit { return r.index.units }

// UnitAt returns the unit at a place in that order, from 0.
func (r *Roadmap) UnitAt(i int) (Unit, bool) { return at(r.index.units, i) }

// UnitIndex returns the place of a unit in that order.
func (r *Roadmap) UnitIndex(id string) (int, bool) {
	i, ok := r.index.unit[id]
	return i, ok
}

// Unit returns the unit with an id.
func (r *Roadmap) Unit(id string) (Unit, bool) {
	i, ok := r.index.unit[id]
	if !ok {
		return Unit{}, false
	}
	return r.index.units[i], true
}

// WeekOf returns the week that a unit belongs to.
func (r *Roadmap) WeekOf(unit string) (Week, bool) {
	i, ok := r.index.unit[unit]
	if !ok {
		return Week{}, false
	}
	return r.index.weeks[r.index.weekOf[i]], true
}

// Skill returns the skill with an id.
func (r *Roadmap) Skill(id string) (Skill, bool) {
	return find(r.Skills, func(s Skill) bool { return s.ID == id })
}

// SkillTitle returns the title of a skill, or the id of an unknown one.
func (r *Roadmap) SkillTitle(id string) string {
	if s, ok := r.Skill(id); ok {
		return s.Title
	}
	return id
}

// Milestone returns the milestone with an id.
func (r *Roadmap) Milestone(id string) (Milestone, bool) {
	return find(r.Milestones, func(m Milestone) bool { return m.ID == id })
}

// Question returns the question with an id.
func (r *Roadmap) Question(id string) (Question, bool) {
	return find(r.Questions, func(q Question) bool { return q.ID == id })
}

// QuestionsUpTo returns the questions on the units up to the one at a place,
// which is included.
func (r *Roadmap) QuestionsUpTo(unit int) []Question {
	n := sort.Search(len(r.Questions), func(i int) bool { return r.index.unit[r.Questions[i].Unit] > unit })
	return r.Questions[:n:n]
}

// Checkpoint returns the checkpoint with an id.
func (r *Roadmap) Checkpoint(id string) (Checkpoint, bool) {
	return find(r.Checkpoints, func(c Checkpoint) bool { return c.ID == id })
}

// CheckpointAfter returns the checkpoint asked at the end of a week.
func (r *Roadmap) CheckpointAfter(week int) (Checkpoint, bool) {
	return find(r.Checkpoints, func(c Checkpoint) bool { return c.Week == week })
}

func at[T any](all []T, i int) (T, bool) {
	if i < 0 || i >= len(all) {
		var none T
		return none, false
	}
	return all[i], true
}

func find[T any](all []T, is func(T) bool) (T, bool) {
	for _, one := range all {
		if is(one) {
			return one, true
		}
	}
	var none T
	return none, false
}
