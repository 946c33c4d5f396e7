package web

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// message is one message of the feed, and a part of the history's format. A
// message in the feed is never changed, only replaced by its next version.
type message struct {
	Seq     int64          `json:"seq"`     // from 1, ascending, with gaps
	Version int64          `json:"version"` // of the same numbers: Seq, and a later one after each update
	At      time.Time      `json:"at"`
	Room    string         `json:"room"`             // "general", or "@ada" for direct messages
	From    string         `json:"from"`             // a person's id, or "coach"
	To      string         `json:"to,omitempty"`     // who alone sees it; empty: everybody
	Thread  int64          `json:"thread,omitempty"` // the Seq of the message it replies to
	Key     string         `json:"key,omitempty"`    // no two messages have the same; see below
	Text    string         `json:"text,omitempty"`   // of a person
	Message *coach.Message `json:"message,omitempty"`

	files []fileView // gone after a restart, as exports should be
}

// What the keys of messages start with.
const (
	deliveryKey = "delivery/" // and the delivery's key
	saidKey     = "said/"     // and the id of the event: what a person said
	answerKey   = "answer/"   // and the id of the event: what the coach answered
)

func (m message) id() bot.MessageID { return bot.MessageID(strconv.FormatInt(m.Seq, 10)) }

// visible tells whether a person sees the message; nobody in particular sees
// them all.
func (m message) visible(person string) bool {
	return person == "" || m.To == "" || m.To == person
}

// feed is everything that was said, oldest first: the newest messages, at
// least as many as outlast a restart.
type feed struct {
	past *history

	mu       sync.Mutex
	messages []message // ascending by Seq
	byKey    map[string]int64
	last     int64         // the number given out last
	changed  chan struct{} // closed at the next change
}

func newFeed(past *history) *feed {
	f := &feed{past: past, byKey: map[string]int64{}, changed: make(chan struct{})}
	f.messages, past.messages = past.messages, nil
	for _, m := range f.messages {
		f.last = max(f.last, m.Version)
		f.byKey[m.Key] = m.Seq
	}
	return f
}

// post adds a message and returns it with its number, or returns the one that
// has its key already.
func (f *feed) post(m message) (message, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if old, known := f.byKeyLocked(m.Key); known {
		return old, nil
	}
	m.Seq = f.last + 1
	m.Version = m.Seq
	if err := f.past.append(record{Message: &m}); err != nil {
		return message{}, err
	}
	f.last = m.Seq
	f.byKey[m.Key] = m.Seq
	f.messages = append(f.messages, m)
	if len(f.messages) > 2*keep {
		for _, old := range f.messages[:len(f.messages)-keep] {
			delete(f.byKey, old.Key)
		}
		f.messages = slices.Clone(newest(f.messages))
	}
	f.wakeLocked()
	return m, nil
}

// update gives a message new content. Where that is what it shows already, it
// stays as it is.
func (f *feed) update(seq int64, content *coach.Message, files []fileView) (message, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, known := search(f.messages, seq)
	if !known {
		return message{}, fmt.Errorf("no message %d", seq)
	}
	m := f.messages[i]
	if reflect.DeepEqual(m.Message, content) && len(files) == 0 {
		return m, nil
	}
	m.Version, m.Message, m.files = f.last+1, content, files
	if err := f.past.append(record{Message: &m}); err != nil {
		return message{}, err
	}
	f.last = m.Version
	f.messages[i] = m
	f.wakeLocked()
	return m, nil
}

func (f *feed) get(seq int64) (message, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, known := search(f.messages, seq)
	if !known {
		return message{}, false
	}
	return f.messages[i], true
}

func (f *feed) find(key string) (message, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byKeyLocked(key)
}

func (f *feed) byKeyLocked(key string) (message, bool) {
	i, known := search(f.messages, f.byKey[key])
	if !known {
		return message{}, false
	}
	return f.messages[i], true
}

// since returns what was added or updated after a version, ascending by Seq,
// as a person sees it, and the number given out last.
func (f *feed) since(version int64, person string) ([]message, int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []message
	for _, m := range f.messages {
		if m.Version > version && m.visible(person) {
			out = append(out, m)
		}
	}
	return out, f.last
}

// watch returns a channel that is closed at the next change.
func (f *feed) watch() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// wake tells the watchers to look again.
func (f *feed) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wakeLocked()
}

func (f *feed) wakeLocked() {
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *feed) close() error { return f.past.close() }

// search finds a message by its number.
func search(messages []message, seq int64) (int, bool) {
	return slices.BinarySearchFunc(messages, seq, func(m message, seq int64) int { return cmp.Compare(m.Seq, seq) })
}
