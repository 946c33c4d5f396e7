package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"studycoach/coach"
	"studycoach/schedule"
)

// findCohort returns the cohort that an operator means by its id, its room, or
// its name; with nothing, the only one there is. Names are known of cohorts that
// have something planned, which all have but those that are paused or over.
func findCohort(ctx context.Context, store coach.Store, typed string) (*coach.Cohort, error) {
	if strings.Contains(typed, "/") {
		id, err := store.CohortIn(ctx, coach.RoomID(typed))
		if errors.Is(err, coach.ErrNotFound) {
			return nil, fmt.Errorf("no cohort lives in the room %s", typed)
		}
		if err != nil {
			return nil, err
		}
		return loadCohort(ctx, store, id)
	}
	if co, err := loadCohort(ctx, store, coach.CohortID(typed)); typed != "" && (co != nil || err != nil) {
		return co, err
	}
	planning, err := planningCohorts(ctx, store)
	if err != nil {
		return nil, err
	}
	var named []*coach.Cohort
	var ways []string
	for _, co := range planning {
		ways = append(ways, fmt.Sprintf("%s (%s)", co.ID, co.Name))
		if typed == "" || strings.EqualFold(co.Name, typed) {
			named = append(named, co)
		}
	}
	slices.Sort(ways)
	switch {
	case len(named) == 1:
		return named[0], nil
	case len(ways) == 0:
		return nil, errors.New("no cohort has anything planned; one that is paused or over is found by its id or its room, such as slack/T1/C1")
	case len(named) == 0:
		return nil, fmt.Errorf("there is no cohort %q with anything planned; one that is paused or over is found by its id or its room, such as slack/T1/C1. There are: %s",
			typed, few(ways))
	default:
		return nil, fmt.Errorf("%w: which cohort? Name it by its id or its room. There are: %s", errUsage, few(ways))
	}
}

// few joins the first of many.
func few(list []string) string {
	const some = 20
	if more := len(list) - some; more > 0 {
		list = append(slices.Clone(list[:some]), fmt.Sprintf("and %d more", more))
	}
	return strings.Join(list, ", ")
}

// loadCohort returns a cohort, nil when there is none of that id.
func loadCohort(ctx context.Context, store coach.Store, id coach.CohortID) (*coach.Cohort, error) {
	s, err := store.Load(ctx, coach.Scope{Cohort: id})
	return s.Cohort, err
}

// planningCohorts returns the cohorts that have a prompt or a summary planned.
func planningCohorts(ctx context.Context, store coach.Store) ([]*coach.Cohort, error) {
	seen := map[coach.CohortID]bool{}
	var cohorts []*coach.Cohort
	for _, prefix := range []string{"prompt/", "summary/"} {
		jobs, err := store.List(ctx, schedule.Waiting, prefix, everything)
		if err != nil {
			return nil, err
		}
		for _, j := range jobs {
			id := coach.CohortOfJob(j.Key)
			if seen[id] {
				continue
			}
			seen[id] = true
			co, err := loadCohort(ctx, store, id)
			if err != nil {
				return nil, err
			}
			if co != nil {
				cohorts = append(cohorts, co)
			}
		}
	}
	return cohorts, nil
}

// everything is more jobs than a list ever has.
const everything = 1 << 30
