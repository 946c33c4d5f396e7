package redisstore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"studycoach/coach"
	"studycoach/schedule"
)

const learnerVersion = 1

// A learnerRecord is a learner's hash as Redis holds it. It stays a listpack,
// which takes at most 128 fields of at most 64 bytes, so a longer value goes on
// in further fields, n in n1, n2, ... The fields:
//
//	v    version: eight random bytes, new with every put
//	r    ring: the hashes of the last eight events, newest first
//	m    version of the record, joined, left, number of entries, last nudge
//	n    name
//	s    settings
//	k    streak
//	f    finished units w00d0 to w63d7: a byte a week, a bit a day
//	g    finished units of other names
//	a    away and rest days
//	u    stuck
//	j    the nudge job
//	d..  16 study days of 3 bytes, named by the date / 16 in base 36; of a day:
//	     bits 0-19 minutes, as t(t+1)/2 + deep of a total of t
//	     bits 20-21 units finished, bit 22 late
//
// A field whose value is empty is absent.
type learnerRecord map[string]string

const (
	fieldVersion = "v"
	fieldRing    = "r"

	chunkSize    = 64
	daysPerField = 16
	maxMinutes   = 24 * 60
	maxFinished  = 3
)

// nudgeOf is what most nudge keys hold between their kind and their date.
func nudgeOf(l *coach.Learner) string { return "/" + string(l.Cohort) + "/" + string(l.ID) + "/" }

func packLearner(l *coach.Learner) (learnerRecord, error) {
	r := learnerRecord{}

	var m packer
	m.int(learnerVersion)
	m.int(int(l.Joined))
	m.int(int(l.Left))
	m.int(l.Entries)
	m.int(int(l.Nudged))
	r.put("m", string(m))

	r.put("n", l.Name)

	var s packer
	s.bits(l.Settings.ZoneByHand, l.Settings.NudgeOff, l.Settings.Board, l.Settings.Recall)
	s.str(l.Settings.Zone)
	s.int(int(l.Settings.Nudge))
	s.int(int(l.Settings.Quiet.From))
	s.int(int(l.Settings.Quiet.To))
	s.str(l.Settings.Language)
	r.put("s", string(s))

	if l.Streak != (coach.Streak{}) {
		var k packer
		k.int(l.Streak.Count)
		k.int(l.Streak.Best)
		k.int(l.Streak.Freezes)
		k.int(l.Streak.Earned)
		k.int(int(l.Streak.Through))
		r.put("k", string(k))
	}

	r.putFinished(l.Finished)

	if len(l.Away)+len(l.Rest) > 0 {
		var a packer
		packSpans(&a, l.Away)
		packList(&a, l.Rest, func(rest coach.Rest) { a.int(int(rest.From)); a.int(int(rest.Days)) })
		r.put("a", string(a))
	}

	if len(l.Milestones) > 0 {
		var m packer
		packList(&m, l.Milestones, func(reached coach.Reached) { m.str(reached.ID); m.int(int(reached.Date)); m.int(reached.N) })
		r.put("i", string(m))
	}

	if l.Stuck != nil {
		var u packer
		u.str(l.Stuck.Unit)
		u.time(l.Stuck.Since)
		u.str(l.Stuck.Note)
		u.int(l.Stuck.Entry)
		r.put("u", string(u))
	}

	if l.Nudge != "" {
		var j packer
		kind, rest, usual := strings.Cut(l.Nudge, nudgeOf(l))
		j.bits(usual)
		j.str(kind)
		j.str(rest)
		r.put("j", string(j))
	}

	return r, r.putDays(l.Days)
}

func (r learnerRecord) unpack(c coach.CohortID, id coach.LearnerID) (*coach.Learner, error) {
	m := unpack(r["m"], learnerVersion)
	l := &coach.Learner{
		ID:       id,
		Cohort:   c,
		Name:     r.get("n"),
		Joined:   schedule.Date(m.int()),
		Left:     schedule.Date(m.int()),
		Entries:  m.int(),
		Nudged:   schedule.Date(m.int()),
		Days:     r.days(),
		Finished: r.finished(),
	}
	err := []error{m.err}

	s := &unpacker{b: []byte(r.get("s"))}
	s.bits(&l.Settings.ZoneByHand, &l.Settings.NudgeOff, &l.Settings.Board, &l.Settings.Recall)
	l.Settings.Zone = s.str()
	l.Settings.Nudge = schedule.TimeOfDay(s.int())
	l.Settings.Quiet.From = schedule.TimeOfDay(s.int())
	l.Settings.Quiet.To = schedule.TimeOfDay(s.int())
	l.Settings.Language = s.str()
	err = append(err, s.err)

	if v := r.get("k"); v != "" {
		k := &unpacker{b: []byte(v)}
		l.Streak = coach.Streak{Count: k.int(), Best: k.int(), Freezes: k.int(), Earned: k.int(), Through: schedule.Date(k.int())}
		err = append(err, k.err)
	}
	if v := r.get("a"); v != "" {
		a := &unpacker{b: []byte(v)}
		l.Away = unpackSpans(a)
		l.Rest = unpackList(a, func() coach.Rest { return unpackRule(a) })
		err = append(err, a.err)
	}
	if v := r.get("i"); v != "" {
		i := &unpacker{b: []byte(v)}
		l.Milestones = unpackList(i, func() coach.Reached {
			return coach.Reached{ID: i.str(), Date: schedule.Date(i.int()), N: i.int()}
		})
		err = append(err, i.err)
	}
	if v := r.get("u"); v != "" {
		u := &unpacker{b: []byte(v)}
		l.Stuck = &coach.Stuck{Unit: u.str(), Since: u.time(), Note: u.str(), Entry: u.int()}
		err = append(err, u.err)
	}
	if v := r.get("j"); v != "" {
		j := &unpacker{b: []byte(v)}
		var usual bool
		j.bits(&usual)
		l.Nudge = j.str()
		if usual {
			l.Nudge += nudgeOf(l)
		}
		l.Nudge += j.str()
		err = append(err, j.err)
	}
	if err := errors.Join(err...); err != nil {
		return nil, fmt.Errorf("learner %s of cohort %s: %w", id, c, err)
	}
	return l, nil
}

