package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/schedule"
)

// platform is a chat platform that takes notes of what is sent.
type platform struct {
	posts atomic.Int64

	mu        sync.Mutex
	prompts   [studyDays][]uint8 // how often, by day and cohort
	summaries []uint8            // by cohort
	nudges    [days][]uint8      // by day and learner
	early     int                // posts for days before the week
}

func newPlatform(p *plan) *platform {
	f := &platform{summaries: make([]uint8, p.cohorts())}
	for day := range f.prompts {
		f.prompts[day] = make([]uint8, p.cohorts())
	}
	for day := range f.nudges {
		f.nudges[day] = make([]uint8, p.learners)
	}
	return f
}

func (f *platform) Name() string { return platformName }

// Pace sets no limit: what is late was held up by the bot.
func (f *platform) Pace() bot.Pace { return bot.Pace{} }

// Send takes a note. What is sent after the week is only counted.
func (f *platform) Send(_ context.Context, d coach.Delivery) (bot.MessageID, error) {
	f.posts.Add(1)
	parts := strings.Split(d.Key, "/") // send/prompt/<cohort>/<date>/…, send/nudge/<cohort>/<learner>/<date>
	date := parts[min(3, len(parts)-1)]
	if d.Class == coach.ClassNudge {
		date = parts[len(parts)-1]
	}
	on, err := schedule.ParseDate(date)
	if err != nil { // a welcome
		return "", nil
	}
	day := int(on - firstDay)
	who, err := strconv.Atoi(strings.TrimLeft(d.Room.Channel(), "@cp"))
	if err != nil {
		return "", &bot.SendError{Reason: bot.Refused, Err: fmt.Errorf("room %s: %w", d.Room, err)}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case day < 0:
		f.early++
	case d.Class == coach.ClassPrompt && day < studyDays:
		f.prompts[day][who]++
	case d.Class == coach.ClassSummary && day < days:
		f.summaries[who]++
	case d.Class == coach.ClassNudge && day < days:
		f.nudges[day][who]++
	}
	return "", nil
}

// Find cannot look.
func (f *platform) Find(context.Context, coach.Delivery) (bot.MessageID, bool, error) {
	return "", false, bot.ErrCannotLook
}

// Run has nothing to hand over: the learners call the coach themselves.
func (f *platform) Run(context.Context, bot.Handler) error { return errors.ErrUnsupported }

// verdict compares what was posted in the week with the plan: each prompt and
// summary once, and a nudge once on every study day on which its learner had
// not checked in by then. A nudge that was late may find that they have.
func (f *platform) verdict(p *plan, latest schedule.TimeOfDay) (missing, doubled, spared int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	doubled = f.early
	count := func(seen uint8, want bool) {
		switch {
		case seen == 0 && want:
			missing++
		case seen > 1 || seen == 1 && !want:
			doubled++
		}
	}
	for _, cohorts := range f.prompts {
		for _, seen := range cohorts {
			count(seen, true)
		}
	}
	for _, seen := range f.summaries {
		count(seen, true)
	}
	checkedIn := make([]schedule.TimeOfDay, days*p.learners) // 0: not
	for _, c := range p.checkIns {
		checkedIn[int(c.day)*p.learners+int(c.learner)] = schedule.SlotAt(c.when(), p.zoneOf(int(c.learner))).Time
	}
	for day, learners := range f.nudges {
		for i, seen := range learners {
			at := checkedIn[day*p.learners+i]
			if seen == 0 && at > nudgeAt && at <= nudgeAt+latest+1 {
				spared++
				continue
			}
			count(seen, day < studyDays && (at == 0 || at > nudgeAt))
		}
	}
	return missing, doubled, spared
}
