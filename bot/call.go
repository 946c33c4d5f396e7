package bot

import (
	"context"
	"errors"
	"net/url"
	"time"
)

// Sleep waits, or fails with ctx's error.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Unaddressed is an error of package net/http without the address that stands
// in it, which may hold a token.
func Unaddressed(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
