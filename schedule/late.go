package schedule

import (
	"strings"
	"time"
)

// Late reports whether now is more than limit after the job was first due, and
// by how much in words fit for [Outcome.Reason], such as "2h5m late". What to do
// about it is the handler's decision: a job that plants its successor must do
// so even when its own work is no longer wanted.
func Late(j Job, now time.Time, limit time.Duration) (reason string, late bool) {
	by := now.Sub(j.Due)
	if by <= limit {
		return "", false
	}
	unit := time.Minute
	if by < unit {
		unit = time.Second
	}
	text := by.Truncate(unit).String()
	if unit == time.Minute {
		text = strings.TrimSuffix(text, "0s")
	}
	return text + " late", true
}
