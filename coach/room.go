package coach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// maxRooms is how many rooms a cohort may live in.
const maxRooms = 8

// room lists the rooms of the cohort to a lead, with a code for another one;
// with a code, in a room of whatever platform, the cohort lives there, too, and
// with "remove" no longer.
func (c *Coach) room(ctx context.Context, r request) (Reply, error) {
	if r.Text != "" && !strings.EqualFold(r.Text, "remove") {
		return c.enterRoom(ctx, r)
	}
	r, err := c.as(ctx, r, leads)
	switch {
	case err != nil:
		return Reply{}, err
	case r.Text != "":
		return c.leaveRoom(ctx, r)
	}
	secret := newSecret()
	return c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) {
		line := say.Rooms{Cohort: say.Literal(s.Cohort.Name), Rows: roomRows(s.Cohort.Rooms, r.Room), Most: maxRooms, Minutes: int(inviteLife / time.Minute)}
		if len(s.Cohort.Rooms) >= maxRooms {
			return Change{}, Reply{Message: Say(Text(say.Text(line)))}, nil
		}
		co := s.Cohort.clone()
		if !co.offer(Invite{For: ForRoom, By: r.From, Secret: secret, Until: r.At.Add(inviteLife)}, r.At) {
			return Change{}, Reply{}, refuse(say.CodesFull{})
		}
		line.Code = showCode(co.ID, secret)
		return Change{Cohort: co}, Reply{Message: Say(Text(say.Text(line)))}, nil
	})
}

// as is the request as one of learners, or leads, of the cohort that it is about,
// where only the text of a command tells that it is one.
func (c *Coach) as(ctx context.Context, r request, who who) (request, error) {
	theirs := *r.command
	theirs.who = who
	r.command = &theirs
	var err error
	r.cohort, err = c.cohortOf(ctx, r.Event)
	return r, err
}

// enterRoom has a cohort live in the room, too: the one that the code names.
// Whoever types the code is a lead of it from now on.
func (c *Coach) enterRoom(ctx context.Context, r request) (Reply, error) {
	id, secret, ok := readCode(r.Text)
	switch {
	case !ok:
		return Reply{}, refuse(say.NotACode{Command: "room"})
	case r.Room.IsDirect():
		return Reply{}, refuse(say.CodeInRoom{})
	}
	r.cohort = id
	reply, err := c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) {
		if s.Cohort == nil {
			return Change{}, Reply{}, refuse(say.CodeOver{Command: "room"})
		}
		co := s.Cohort.clone()
		if _, ok := co.redeem(ForRoom, secret, r.At); !ok {
			return Change{}, Reply{}, refuse(say.CodeOver{Command: "room"})
		}
		switch {
		case slices.Contains(co.Rooms, r.Room):
			return Change{}, Reply{}, refuse(say.RoomBefore{Cohort: say.Literal(co.Name)})
		case len(co.Rooms) >= maxRooms:
			return Change{}, Reply{}, refuse(say.RoomsFull{Most: maxRooms})
		}
		co.Rooms = append(co.Rooms, r.Room)
		if !co.IsLead(r.From) {
			co.Leads = append(co.Leads, r.From)
		}
		welcome, err := c.welcomeRoom(co, r, fmt.Sprintf("send/%s/%s/%s/%s", kindWelcome, co.ID, shortID(r.ID), r.Room))
		if err != nil {
			return Change{}, Reply{}, err
		}
		line := say.RoomEntered{Cohort: say.Literal(co.Name), Rooms: len(co.Rooms)}
		return Change{Cohort: co, Add: []schedule.Job{welcome}}, Reply{Message: Say(Text(say.Text(line)), Actions(
			r.to(press(say.ButtonJoin, "join")), r.to(press(say.ButtonCohort, "cohort"))))}, nil
	})
	if errors.Is(err, ErrRoomTaken) {
		return Reply{}, refuse(say.RoomOfAnother{})
	}
	return reply, err
}

// leaveRoom has the cohort live in the room no longer.
func (c *Coach) leaveRoom(ctx context.Context, r request) (Reply, error) {
	return c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) {
		name := say.Literal(s.Cohort.Name)
		switch {
		case !slices.Contains(s.Cohort.Rooms, r.Room):
			return Change{}, Reply{}, refuse(say.NotItsRoom{Cohort: name})
		case len(s.Cohort.Rooms) == 1:
			return Change{}, Reply{}, refuse(say.LastRoom{Cohort: name})
		}
		co := s.Cohort.clone()
		co.moveOut(r.Room)
		line := say.RoomLeft{Cohort: name, Rows: roomRows(co.Rooms, r.Room)}
		return Change{Cohort: co}, Reply{Message: Say(Text(say.Text(line)))}, nil
	})
}

// moveOut takes a cohort out of a room.
func (c *Cohort) moveOut(room RoomID) {
	c.Rooms = slices.DeleteFunc(c.Rooms, func(r RoomID) bool { return r == room })
	c.Closed = slices.DeleteFunc(c.Closed, func(r ClosedRoom) bool { return r.Room == room })
}

// roomRows describes rooms to somebody in one of them, or in the direct messages
// of a workspace.
func roomRows(rooms []RoomID, here RoomID) []string {
	rows := make([]string, len(rooms))
	for i, room := range rooms {
		row := room.seenFrom(here)
		row.Here = room == here
		rows[i] = say.Text(row)
	}
	return rows
}

// seenFrom describes a room to somebody in another one.
func (r RoomID) seenFrom(here RoomID) say.Room {
	return say.Room{Platform: r.Platform(), Channel: say.Literal(r.Channel()), Near: r.Workspace() == here.Workspace()}
}
