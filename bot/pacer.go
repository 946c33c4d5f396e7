package bot

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"studycoach/coach"
)

// pacer keeps to the paces of platforms and away from what asked for a rest. It
// makes nobody wait: it says when a message's turn comes, and the job goes back
// into the queue until then. Each process has its own; where several together
// are too fast, the platform says so.
type pacer struct {
	mu    sync.Mutex
	gates map[string]*gate // by platform, workspace and room: "slack", "slack/T1", "slack/T1/C1"
	sweep int              // the number of gates from which idle ones are removed
}

// gate stands before a room, a workspace or a platform. It gives out turns in
// order. A message takes from the limit only when it goes out, so a turn that
// nobody takes harms nobody.
type gate struct {
	limit   *rate.Limiter
	step    time.Duration // between turns
	shut    time.Time     // nothing goes out before
	revoked bool          // when shut is over, one message tries
	last    time.Time     // the latest turn given
	again   time.Time     // the latest given to one that came at its turn, in vain
	line    []message     // of a room: those that wait, in due order
}

// message is a delivery before the gates.
type message struct {
	room   coach.RoomID
	key    string
	due    time.Time
	waited bool      // it has had a turn before, and precedence over those who have not
	turn   time.Time // of one in line
}

const (
	// minStep is between two turns, so that the queue, which keeps whole
	// milliseconds, keeps their order.
	minStep = time.Millisecond

	// noShow is how long after its turn a message is waited for: it may be
	// cancelled, or in the hands of another process.
	noShow = 10 * time.Second
)

func newPacer() *pacer { return &pacer{gates: map[string]*gate{}} }

// enter lets a message out, or says when its turn comes.
func (p *pacer) enter(m message, pace Pace, now time.Time) (turn time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tidy(now)
	room := p.gate(m.room, pace, OneRoom)
	turn, last := room.before(m, now)
	if turn.After(now) {
		room.wait(m, turn)
		return turn, false
	}
	var gates []*gate // from the widest on, where all that waits for it stands in one order
	for scope := WholePlatform; scope >= OneRoom; scope-- {
		g := p.gate(m.room, pace, scope)
		if turn := g.turn(m.waited || !last, now); turn.After(now) {
			room.wait(m, turn)
			return turn, false
		}
		gates = append(gates, g)
	}
	for _, g := range gates {
		g.limit.ReserveN(now, 1)
		if g.revoked {
			g.close(now.Add(revokedPause))
		}
	}
	room.leave(m)
	return now, true
}

// gate returns the gate of a scope around a room.
func (p *pacer) gate(room coach.RoomID, pace Pace, s Scope) *gate {
	name := gateName(room, s)
	g := p.gates[name]
	if g == nil {
		r := [...]Rate{OneRoom: pace.Room, OneWorkspace: pace.Workspace, WholePlatform: pace.Platform}[s]
		g = &gate{limit: rate.NewLimiter(rate.Inf, 1), step: max(r.Every, minStep)}
		if r.Every > 0 {
			g.limit = rate.NewLimiter(rate.Every(r.Every), max(r.Burst, 1))
		}
		p.gates[name] = g
	}
	return g
}

func gateName(room coach.RoomID, s Scope) string {
	switch s {
	case WholePlatform:
		return room.Platform()
	case OneWorkspace:
		return string(room[:max(0, strings.LastIndexByte(string(room), '/'))])
	default:
		return string(room)
	}
}

// turn is when a message may go out, as far as this gate is concerned.
func (g *gate) turn(waited bool, now time.Time) time.Time {
	free := later(now, g.shut)
	if lacking := 1 - g.limit.TokensAt(free); lacking > 1e-6 { // it reckons in floating point
		free = free.Add(time.Duration(lacking * float64(g.step)))
	}
	switch {
	case !waited && g.last.After(now): // behind those who wait
		g.last = wholeMillis(later(free, g.last.Add(g.step)))
		return g.last
	case free.After(now): // behind those who came in vain before
		g.again = wholeMillis(later(free, g.again.Add(g.step)))
		g.last = later(g.last, g.again)
		return g.again
	default:
		return now
	}
}

// close lets nothing out before an instant, which is the turn of the message
// that found out.
func (g *gate) close(until time.Time) {
	g.shut, g.last, g.again = later(g.shut, until), later(g.last, until), later(g.again, until)
}

// limited closes the gate of a scope around a message until its next turn.
func (p *pacer) limited(m message, pace Pace, s Scope, turn time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gate(m.room, pace, s).close(turn)
	p.gate(m.room, pace, OneRoom).wait(m, turn)
}

// revoke is limited, until reopen but for a message now and then that tries. It
// tells whether the gate was open before.
func (p *pacer) revoke(m message, pace Pace, s Scope, turn time.Time) (news bool) {
	p.limited(m, pace, s, turn)
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.gate(m.room, pace, s)
	news, g.revoked = !g.revoked, true
	return news
}

// reopen opens every revoked gate around a room, and returns their scopes.
func (p *pacer) reopen(room coach.RoomID) (scopes []Scope) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for s := OneWorkspace; s <= WholePlatform; s++ {
		if g := p.gates[gateName(room, s)]; g != nil && g.revoked {
			g.revoked, g.shut = false, time.Time{}
			scopes = append(scopes, s)
		}
	}
	return scopes
}

// find returns where in line a message is, or would be.
func (g *gate) find(m message) (at int, found bool) {
	return slices.BinarySearchFunc(g.line, m, func(a, b message) int {
		return cmp.Or(a.due.Compare(b.due), strings.Compare(a.key, b.key))
	})
}

// before returns the time before which a message would overtake another, and
// whether it is the last in line.
func (g *gate) before(m message, now time.Time) (turn time.Time, last bool) {
	at, found := g.find(m)
	for at > 0 && now.Sub(g.line[at-1].turn) > noShow {
		at--
		g.line = slices.Delete(g.line, at, at+1)
	}
	if at > 0 {
		turn = wholeMillis(g.line[at-1].turn.Add(g.step))
	}
	return turn, at == len(g.line) || found && at+1 == len(g.line)
}

// wait puts a message in line.
func (g *gate) wait(m message, turn time.Time) {
	m.turn = turn
	at, found := g.find(m)
	if !found {
		g.line = slices.Insert(g.line, at, m)
	}
	g.line[at] = m
}

// leave takes a message out of line.
func (g *gate) leave(m message) {
	if at, found := g.find(m); found {
		g.line = slices.Delete(g.line, at, at+1)
	}
}

// tidy removes gates that are as good as new, now and then.
func (p *pacer) tidy(now time.Time) {
	if len(p.gates) < p.sweep {
		return
	}
	for name, g := range p.gates {
		rested := g.limit.TokensAt(now) >= float64(g.limit.Burst())
		expects := slices.ContainsFunc(g.line, func(m message) bool { return now.Sub(m.turn) <= noShow })
		if rested && !expects && !g.revoked && !g.shut.After(now) && !g.last.After(now) {
			delete(p.gates, name)
		}
	}
	p.sweep = max(1000, 2*len(p.gates))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// wholeMillis rounds up, as a queue must not come too early.
func wholeMillis(t time.Time) time.Time {
	if whole := t.Truncate(time.Millisecond); whole.Equal(t) {
		return whole
	}
	return t.Truncate(time.Millisecond).Add(time.Millisecond)
}
