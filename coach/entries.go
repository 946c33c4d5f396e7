package coach

import (
	"slices"
)

// maxFinished is how many finished units a day tells apart; see Day.Finished.
const maxFinished = 3

// add takes a check-in into what a learner's record sums up.
func (l *Learner) add(e Entry) {
	d := l.Days.On(e.Date)
	left := dayMinutes - d.Minutes() // less than the entry's where two accounts both filled the day
	deep := min(e.Deep, left)
	d.Deep += int32(deep)
	d.AI += int32(min(e.AI, left-deep))
	d.Late = d.Late || e.Late
	if e.Finished && !l.Finished.Has(e.Unit) {
		l.Finished.Put(e.Unit)
		d.Finished = min(d.Finished+1, maxFinished)
	}
	l.Days.Put(e.Date, d)
}

// recompute sets what a learner's record sums up from the entries alone.
func (l *Learner) recompute(log []Entry) {
	l.Days, l.Finished = nil, nil
	for _, e := range checkIns(log) {
		l.add(e)
	}
}

// standingEntries returns the check-ins and blockers of a log as they stand
// after all edits and undos, in the order in which they were first reported.
func standingEntries(log []Entry) []Entry {
	standing := make([]Entry, 0, len(log))
	where := map[place]int{} // in standing
	for _, e := range log {
		switch e.Kind {
		case CheckIn, Blocked:
			where[place{e.Account, e.Seq}] = len(standing)
			standing = append(standing, e)
		case Edit:
			if i, ok := where[place{e.Account, e.Ref}]; ok {
				old := standing[i]
				e.Kind, e.Seq, e.At, e.Ref = old.Kind, old.Seq, old.At, 0
				standing[i] = e
			}
		case Undo:
			if i, ok := where[place{e.Account, e.Ref}]; ok {
				standing[i].Kind = Undo
				delete(where, place{e.Account, e.Ref})
			}
		}
	}
	return slices.DeleteFunc(standing, func(e Entry) bool { return e.Kind == Undo })
}

// place tells an entry from all others of a learner.
type place struct {
	account UserRef
	seq     int
}

// checkIns returns the check-ins among the standing entries of a log.
func checkIns(log []Entry) []Entry {
	return slices.DeleteFunc(standingEntries(log), func(e Entry) bool { return e.Kind != CheckIn })
}

// clone copies what a use case changes in place.
func (l *Learner) clone() *Learner {
	copied := *l
	copied.Days = slices.Clone(l.Days)
	copied.Finished = slices.Clone(l.Finished)
	copied.Away = slices.Clone(l.Away)
	copied.Rest = slices.Clone(l.Rest)
	return &copied
}
