package redisstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"studycoach/schedule"
)

// Options say where the data is.
type Options struct {
	// URL of a Redis, one of
	//
	//	redis://[user:password@]host[:6379][/db]     one server
	//	unix:///path/to/socket
	//	redis+sentinel://[user:password@]host:26379[,host:26379...]/mastername[/db]
	//	redis+cluster://[user:password@]host:6379[,host:6379...]
	//
	// with rediss, rediss+sentinel or rediss+cluster for TLS. Options of
	// go-redis's URLs may follow as a query, such as ?skip_verify=true. Empty:
	// the embedded default, a Redis in the process with a journal in DataDir.
	URL string

	// DataDir holds the embedded default's journal. Default "./studycoach-data".
	DataDir string

	// Wait makes every change wait until one replica has confirmed it. One that
	// none confirms within a second fails with ErrUnreplicated.
	Wait bool

	// Observe is told of every round trip to Redis: its name, one of Operations,
	// how long it took, and what went wrong. Default: nobody is.
	Observe func(op string, took time.Duration, err error)

	// Log gets what an operator should know. Default: nothing is logged.
	Log *slog.Logger
}

// schemaVersion is the version of the keys and their shapes as a whole. A store
// of a newer one is not opened.
const schemaVersion = 1

// ErrLocked says that another process uses the data directory.
var ErrLocked = errors.New("another studycoach uses the data directory; " +
	"the embedded store is for one process, give each its own directory or use Redis")

// Open connects to the store, or makes the embedded one, and checks that this
// program and the store fit: schema, number of partitions, and that Redis does
// not evict keys.
func Open(ctx context.Context, o Options) (*Store, error) {
	silence()
	s := &Store{wait: o.Wait, log: o.Log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.connect(o); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	observe(s.rdb, o.Observe)
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the store: %w", err), s.Close())
	}
	return s, nil
}

// silence stops go-redis from writing to standard error, through a logger that
// all its clients share. What it has to say comes back as errors too.
var silence = sync.OnceFunc(func() { redis.SetLogger(noLog{}) })

type noLog struct{}

func (noLog) Printf(context.Context, string, ...any) {}

func (s *Store) connect(o Options) (err error) {
	if o.URL != "" {
		s.rdb, err = dialURL(o.URL)
		return err
	}
	if o.DataDir == "" {
		o.DataDir = "./studycoach-data"
	}
	if s.embedded, err = openEmbedded(o.DataDir, s.log); err != nil {
		return err
	}
	s.wait = false // there is nobody to wait for
	s.rdb = redis.NewClient(withTimeouts(&redis.Options{
		Addr:       "embedded",
		Dialer:     s.embedded.dial,
		Protocol:   2,
		MaxRetries: -1, // the gate never loses an answer
	}))
	s.log.Info("embedded store: for one process and a small group",
		"journal", s.embedded.report.Path, "records", s.embedded.report.Records)
	return nil
}

func (s *Store) prepare(ctx context.Context) error {
	if s.embedded == nil { // which has spoken for itself
		for _, f := range s.Check(ctx) {
			switch f.Level {
			case Failed:
				return fmt.Errorf("%s: %s", f.Name, f.Detail)
			case Warning:
				s.log.WarnContext(ctx, "A check of the store warns.", "check", f.Name, "detail", f.Detail)
			}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := s.loadScripts(ctx); err != nil {
		return err
	}
	return s.checkMeta(ctx)
}

// checkMeta stores the schema's version and the number of partitions in a new
// store, and compares them in one that is there.
func (s *Store) checkMeta(ctx context.Context) error {
	fields := map[string]int{"schema": schemaVersion, "partitions": schedule.Partitions}
	for field, want := range fields {
		cmd := redis.NewCmd(ctx, "hsetnx", metaKey, field, want)
		if err := s.rdb.Process(ctx, cmd); err != nil {
			return fmt.Errorf("meta data: %w", err)
		}
		have, err := s.rdb.HGet(ctx, metaKey, field).Int()
		if err != nil {
			return fmt.Errorf("meta data: %w", err)
		}
		switch {
		case field == "schema" && have > want:
			return fmt.Errorf("the data was written by a newer studycoach (schema %d, this one knows %d): please update", have, want)
		case have != want:
			return fmt.Errorf("the data has %s %d, this studycoach wants %d", field, have, want)
		}
	}
	return nil
}

// ClockOffset returns how far Redis's clock is ahead of this machine's, half a
// round trip taken off. The embedded store has this machine's clock.
func (s *Store) ClockOffset(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	before := time.Now()
	theirs, err := s.rdb.Time(ctx).Result()
	if err != nil {
		return 0, fmt.Errorf("ask Redis for the time: %w", err)
	}
	trip := time.Since(before)
	return theirs.Sub(before.Add(trip / 2)), nil
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
