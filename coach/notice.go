package coach

import (
	"context"
	"fmt"
	"time"
)

// Notice is something that a platform tells of a person, a room or a workspace
// without anybody having talked to the bot.
type Notice struct {
	ID   string // unique on its platform; the same on a redelivery
	At   time.Time
	Kind NoticeKind
	User UserRef // of notices about a person
	Name string  // of PersonChanged: the display name
	Zone string  // of PersonChanged: the time zone that the platform knows; may be empty
	Room RoomID  // of notices about a room; of those about a workspace any room in it, "slack/T1/"
	To   RoomID  // of RoomMoved: the same room by its new id
	Why  Closing // of RoomClosed
}

// NoticeKind says what a notice tells.
type NoticeKind string

// The kinds of notices.
const (
	PersonChanged   NoticeKind = "person_changed"   // another name or zone; also tells that somebody who was gone is back
	PersonGone      NoticeKind = "person_gone"      // deactivated, or left the workspace
	Unreachable     NoticeKind = "unreachable"      // takes no direct messages of the bot
	RoomClosed      NoticeKind = "room_closed"      // takes no messages of the bot any more
	RoomOpened      NoticeKind = "room_opened"      // takes them again
	RoomMoved       NoticeKind = "room_moved"       // has another id
	WorkspaceClosed NoticeKind = "workspace_closed" // the bot was removed from it
	WorkspaceOpened NoticeKind = "workspace_opened" // the bot was let in again
)

// Closing says why a room takes no messages.
type Closing string

// The reasons.
const (
	NotInRoom Closing = "not_in_room" // the bot is not, or no longer, a member
	Archived  Closing = "archived"
	Deleted   Closing = "deleted"
	Forbidden Closing = "forbidden" // a permission is missing
	Removed   Closing = "removed"   // the bot was removed from the workspace
)

// Notice takes note of what a platform tells. What is known already, and what is
// told of nobody's person or room, changes nothing. It fails with ErrRoomTaken
// where a room moves to where another cohort lives.
func (c *Coach) Notice(ctx context.Context, n Notice) error {
	var err error
	switch n.Kind {
	case PersonChanged, PersonGone, Unreachable:
		err = c.noticePerson(ctx, n)
	case RoomClosed, RoomOpened, RoomMoved:
		err = c.noticeRoom(ctx, n)
	case WorkspaceClosed, WorkspaceOpened:
		err = c.noticeWorkspace(ctx, n)
	default:
		return fmt.Errorf("notice of unknown kind %q", n.Kind)
	}
	if err != nil {
		return fmt.Errorf("notice %s: %w", n.Kind, err)
	}
	return nil
}
