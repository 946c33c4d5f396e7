package redisstore

import (
	"fmt"
	"slices"
	"strings"

	"studycoach/coach"
	"studycoach/schedule"
)

// Version 1 knew of no linked accounts, and left their bits clear.
const learnerVersion = 2

// A learner's record is a packed string. Before everything else stand the
// hashes of the last events, newest first, so that one can be added without
// unpacking the rest.
//
// Of the units, those named w00d0 to w63d7 take a bit. Of the study days, each
// week with one takes a byte: a bit a day, and one that says that the number of
// weeks left out before it follows. Each day then takes two bytes, or three:
//
//	bit 0 clear  minutes are multiples of 5: bits 1-6 deep / 5, bits 7-12 AI / 5,
//	             bits 13-14 units finished, bit 15 late
//	bit 0 set    bits 1-20 minutes, as t(t+1)/2 + deep of a total of t,
//	             bits 21-22 units finished, bit 23 late
const (
	maxMinutes  = 24 * 60
	maxFinished = 3

	ringSize = 8 // events that the learner's record remembers
)

// nudgesOf is what most keys of a learner's nudge jobs begin with.
func nudgesOf(l *coach.Learner) string { return "nudge/" + string(l.Cohort) + "/" + string(l.ID) + "/" }

// packLearner packs all but the ring, see putRing.
func packLearner(l *coach.Learner) (string, error) {
	p := make(packer, 0, 128+3*len(l.Days))
	p.str(l.Name)
	p.int(int(l.Joined))
	p.since(l.Joined, l.Left)
	p.int(l.Entries)
	p.since(l.Joined, l.Nudged)
	p.nudge(l)

	p.bits(l.Settings.ZoneByHand, l.Settings.NudgeOff, l.Settings.Board, l.Settings.Recall, l.Stuck != nil, l.Settings.RoomNotes, l.Gone, l.Unreachable)
	p.str(l.Settings.Zone)
	p.int(int(l.Settings.Nudge))
	p.int(int(l.Settings.Quiet.From))
	p.int(int(l.Settings.Quiet.To))
	p.str(l.Settings.Language)

	p.int(l.Streak.Count)
	p.int(l.Streak.Best)
	p.int(l.Streak.Freezes)
	p.int(l.Streak.Earned)
	p.since(l.Joined, l.Streak.Through)

	packList(&p, l.Away, func(away coach.Span) { p.since(l.Joined, away.From); p.since(away.From, away.To) })
	packList(&p, l.Rest, func(rest coach.Rest) { p.since(l.Joined, rest.From); p.int(int(rest.Days)) })
	packList(&p, l.Milestones, func(reached coach.Reached) { p.str(reached.ID); p.since(l.Joined, reached.Date); p.int(reached.N) })
	if l.Stuck != nil {
		p.str(l.Stuck.Unit)
		p.time(l.Stuck.Since)
		p.str(l.Stuck.Note)
		p.int(l.Stuck.Entry)
	}
	if l.Also != "" {
		p.str(string(l.Also))
	}
	if l.Own != 0 {
		p.since(l.Joined, l.Own)
	}
	if l.Of != "" {
		p.str(string(l.Of))
	}
	p.units(l.Finished)
	err := p.days(l.Days)
	return string(p), err
}