// put stores a value in as many fields as it needs.
func (r learnerRecord) put(field, value string) {
	for i := 0; value != ""; i++ {
		n := min(chunkSize, len(value))
		r[chunkName(field, i)], value = value[:n], value[n:]
	}
}

// get returns what put stored.
func (r learnerRecord) get(field string) string {
	value := r[field]
	for i := 1; len(value) == i*chunkSize; i++ {
		value += r[chunkName(field, i)]
	}
	return value
}

func chunkName(field string, i int) string {
	if i == 0 {
		return field
	}
	return field + strconv.Itoa(i)
}

func (r learnerRecord) putFinished(units map[string]bool) {
	var weeks [64]byte
	var others packer
	last := -1
	for unit, finished := range units {
		if !finished {
			continue
		}
		if week, day, ok := weekDay(unit); ok {
			weeks[week] |= 1 << day
			last = max(last, week)
		} else {
			others.str(unit)
		}
	}
	r.put("f", string(weeks[:last+1]))
	r.put("g", string(others))
}

func (r learnerRecord) finished() map[string]bool {
	units := map[string]bool{}
	for week, days := range []byte(r.get("f")) {
		for day := range 8 {
			if days&(1<<day) != 0 {
				units[fmt.Sprintf("w%02dd%d", week, day)] = true
			}
		}
	}
	for u := (&unpacker{b: []byte(r.get("g"))}); len(u.b) > 0; {
		if unit := u.str(); u.err == nil {
			units[unit] = true
		}
	}
	return units
}

// weekDay reads a unit's id such as w03d2, with a week up to 63 and a day up
// to 7.
func weekDay(unit string) (week, day int, ok bool) {
	if len(unit) != 5 || unit[0] != 'w' || unit[3] != 'd' {
		return 0, 0, false
	}
	tens, ones, day := int(unit[1])-'0', int(unit[2])-'0', int(unit[4])-'0'
	week = 10*tens + ones
	ok = tens >= 0 && ones >= 0 && ones <= 9 && day >= 0 && day <= 7 && tens <= 9 && week <= 63
	return week, day, ok
}

func (r learnerRecord) putDays(days coach.Days) error {
	for date, day := range days {
		total := day.Minutes()
		if day.Deep < 0 || day.AI < 0 || total > maxMinutes || day.Finished < 0 {
			return fmt.Errorf("study day %s cannot have %d + %d minutes and %d units", date, day.Deep, day.AI, day.Finished)
		}
		bits := uint32(total*(total+1)/2+day.Deep) | uint32(min(day.Finished, maxFinished))<<20
		if day.Late {
			bits |= 1 << 22
		}
		if bits == 0 {
			continue
		}
		field, at := dayField(date)
		packed := make([]byte, max(len(r[field]), at+3))
		copy(packed, r[field])
		packed[at], packed[at+1], packed[at+2] = byte(bits), byte(bits>>8), byte(bits>>16)
		r[field] = string(packed)
	}
	return nil
}

func (r learnerRecord) days() coach.Days {
	days := coach.Days{}
	for field, packed := range r {
		if len(field) < 2 || field[0] != 'd' {
			continue
		}
		half, err := strconv.ParseInt(field[1:], 36, 32)
		if err != nil {
			continue
		}
		for at := 0; at+3 <= len(packed); at += 3 {
			bits := uint32(packed[at]) | uint32(packed[at+1])<<8 | uint32(packed[at+2])<<16
			if bits == 0 {
				continue
			}
			total, deep := triangle(int(bits & (1<<20 - 1)))
			days[schedule.Date(half)*daysPerField+schedule.Date(at/3)] = coach.Day{
				Deep:     deep,
				AI:       total - deep,
				Finished: int(bits >> 20 & maxFinished),
				Late:     bits>>22&1 != 0,
			}
		}
	}
	return days
}

// dayField returns the field of a date and where in it the date's bytes begin.
func dayField(d schedule.Date) (field string, at int) {
	half := d / daysPerField
	if d%daysPerField < 0 {
		half--
	}
	return "d" + strconv.FormatInt(int64(half), 36), 3 * int(d-half*daysPerField)
}

// triangle returns the t and d <= t of which n is t(t+1)/2 + d.
func triangle(n int) (t, d int) {
	lo, hi := 0, maxMinutes
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if mid*(mid+1)/2 <= n {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo, n - lo*(lo+1)/2
}

// changed returns what turns the stored record old into r: the fields and
// values to set, and the fields to delete.
func (r learnerRecord) changed(old learnerRecord) (set, del []any) {
	for field, value := range r {
		if was, ok := old[field]; !ok || was != value {
			set = append(set, field, value)
		}
	}
	for field := range old {
		if _, ok := r[field]; !ok {
			del = append(del, field)
		}
	}
	return set, del
}
