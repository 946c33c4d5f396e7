//go:build unix

package redisstore_test

import (
	"context"
	"errors"
	"net"
	"syscall"
	"testing"

	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
)

// A stalled server makes calls fail, not hang: each is bounded by itself.
func TestStalledRedis(t *testing.T) {
	t.Parallel()
	server := storetest.StartRedis(t)
	s := open(t, redisstore.Options{URL: server.URL()})
	if err := syscall.Kill(server.Pid(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	scope, fn := checkIn("0/a")
	_, _, err := s.Update(t.Context(), scope, fn)
	var timeout net.Error
	if !errors.Is(err, context.DeadlineExceeded) && (!errors.As(err, &timeout) || !timeout.Timeout()) {
		t.Errorf("error is %v", err)
	}
	if err := syscall.Kill(server.Pid(), syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Update(t.Context(), scope, fn); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
