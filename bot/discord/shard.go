package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"studycoach/bot"
)

// shard is one connection of the gateway, which brings the events of a part of
// the servers. One replica holds it.
type shard struct {
	*Platform
	id, of  int
	url     string // where new sessions begin
	budget  *budget
	reshard func() // has the shards be counted anew

	mu      sync.Mutex
	session session
	done    progress
	there   map[string]bool // the servers of the session when it began
}

// session is what it takes to go on where a connection ended.
type session struct {
	ID  string `json:"id"`
	URL string `json:"url"`
	Seq int64  `json:"seq"`
	Me  person `json:"me"`
}

// Times of the lease on a shard. A replica that is killed is replaced within 15
// s: 10 until its lease ends, at most 2 until another one asks, and what
// connecting takes.
const (
	leaseTime  = 10 * time.Second
	leaseEvery = 2 * time.Second
)

// run keeps the shard connected, while this replica holds it, until ctx is done.
func (s *shard) run(ctx context.Context) {
	if s.o.Leases == nil {
		s.connected(ctx)
		return
	}
	for ctx.Err() == nil {
		begun := time.Now()
		held, err := s.o.Leases.Hold(ctx, s.name(), s.o.Holder, leaseTime)
		if err != nil && ctx.Err() == nil {
			s.log.Warn("Who holds the gateway cannot be settled.", "platform", platform, "shard", s.id, "err", err)
		}
		if held && err == nil {
			s.hold(ctx, begun.Add(leaseTime))
			continue
		}
		_ = bot.Sleep(ctx, leaseEvery)
	}
}

func (s *shard) name() string { return fmt.Sprintf("discord/shard/%d-%d", s.id, s.of) }

// hold keeps the shard connected and its lease prolonged until ctx is done, or
// the lease is lost; then it hands over.
func (s *shard) hold(ctx context.Context, until time.Time) {
	s.log.Info("This replica has the gateway.", "platform", platform, "shard", s.id)
	s.recall(ctx)
	held, lose := context.WithCancel(ctx)
	defer lose()
	var connected sync.WaitGroup
	connected.Go(func() { s.connected(held) })
	lost := false
	for !lost && bot.Sleep(ctx, leaseEvery) == nil {
		until, lost = s.prolong(ctx, until)
	}
	lose()
	connected.Wait()
	if lost {
		s.log.Warn("Another replica takes the gateway.", "platform", platform, "shard", s.id)
		return
	}
	s.in.Wait(leaseEvery) // so that the note covers what is under way
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseEvery)
	defer cancel()
	s.leaveNote(ctx)
	if err := s.o.Leases.Release(ctx, s.name(), s.o.Holder); err != nil {
		s.log.Warn("The gateway's lease runs out by itself.", "platform", platform, "shard", s.id, "err", err)
	}
}

// prolong prolongs the lease. A store that does not answer is no loss until the
// lease has ended.
func (s *shard) prolong(ctx context.Context, until time.Time) (_ time.Time, lost bool) {
	begun := time.Now()
	call, cancel := context.WithTimeout(ctx, leaseEvery)
	defer cancel()
	held, err := s.o.Leases.Hold(call, s.name(), s.o.Holder, leaseTime)
	switch {
	case err != nil:
		return until, time.Now().Add(leaseEvery).After(until)
	case !held:
		return until, true
	}
	s.leaveNote(call)
	return begun.Add(leaseTime), false
}

// leaveNote tells the next holder how far this one has come: everything up to
// there is done, so that what was not comes once more.
func (s *shard) leaveNote(ctx context.Context) {
	notes, ok := s.o.Leases.(bot.Notes)
	now := s.current()
	if !ok || now.ID == "" {
		return
	}
	now.Seq = s.done.upTo()
	raw, err := json.Marshal(now)
	if err == nil {
		err = notes.Leave(ctx, s.name(), s.o.Holder, string(raw))
	}
	if err != nil {
		s.log.Warn("The gateway's session could not be noted.", "platform", platform, "shard", s.id, "err", err)
	}
}

// recall reads the last holder's note.
func (s *shard) recall(ctx context.Context) {
	notes, ok := s.o.Leases.(bot.Notes)
	if !ok {
		return
	}
	note, err := notes.Left(ctx, s.name())
	var was session
	if err != nil || note == "" || json.Unmarshal([]byte(note), &was) != nil || was.Me.ID == "" {
		return
	}
	s.isMe(was.Me)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.session = was
	s.done = progress{}
	s.done.begin(was.Seq)
}

func (s *shard) current() session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.session
}

// forget ends the session: the next connection begins a new one.
func (s *shard) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.session = session{Me: s.session.Me}
}

// elsewhere has the session be resumed where new ones begin, since its own
// address cannot be reached.
func (s *shard) elsewhere() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.session.URL = s.url
}

// progress knows which events are done.
type progress struct {
	mu    sync.Mutex
	last  int64
	under map[int64]bool // way
}

// begin starts anew after an event.
func (p *progress) begin(seq int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last, p.under = seq, map[int64]bool{}
}

func (p *progress) came(seq int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.under == nil {
		p.under = map[int64]bool{}
	}
	p.last, p.under[seq] = max(p.last, seq), true
}

func (p *progress) finished(seq int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.under, seq)
}

// upTo is the last event before which all are done.
func (p *progress) upTo() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	seq := p.last
	for under := range p.under {
		seq = min(seq, under-1)
	}
	return seq
}
