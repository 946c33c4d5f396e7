package coach

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"studycoach/schedule"
)

// suggested is how many values are suggested at most, and suggestedSize how many
// characters the label of one has at most: what Discord shows
// (https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-choice-structure).
const (
	suggested     = 25
	suggestedSize = 100
)

// Suggest completes what somebody is typing for an option of a kind, the best
// matches first. Cohorts are those of all the accounts, which are the sender's.
// It changes nothing. A kind without suggestions has none, and so has whoever
// has no cohort to take them from.
func (c *Coach) Suggest(ctx context.Context, kind OptionKind, typed string, e Event, accounts []UserRef) ([]Option, error) {
	typed = strings.ToLower(oneLine(typed))
	switch kind {
	case OptionZone:
		return suggestZones(typed, e.At), nil
	case OptionUnit:
		return c.suggestUnits(ctx, typed, e)
	case OptionCohort:
		return c.suggestCohorts(ctx, typed, accounts)
	}
	return nil, nil
}

// suggestCohorts finds those of the accounts' cohorts by name.
func (c *Coach) suggestCohorts(ctx context.Context, typed string, accounts []UserRef) ([]Option, error) {
	mine, err := c.cohortsOf(ctx, accounts...)
	var found []match
	for i, co := range mine {
		if rank := rankOf(typed, co.Name); rank >= 0 {
			found = append(found, match{Option{Value: string(co.ID), Label: clip(co.Name, suggestedSize)}, rank, i})
		}
	}
	return best(found), err
}

// suggestUnits finds units of the sender's cohort by id or title; those around
// the day's own come first.
func (c *Coach) suggestUnits(ctx context.Context, typed string, e Event) ([]Option, error) {
	id, err := c.cohortOf(ctx, e)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s, err := c.loadFor(ctx, e.From, Scope{Cohort: id})
	if err != nil || s.Cohort == nil {
		return nil, err
	}
	t, err := c.topicAt(s.Cohort, s.Learner, e.At)
	if err != nil {
		return nil, err
	}
	reached := t.course.reached(t.today)
	var found []match
	for i, u := range t.roadmap.Units() {
		rank := rankOf(typed, u.ID, u.Title)
		if rank < 0 {
			continue
		}
		far := reached - 1 - i
		if far < 0 {
			far = -far
		}
		found = append(found, match{Option{Value: u.ID, Label: clip(u.ID+" · "+u.Title, suggestedSize)}, rank, far})
	}
	return best(found), nil
}

// match is a value that fits what was typed: a lower rank fits better, then a
// lower place.
type match struct {
	option      Option
	rank, place int
}

func best(found []match) []Option {
	slices.SortStableFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.place, b.place))
	})
	options := make([]Option, 0, suggested)
	for _, m := range found[:min(len(found), suggested)] {
		options = append(options, m.option)
	}
	return options
}

// rankOf says how well typed fits a value by its names, the first of which
// counts most; -1 when it does not.
func rankOf(typed string, names ...string) int {
	for i, name := range names {
		if strings.HasPrefix(strings.ToLower(name), typed) {
			return i
		}
	}
	for _, name := range names {
		if strings.Contains(strings.ToLower(name), typed) {
			return len(names)
		}
	}
	return -1
}

// suggestZones finds time zones by city, by any part of their name, or by the
// hours that they are off UTC now: "+2", "utc-3:30".
func suggestZones(typed string, now time.Time) []Option {
	offset, byOffset := readOffset(typed)
	if typed == "" {
		typed = "utc"
	}
	typed = strings.ReplaceAll(typed, " ", "_")
	var found []match
	for i, name := range schedule.Zones() {
		region, _, _ := strings.Cut(name, "/")
		city := name[strings.LastIndexByte(name, '/')+1:]
		rank := rankOf(typed, city, name)
		if !byOffset && rank < 0 {
			continue
		}
		loc, err := schedule.LoadZone(name)
		if err != nil {
			continue
		}
		_, seconds := now.In(loc).Zone()
		if byOffset {
			if seconds != offset {
				continue
			}
			rank = 0
		}
		if !slices.Contains(regions, region) && name != "UTC" {
			rank += 10 // an old name that few people mean
		}
		found = append(found, match{Option{Value: name, Label: fmt.Sprintf("%s (%s, UTC%s)", strings.ReplaceAll(name, "_", " "), now.In(loc).Format("15:04"), now.In(loc).Format("-07:00"))}, rank, i})
	}
	return best(found)
}

// regions are where the cities of time zones are.
var regions = []string{"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}

var offsetForm = regexp.MustCompile(`^(?:utc|gmt)? ?([+-])(\d{1,2})(?::?(\d{2}))?$`)

// readOffset reads the seconds that a clock is ahead of UTC.
func readOffset(s string) (seconds int, ok bool) {
	m := offsetForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	hours, _ := strconv.Atoi(m[2])
	minutes, _ := strconv.Atoi(m[3])
	seconds = hours*3600 + minutes*60
	if m[1] == "-" {
		seconds = -seconds
	}
	return seconds, true
}
