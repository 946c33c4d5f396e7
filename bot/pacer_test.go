package bot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"studycoach/coach"
)

// traffic is messages on their way through a pacer, with a queue that hands them
// out when their turn comes.
type traffic struct {
	*rapid.T
	pacer *pacer
	pace  Pace
	wait  []*passing
	out   []*passing
	shut  map[string]time.Time // by gate, as the platform said last
}

type passing struct {
	message
	n     int
	at    time.Time // when its turn is; at last when it went out
	turns int
}

func (x *traffic) add(n int, room coach.RoomID, due time.Time) {
	x.wait = append(x.wait, &passing{message: message{room: room, key: fmt.Sprintf("%03d", n), due: due}, n: n, at: due})
}

// run has everything go out. answer says what the platform makes of the nth
// send: how long something has to rest, 0 for nothing.
func (x *traffic) run(answer func(nth int) (Scope, time.Duration)) {
	for nth := 0; len(x.wait) > 0; {
		slices.SortFunc(x.wait, func(a, b *passing) int { return cmp.Or(a.at.Compare(b.at), a.due.Compare(b.due), a.n-b.n) })
		m := x.wait[0]
		turn, ok := x.pacer.enter(m.message, x.pace, m.at)
		m.waited = true
		if m.turns++; m.turns > 1000 {
			x.Fatalf("message %d never has its turn", m.n)
		}
		if !ok {
			if !turn.After(m.at) || !turn.Equal(turn.Truncate(time.Millisecond)) {
				x.Fatalf("at %v, the turn is %v", m.at, turn)
			}
			m.at = turn
			continue
		}
		for scope := range WholePlatform + 1 {
			if name := gateName(m.room, scope); m.at.Before(x.shut[name]) {
				x.Fatalf("message %d goes out at %v, but %s rests until %v", m.n, m.at, name, x.shut[name])
			}
		}
		scope, rest := answer(nth)
		nth++
		if rest > 0 {
			until := wholeMillis(m.at.Add(rest))
			x.pacer.limited(m.message, x.pace, scope, until)
			x.shut[gateName(m.room, scope)] = later(until, x.shut[gateName(m.room, scope)])
			m.at = until
			continue
		}
		x.out = append(x.out, m)
		x.wait = x.wait[1:]
	}
}

// keepsTo checks the messages that passed one gate.
func (x *traffic) keepsTo(name string, r Rate, all []*passing) {
	if r.Every == 0 {
		return
	}
	burst := max(r.Burst, 1)
	for i := burst; i < len(all); i++ {
		// Any burst+1 in a row take as long as one needs, to the millisecond in which it counts.
		if took := all[i].at.Sub(all[i-burst].at); took < r.Every-time.Millisecond {
			x.Fatalf("%s: %d messages went out within %v, one is allowed every %v and %d after a rest", name, burst+1, took, r.Every, burst)
		}
	}
}

func drawRate(r *rapid.T, name string) Rate {
	return Rate{
		Every: rapid.SampledFrom([]time.Duration{0, 20 * time.Millisecond, 300 * time.Millisecond, time.Second}).Draw(r, name),
		Burst: rapid.IntRange(0, 4).Draw(r, name+" burst"),
	}
}

func drawTraffic(r *rapid.T) *traffic {
	x := &traffic{T: r, pacer: newPacer(), shut: map[string]time.Time{}, pace: Pace{
		Room: drawRate(r, "room"), Workspace: drawRate(r, "workspace"), Platform: drawRate(r, "platform"),
	}}
	rooms := []coach.RoomID{"fake/a/1", "fake/a/2", "fake/b/1"}
	at := due
	for n := range rapid.IntRange(1, 60).Draw(r, "messages") {
		at = at.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 0, 1, 250, 2000}).Draw(r, "pause")) * time.Millisecond)
		x.add(n, rapid.SampledFrom(rooms).Draw(r, "room of it"), at)
	}
	return x
}

