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

func TestSoon(t *testing.T) {
	failed := errors.New("failed")
	for _, tt := range []struct {
		name   string
		took   time.Duration
		inTime bool
	}{
		{"at once", 0, true},
		{"just in time", bot.Budget - 1, true},
		{"late", bot.Budget + 1, false},
		{"very late", bot.Patience - 1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, hangUp := context.WithCancel(t.Context())
				h := func(ctx context.Context, e coach.Event) (coach.Reply, error) {
					time.Sleep(tt.took)
					return coach.Reply{Message: coach.Say(coach.Text(e.Text))}, errors.Join(failed, ctx.Err())
				}
				begun := time.Now()
				lateAt := time.Duration(0)
				later := func(ctx context.Context, r coach.Reply, err error) {
					lateAt = time.Since(begun)
					if ctx.Err() != nil || r.Message.Blocks[0].Text != "hello" || !errors.Is(err, failed) || errors.Is(err, context.Canceled) {
						t.Errorf("later gets %+v, %v, with a context that is %v", r, err, ctx.Err())
					}
				}
				r, ok, err := bot.Soon(ctx, h, coach.Event{Text: "hello"}, later)
				if took := time.Since(begun); ok != tt.inTime || took != min(tt.took, bot.Budget) {
					t.Errorf("after %v it is in time: %t", took, ok)
				}
				if ok && (r.Message == nil || !errors.Is(err, failed)) {
					t.Errorf("the answer is %+v, %v", r, err)
				}
				hangUp()
				synctest.Wait()
				time.Sleep(bot.Patience)
				synctest.Wait()
				if want := tt.took; !tt.inTime && lateAt != want || tt.inTime && lateAt != 0 {
					t.Errorf("later was called at %v", lateAt)
				}
			})
		})
	}
}
