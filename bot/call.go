package bot

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
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

// IsLoopback tells whether an address, with or without a port, is this computer's
// own.
func IsLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
