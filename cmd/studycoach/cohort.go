package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"studycoach/coach"
	"studycoach/coach/redisstore"
)

// findCohort returns the cohort that an operator means by its id, its room or
// its name; by nothing, the only one there is.
func findCohort(ctx context.Context, store *redisstore.Store, typed string) (*coach.Cohort, error) {
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
	if typed != "" {
		if co, err := loadCohort(ctx, store, coach.CohortID(typed)); co != nil || err != nil {
			return co, err
		}
	}
	ids, err := store.Cohorts(ctx)
	if err != nil {
		return nil, err
	}
	var named []*coach.Cohort
	var known []string
	for _, id := range ids {
		co, err := loadCohort(ctx, store, id)
		if err != nil {
			return nil, err
		}
		if co == nil {
			continue
		}
		known = append(known, fmt.Sprintf("%s (%s)", co.ID, co.Name))
		if typed == "" || strings.EqualFold(co.Name, typed) {
			named = append(named, co)
		}
	}
	switch {
	case len(named) == 1:
		return named[0], nil
	case len(known) == 0:
		return nil, errors.New("there is no cohort yet")
	case len(named) == 0:
		return nil, fmt.Errorf("there is no cohort %q; there are: %s", typed, few(known))
	default:
		return nil, fmt.Errorf("%w: which cohort? Name it by its id or its room; there are: %s", errUsage, few(known))
	}
}

// few joins the first of many.
func few(list []string) string {
	const some = 20
	if len(list) <= some {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:some], ", "), len(list)-some)
}

// loadCohort returns a cohort, nil when there is none of that id.
func loadCohort(ctx context.Context, store *redisstore.Store, id coach.CohortID) (*coach.Cohort, error) {
	s, err := store.Load(ctx, coach.Scope{Cohort: id})
	return s.Cohort, err
}
