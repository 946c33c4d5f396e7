package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"studycoach/coach/redisstore"
	"studycoach/content"
	"studycoach/content/say"
)

// storeFlags say where the data is.
type storeFlags struct {
	RedisURL  string `env:"STUDYCOACH_REDIS_URL" placeholder:"URL" help:"Redis to keep the data in; empty: embedded, for one process and small groups."`
	RedisWait bool   `env:"STUDYCOACH_REDIS_WAIT" help:"Make every change wait for one replica of Redis."`
	DataDir   string `env:"STUDYCOACH_DATA_DIR" default:"./studycoach-data" placeholder:"DIR" help:"Where the embedded store and the playground keep their files (${default})."`
}

// beside calls do with the store, for a command that may run while the bot does.
func (f storeFlags) beside(ctx context.Context, o outputs, do func(*redisstore.Store) error) error {
	store, err := openStore(ctx, f.options(o.warnings()))
	if errors.Is(err, redisstore.ErrLocked) {
		return fmt.Errorf("a bot is running on %s. The embedded store is for one process at a time, so stop the bot first, "+
			"or have a lead look in chat, with /coach posts and /coach rehearse. On Redis, this command works beside it", f.DataDir)
	}
	if err != nil {
		return err
	}
	return errors.Join(do(store), store.Close())
}

// options name the store.
func (f storeFlags) options(log *slog.Logger) redisstore.Options {
	return redisstore.Options{URL: f.RedisURL, DataDir: f.DataDir, Wait: f.RedisWait, Log: log}
}

// openStore opens what options name.
func openStore(ctx context.Context, o redisstore.Options) (*redisstore.Store, error) {
	store, err := redisstore.Open(ctx, o)
	return store, redisUsage(err)
}

// redisUsage marks an error as one of usage when it is the URL that is wrong.
func redisUsage(err error) error {
	if errors.Is(err, redisstore.ErrURL) {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return err
}

// contentFlags say what is taught beside the embedded roadmap.
type contentFlags struct {
	ContentDir string `env:"STUDYCOACH_CONTENT_DIR" placeholder:"DIR" help:"A directory with more roadmaps, one a folder."`
}

// library loads the roadmaps, and makes sure that the bot has its words.
func (f contentFlags) library() (*content.Library, error) {
	if err := say.Check(); err != nil {
		return nil, fmt.Errorf("the wording: %w", err)
	}
	var dirs []fs.FS
	if f.ContentDir != "" {
		if info, err := os.Stat(f.ContentDir); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("%w: the content directory %q is not there", errUsage, f.ContentDir)
		}
		dirs = append(dirs, os.DirFS(f.ContentDir))
	}
	library, err := content.Load(dirs...)
	var problems content.Problems
	if errors.As(err, &problems) {
		return nil, fmt.Errorf("the content has faults:\n%w", problems)
	}
	return library, err
}
