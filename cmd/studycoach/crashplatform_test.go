package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"

	"studycoach/bot"
)

// manner is what a platform does about a message that comes again.
type manner string

const (
	recognises manner = "recognises" // it knows the keys of what it has posted
	letsLook   manner = "looks"      // it lets the program look for it
	neither    manner = "neither"
)

var manners = []manner{recognises, letsLook, neither}

// serve answers what the program asks for: what to do, whether it may go on, and
// all that it asks of its platform.
func (w *crashWorld) serve() *httptest.Server {
	mux := http.NewServeMux()
	for path, serve := range map[string]func(*life, *json.Decoder) (any, bool){
		"errand": w.serveErrand, "result": w.serveResult, "pass": w.servePass, "send": w.serveSend, "find": w.serveFind,
	} {
		mux.HandleFunc("POST /{life}/"+path, func(rw http.ResponseWriter, r *http.Request) {
			id, _ := strconv.Atoi(r.PathValue("life"))
			out, ok := any(nil), false
			if l := w.current(id); l != nil {
				out, ok = serve(l, json.NewDecoder(r.Body))
			}
			if !ok {
				rw.WriteHeader(http.StatusGone) // nobody reads it
				return
			}
			_ = json.NewEncoder(rw).Encode(out)
		})
	}
	return httptest.NewServer(mux)
}

// current is the life with an id, nil once it is over: what a dead process had
// sent and nobody has read is lost.
func (w *crashWorld) current(id int) *life {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.life == nil || w.life.id != id || w.life.killed {
		return nil
	}
	return w.life
}

func (w *crashWorld) serveErrand(l *life, _ *json.Decoder) (any, bool) {
	select {
	case e := <-l.errands:
		return e, true
	case <-l.died:
		return nil, false
	}
}

func (w *crashWorld) serveResult(l *life, in *json.Decoder) (any, bool) {
	var r result
	if in.Decode(&r) != nil {
		return nil, false
	}
	select {
	case l.results <- r:
		return nil, true
	case <-l.died:
		return nil, false
	}
}

func (w *crashWorld) servePass(l *life, in *json.Decoder) (any, bool) {
	var p passing
	if in.Decode(&p) != nil {
		return nil, false
	}
	return nil, w.pass(l, p)
}

// pass takes note of where the program is, and tells whether it goes on.
func (w *crashWorld) pass(l *life, p passing) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if l.killed {
		return false
	}
	when, call, _ := strings.Cut(p.Point, " ")
	switch when {
	case "before":
		w.inside = append(w.inside, call)
	case "after":
		if i := slices.Index(w.inside, call); i >= 0 {
			w.inside = slices.Delete(w.inside, i, i+1)
		}
	}
	switch p.Point {
	case "before next": // and then claims what is due
		select {
		case <-l.looked:
		default:
			close(l.looked)
			w.report.looked(time.Since(l.born))
		}
	case "before note":
		w.noted[p.Jobs[0]] = true
	case "before finish":
		w.ending = p.Jobs
		w.finishing++
	case "after finish":
		w.finished(p.Jobs)
		w.finishing--
	}
	w.trace = append(w.trace, p.Point)
	if w.kills.hit(p.Point) {
		w.slay(l, p.Point)
		return false
	}
	return true
}

// command is a point on the way of each command to Redis and back.
func (w *crashWorld) command(request []byte, answered bool) bool {
	w.mu.Lock()
	l, call := w.life, "open"
	if len(w.inside) > 0 {
		call = w.inside[len(w.inside)-1]
	}
	w.mu.Unlock()
	if l == nil {
		return false
	}
	name := "?"
	if words := bytes.SplitN(request, []byte("\r\n"), 4); len(words) == 4 {
		name = strings.ToLower(string(words[2]))
	}
	state := "unsent"
	if answered {
		state = "unanswered"
	}
	return w.pass(l, passing{Point: fmt.Sprintf("%s: %s %s", call, name, state)})
}

func (w *crashWorld) serveSend(l *life, in *json.Decoder) (any, bool) {
	var s sending
	if in.Decode(&s) != nil || s.Delivery.Room == "" {
		return nil, false
	}
	w.post(l, s.Key)
	return bot.MessageID(s.Key), w.pass(l, passing{"send, unanswered", []string{s.Key}})
}

// post puts a message into its room.
func (w *crashWorld) post(l *life, key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.posted[key]
	if l.killed || len(before) > 0 && w.manner == recognises {
		return
	}
	w.posted[key], w.open[key] = append(before, w.now), true
	switch {
	case len(before) == 0:
	case w.manner != neither || len(before) > len(w.lost[key]):
		w.fail("%s is posted %d times", key, len(before)+1)
	default:
		d := w.lost[key][len(before)-1]
		if d.duplicates++; d.duplicates > 1 {
			w.fail("one death led to %d duplicates", d.duplicates)
		}
	}
}

func (w *crashWorld) serveFind(_ *life, in *json.Decoder) (any, bool) {
	var key string
	if in.Decode(&key) != nil {
		return nil, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.manner == neither:
		return seen{Nothing: true}, true
	case w.manner == letsLook && len(w.posted[key]) > 0:
		return seen{ID: bot.MessageID(key)}, true
	}
	return seen{}, true // which is no reason to look where repetitions are recognised
}
