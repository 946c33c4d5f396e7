package coach

import (
	"context"
	"slices"

	"studycoach/content/say"
)

// Bounds of the home page, which Slack shows up to 100 blocks of
// (https://docs.slack.dev/reference/views/home-tab-views) and people fewer.
const (
	homeInFull = 2  // cohorts that are shown in full, at most 25 blocks each
	homeListed = 15 // cohorts that are shown at all, where there are more
)

// home is the page that a platform shows its reader of where they stand: each
// of their cohorts, or how to join one, and what they can say. It writes
// nothing, and reads little more than each cohort once.
func (c *Coach) home(ctx context.Context, r request) (Reply, error) {
	ids, err := c.store.CohortsOf(ctx, r.From)
	if err != nil {
		return Reply{}, err
	}
	var mine, left []State
	lead := false
	for _, id := range ids {
		s, err := c.loadFor(ctx, r.From, Scope{Cohort: id, Cards: true, Announcements: true})
		switch {
		case err != nil:
			return Reply{}, err
		case s.Cohort == nil:
		case s.learns() || s.ledBy(r.From):
			mine, lead = append(mine, s), lead || s.ledBy(r.From)
		case s.Learner != nil:
			left = append(left, s)
		}
	}
	m := Say()
	for _, s := range mine[:min(len(mine), homeListed)] {
		r.cohort = s.Cohort.ID
		blocks, err := c.homeBlocks(ctx, r, s, len(mine) <= homeInFull)
		if err != nil {
			return Reply{}, err
		}
		m.Blocks = append(append(m.Blocks, Title(s.Cohort.Name)), blocks...)
	}
	switch {
	case len(mine) > homeListed:
		m.Blocks = append(m.Blocks, Text(say.Text(say.HomeMore{N: len(mine) - homeListed})))
	case len(mine) == 0:
		m.Blocks = append(m.Blocks, r.homeEmpty(left)...)
	}
	m.Blocks = append(m.Blocks, helpBlocks(lead)...)
	return Reply{Message: m}, nil
}

// learns tells whether the state's learner is a member.
func (s State) learns() bool { return s.Learner != nil && s.Learner.Left == 0 }

// homeEmpty shows how to join a cohort, or to come back to one.
func (r request) homeEmpty(left []State) []Block {
	blocks := []Block{Text(say.Text(say.HomeEmpty{Left: len(left) > 0}))}
	for _, s := range left[:min(len(left), maxActions)] {
		r.cohort = s.Cohort.ID
		blocks = append(blocks, Text(say.Text(say.HomeLeft{Cohort: say.Literal(s.Cohort.Name)})), Actions(r.to(press(say.ButtonRejoin, "join"))))
	}
	return blocks
}

// homeBlocks show how the reader stands in a cohort, in full or in short.
func (c *Coach) homeBlocks(ctx context.Context, r request, s State, full bool) ([]Block, error) {
	t, err := c.topicOf(r, s)
	if err != nil {
		return nil, err
	}
	if !full {
		return r.homeShort(t, s), nil
	}
	var blocks []Block
	if s.learns() {
		blocks = slices.Concat(r.dayMessage(t, s.Learner).Blocks, r.numbers(t, s).Blocks)
		if due := dueCards(s.Cards, t.today); due > 0 {
			blocks = append(blocks, Text(say.Text(say.RecallDue{Name: say.Literal(s.Learner.Name), Due: due})), Actions(r.to(press(say.ButtonQuiz, "quiz"))))
		}
	}
	if !s.ledBy(r.From) {
		return blocks, nil
	}
	tally, err := c.store.Tally(ctx, s.Cohort.ID, weekTally(t.today.Week()))
	if err != nil {
		return nil, err
	}
	actions := append(r.leadActions(), r.to(press(say.ButtonCohort, "cohort")))
	blocks = append(blocks,
		Text(say.Text(c.cohortLine(s.Cohort, r.At))),
		Text(say.Text(say.HomeWeek{Active: totalsOf(tally).active})),
		Actions(actions...))
	planned := slices.DeleteFunc(slices.Clone(s.Announcements), func(a Announcement) bool { return a.Status != announcePlanned })
	if len(planned) > 0 {
		blocks = append(blocks, r.announcements(s.Cohort, planned)...)
	}
	return blocks, nil
}

// homeShort is the short form, for one of many cohorts.
func (r request) homeShort(t topic, s State) []Block {
	line := say.HomeCohort{Goal: s.Cohort.Goal(t.today) * 60}
	if step, ok := t.course.on(t.today); ok {
		part, _ := s.Learner.next(step)
		line.Unit, line.Title = part.Unit.ID, part.Unit.Title
	}
	var actions []Action
	if line.Learner = s.learns(); line.Learner {
		deep, ai := s.Learner.Days.WeekMinutes(t.today.Week())
		line.Week, line.Streak = deep+ai, s.Learner.Streak.AsOf(s.Learner.Days, t.calendar, t.today).Count
		line.Due = dueCards(s.Cards, t.today)
		actions = append(actions, r.to(press(say.ButtonCheckIn, "checkin")), r.to(press(say.ButtonMe, "me")))
	}
	actions = append(actions, r.to(press(say.ButtonToday, "today")))
	if s.ledBy(r.From) {
		actions = append(actions, r.to(press(say.ButtonCohort, "cohort")))
	}
	return []Block{Text(say.Text(line)), Actions(actions...)}
}
