package discord

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"studycoach/bot"
	"studycoach/coach"
)

// serversFresh is how long the list of servers is good for. The gateway tells
// of changes meanwhile.
const serversFresh = 10 * time.Minute

// rooms is what is known of servers and their channels.
type rooms struct {
	mu      sync.Mutex
	list    []string // servers
	listed  time.Time
	parents *bot.Cache[string]    // the channel that a thread is in, by the thread; of other channels themselves
	shut    map[coach.RoomID]bool // of the rooms that were looked at, whether they are closed
	out     map[string]bool       // servers that the bot was removed from
	roles   map[string][]string   // the bot's own, by server
}

// threadsKept is how many channels are remembered with where they are.
const threadsKept = 10_000

func newRooms() *rooms {
	return &rooms{
		parents: bot.NewCache[string](threadsKept, 0), shut: map[coach.RoomID]bool{}, out: map[string]bool{}, roles: map[string][]string{},
	}
}

func (r *rooms) servers() (list []string, fresh bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.list), time.Since(r.listed) < serversFresh
}

func (r *rooms) setServers(list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list, r.listed = list, time.Now()
}

// stale has the servers be listed anew.
func (r *rooms) stale() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listed = time.Time{}
}

// looked notes whether a room is closed, and tells whether that is news.
func (r *rooms) looked(room coach.RoomID, shut bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	was, known := r.shut[room]
	r.shut[room] = shut
	return !known || was != shut
}

// of lists the rooms of a server that were looked at.
func (r *rooms) of(server string) (list []coach.RoomID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for room := range r.shut {
		if in, _, _ := splitRoom(room); in == server {
			list = append(list, room)
		}
	}
	return list
}

// forget takes back that a room was looked at.
func (r *rooms) forget(room coach.RoomID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.shut, room)
}

// haveRoles notes the bot's roles in a server.
func (r *rooms) haveRoles(server string, roles []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.roles[server] = roles
}

// matters tells whether a role is the bot's, or everybody's, which has the id of
// the server. As long as the bot's are not known, as in a session that was resumed,
// any may be.
func (r *rooms) matters(server, role string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	roles, known := r.roles[server]
	return !known || role == server || slices.Contains(roles, role)
}

// left notes that the bot is not in a server, and tells whether that is news.
func (r *rooms) left(server string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.out[server]
	r.out[server] = true
	return !was
}

// entered notes that the bot is in a server, and tells whether it was not.
func (r *rooms) entered(server string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.out[server]
	delete(r.out, server)
	return was
}

// roomOf is the room of a channel: of a thread, that of the channel it is in.
func (p *Platform) roomOf(ctx context.Context, server, channel string) (coach.RoomID, error) {
	parent, ok := p.rooms.parents.Get(channel)
	if !ok {
		c, err := p.channelInfo(ctx, channel)
		if err != nil {
			return "", err
		}
		parent = p.place(c)
	}
	return roomID(server, parent), nil
}

// place remembers where a channel is.
func (p *Platform) place(c channelInfo) (parent string) {
	parent = c.ID
	if c.isThread() && c.ParentID != "" {
		parent = c.ParentID
	}
	p.rooms.parents.Put(c.ID, parent)
	return parent
}

func roomID(server, channel string) coach.RoomID {
	return coach.RoomID(platform + "/" + server + "/" + channel)
}

// needed is what the bot has to have in a room to be of any use there.
const needed = discordgo.PermissionViewChannel | discordgo.PermissionSendMessages | discordgo.PermissionEmbedLinks

// notice hands a notice on, and tells whether it was taken.
func (p *Platform) notice(ctx context.Context, n coach.Notice) bool {
	if p.o.Notice == nil {
		return true
	}
	if n.At.IsZero() {
		n.At = time.Now()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), bot.Patience)
	defer cancel()
	if err := p.o.Notice(ctx, n); err != nil {
		p.log.Error("What Discord told of a person or a room could not be taken in.", "platform", platform, "kind", n.Kind, "err", err)
		return false
	}
	return true
}