// unpackLearner unpacks what packLearner and putRing made.
func unpackLearner(c coach.CohortID, id coach.LearnerID, record string) (*coach.Learner, error) {
	u := unpack(record, learnerVersion)
	u.str() // the ring
	l := &coach.Learner{
		ID:     id,
		Cohort: c,
		Name:   u.str(),
		Joined: schedule.Date(u.int()),
	}
	l.Left = u.since(l.Joined)
	l.Entries = u.int()
	l.Nudged = u.since(l.Joined)
	also, own, of := u.nudge(l)
	var stuck bool
	u.bits(&l.Settings.ZoneByHand, &l.Settings.NudgeOff, &l.Settings.Board, &l.Settings.Recall, &stuck, &l.Settings.RoomNotes, &l.Gone, &l.Unreachable)
	l.Settings.Zone = u.str()
	l.Settings.Nudge = schedule.TimeOfDay(u.int())
	l.Settings.Quiet.From = schedule.TimeOfDay(u.int())
	l.Settings.Quiet.To = schedule.TimeOfDay(u.int())
	l.Settings.Language = u.str()
	l.Streak = coach.Streak{Count: u.int(), Best: u.int(), Freezes: u.int(), Earned: u.int(), Through: u.since(l.Joined)}
	l.Away = unpackList(u, func() coach.Span {
		from := u.since(l.Joined)
		return coach.Span{From: from, To: u.since(from)}
	})
	l.Rest = unpackList(u, func() coach.Rest {
		return coach.Rest{From: u.since(l.Joined), Days: schedule.Weekdays(u.int())}
	})
	l.Milestones = unpackList(u, func() coach.Reached {
		return coach.Reached{ID: u.str(), Date: u.since(l.Joined), N: u.int()}
	})
	if stuck {
		l.Stuck = &coach.Stuck{Unit: u.str(), Since: u.time(), Note: u.str(), Entry: u.int()}
	}
	if also {
		l.Also = coach.UserRef(u.str())
	}
	if own {
		l.Own = u.since(l.Joined)
	}
	if of {
		l.Of = coach.LearnerID(u.str())
	}
	l.Finished = u.units()
	l.Days = u.days()
	if err := u.done("learner", string(id)); err != nil {
		return nil, fmt.Errorf("cohort %s: %w", c, err)
	}
	return l, nil
}

// putRing puts the hashes of the last events before what packLearner packed.
func putRing(ring, packed string) string {
	p := make(packer, 0, 4+len(ring)+len(packed))
	p.int(learnerVersion)
	p.str(ring)
	return string(append(p, packed...))
}

// cutRing undoes putRing.
func cutRing(record string) (ring, packed string) {
	u := unpack(record, learnerVersion)
	ring = u.str()
	return ring, u.b
}

// since packs a date in few bytes that is not long after base, or zero.
func (p *packer) since(base, d schedule.Date) {
	n := int(d - base)
	if n >= 0 {
		n++
	}
	if d == 0 {
		n = 0
	}
	p.int(n)
}

func (u *unpacker) since(base schedule.Date) schedule.Date {
	switch n := u.int(); {
	case n > 0:
		return base + schedule.Date(n-1)
	case n < 0:
		return base + schedule.Date(n)
	}
	return 0
}

// nudge packs the key of the nudge job, which as a rule follows from the learner
// and a date. The byte that says so also tells what there is of links.
func (p *packer) nudge(l *coach.Learner) {
	day, _ := strings.CutPrefix(l.Nudge, nudgesOf(l))
	date, err := schedule.ParseDate(day)
	usual := err == nil && l.Nudge == nudgesOf(l)+date.String()
	p.bits(usual, l.Also != "", l.AtAlso, l.AlsoGone, l.AlsoUnreachable, l.Own != 0, l.Of != "")
	if usual {
		p.since(l.Joined, date)
	} else {
		p.str(l.Nudge)
	}
}

func (u *unpacker) nudge(l *coach.Learner) (also, own, of bool) {
	var usual bool
	if u.bits(&usual, &also, &l.AtAlso, &l.AlsoGone, &l.AlsoUnreachable, &own, &of); usual {
		l.Nudge = nudgesOf(l) + u.since(l.Joined).String()
	} else {
		l.Nudge = u.str()
	}
	return also, own, of
}

func (p *packer) units(units coach.Units) {
	var weeks [64]byte
	last := -1
	var others []string
	for _, unit := range units {
		if week, day, ok := weekDay(unit); ok {
			weeks[week] |= 1 << day
			last = max(last, week)
		} else {
			others = append(others, unit)
		}
	}
	p.str(string(weeks[:last+1]))
	packList(p, others, p.str)
}

