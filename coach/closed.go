package coach

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// ClosedRoom is a room that takes no messages of the bot.
type ClosedRoom struct {
	Room RoomID
	Why  Closing
}

// line says why the room is closed, and how to mend it, to somebody in a room.
func (r ClosedRoom) line(here RoomID) say.RoomShut {
	room := r.Room.seenFrom(here)
	room.Near = room.Near && r.Why != Deleted // whose name nobody sees any more
	return say.RoomShut{Room: room, Why: string(r.Why)}
}

// closed tells why a room is closed; it is empty for an open one.
func (c *Cohort) closed(room RoomID) Closing {
	i := slices.IndexFunc(c.Closed, func(r ClosedRoom) bool { return r.Room == room })
	if i < 0 {
		return ""
	}
	return c.Closed[i].Why
}

// shutOut tells whether the cohort has rooms, and all of them are closed.
func (c *Cohort) shutOut() bool { return len(c.Rooms) > 0 && len(c.Closed) == len(c.Rooms) }

// take marks the rooms of a notice as closed or open, and returns those for
// which that is new.
func (c *Cohort) take(n Notice) (turned []ClosedRoom) {
	for _, room := range c.Rooms {
		was := c.closed(room)
		switch {
		case !n.concerns(room):
		case n.closes() && was == "":
			shut := ClosedRoom{room, cmp.Or(n.Why, NotInRoom)}
			turned, c.Closed = append(turned, shut), append(c.Closed, shut)
		case n.Kind == RoomOpened && was != "", n.Kind == WorkspaceOpened && was == Removed,
			n.Kind == RoomMoved && (was == NotInRoom || was == Deleted): // as it seemed by its old id
			turned = append(turned, ClosedRoom{room, was})
			c.Closed = slices.DeleteFunc(c.Closed, func(r ClosedRoom) bool { return r.Room == room })
		}
	}
	return turned
}

// concerns tells whether a notice is about the room, or about its workspace.
func (n Notice) concerns(room RoomID) bool {
	if n.Kind == WorkspaceClosed || n.Kind == WorkspaceOpened {
		return n.Room.Workspace() == room.Workspace()
	}
	if n.Kind == RoomMoved {
		return n.To == room
	}
	return n.Room == room
}

func (n Notice) closes() bool { return n.Kind == RoomClosed || n.Kind == WorkspaceClosed }

// noticeRoom takes note of a room that is closed, or open again, or has another
// id.
func (c *Coach) noticeRoom(ctx context.Context, n Notice) error {
	id, err := c.store.CohortIn(ctx, n.Room)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.noticeCohort(ctx, id, n)
}

// noticeWorkspace takes note of it for all rooms of a workspace. It happens so
// rarely that the cohorts are gone through, a partition at a time.
func (c *Coach) noticeWorkspace(ctx context.Context, n Notice) error {
	if n.Kind == WorkspaceClosed {
		n.Why = Removed
	}
	for part := range schedule.Partitions {
		ids, err := c.store.CohortsAt(ctx, part)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := c.noticeCohort(ctx, id, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// noticeCohort takes note of a cohort's rooms that are closed, or open again, and
// tells its leads, or that have another id, by which the cohort goes on. A cohort
// whose last open room closes is paused from then on, and goes on when one is open
// again, unless a lead had paused it.
func (c *Coach) noticeCohort(ctx context.Context, id CohortID, n Notice) error {
	_, _, err := c.store.Update(ctx, Scope{Cohort: id, Event: n.ID}, func(s State) (Change, error) {
		if s.Cohort == nil {
			return Change{}, errQuiet
		}
		co := s.Cohort.clone()
		moved := n.Kind == RoomMoved && co.move(n.Room, n.To)
		turned := co.take(n)
		if len(turned) == 0 && !moved {
			return Change{}, errQuiet
		}
		change := Change{Cohort: co}
		if moved && co.moved(n.Room) != "" {
			change.sendStranded(co, n)
		}
		today := schedule.StudyDay(n.At, zoneOf(co, nil))
		halts, resumes := co.shutOut() && !co.Paused(today), co.Halted && !co.shutOut()
		switch {
		case halts:
			co.Pauses, co.Halted = append(co.Pauses, Span{From: today}), true
		case resumes:
			co.Pauses, co.Halted = endSpans(co.Pauses, today), false
		}
		if halts || resumes {
			if err := c.replan(&change, co, n.At); err != nil {
				return Change{}, err
			}
		}
		if len(turned) == 0 {
			return change, nil
		}
		err := change.tellLeads(co, n, turned[0].Room, func(lead UserRef) any {
			if n.closes() {
				return say.RoomShutTold{Cohort: say.Literal(co.Name), Shut: turned[0].line(lead.Direct()), Paused: co.Halted, Others: !co.shutOut()}
			}
			return say.RoomOpenTold{
				Cohort: say.Literal(co.Name), Room: turned[0].Room.seenFrom(lead.Direct()), Resumed: resumes, Next: c.cohortLine(co, n.At).Next,
			}
		})
		return change, err
	})
	if errors.Is(err, errQuiet) {
		return nil
	}
	return err
}

// tellLeads adds to the change a direct message to each lead, but for those whom
// none can reach since their workspace is closed.
func (ch *Change) tellLeads(co *Cohort, n Notice, room RoomID, line func(lead UserRef) any) error {
	for _, lead := range co.Leads {
		if n.Kind == WorkspaceClosed && lead.Workspace() == room.Workspace() {
			continue
		}
		job, err := Delivery{
			Key:  fmt.Sprintf("send/room/%s/%s/%s/%d/%s", co.ID, n.Kind, room, n.At.UnixMilli(), lead), // with the lead, who can be forgotten
			Room: lead.Direct(), Class: ClassNotice, Message: *Say(Text(say.Text(line(lead)))), Expires: expiresNotice,
		}.Job(co.ID.Part(), n.At.Truncate(time.Millisecond))
		if err != nil {
			return err
		}
		ch.Add = append(ch.Add, job)
	}
	return nil
}
