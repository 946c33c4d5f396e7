package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

func delivery(key string, blocks ...coach.Block) coach.Delivery {
	return coach.Delivery{
		Key: key, Room: coach.RoomID(platform + "/" + teamID + "/" + general), Class: coach.ClassPrompt,
		Due: time.Now(), Message: *coach.Say(blocks...),
	}
}

func TestWhatAFailedSendMeans(t *testing.T) {
	for _, tt := range []struct {
		name   string
		meets  fault
		reason bot.Reason
		scope  bot.Scope
		after  time.Duration
		noRoom bool
		why    coach.Closing
	}{
		{"limited", limited("7"), bot.Limited, bot.OneRoom, 7 * time.Second, false, ""},
		{"limited for long", limited("3600"), bot.Limited, bot.OneRoom, time.Hour, false, ""},
		{"limited without a time", limited(""), bot.Limited, bot.OneRoom, saneAfter, false, ""},
		{"limited for no time", limited("0"), bot.Limited, bot.OneRoom, saneAfter, false, ""},
		{"limited in the past", limited("-5"), bot.Limited, bot.OneRoom, saneAfter, false, ""},
		{"limited for years", limited("99999999999999999999"), bot.Limited, bot.OneRoom, saneAfter, false, ""},
		{"limited until a date", limited("Wed, 21 Oct 2026 07:28:00 GMT"), bot.Limited, bot.OneRoom, saneAfter, false, ""},
		{"limited in the answer", saying("ratelimited"), bot.Limited, bot.OneRoom, saneAfter, false, ""},
		{"too many messages of the app", saying("rate_limited"), bot.Limited, bot.OneWorkspace, saneAfter, false, ""},

		{"an unknown channel", saying("channel_not_found"), bot.Refused, 0, 0, true, ""},
		{"not in the channel", saying("not_in_channel"), bot.Refused, 0, 0, true, coach.NotInRoom},
		{"an archived channel", saying("is_archived"), bot.Refused, 0, 0, true, coach.Archived},
		{"a channel for some only", saying("restricted_action"), bot.Refused, 0, 0, true, coach.Forbidden},
		{"a read-only channel", saying("restricted_action_read_only_channel"), bot.Refused, 0, 0, true, coach.Forbidden},
		{"a channel for threads only", saying("restricted_action_thread_only_channel"), bot.Refused, 0, 0, true, coach.Forbidden},
		{"no permission", saying("no_permission"), bot.Refused, 0, 0, true, coach.Forbidden},
		{"another kind of channel", saying("method_not_supported_for_channel_type"), bot.Refused, 0, 0, true, ""},
		{"bad arguments", saying("invalid_arguments"), bot.Refused, 0, 0, false, ""},
		{"too long", saying("msg_too_long"), bot.Refused, 0, 0, false, ""},
		{"bad blocks", saying("invalid_blocks"), bot.Refused, 0, 0, false, ""},
		{"something new", saying("something_new"), bot.Refused, 0, 0, false, ""},

		{"an inactive account", saying("account_inactive"), bot.Revoked, bot.OneWorkspace, 0, false, ""},
		{"a revoked token", saying("token_revoked"), bot.Revoked, bot.OneWorkspace, 0, false, ""},
		{"an expired token", saying("token_expired"), bot.Revoked, bot.OneWorkspace, 0, false, ""},
		{"a wrong token", saying("invalid_auth"), bot.Revoked, bot.OneWorkspace, 0, false, ""},
		{"no token", saying("not_authed"), bot.Revoked, bot.OneWorkspace, 0, false, ""},
		{"a missing scope", saying("missing_scope"), bot.Revoked, bot.OneWorkspace, 0, false, ""},

		{"an app that was removed", saying("app_not_installed"), bot.Revoked, bot.OneWorkspace, 0, false, ""},
		{"access denied", saying("access_denied"), bot.Revoked, bot.OneWorkspace, 0, false, ""},
		{"another kind of token", saying("not_allowed_token_type"), bot.Revoked, bot.OneWorkspace, 0, false, ""},

		{"a team that moves", saying("team_added_to_org"), bot.Failed, 0, 0, false, ""},
		{"no access for now", saying("accesslimited"), bot.Failed, 0, 0, false, ""},
		{"a limit of messages", saying("message_limit_exceeded"), bot.Failed, 0, 0, false, ""},
		{"too slow a request", saying("request_timeout"), bot.Failed, 0, 0, false, ""},
		{"a fatal error", saying("fatal_error"), bot.Unsure, 0, 0, false, ""},
		{"an internal error", saying("internal_error"), bot.Unsure, 0, 0, false, ""},
		{"unavailable", saying("service_unavailable"), bot.Failed, 0, 0, false, ""},
		{"500", status(http.StatusInternalServerError, "<html>"), bot.Unsure, 0, 0, false, ""},
		{"503", status(http.StatusServiceUnavailable, ""), bot.Unsure, 0, 0, false, ""},
		{"404", status(http.StatusNotFound, "<html>"), bot.Refused, 0, 0, false, ""},
		{"302", status(http.StatusFound, ""), bot.Failed, 0, 0, false, ""},
		{"accepted, then the connection breaks", lost, bot.Unsure, 0, 0, false, ""},
		{"the connection breaks", broken, bot.Unsure, 0, 0, false, ""},
		{"half an answer", truncated, bot.Unsure, 0, 0, false, ""},
		{"no JSON", status(http.StatusOK, "<html>"), bot.Unsure, 0, 0, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChat(t, false)
			c.meet("chat.postMessage", tt.meets)
			_, err := c.platform.Send(t.Context(), delivery("prompt/1", coach.Text("canary words")))
			var e *bot.SendError
			if !errors.As(err, &e) {
				t.Fatalf("the error is %v", err)
			}
			if e.Reason != tt.reason || e.Scope != tt.scope || e.After != tt.after || errors.Is(err, bot.ErrNoRoom) != tt.noRoom || e.Why != tt.why {
				t.Errorf("it is %s of scope %d after %v, %q: %v", e.Reason, e.Scope, e.After, e.Why, err)
			}
			if n := c.called("chat.postMessage"); n != 1 {
				t.Errorf("it is tried %d times", n)
			}
			if strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), c.server.URL) {
				t.Errorf("the error tells too much: %v", err)
			}
		})
	}
}

