package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Times of a stream.
const (
	heartbeat    = 15 * time.Second
	retry        = time.Second      // when a reader that was cut off comes back
	writeTimeout = 10 * time.Second // a reader who is gone for that long is cut off
)

// clockView is the clock as the page needs it.
type clockView struct {
	Now    time.Time `json:"now"`
	Moving bool      `json:"moving"` // what is due is being carried out
}

func (p *Playground) clockView() clockView {
	return clockView{p.clock.Now(), len(p.moves) > 0}
}

// stream sends the feed as server-sent events: "message" for each message and
// each update of one, with its version as the id, in that order; "clock" when
// the clock was moved, and as a heartbeat; "reset" before everything is sent
// again because the reader is ahead of a feed that was begun anew.
func (p *Playground) stream(w http.ResponseWriter, r *http.Request) {
	after, as, err := p.window(r)
	if err != nil {
		p.respond(w, nil, err)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	send := func(kind string, id int64, data any) error {
		body, err := json.Marshal(data)
		if err != nil {
			return err
		}
		if id > 0 {
			_, err = fmt.Fprintf(w, "id: %d\n", id)
		}
		if err == nil {
			_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", kind, body)
		}
		return err
	}

	if _, err := fmt.Fprintf(w, "retry: %d\n\n", retry.Milliseconds()); err != nil {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		// Recorders in tests have no deadlines; then there is none.
		_ = out.SetWriteDeadline(time.Now().Add(writeTimeout))
		changed := p.feed.watch()
		messages, last := p.feed.since(after, as)
		if after > last {
			if err := send("reset", 0, struct{}{}); err != nil {
				return
			}
			messages, last = p.feed.since(0, as)
		}
		slices.SortFunc(messages, func(a, b message) int { return cmp.Compare(a.Version, b.Version) })
		for _, m := range messages {
			if err := send("message", m.Version, m.view()); err != nil {
				return
			}
		}
		after = last
		if send("clock", 0, p.clockView()) != nil || out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-beat.C:
		case <-r.Context().Done():
			return
		case <-p.stopped:
			return
		}
	}
}

// window reads which part of the feed a request asks for: what is newer than
// after, as one person sees it.
func (p *Playground) window(r *http.Request) (after int64, as string, err error) {
	q := r.URL.Query()
	text := cmp.Or(r.Header.Get("Last-Event-ID"), q.Get("after"), "0")
	if after, err = strconv.ParseInt(text, 10, 64); err != nil || after < 0 {
		return 0, "", refuse(http.StatusBadRequest, "after is the number of a message.")
	}
	if as = q.Get("as"); as != "" {
		_, err = p.sender(as)
	}
	return after, as, err
}