// Whatever comes when, each gate is passed at its pace, everything goes out, and
// messages of one room stay in order.
func TestPace(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x := drawTraffic(r)
		x.run(func(int) (Scope, time.Duration) { return 0, 0 })
		for scope, rate := range map[Scope]Rate{OneRoom: x.pace.Room, OneWorkspace: x.pace.Workspace, WholePlatform: x.pace.Platform} {
			passed := map[string][]*passing{}
			for _, m := range x.out {
				name := gateName(m.room, scope)
				passed[name] = append(passed[name], m)
			}
			for name, all := range passed {
				x.keepsTo(name, rate, all)
			}
		}
		x.inOrder()
	})
}

func (x *traffic) inOrder() {
	last := map[coach.RoomID]*passing{}
	for _, m := range x.out {
		if before := last[m.room]; before != nil && before.n > m.n {
			x.Fatalf("in %s, message %d of %v goes out at %v, after message %d of %v, at %v",
				m.room, m.n, m.due.Sub(due), m.at.Sub(due), before.n, before.due.Sub(due), before.at.Sub(due))
		}
		last[m.room] = m
	}
}

// While something rests, nothing of it goes out, and nobody overtakes in a room.
func TestRest(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x := drawTraffic(r)
		rests := map[int]time.Duration{}
		scopes := map[int]Scope{}
		for range rapid.IntRange(1, 5).Draw(r, "rests") {
			nth := rapid.IntRange(0, 50).Draw(r, "after the nth")
			rests[nth] = time.Duration(rapid.IntRange(1, 5000).Draw(r, "ms")) * time.Millisecond
			scopes[nth] = Scope(rapid.IntRange(0, 2).Draw(r, "scope"))
		}
		x.run(func(nth int) (Scope, time.Duration) { return scopes[nth], rests[nth] })
		x.inOrder()
	})
}

// A room with a long queue takes no turn from another.
func TestALongQueueDelaysNoOtherRoom(t *testing.T) {
	p := newPacer()
	pace := Pace{Room: Rate{Every: time.Second}, Workspace: Rate{Every: 100 * time.Millisecond, Burst: 5}}
	for i := range 1000 {
		p.enter(message{room: "fake/w/busy", key: fmt.Sprint(i), due: due}, pace, due)
	}
	for i := range 4 {
		room := coach.RoomID(fmt.Sprintf("fake/w/%d", i))
		if turn, ok := p.enter(message{room: room, due: due}, pace, due); !ok {
			t.Errorf("%s has its turn in %v", room, turn.Sub(due))
		}
	}
}

// Ten thousand rooms of one workspace: each is told once when its turn is, and
// the last one's is when all can have been out.
func TestTurnsOfManyRooms(t *testing.T) {
	const n = 10_000
	p := newPacer()
	pace := Pace{Room: Rate{Every: time.Second}, Workspace: Rate{Every: 20 * time.Millisecond}}
	turns := map[time.Time]int{}
	for i := range n {
		turn, _ := p.enter(message{room: coach.RoomID(fmt.Sprintf("fake/w/@%d", i)), due: due}, pace, due)
		turns[turn]++
	}
	if last := due.Add((n - 1) * 20 * time.Millisecond); turns[last] != 1 || len(turns) != n {
		t.Errorf("there are %d turns, %d of them at %v", len(turns), turns[last], last)
	}
}

func TestIdleRoomsAreForgotten(t *testing.T) {
	p := newPacer()
	pace := Pace{Room: Rate{Every: time.Second, Burst: 3}}
	now := due
	for i := range 20_000 {
		room := coach.RoomID(fmt.Sprintf("fake/w/%d", i))
		m := message{room: room, due: now}
		if i == 10 {
			p.limited(m, pace, OneRoom, due.Add(1000*time.Hour))
		}
		p.enter(m, pace, now)
		now = now.Add(50 * time.Millisecond)
	}
	if len(p.gates) > 3000 || p.gates["fake/w/10"] == nil {
		var some []string
		for name := range p.gates {
			if some = append(some, name); len(some) == 10 {
				break
			}
		}
		t.Errorf("%d gates are kept, such as %s", len(p.gates), strings.Join(some, ", "))
	}
}
