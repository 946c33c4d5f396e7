package redisstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
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

// ErrLocked says that another process uses the data directory.
var ErrLocked = errors.New("another studycoach uses the data directory; " +
	"the embedded store is for one process, give each its own directory or use Redis")

// Open connects to the store, or makes the embedded one, and checks that this
// program and the store fit: schema, number of partitions, and that Redis does
// not evict keys.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := newStore(o)
	if err := s.connect(o); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	observe(s.rdb, o.Observe)
	err := s.prepare(ctx)
	if err == nil {
		err = s.takeOver(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the store: %w", err), s.Close())
	}
	return s, nil
}

func newStore(o Options) *Store {
	silence()
	s := &Store{wait: o.Wait, log: o.Log, recent: newRecent()}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

// silence stops go-redis from writing to standard error, through a logger that
// all its clients share. What it has to say comes back as errors too.
var silence = sync.OnceFunc(func() { redis.SetLogger(noLog{}) })

type noLog struct{}

func (noLog) Printf(context.Context, string, ...any) {}

func (s *Store) connect(o Options) (err error) {
	if o.URL != "" {
		s.rdb, err = dialURL(o.URL)
		if one, ok := s.rdb.(*redis.Client); ok {
			s.reads, s.writes = &lane{rdb: one}, &lane{rdb: one, wait: o.Wait}
		}
		return err
	}
	if s.embedded, err = openEmbedded(o.dir(), s.log); err != nil {
		return err
	}
	s.wait = false // there is nobody to wait for
	s.rdb = s.embedded.client()
	s.log.Info("embedded store: for one process and a small group",
		"journal", s.embedded.report.Path, "records", s.embedded.report.Records)
	return nil
}

func (o Options) dir() string { return cmp.Or(o.DataDir, "./studycoach-data") }

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
	return s.loadScripts(ctx)
}

// ClockOffset returns how far Redis's clock is ahead of another one, such as
// time.Now, half a round trip taken off. The embedded store has this machine's
// clock.
func (s *Store) ClockOffset(ctx context.Context, now func() time.Time) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	before := now()
	theirs, err := s.rdb.Time(ctx).Result()
	if err != nil {
		return 0, fmt.Errorf("ask Redis for the time: %w", err)
	}
	trip := now().Sub(before)
	return theirs.Sub(before.Add(trip / 2)), nil
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
