package discord

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
)

// noticed gathers what the coach is told.
type noticed struct {
	mu  sync.Mutex
	all []coach.Notice
}

func (n *noticed) take(_ context.Context, x coach.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, x)
	return nil
}

// since are the notices after the first ones, without ids and times.
func (n *noticed) since(first int) (all []coach.Notice, total int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	ids := map[string]bool{}
	for i, x := range n.all {
		ids[x.ID] = true
		if i >= first {
			all = append(all, coach.Notice{Kind: x.Kind, Room: x.Room, User: x.User, Why: x.Why})
		}
	}
	slices.SortFunc(all, func(a, b coach.Notice) int { return len(a.Room) - len(b.Room) })
	return all, len(n.all)
}

// What the gateway tells of rooms and servers is told to the coach: what is closed
// once, what is open as often as it is looked at, which the coach may not know.
func TestChangesOfRoomsAndServers(t *testing.T) {
	var told noticed
	p, f := open(t, func(o *Options) { o.Notice = told.take })
	run(t, p, newHeard().handle)
	f.gateway.ready(t)
	f.gateway.tell(t, "TYPING_START", map[string]any{})
	if !p.in.Wait(idleTime) {
		t.Fatal("the start does not end")
	}
	const general, hall = "discord/100/200", "discord/100/201"
	channel := func(id string) any {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.channels[id].json()
	}
	role := func(bits string) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.guilds["100"].Roles[1]["permissions"] = bits
	}
	all := f.guilds["100"].Roles[1]["permissions"]
	gone, _ := told.since(0)
	if diff := cmp.Diff([]coach.Notice{{Kind: coach.RoomOpened, Room: general}}, gone); diff != "" {
		t.Errorf("at the start (-want +got):\n%s", diff)
	}
	_, before := told.since(0)
	for _, c := range []struct {
		name string
		set  func()
		kind string
		data func() any
		want []coach.Notice
	}{
		{"as it was", nil, "CHANNEL_UPDATE", func() any { return channel("200") }, []coach.Notice{{Kind: coach.RoomOpened, Room: general}}},
		{"a permission is taken", func() {
			f.channels["200"].Overwrites = []overwrite{{ID: "7", Type: 0, Allow: "0", Deny: "2048"}}
		}, "CHANNEL_UPDATE", func() any { return channel("200") }, []coach.Notice{{Kind: coach.RoomClosed, Room: general, Why: coach.Forbidden}}},
		{"still", nil, "CHANNEL_UPDATE", func() any { return channel("200") }, nil},
		{"it is given back", func() { f.channels["200"].Overwrites = nil }, "CHANNEL_UPDATE", func() any { return channel("200") },
			[]coach.Notice{{Kind: coach.RoomOpened, Room: general}}},
		{"nobody sees it any more", func() {
			f.channels["200"].Overwrites = []overwrite{{ID: "100", Type: 0, Allow: "0", Deny: "1024"}}
			f.channels["200"].Closed = missingAccess
		}, "CHANNEL_UPDATE", func() any { return channel("200") }, []coach.Notice{{Kind: coach.RoomClosed, Room: general, Why: coach.Forbidden}}},
		{"it is seen again", func() { f.channels["200"].Overwrites, f.channels["200"].Closed = nil, 0 }, "CHANNEL_UPDATE", func() any { return channel("200") },
			[]coach.Notice{{Kind: coach.RoomOpened, Room: general}}},
		{"a role hides it", func() { f.channels["200"].Closed = missingAccess }, "GUILD_ROLE_UPDATE", func() any {
			return map[string]any{"guild_id": "100", "role": map[string]any{"id": "7"}}
		}, []coach.Notice{{Kind: coach.RoomClosed, Room: general, Why: coach.Forbidden}}},
		{"and shows it", func() { f.channels["200"].Closed = 0 }, "GUILD_ROLE_UPDATE", func() any {
			return map[string]any{"guild_id": "100", "role": map[string]any{"id": "7"}}
		}, []coach.Notice{{Kind: coach.RoomOpened, Room: general}}},
		{"a role loses it", func() { role("0") }, "GUILD_ROLE_UPDATE", func() any {
			return map[string]any{"guild_id": "100", "role": map[string]any{"id": "7"}}
		}, []coach.Notice{{Kind: coach.RoomClosed, Room: general, Why: coach.Forbidden}}},
		{"a role of others changes", func() { role(all) }, "GUILD_ROLE_UPDATE", func() any {
			return map[string]any{"guild_id": "100", "role": map[string]any{"id": "8"}}
		}, nil},
		{"the bot gets it again", nil, "GUILD_MEMBER_UPDATE", func() any {
			return map[string]any{"guild_id": "100", "user": f.me}
		}, []coach.Notice{{Kind: coach.RoomOpened, Room: general}}},
		{"a new room", func() { f.channel("201", "100", "hall") }, "CHANNEL_CREATE", func() any { return channel("201") },
			[]coach.Notice{{Kind: coach.RoomOpened, Room: hall}}},
		{"it is deleted", nil, "CHANNEL_DELETE", func() any { return channel("201") },
			[]coach.Notice{{Kind: coach.RoomClosed, Room: hall, Why: coach.Deleted}}},
		{"beside a voice channel", func() { f.channel("202", "100", "desk").Type = 2 }, "CHANNEL_CREATE", func() any { return channel("202") },
			[]coach.Notice{{Kind: coach.RoomOpened, Room: "discord/100/202"}}},
		{"that is deleted, too", nil, "CHANNEL_DELETE", func() any { return channel("202") },
			[]coach.Notice{{Kind: coach.RoomClosed, Room: "discord/100/202", Why: coach.Deleted}}},
		{"a thread is deleted", nil, "THREAD_DELETE", func() any {
			return map[string]any{"id": "555", "guild_id": "100", "parent_id": "200", "type": 11}
		}, nil},
		{"an outage", func() { delete(f.channels, "201"); delete(f.channels, "202") }, "GUILD_DELETE", func() any { return map[string]any{"id": "100", "unavailable": true} }, nil},
		{"it is over", nil, "GUILD_CREATE", func() any {
			f.mu.Lock()
			defer f.mu.Unlock()
			return f.guildCreate("100")
		}, []coach.Notice{{Kind: coach.RoomOpened, Room: general}}},
		{"the bot is thrown out", nil, "GUILD_DELETE", func() any { return map[string]any{"id": "100"} },
			[]coach.Notice{{Kind: coach.WorkspaceClosed, Room: "discord/100/"}}},
		{"again", nil, "GUILD_DELETE", func() any { return map[string]any{"id": "100"} }, nil},
		{"it is let in again", nil, "GUILD_CREATE", func() any {
			f.mu.Lock()
			defer f.mu.Unlock()
			return f.guildCreate("100")
		}, []coach.Notice{{Kind: coach.WorkspaceOpened, Room: "discord/100/"}, {Kind: coach.RoomOpened, Room: general}}},
		{"another server", func() { f.guild("101", "Other"); f.channel("300", "101", "lounge") }, "GUILD_CREATE", func() any {
			f.mu.Lock()
			defer f.mu.Unlock()
			return f.guildCreate("101")
		}, []coach.Notice{{Kind: coach.WorkspaceOpened, Room: "discord/101/"}, {Kind: coach.RoomOpened, Room: "discord/101/300"}}},
	} {
		if c.set != nil {
			c.set()
		}
		f.gateway.tell(t, c.kind, c.data())
		if !p.in.Wait(idleTime) {
			t.Fatalf("%s: it does not end", c.name)
		}
		got, total := told.since(before)
		before = total
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// A session that was resumed does not tell which roles the bot has.
func TestRolesThatAreNotKnownMatter(t *testing.T) {
	r := newRooms()
	if !r.matters("100", "7") {
		t.Error("a role that may be the bot's does not matter")
	}
	r.haveRoles("100", []string{"7"})
	if !r.matters("100", "7") || !r.matters("100", "100") || r.matters("100", "8") {
		t.Error("others matter than the bot's own and everybody's")
	}
}

// A room that closed while the coach could not be told is told of the next time.
func TestAClosedRoomIsToldAgain(t *testing.T) {
	var told noticed
	down := true
	p, _ := open(t, func(o *Options) {
		o.Notice = func(ctx context.Context, n coach.Notice) error {
			if down {
				return errors.New("the store is down")
			}
			return told.take(ctx, n)
		}
	})
	for range 3 {
		p.looked(t.Context(), room, 0)
		down = false
	}
	if all, _ := told.since(0); len(all) != 1 || all[0].Kind != coach.RoomClosed {
		t.Errorf("the coach is told %+v", all)
	}
}
