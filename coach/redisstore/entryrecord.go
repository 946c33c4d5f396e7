package redisstore

import (
	"strconv"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

const entryVersion = 1

// packEntry takes at most 22 bytes beside note and blocker, also of an edit late in
// a long log: the moment is the largest part, the date is stored as its distance
// from the moment's, and what is edited as its distance from the entry.
func packEntry(e coach.Entry) string {
	week, day, named := weekDay(e.Unit)
	p := make(packer, 0, 24+len(e.Note)+len(e.Blocker))
	p.int(entryVersion)
	p.int(int(e.Kind))
	p.bits(e.Finished, e.Late, e.Ref != 0, named, e.Blocker != "")
	p.int(e.Seq)
	if e.Ref != 0 {
		p.int(e.Seq - e.Ref)
	}
	p.int(int(e.At.Unix()))
	p.int(int(e.Date - schedule.LocalDate(e.At, time.UTC)))
	p.int(e.Deep)
	p.int(e.AI)
	if named {
		p.size(week<<3 | day)
	} else {
		p.str(e.Unit)
	}
	p.str(e.Note)
	if e.Blocker != "" {
		p.str(e.Blocker)
	}
	return string(p)
}

func unpackEntry(record string) (coach.Entry, error) {
	u := unpack(record, entryVersion)
	e := coach.Entry{Kind: coach.EntryKind(u.int())}
	var refers, named, blocked bool
	u.bits(&e.Finished, &e.Late, &refers, &named, &blocked)
	e.Seq = u.int()
	if refers {
		e.Ref = e.Seq - u.int()
	}
	e.At = time.Unix(int64(u.int()), 0).UTC()
	e.Date = schedule.LocalDate(e.At, time.UTC) + schedule.Date(u.int())
	e.Deep = u.int()
	e.AI = u.int()
	if named {
		unit := u.uint()
		e.Unit = unitNames[unit>>3%uint(len(unitNames))][unit&7]
	} else {
		e.Unit = u.str()
	}
	e.Note = u.str()
	if blocked {
		e.Blocker = u.str()
	}
	return e, u.done("entry", strconv.Itoa(e.Seq))
}

func flag(set bool, bit int) int {
	if set {
		return bit
	}
	return 0
}

const cardVersion = 1

func packCard(c coach.Card) string {
	var p packer
	p.int(cardVersion)
	p.int(int(c.Due))
	p.int(c.Interval)
	p.int(c.Times)
	p.int(c.Missed)
	return string(p)
}

func unpackCard(question, record string) (coach.Card, error) {
	u := unpack(record, cardVersion)
	c := coach.Card{
		Question: question,
		Due:      schedule.Date(u.int()),
		Interval: u.int(),
		Times:    u.int(),
		Missed:   u.int(),
	}
	return c, u.done("card", question)
}

const assessmentVersion = 1

func packAssessment(a coach.Assessment) string {
	var p packer
	p.int(assessmentVersion)
	p.int(int(a.Date))
	packList(&p, a.Yes, p.str)
	return string(p)
}

func unpackAssessment(checkpoint, record string) (coach.Assessment, error) {
	u := unpack(record, assessmentVersion)
	a := coach.Assessment{
		Checkpoint: checkpoint,
		Date:       schedule.Date(u.int()),
		Yes:        unpackList(u, u.str),
	}
	return a, u.done("assessment", checkpoint)
}