func TestASendThatNeverLeftFailed(t *testing.T) {
	c := newChat(t, false)
	if _, err := c.platform.whoami(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.platform.api.close()
	c.server.Close()
	_, err := c.platform.Send(t.Context(), delivery("prompt/1", coach.Text("x")))
	var e *bot.SendError
	if !errors.As(err, &e) || e.Reason != bot.Failed {
		t.Errorf("it is %v", err)
	}
}

func TestDirectMessages(t *testing.T) {
	for _, code := range []string{"", "cannot_dm_bot", "messages_tab_disabled", "user_not_visible", "user_not_found", "user_disabled"} {
		t.Run("met by "+code, func(t *testing.T) {
			var got []coach.Notice
			c := newChat(t, false, func(o *Options) {
				o.Notice = func(_ context.Context, n coach.Notice) error { got = append(got, n); return nil }
			})
			d := delivery("nudge/1", coach.Text("x"))
			d.Room = userRef(ada).Direct()
			if code != "" {
				c.meet("conversations.open", saying(code))
			}
			_, err := c.platform.Send(t.Context(), d)
			if (err != nil) != (code != "") || err != nil && !errors.Is(err, bot.ErrNoRoom) {
				t.Errorf("the error is %v", err)
			}
			gone := code == "user_disabled" // of the others, the outbox tells that no message reaches them
			if gone && (len(got) != 1 || got[0].Kind != coach.PersonGone || got[0].User != userRef(ada)) || !gone && len(got) > 0 {
				t.Errorf("the notices are %+v", got)
			}
			for range 2 {
				if _, err := c.platform.Send(t.Context(), d); err != nil {
					t.Error(err)
				}
			}
			if n, want := c.called("conversations.open"), 1; n != want && (code == "" || n != want+1) {
				t.Errorf("the channel is opened %d times", n)
			}
		})
	}
}

// long is a message of several posts.
func long() []coach.Block {
	var blocks []coach.Block
	for range 60 {
		blocks = append(blocks, coach.Text("A paragraph."))
	}
	return blocks
}

func TestASendGoesOnWhereItStopped(t *testing.T) {
	for name, meets := range map[string]fault{"limited": limited("1"), "lost": lost} {
		for _, elsewhere := range []bool{false, true} {
			c := newChat(t, false)
			d := delivery("summary/1", long()...)
			want := len(render(d.Message, nil))
			if want < 2 {
				t.Fatal("the message fits into one post")
			}
			c.meet("chat.postMessage", nil, meets)
			if _, err := c.platform.Send(t.Context(), d); err == nil {
				t.Fatalf("%s: it is sent", name)
			}
			if _, found, err := c.platform.Find(t.Context(), d); found != (name == "lost" && want == 2) || err != nil {
				t.Errorf("%s: a part is found as the whole: %t, %v", name, found, err)
			}
			if elsewhere { // another replica goes on
				c.platform.parts.Forget(d.Key)
			}
			id, err := c.platform.Send(t.Context(), d)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if found, ok, err := c.platform.Find(t.Context(), d); !ok || found != id || err != nil {
				t.Errorf("%s: it is found as %q: %v; it is %q", name, found, err, id)
			}
			if got := len(c.See(userRef(ada), d.Room)); got != want {
				t.Errorf("%s: there are %d posts, want %d", name, got, want)
			}
		}
	}
}

func TestFind(t *testing.T) {
	for _, tt := range []struct {
		name   string
		meets  fault
		looks  bool
		reason bot.Reason
	}{
		{"not in the channel", saying("not_in_channel"), false, ""},
		{"a missing scope", saying("missing_scope"), false, ""},
		{"limited", limited("9"), true, bot.Limited},
		{"500", status(http.StatusInternalServerError, ""), true, bot.Failed},
		{"a broken connection", broken, true, bot.Failed},
		{"no channel", saying("channel_not_found"), true, bot.Refused},
		{"a revoked token", saying("token_revoked"), true, bot.Revoked},
	} {
		c := newChat(t, false)
		c.meet("conversations.history", tt.meets)
		_, _, err := c.platform.Find(t.Context(), delivery("prompt/1", coach.Text("x")))
		var e *bot.SendError
		if errors.Is(err, bot.ErrCannotLook) == tt.looks || tt.looks && (!errors.As(err, &e) || e.Reason != tt.reason) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestFindLooksAtSeveralPagesAndNoMore(t *testing.T) {
	c := newChat(t, false)
	d := delivery("prompt/1", coach.Text("x"))
	d.Due = time.Now().Add(-time.Hour)
	id, err := c.platform.Send(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	chatter := func(n int) {
		c.mu.Lock()
		defer c.mu.Unlock()
		for range n {
			c.write(ada, general, "hello", "")
		}
	}
	chatter(pageSize * 2)
	if got, found, err := c.platform.Find(t.Context(), d); !found || got != id || err != nil {
		t.Errorf("it is found as %q: %v; it is %q", got, err, id)
	}
	chatter(pageSize * maxPages)
	if _, _, err := c.platform.Find(t.Context(), d); !errors.Is(err, bot.ErrCannotLook) {
		t.Errorf("too far back: %v", err)
	}
}

// Somebody else's message with the key in its metadata is not the delivery.
func TestFindTakesNobodyElsesMessage(t *testing.T) {
	c := newChat(t, false)
	d := delivery("prompt/1", coach.Text("x"))
	if _, err := c.platform.Send(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	m := c.rooms[general].messages[0]
	m.user, m.bot = "U0OTHER", "B0OTHER"
	c.mu.Unlock()
	if _, found, err := c.platform.Find(t.Context(), d); found || err != nil {
		t.Errorf("it is found: %v", err)
	}
}

// charted is a delivery with a picture.
func charted(key string) coach.Delivery {
	return delivery(key, coach.Text("The week:"), coach.Picture(coach.Image{Alt: "Ten hours.", Week: &coach.WeekChart{}}), coach.Text("Well done."))
}

func TestAPictureThatFailsIsToldInWords(t *testing.T) {
	for _, step := range []string{"files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info", "chat.postMessage"} {
		c := newChat(t, false)
		if step == "chat.postMessage" {
			c.meet(step, saying("invalid_blocks"))
		} else {
			c.meet(step, status(http.StatusInternalServerError, ""))
		}
		d := charted("summary/1")
		if _, err := c.platform.Send(t.Context(), d); err != nil {
			t.Errorf("%s: %v", step, err)
			continue
		}
		got := c.See(userRef(ada), d.Room)
		if len(got) != 1 || len(got[0].Images) > 0 || !strings.Contains(got[0].Text, "The week:\n\nTen hours.\n") {
			t.Errorf("%s: it says %+v", step, got)
		}
	}
}

func TestAPictureIsUploadedOnce(t *testing.T) {
	c := newChat(t, false)
	c.meet("chat.postMessage", limited("1"), lost)
	d := charted("summary/1")
	for range 3 {
		_, _ = c.platform.Send(t.Context(), d)
	}
	if got := c.See(userRef(ada), d.Room); len(got) != 2 || len(got[1].Images) != 1 || got[1].Images[0].Alt != "Ten hours." {
		t.Fatalf("it says %+v", got)
	}
	if n := c.called("upload"); n != 1 {
		t.Errorf("it is uploaded %d times", n)
	}
	c.mu.Lock()
	clear(c.files) // somebody deletes it
	c.mu.Unlock()
	for i, pictures := range []int{0, 1} {
		if _, err := c.platform.Send(t.Context(), charted(fmt.Sprint("summary/", 2+i))); err != nil {
			t.Fatal(err)
		}
		c.mu.Lock()
		last := c.see(c.rooms[general], c.rooms[general].messages[2+i])
		c.mu.Unlock()
		if len(last.Images) != pictures || !strings.Contains(last.Text, "Well done.") {
			t.Errorf("%d: it says %+v", i, last)
		}
	}
}
