package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// Parts of the 3 s within which Slack wants to be answered: what an event needs
// to be known before it is answered, then the answer and its way there. What
// takes longer goes on, and is acknowledged without it.
const (
	knowTime   = 800 * time.Millisecond
	answerTime = bot.Budget + 500*time.Millisecond
)

// take handles what Slack has handed over, and returns what it is acknowledged
// with; nil: nothing. What ends with an error is not acknowledged, so that Slack
// hands it over again. It takes less than 3 s; an event is answered by then, or
// on its way to it.
func (p *Platform) take(ctx context.Context, read reading) (ack json.RawMessage, err error) {
	h, err := p.in.Enter()
	if err != nil {
		return nil, err
	}
	leave := p.in.Leave
	defer func() { leave() }()

	know, cancel := context.WithTimeout(ctx, knowTime)
	defer cancel()
	me, err := p.whoami(know)
	if err != nil {
		return nil, err
	}
	a, err := read(know, me)
	switch {
	case err != nil:
		return nil, err
	case a.notice != nil:
		return nil, p.recent.once(know, a.notice.ID, func() error { return p.note(know, a) })
	case a.asked == nil:
		return nil, nil
	}
	if a.learn != nil {
		a.learn()
	}
	err = p.recent.once(ctx, a.asked.event.ID, func() error {
		ours, err := p.complete(know, a.asked)
		if err == nil && ours {
			leave = func() {} // whoever answers it leaves
			ack = p.respond(ctx, h, a.asked)
		}
		return err
	})
	return ack, err
}

// note tells of a notice.
func (p *Platform) note(ctx context.Context, a arrival) error {
	if err := p.o.Notice(ctx, *a.notice); err != nil {
		p.log.Warn("A notice could not be taken.", "notice", a.notice.ID, "kind", string(a.notice.Kind), "err", err)
		if errors.Is(err, coach.ErrRoomTaken) { // nor could it be later
			return nil
		}
		return err
	}
	if a.learn != nil {
		a.learn()
	}
	return nil
}

// complete adds to an event what its payload does not tell. It tells whether the
// event is for the bot.
func (p *Platform) complete(ctx context.Context, q *asked) (ours bool, err error) {
	if q.parent != "" {
		key, err := p.threadKey(ctx, q.me, q.channel, q.parent)
		if err != nil {
			return false, err
		}
		if key == "" && !q.direct() {
			return false, nil
		}
		q.event.Thread = key
	}
	if who, err := p.look(ctx, q.user); err == nil { // else the event does not wait for that
		q.event.Name, q.event.Zone = cmp.Or(who.name, q.event.Name), who.zone
	}
	q.event.Name = cmp.Or(q.event.Name, q.user)
	return true, nil
}

// respond has an event answered, and returns its acknowledgement. Where that is
// not there in time, it goes on until it is done: what somebody did is not taken
// back because they hung up.
func (p *Platform) respond(ctx context.Context, h bot.Handler, q *asked) (ack json.RawMessage) {
	q.ack = newSlot()
	defer close(q.ack.over)
	done := make(chan struct{})
	go func() {
		defer p.in.Leave()
		defer close(done)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), bot.Patience)
		defer cancel()
		reply, err := h(ctx, q.event)
		p.answer(ctx, h, q, reply, err)
	}()
	t := time.NewTimer(answerTime)
	defer t.Stop()
	select {
	case ack = <-q.ack.value:
	case <-done:
	case <-t.C:
	}
	return ack
}