func (u *unpacker) units() coach.Units {
	weeks := u.str()
	units := make(coach.Units, 0, 8*len(weeks))
	for week := range min(len(weeks), len(unitNames)) {
		for day := range 8 {
			if weeks[week]&(1<<day) != 0 {
				units = append(units, unitNames[week][day])
			}
		}
	}
	others := unpackList(u, u.str)
	if len(others) > 0 {
		units = append(units, others...)
		slices.Sort(units)
	}
	return units
}

// unitNames are the names of units that take a bit, see weekDay.
var unitNames = func() (names [64][8]string) {
	for week := range names {
		for day := range names[week] {
			names[week][day] = fmt.Sprintf("w%02dd%d", week, day)
		}
	}
	return names
}()

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

const weekGap = 1 << 7 // beside the bits of a week's days

func (p *packer) days(days coach.Days) error {
	if len(days) == 0 {
		return nil
	}
	before := days[0].Date.Week() - 7
	p.int(int(before))
	for len(days) > 0 {
		week := days[0].Date.Week()
		at := len(*p)
		*p = append(*p, 0)
		if gap := int(week-before)/7 - 1; gap > 0 {
			(*p)[at] = weekGap
			p.int(gap)
		}
		for ; len(days) > 0 && days[0].Date < week+7; days = days[1:] {
			if days[0].Day == (coach.Day{}) {
				continue
			}
			(*p)[at] |= 1 << (days[0].Date - week)
			if err := p.day(days[0]); err != nil {
				return err
			}
		}
		before = week
	}
	return nil
}

func (p *packer) day(day coach.StudyDay) error {
	total := day.Minutes()
	if day.Deep < 0 || day.AI < 0 || total > maxMinutes || day.Finished < 0 {
		return fmt.Errorf("study day %s cannot have %d + %d minutes and %d units", day.Date, day.Deep, day.AI, day.Finished)
	}
	deep, ai := int(day.Deep), int(day.AI)
	rest := min(int(day.Finished), maxFinished) | flag(day.Late, 4)
	if deep%5 == 0 && ai%5 == 0 && max(deep, ai) < 64*5 {
		n := deep/5<<1 | ai/5<<7 | rest<<13
		*p = append(*p, byte(n), byte(n>>8))
		return nil
	}
	n := 1 | (total*(total+1)/2+deep)<<1 | rest<<21
	*p = append(*p, byte(n), byte(n>>8), byte(n>>16))
	return nil
}

func (u *unpacker) days() coach.Days {
	if len(u.b) == 0 {
		return nil
	}
	days := make(coach.Days, 0, len(u.b)/2+1) // and one to come
	week := schedule.Date(u.int())
	for len(u.b) > 0 {
		var bits byte
		bits, u.b = u.b[0], u.b[1:]
		week += 7
		if bits&weekGap != 0 {
			week += 7 * schedule.Date(u.int())
		}
		for i := range 7 {
			if bits&(1<<i) != 0 {
				days = append(days, coach.StudyDay{Date: week + schedule.Date(i), Day: u.day()})
			}
		}
	}
	return days
}

func (u *unpacker) day() coach.Day {
	short := u.take(2)
	if len(short) < 2 {
		return coach.Day{}
	}
	n := int(short[0]) | int(short[1])<<8
	deep, ai, rest := 5*(n>>1&63), 5*(n>>7&63), n>>13
	if n&1 != 0 {
		third := u.take(1)
		if third == "" {
			return coach.Day{}
		}
		n |= int(third[0]) << 16
		var total int
		total, deep = triangle(n >> 1 & (1<<20 - 1))
		ai, rest = total-deep, n>>21
	}
	return coach.Day{Deep: int32(deep), AI: int32(ai), Finished: int8(rest & maxFinished), Late: rest&4 != 0}
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
