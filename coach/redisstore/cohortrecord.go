package redisstore

import (
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

// Version 1 held the goal as a number, version 2 no invites.
const cohortVersion = 3

func packCohort(c *coach.Cohort) string {
	var p packer
	p.int(cohortVersion)
	p.str(c.Name)
	p.str(c.Roadmap)
	packList(&p, c.Rooms, func(r coach.RoomID) { p.str(string(r)) })
	packList(&p, c.Leads, func(u coach.UserRef) { p.str(string(u)) })
	p.str(string(c.By))
	p.time(c.Created)
	p.int(int(c.Start))
	p.str(c.Zone)
	p.int(int(c.Prompt))
	p.int(int(c.Summary.Day))
	p.int(int(c.Summary.At))
	packList(&p, c.Study, func(r coach.StudyRule) { p.int(int(r.From)); p.int(int(r.Days)) })
	packList(&p, c.Holidays, func(d schedule.Date) { p.int(int(d)) })
	packSpans(&p, c.Pauses)
	packList(&p, c.Goals, func(r coach.GoalRule) { p.int(int(r.From)); p.int(r.Hours) })
	packMap(&p, c.Pending, func(key string) { p.str(key) })
	packMap(&p, c.Last, func(d schedule.Date) { p.int(int(d)) })
	p.str(c.Asked)
	packList(&p, c.Invites, func(i coach.Invite) {
		p.int(int(i.For))
		p.str(string(i.By))
		p.str(i.Secret)
		p.time(i.Until)
	})
	if len(c.Closed) > 0 || len(c.Moved) > 0 || c.Halted || c.Threads { // hardly ever
		p.bits(c.Halted, c.Threads)
		packList(&p, c.Closed, func(r coach.ClosedRoom) { p.str(string(r.Room)); p.str(string(r.Why)) })
	}
	if len(c.Moved) > 0 {
		packList(&p, c.Moved, func(r coach.MovedRoom) { p.str(string(r.From)); p.str(string(r.To)) })
	}
	return string(p)
}

func unpackCohort(id coach.CohortID, record string) (*coach.Cohort, error) {
	u := unpack(record, cohortVersion)
	date := func() schedule.Date { return schedule.Date(u.int()) }
	c := &coach.Cohort{
		ID:       id,
		Name:     u.str(),
		Roadmap:  u.str(),
		Rooms:    unpackList(u, func() coach.RoomID { return coach.RoomID(u.str()) }),
		Leads:    unpackList(u, func() coach.UserRef { return coach.UserRef(u.str()) }),
		By:       coach.UserRef(u.str()),
		Created:  u.time(),
		Start:    date(),
		Zone:     u.str(),
		Prompt:   schedule.TimeOfDay(u.int()),
		Summary:  coach.WeekTime{Day: time.Weekday(u.int()), At: schedule.TimeOfDay(u.int())},
		Study:    unpackList(u, func() coach.StudyRule { return coach.StudyRule(unpackRule(u)) }),
		Holidays: unpackList(u, date),
		Pauses:   unpackSpans(u),
		Goals:    unpackGoals(u),
		Pending:  unpackMap[string](u, u.str),
		Last:     unpackMap[string](u, date),
		Asked:    u.str(),
		Invites:  unpackInvites(u),
	}
	if len(u.b) > 0 {
		u.bits(&c.Halted, &c.Threads)
		c.Closed = unpackList(u, func() coach.ClosedRoom {
			return coach.ClosedRoom{Room: coach.RoomID(u.str()), Why: coach.Closing(u.str())}
		})
	}
	if len(u.b) > 0 {
		c.Moved = unpackList(u, func() coach.MovedRoom {
			return coach.MovedRoom{From: coach.RoomID(u.str()), To: coach.RoomID(u.str())}
		})
	}
	if err := u.done("cohort", string(id)); err != nil {
		return nil, err
	}
	return c, nil
}

func unpackGoals(u *unpacker) []coach.GoalRule {
	if u.version == 1 {
		return []coach.GoalRule{{Hours: u.int()}}
	}
	return unpackList(u, func() coach.GoalRule { return coach.GoalRule{From: schedule.Date(u.int()), Hours: u.int()} })
}

func unpackInvites(u *unpacker) []coach.Invite {
	if u.version < 3 {
		return nil
	}
	return unpackList(u, func() coach.Invite {
		return coach.Invite{For: coach.InviteFor(u.int()), By: coach.UserRef(u.str()), Secret: u.str(), Until: u.time()}
	})
}

func packSpans(p *packer, spans []coach.Span) {
	packList(p, spans, func(s coach.Span) { p.int(int(s.From)); p.int(int(s.To)) })
}

func unpackSpans(u *unpacker) []coach.Span {
	return unpackList(u, func() coach.Span {
		return coach.Span{From: schedule.Date(u.int()), To: schedule.Date(u.int())}
	})
}

func unpackRule(u *unpacker) coach.Rest {
	return coach.Rest{From: schedule.Date(u.int()), Days: schedule.Weekdays(u.int())}
}

const announcementVersion = 1

func packAnnouncement(a coach.Announcement) string {
	var p packer
	p.int(announcementVersion)
	p.str(string(a.By))
	p.str(a.ByName)
	p.str(a.Text)
	p.time(a.Made)
	p.time(a.Due)
	p.str(a.Status)
	p.str(a.Job)
	if a.Ping != "" { // hardly ever
		p.str(string(a.Ping))
	}
	return string(p)
}

func unpackAnnouncement(id, record string) (coach.Announcement, error) {
	u := unpack(record, announcementVersion)
	a := coach.Announcement{
		ID:     id,
		By:     coach.UserRef(u.str()),
		ByName: u.str(),
		Text:   u.str(),
		Made:   u.time(),
		Due:    u.time(),
		Status: u.str(),
		Job:    u.str(),
	}
	if len(u.b) > 0 {
		a.Ping = coach.GroupRef(u.str())
	}
	return a, u.done("announcement", id)
}
