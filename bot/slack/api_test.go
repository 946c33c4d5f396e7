package slack

import (
	"errors"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What Slack wants left alone is left alone for exactly as long, whoever asks.
func TestALimitedMethodRests(t *testing.T) {
	c := newChat(t, false)
	call := func(method string) error {
		return c.platform.api.call(t.Context(), method, url.Values{"user": {ada}}, nil)
	}
	c.meet("users.info", limited("30"))
	for i := range 3 {
		var e *callError
		if err := call("users.info"); !errors.As(err, &e) || e.After > 30*time.Second || e.After < 25*time.Second {
			t.Errorf("%d: it is %v", i, err)
		}
	}
	if n := c.called("users.info"); n != 1 {
		t.Errorf("Slack is called %d times", n)
	}
	if err := call("auth.test"); err != nil {
		t.Errorf("another method rests: %v", err)
	}
	c.platform.api.rest("users.info", 0)
	if err := call("users.info"); err != nil {
		t.Error(err)
	}

	// The limit of messages is one of a channel, which the outbox keeps.
	c.meet("chat.postMessage", limited("30"))
	_ = call("chat.postMessage")
	if err := call("chat.postMessage"); codeOf(err) == "ratelimited" {
		t.Errorf("all channels rest: %v", err)
	}
}

func TestShortRestsAreWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(Options{})
		begun := time.Now()
		a.rest("users.info", maxWait-time.Second)
		if err := a.wait(t.Context(), "users.info"); err != nil || time.Since(begun) != maxWait-time.Second {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
		a.rest("users.info", maxWait+time.Second)
		if err := a.wait(t.Context(), "users.info"); err == nil {
			t.Error("a long rest is waited for")
		}
	})
}

// The pace of each method is kept without Slack having to ask.
func TestMethodsKeepTheirTier(t *testing.T) {
	for method, perMinute := range tiers {
		synctest.Test(t, func(t *testing.T) {
			a := newAPI(Options{})
			n := 0
			for begun := time.Now(); time.Since(begun) < 10*time.Minute; n++ {
				var e *callError
				if err := a.wait(t.Context(), method); errors.As(err, &e) {
					n--
					time.Sleep(e.After)
				}
			}
			if most := 10*perMinute + max(10, perMinute/2) + 1; n > most || n < 10*perMinute {
				t.Errorf("%s is called %d times in ten minutes", method, n)
			}
		})
	}
}
