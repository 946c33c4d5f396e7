package coach

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"studycoach/schedule"
)

// MovedRoom is a room that has another id than before. What was still to be
// posted into it under the old one is posted under the new one.
type MovedRoom struct{ From, To RoomID }

// maxMoved is how many moves a cohort's record holds: many more than come to
// pass while a delivery waits.
const maxMoved = 8

// move puts the room to in the place of from, whose new id it is; false: the
// cohort does not live there.
func (c *Cohort) move(from, to RoomID) bool {
	i := slices.Index(c.Rooms, from)
	switch {
	case i < 0 || from == to:
		return false
	case slices.Contains(c.Rooms, to): // by a lead's hand; everything is posted there already
		c.moveOut(from)
		return true
	}
	c.Rooms[i] = to
	for i := range c.Closed {
		if c.Closed[i].Room == from {
			c.Closed[i].Room = to
		}
	}
	for i := range c.Moved {
		if c.Moved[i].To == from {
			c.Moved[i].To = to
		}
	}
	c.Moved = slices.DeleteFunc(c.Moved, func(m MovedRoom) bool { return m.From == to })
	c.Moved = append(c.Moved, MovedRoom{from, to})
	c.Moved = c.Moved[max(0, len(c.Moved)-maxMoved):]
	return true
}

// moved is the room that has taken a room's place; empty: it has kept its id.
func (c *Cohort) moved(room RoomID) RoomID {
	i := slices.IndexFunc(c.Moved, func(m MovedRoom) bool { return m.From == room })
	if i < 0 || !slices.Contains(c.Rooms, c.Moved[i].To) { // which a lead may have taken away since
		return ""
	}
	return c.Moved[i].To
}

// Moved returns the room to which a delivery has to go instead of its own, which
// has another id by now; empty: its own has not.
func (c *Coach) Moved(ctx context.Context, d Delivery) (RoomID, error) {
	id := CohortOfJob(d.Key)
	if id == "" {
		return "", nil
	}
	s, err := c.store.Load(ctx, Scope{Cohort: id})
	if err != nil || s.Cohort == nil {
		return "", err
	}
	return s.Cohort.moved(d.Room), nil
}

// moveSettled is how long after a move it is looked for what the old id has
// refused: longer than a delivery is in anybody's hands.
const moveSettled = time.Minute

// sendStranded adds to the change the job that has posted what the room of a
// notice has refused under its old id.
func (ch *Change) sendStranded(co *Cohort, n Notice) {
	ch.Add = append(ch.Add, schedule.Job{
		Key: fmt.Sprintf("%s/%s/%s", kindMoved, co.ID, shortID(n.ID)), Kind: kindMoved, Part: co.ID.Part(),
		Due: n.At.Add(moveSettled).Truncate(time.Millisecond), Payload: []byte(n.Room),
	})
}

// fireMoved has what was refused under a room's old id, and is still of use, wait
// again for the new one, as it was. What may be there already is looked for.
func (c *Coach) fireMoved(ctx context.Context, f firing) error {
	old := RoomID(f.job.Payload)
	dead, err := postJobs(ctx, c.store, schedule.Dead, f.cohort)
	if err != nil {
		return err
	}
	_, _, err = c.store.Update(ctx, Scope{Cohort: f.cohort}, func(s State) (change Change, err error) {
		if s.Cohort == nil || s.Cohort.moved(old) == "" {
			return change, nil
		}
		for _, j := range dead {
			d, err := DeliveryOf(j)
			if _, late := schedule.Late(j, f.now, cmp.Or(d.Expires, lateSummary)); err != nil || d.Room != old || late {
				continue // of a job that delivers nothing, too
			}
			d.Room = s.Cohort.moved(old)
			again, err := d.Job(j.Part, j.Due)
			if err != nil {
				return Change{}, err
			}
			again.Intent = j.Intent
			change.Drop, change.Add = append(change.Drop, j.Key), append(change.Add, again)
		}
		return change, nil
	})
	return err
}
