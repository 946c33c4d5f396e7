package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

// platformName is the first part of all rooms and accounts.
const platformName = "sim"

// The week that is lived through begins on a Monday; on its Sunday the clocks
// go forward in North America.
var firstDay = schedule.DateOf(2027, 3, 8)

const (
	days      = 7      // of the week; its Sunday is no study day
	studyDays = 6      // of them
	promptAt  = 9 * 60 // minute of the local day
	nudgeAt   = 19 * 60
	summaryAt = 18 * 60 // on Sunday
	perTeam   = 100     // cohorts of one workspace
)

// plan is the week as it should be.
type plan struct {
	learners, group int
	zones           []*time.Location
	checkIns        []checkIn // by when
}

// checkIn is one of the week to come.
type checkIn struct {
	at      int32 // minutes since 1970
	learner int32
	minutes int16
	day     int16 // of the week, from 0
}

func (c checkIn) when() time.Time { return time.Unix(int64(c.at)*60, 0).UTC() }

// newPlan draws who checks in when: each learner on seven of ten study days, at
// an odd minute between 10:00 and midnight where they live.
func newPlan(learners, group int) (*plan, error) {
	p := &plan{learners: learners, group: group}
	for _, name := range schedule.Zones() {
		loc, err := schedule.LoadZone(name)
		if err != nil {
			return nil, err
		}
		p.zones = append(p.zones, loc)
	}
	random := rand.New(rand.NewPCG(2027, uint64(learners))) // the same plan each time
	for i := range learners {
		for day := range studyDays {
			if random.IntN(10) >= 7 {
				continue
			}
			slot := schedule.Slot{Date: firstDay + schedule.Date(day), Time: schedule.TimeOfDay(601 + 2*random.IntN(419))}
			at := schedule.Resolve(slot, p.zoneOf(i))
			p.checkIns = append(p.checkIns, checkIn{
				at: int32(at.Unix() / 60), learner: int32(i), minutes: int16(15 + random.IntN(106)), day: int16(day),
			})
		}
	}
	slices.SortStableFunc(p.checkIns, func(a, b checkIn) int { return int(a.at - b.at) })
	return p, nil
}

func (p *plan) cohorts() int { return (p.learners + p.group - 1) / p.group }

func (p *plan) cohortOf(learner int) int { return learner / p.group }

// cohortZone is where a cohort lives. One learner in five lives elsewhere.
func (p *plan) cohortZone(cohort int) *time.Location { return p.zones[cohort%len(p.zones)] }

func (p *plan) zoneOf(learner int) *time.Location {
	cohort := p.cohortOf(learner)
	if learner%5 == 0 {
		cohort = cohort*7 + learner
	}
	return p.cohortZone(cohort)
}

// The simulation begins on the Saturday before the week, when cohorts are set up
// and people join, and lives until the week is over everywhere.
var (
	setUpAt = time.Date(2027, 3, 6, 0, 0, 0, 0, time.UTC)
	endAt   = time.Date(2027, 3, 15, 14, 0, 0, 0, time.UTC)
)

func (p *plan) room(cohort int) coach.RoomID {
	return coach.RoomID(fmt.Sprintf("%s/t%d/c%d", platformName, cohort/perTeam, cohort))
}

func (p *plan) account(learner int) coach.UserRef {
	return coach.User(platformName, fmt.Sprint("t", p.cohortOf(learner)/perTeam), fmt.Sprint("p", learner))
}
