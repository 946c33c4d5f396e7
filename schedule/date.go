package schedule

import (
	"fmt"
	"time"
)

// Date is a day of the proleptic Gregorian calendar without a time or a zone,
// counted in days since 1970-01-01. Tomorrow is d+1; no zone, and so no 23- or
// 25-hour day, can get in the way. The zero Date is 1970-01-01 and stands for
// "no date" where a record says so.
type Date int32

// Turnover is the local hour at which a study day ends and the next begins.
const Turnover = 4

// DateOf returns the date of the year, month and day, normalised as
// [time.Date] normalises them.
func DateOf(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// LocalDate returns the date that the clocks of loc show at t.
func LocalDate(t time.Time, loc *time.Location) Date {
	return DateOf(t.In(loc).Date())
}

// StudyDay returns the study day that t falls on in loc: the local date, or
// the day before while the local clock shows less than 04:00.
func StudyDay(t time.Time, loc *time.Location) Date {
	local := t.In(loc)
	d := DateOf(local.Date())
	if local.Hour() < Turnover {
		d--
	}
	return d
}

// ParseDate reads a date written as 2006-01-02.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%s is not a date like 2027-03-14", quoted(s))
	}
	return DateOf(t.Date()), nil
}

// Civil returns the year, month and day of d.
func (d Date) Civil() (year int, month time.Month, day int) { return d.midnight().Date() }

// Weekday returns the day of the week of d.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// Week returns the Monday on or before d: the day that names d's week.
func (d Date) Week() Date { return d - Date((d.Weekday()+6)%7) }

// Format renders d by a layout of the time package.
func (d Date) Format(layout string) string { return d.midnight().Format(layout) }

// String renders d as 2006-01-02.
func (d Date) String() string { return d.Format(time.DateOnly) }

// MarshalText renders d as 2006-01-02.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}

func (d Date) midnight() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }
