package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"studycoach/coach/redisstore"
)

type restoreCmd struct {
	storeFlags
	File    string `arg:"" help:"A backup."`
	Replace bool   `help:"Remove first what the store holds."`
	DryRun  bool   `help:"Only look whether the backup is whole and can be restored."`
}

// Run restores a backup, or looks at it, and says what was in it.
func (c *restoreCmd) Run(ctx context.Context, o outputs) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("%w: the backup: %w", errUsage, err)
	}
	defer f.Close()
	if c.DryRun {
		made, err := redisstore.Verify(ctx, f)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(o.out, "%s is whole: %s, backed up from %s at %s.\n", c.File, totals(made.Totals), made.From, stamp(made))
		return err
	}
	done, err := redisstore.Restore(ctx, c.options(o.warnings()), f, redisstore.RestoreOptions{Replace: c.Replace})
	if errors.Is(err, redisstore.ErrNotEmpty) {
		err = fmt.Errorf("%w; --replace removes that first", err)
	}
	if err != nil {
		return redisUsage(err)
	}
	if done.Removed != (redisstore.Totals{}) {
		fmt.Fprintf(o.out, "Removed %d cohorts with %d learners, and %d jobs.\n", done.Removed.Cohorts, done.Removed.Learners, done.Removed.Jobs)
	}
	_, err = fmt.Fprintf(o.out, "Restored %s, backed up from %s at %s.\n", totals(done.Totals), done.From, stamp(done.Contents))
	return err
}

func stamp(c redisstore.Contents) string { return c.Made.Format("2006-01-02 15:04:05 UTC") }
