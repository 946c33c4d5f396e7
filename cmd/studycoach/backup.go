package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"studycoach/coach/redisstore"
)

type backupCmd struct {
	storeFlags
	File string `arg:"" help:"The file to write, which must not exist; - is standard output."`
}

// Run writes a backup, and says what is in it.
func (c *backupCmd) Run(ctx context.Context, o outputs) error {
	if c.File == "-" {
		return c.write(ctx, o, o.out, o.err)
	}
	if _, err := os.Lstat(c.File); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s exists already, and no backup is overwritten: choose another name", c.File)
	}
	// The name appears when the backup is whole and on disk.
	part := c.File + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	err = c.write(ctx, o, f, o.out)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(part, c.File)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return nil
}

func (c *backupCmd) write(ctx context.Context, o outputs, w, say io.Writer) error {
	count := &counter{Writer: w}
	made, err := redisstore.Backup(ctx, c.options(o.warnings()), count)
	if err != nil {
		return redisUsage(err)
	}
	_, err = fmt.Fprintf(say, "Backed up %s (%d bytes).\n", totals(made.Totals), count.n)
	return err
}

// counter counts the bytes that go through it.
type counter struct {
	io.Writer
	n int64
}

// Write writes.
func (c *counter) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.n += int64(n)
	return n, err
}

// totals says what a backup holds.
func totals(t redisstore.Totals) string {
	return fmt.Sprintf("%d cohorts with %d learners, their %d entries, and %d jobs", t.Cohorts, t.Learners, t.Entries, t.Jobs)
}
