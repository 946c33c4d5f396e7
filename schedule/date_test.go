package schedule

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDateRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate(t)
		if got := DateOf(d.Civil()); got != d {
			t.Errorf("DateOf(%s.Civil()) = %s", d, got)
		}
		if got, err := ParseDate(d.String()); err != nil || got != d {
			t.Errorf("ParseDate(%q) = %s, %v", d, got, err)
		}
		text, err := d.MarshalText()
		var back Date
		if err != nil || back.UnmarshalText(text) != nil || back != d {
			t.Errorf("%s comes back from its text %q as %s", d, text, back)
		}
	})
}

func TestTomorrowIsOneMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate(t)
		year, month, day := d.Civil()
		if got := DateOf(year, month, day+1); got != d+1 {
			t.Errorf("the day after %s is %s", d, got)
		}
		if got, want := (d + 1).Weekday(), (d.Weekday()+1)%7; got != want {
			t.Errorf("the day after %s is a %s, want %s", d, got, want)
		}
	})
}

func TestWeekIsTheMondayOnOrBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate(t)
		week := d.Week()
		if week.Weekday() != time.Monday || week > d || d-week > 6 {
			t.Errorf("%s.Week() = %s, a %s", d, week, week.Weekday())
		}
	})
}

func TestDateReadsAsItLooks(t *testing.T) {
	d := DateOf(2027, time.March, 14)
	if got := fmt.Sprintf("%s, %s of %s, %s", d, d.Weekday(), d.Week(), d.Format("2 Jan 2006")); got != "2027-03-14, Sunday of 2027-03-08, 14 Mar 2027" {
		t.Error(got)
	}
	if got := Date(0).String(); got != "1970-01-01" {
		t.Error(got)
	}
	if lastDate.String() != "9999-12-31" {
		t.Errorf("lastDate = %s", lastDate)
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, s := range []string{"", "2027-3-14", "2027-02-29", "2027-13-01", "14.3.2027", "2027-03-14T00:00", "12027-03-14", " 2027-03-14"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("ParseDate(%q) = %s", s, d)
		}
	}
}

func TestStudyDayTurnsOverAtFour(t *testing.T) {
	for _, test := range []struct{ name, at, zone, want string }{
		{"before the turnover", "2027-03-10T03:59:59-05:00", "America/New_York", "2027-03-09"},
		{"at the turnover", "2027-03-10T04:00:00-05:00", "America/New_York", "2027-03-10"},
		{"late in the evening", "2027-03-10T23:59:59-05:00", "America/New_York", "2027-03-10"},
		{"night of the 23-hour day", "2027-03-14T03:59:59-04:00", "America/New_York", "2027-03-13"},
		{"morning of the 23-hour day", "2027-03-14T04:00:00-04:00", "America/New_York", "2027-03-14"},
		{"first pass of the hour shown twice", "2027-11-07T01:30:00-04:00", "America/New_York", "2027-11-06"},
		{"second pass", "2027-11-07T01:30:00-05:00", "America/New_York", "2027-11-06"},
		{"morning of the 25-hour day", "2027-11-07T04:00:00-05:00", "America/New_York", "2027-11-07"},
		{"a midnight that was not", "2027-03-28T01:00:00+03:00", "Asia/Beirut", "2027-03-27"},
		{"half an hour's shift", "2027-10-03T03:59:59+11:00", "Australia/Lord_Howe", "2027-10-02"},
		{"half an hour's shift, morning", "2027-10-03T04:00:00+11:00", "Australia/Lord_Howe", "2027-10-03"},
		{"the last hours before a day left out", "2011-12-29T23:59:59-10:00", "Pacific/Apia", "2011-12-29"},
		{"the night after a day left out", "2011-12-31T03:59:59+14:00", "Pacific/Apia", "2011-12-30"},
		{"the morning after a day left out", "2011-12-31T04:00:00+14:00", "Pacific/Apia", "2011-12-31"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := StudyDay(mustTime(t, test.at), mustZone(t, test.zone)).String(); got != test.want {
				t.Errorf("StudyDay(%s, %s) = %s, want %s", test.at, test.zone, got, test.want)
			}
		})
	}
}

func TestStudyDayIsTheWallClockFourHoursBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at, loc := anyInstant(t), anyZone(t)
		_, offset := at.In(loc).Zone()
		want := LocalDate(at.Add(time.Duration(offset)*time.Second-4*time.Hour), time.UTC)
		if got := StudyDay(at, loc); got != want {
			t.Errorf("StudyDay(%s) = %s, want %s", at.In(loc), got, want)
		}
	})
}
