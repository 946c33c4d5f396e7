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
		name        string
		took, early time.Duration // of the handler, of what is called early
		late        bool
		all         time.Duration // until both are done
	}{
		{"at once", 0, 0, false, 0},
		{"just in time", bot.Budget - 1, 0, false, bot.Budget - 1},
		{"late", bot.Budget + 1, 0, true, bot.Budget + 1},
		{"very late", bot.Patience - 1, time.Second, true, bot.Patience - 1},
		{"late, and sooner than it is told", bot.Budget + 1, time.Second, true, bot.Budget + time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := func(_ context.Context, e coach.Event) (coach.Reply, error) {
					time.Sleep(tt.took)
					return coach.Reply{Message: coach.Say(coach.Text(e.Text))}, failed
				}
				begun := time.Now()
				told := time.Duration(0)
				r, late, err := bot.Soon(t.Context(), h, coach.Event{Text: "hello"}, func() {
					told = time.Since(begun)
					time.Sleep(tt.early)
				})
				if took := time.Since(begun); late != tt.late || took != tt.all {
					t.Errorf("after %v it is late: %t", took, late)
				}
				if r.Message == nil || r.Message.Blocks[0].Text != "hello" || !errors.Is(err, failed) {
					t.Errorf("the answer is %+v, %v", r, err)
				}
				time.Sleep(bot.Patience)
				if late && told != bot.Budget || !late && told != 0 {
					t.Errorf("it was told at %v", told)
				}
			})
		})
	}
}
