package bot_test

import (
	"testing"
	"testing/synctest"
	"time"

	"studycoach/bot"
)

func TestSoon(t *testing.T) {
	for _, tt := range []struct {
		name        string
		took, early time.Duration // of the answer, of what is called early
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
				answer := func() string {
					time.Sleep(tt.took)
					return "hello"
				}
				begun := time.Now()
				told := time.Duration(0)
				r, late := bot.Soon(answer, func() {
					told = time.Since(begun)
					time.Sleep(tt.early)
				})
				if took := time.Since(begun); late != tt.late || took != tt.all {
					t.Errorf("after %v it is late: %t", took, late)
				}
				if r != "hello" {
					t.Errorf("the answer is %q", r)
				}
				time.Sleep(bot.Patience)
				if late && told != bot.Budget || !late && told != 0 {
					t.Errorf("it was told at %v", told)
				}
			})
		})
	}
}
