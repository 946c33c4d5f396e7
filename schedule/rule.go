package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Rule says when something recurs: by five cron fields (minute, hour, day of
// the month, month, day of the week) on the wall clock of a zone, on certain
// weekdays only, and never on a holiday.
//
// Which slots a rule has is a matter of the wall clock alone. The zone only
// says when a slot comes. So a rule fires once a slot whatever the clocks do,
// and moving it to another zone keeps its slots.
//
// A Rule is immutable. The zero Rule never fires.
type Rule struct {
	spec     string
	cron     *cron.SpecSchedule // in UTC, where the wall clock never changes
	zone     *time.Location
	days     Weekdays
	holidays []Date // sorted
}

// Occurrence is one firing of a rule.
type Occurrence struct {
	Slot Slot      // its identity
	At   time.Time // when the slot comes, in the rule's zone
}

// ParseRule returns the rule of a cron text of five fields, a zone's name, the
// weekdays on which it may fire, and the dates on which it does not. It refuses
// text that names a zone of its own, descriptors such as @daily, and rules that
// never fire. The error can be shown to whoever wrote the rule.
func ParseRule(spec, zone string, days Weekdays, holidays []Date) (Rule, error) {
	loc, err := LoadZone(zone)
	if err != nil {
		return Rule{}, err
	}
	parsed, err := parseCron(spec)
	if err != nil {
		return Rule{}, fmt.Errorf("%s is not a rule like \"30 9 * * 1-5\": %w", quoted(spec), err)
	}
	r := Rule{
		spec: strings.Join(strings.Fields(spec), " "),
		cron: parsed,
		zone: loc,
		days: days & EveryDay,
	}
	if _, ok := r.Next(Slot{}); !ok {
		return Rule{}, fmt.Errorf("the rule %s never comes on the days it may (%s)", quoted(spec), r.days)
	}
	r.holidays = slices.Sorted(slices.Values(holidays))
	return r, nil
}

// DailyAt returns the cron text for a time of every day.
func DailyAt(t TimeOfDay) string { return fmt.Sprintf("%d %d * * *", t.Minute(), t.Hour()) }

// WeeklyAt returns the cron text for a time of one day of the week.
func WeeklyAt(d time.Weekday, t TimeOfDay) string {
	return fmt.Sprintf("%d %d * * %d", t.Minute(), t.Hour(), d)
}

// maxCron is the length in bytes of the longest cron text that is read. All 60
// minutes, 24 hours, 31 days, 12 months and 7 weekdays written out take 366.
const maxCron = 400

func parseCron(spec string) (parsed *cron.SpecSchedule, err error) {
	switch {
	case len(spec) > maxCron:
		return nil, fmt.Errorf("it is longer than %d characters", maxCron)
	case strings.Contains(strings.ToUpper(spec), "TZ="):
		return nil, errors.New("the time zone is set apart from the rule")
	case strings.Contains(spec, "@"):
		return nil, errors.New("names such as @daily are not understood")
	}
	defer func() {
		if recover() != nil { // the parser is not ours, and the text may be anybody's
			err = errors.New("it cannot be read")
		}
	}()
	schedule, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(spec)
	if err != nil {
		return nil, err
	}
	parsed, ok := schedule.(*cron.SpecSchedule)
	if !ok || parsed.Minute == 0 || parsed.Hour == 0 || parsed.Dom == 0 || parsed.Month == 0 || parsed.Dow == 0 {
		return nil, errors.New("a field is empty")
	}
	parsed.Location = time.UTC
	return parsed, nil
}

// Spec returns the rule's cron text.
func (r Rule) Spec() string { return r.spec }

// Zone returns the rule's zone; nil for the zero Rule.
func (r Rule) Zone() *time.Location { return r.zone }

// longestGap is more days than pass between a date of a rule and the next,
// holidays apart. The rarest is a leap day on a certain weekday: 40 years when
// the turn of a century between is no leap year.
const longestGap = 41 * 366

// lastDate is 9999-12-31, the last date that can be written with four digits
// for the year.
const lastDate Date = 2_932_896

// Next returns the first occurrence whose slot is after the given one on the
// wall clock, or false when there is none.
//
// Walking from slot to slot misses nothing and fires nothing twice. Slots that
// a change of the clocks jumps over all resolve to the instant of the jump;
// each of them is still an occurrence of its own.
func (r Rule) Next(after Slot) (Occurrence, bool) {
	if r.cron == nil {
		return Occurrence{}, false
	}
	t, limit := after.utc(), after.Date+longestGap
	for LocalDate(t, time.UTC) <= min(limit, lastDate) {
		next := r.cron.Next(t)
		if next.IsZero() { // nothing in this year and the five after it; cron looks no further
			t = time.Date(t.Year()+5, time.December, 31, 23, 59, 0, 0, time.UTC)
			continue
		}
		slot := SlotAt(next, time.UTC)
		if slot.Date > lastDate {
			break
		}
		if r.days.Has(slot.Date.Weekday()) {
			if _, holiday := slices.BinarySearch(r.holidays, slot.Date); !holiday {
				return Occurrence{slot, Resolve(slot, r.zone)}, true
			}
			limit = slot.Date + longestGap
		}
		t = Slot{slot.Date, 23*60 + 59}.utc()
	}
	return Occurrence{}, false
}

// NextAfter returns the first occurrence that comes strictly after t, or false
// when there is none. It is the way to begin; [Rule.Next] is the way on from
// there, since of several occurrences at one instant NextAfter sees only the
// first.
func (r Rule) NextAfter(t time.Time) (Occurrence, bool) {
	if r.cron == nil {
		return Occurrence{}, false
	}
	// The slot that the clocks show at t has come. After the clocks went back,
	// so have slots that they will show again.
	o, ok := r.Next(SlotAt(t, r.zone))
	for ok && !o.At.After(t) {
		o, ok = r.Next(o.Slot)
	}
	return o, ok
}
