package redisstore

import (
	"strconv"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

const entryVersion = 1

// packEntry takes at most 24 bytes beside the note, also of an edit late in a long log:
// the moment is the largest part, the date is stored as its distance from the
// moment's, and what is edited as its distance from the entry.
func packEntry(e coach.Entry) string {
	var p packer
	p.int(entryVersion)
	p.int(int(e.Kind)<<2 | flag(e.Finished, 1) | flag(e.Late, 2))
	p.int(e.Seq)
	p.int(e.Seq - e.Ref)
	p.int(int(e.At.Unix()))
	p.int(int(e.Date - schedule.LocalDate(e.At, time.UTC)))
	p.int(e.Deep)
	p.int(e.AI)
	p.str(e.Unit)
	p.str(e.Note)
	p.str(e.Blocker)
	return string(p)
}

func unpackEntry(record string) (coach.Entry, error) {
	u := unpack(record, entryVersion)
	kind := u.int()
	e := coach.Entry{Kind: coach.EntryKind(kind >> 2), Finished: kind&1 != 0, Late: kind&2 != 0}
	e.Seq = u.int()
	e.Ref = e.Seq - u.int()
	e.At = time.Unix(int64(u.int()), 0).UTC()
	e.Date = schedule.LocalDate(e.At, time.UTC) + schedule.Date(u.int())
	e.Deep = u.int()
	e.AI = u.int()
	e.Unit = u.str()
	e.Note = u.str()
	e.Blocker = u.str()
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
