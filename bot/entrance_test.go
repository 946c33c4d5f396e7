package bot_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

func TestEntrance(t *testing.T) {
	answer := func(context.Context, coach.Event) (coach.Reply, error) { return coach.Reply{}, nil }
	e := bot.NewEntrance(2)
	if _, err := e.Enter(); !errors.Is(err, bot.ErrClosed) {
		t.Errorf("before it opens, an event gets %v", err)
	}
	if !e.Wait(time.Hour) {
		t.Error("somebody is inside who never came in")
	}
	e.Open(answer)
	for range 2 {
		if h, err := e.Enter(); h == nil || err != nil {
			t.Fatalf("an event is not let in: %v", err)
		}
	}
	if _, err := e.Enter(); !errors.Is(err, bot.ErrBusy) {
		t.Errorf("beside two others, an event gets %v", err)
	}
	e.Leave()
	if _, err := e.Enter(); err != nil {
		t.Errorf("once others have left, an event gets %v", err)
	}
	e.Close()
	if _, err := e.Enter(); !errors.Is(err, bot.ErrClosed) {
		t.Errorf("once it is closed, an event gets %v", err)
	}
}

func TestEntranceWaitsForThoseInside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := bot.NewEntrance(0)
		e.Open(func(context.Context, coach.Event) (coach.Reply, error) { return coach.Reply{}, nil })
		for range 2 {
			if _, err := e.Enter(); err != nil {
				t.Fatal(err)
			}
		}
		go func() {
			time.Sleep(time.Second)
			e.Leave()
			time.Sleep(time.Second)
			e.Leave()
		}()
		begun := time.Now()
		if e.Wait(1500*time.Millisecond) || time.Since(begun) != 1500*time.Millisecond {
			t.Errorf("after %v nobody is said to be inside", time.Since(begun))
		}
		if !e.Wait(time.Hour) || time.Since(begun) != 2*time.Second {
			t.Errorf("it waits for %v", time.Since(begun))
		}
	})
}
