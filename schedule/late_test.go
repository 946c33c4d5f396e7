package schedule

import (
	"testing"
	"time"
)

func TestLate(t *testing.T) {
	due := time.Date(2027, 3, 14, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		by, limit time.Duration
		want      string
	}{
		{-time.Hour, 0, ""},
		{0, 0, ""},
		{2 * time.Hour, 2 * time.Hour, ""},
		{2*time.Hour + time.Second, 2 * time.Hour, "2h0m late"},
		{2*time.Hour + 5*time.Minute + 59*time.Second, 2 * time.Hour, "2h5m late"},
		{26 * time.Hour, 24 * time.Hour, "26h0m late"},
		{90 * time.Second, time.Minute, "1m late"},
		{45 * time.Second, time.Second, "45s late"},
	} {
		got, late := Late(Job{Due: due}, due.Add(test.by), test.limit)
		if got != test.want || late != (test.want != "") {
			t.Errorf("%s after a limit of %s: %q, %t; want %q", test.by, test.limit, got, late, test.want)
		}
	}
}
