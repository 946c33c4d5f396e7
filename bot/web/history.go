package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"
)

// keep is how many messages outlast a restart.
const keep = 2000

// maxVersion is the largest number that a page's script counts exactly.
const maxVersion = 1 << 53

// format is the version of the records in the file.
const format = 1

// record is one line of the history: a message, the new state of a message
// that an earlier line has, or the clock's offset.
type record struct {
	Format  int           `json:"v"`
	Message *message      `json:"message,omitempty"`
	Offset  time.Duration `json:"offset,omitempty"` // nanoseconds
}

// history is the playground's file: one JSON object a line, only ever appended
// to while the process runs, and rewritten without what is outdated at the
// start. A line is written before its change shows; it survives the process,
// but is not synced and may be lost with the machine.
type history struct {
	messages []message // as the file had them, ascending by Seq
	offset   time.Duration

	mu   sync.Mutex
	file *os.File // nil: nothing is kept
	size int64
}

// openHistory reads the file and makes it ready for appending. A line that
// cannot be read, as a crash leaves at the end, is left out and logged.
func openHistory(path string, log *slog.Logger) (*history, error) {
	h := &history{}
	if path == "" {
		return h, nil
	}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read history: %w", err)
	}
	if err := h.replay(data, path, log); err != nil {
		return nil, err
	}
	if err := h.rewrite(path); err != nil {
		return nil, fmt.Errorf("rewrite history: %w", err)
	}
	return h, nil
}

func (h *history) replay(data []byte, path string, log *slog.Logger) error {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		var r record
		err := json.Unmarshal(line, &r)
		if m := r.Message; err == nil && m != nil && (m.Seq < 1 || m.Version < m.Seq || m.Version > maxVersion) {
			err = fmt.Errorf("message %d has version %d", m.Seq, m.Version)
		}
		if err != nil {
			log.Warn("A line of the playground's history cannot be read and is left out.", "file", path, "line", n, "err", err)
			continue
		}
		if r.Format != format {
			return fmt.Errorf("%s:%d: a record of version %d; this program knows version %d", path, n, r.Format, format)
		}
		h.offset = max(h.offset, r.Offset)
		if r.Message == nil {
			continue
		}
		if i, known := search(h.messages, r.Message.Seq); known {
			h.messages[i] = *r.Message
		} else {
			h.messages = slices.Insert(h.messages, i, *r.Message)
		}
	}
	h.messages = newest(h.messages)
	return nil
}

// rewrite puts what was replayed into a new file and that in the old one's
// place.
func (h *history) rewrite(path string) error {
	fresh := path + ".new"
	file, err := os.OpenFile(fresh, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	h.file = file
	err = h.append(record{Offset: h.offset})
	for i := range h.messages {
		err = errors.Join(err, h.append(record{Message: &h.messages[i]}))
	}
	if err = errors.Join(err, file.Sync()); err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	return nil
}

// append adds a line; one that could not be written whole leaves no trace.
func (h *history) append(r record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file == nil {
		return nil
	}
	r.Format = format
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode history: %w", err)
	}
	n, err := h.file.Write(append(line, '\n'))
	if err != nil {
		_, seekErr := h.file.Seek(h.size, 0)
		return fmt.Errorf("write history: %w", errors.Join(err, h.file.Truncate(h.size), seekErr))
	}
	h.size += int64(n)
	return nil
}

func (h *history) close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file == nil {
		return nil
	}
	file := h.file
	h.file = nil
	return file.Close()
}

// newest returns the last messages that are worth keeping.
func newest(m []message) []message { return m[max(0, len(m)-keep):] }
