package coach

import (
	"context"

	"studycoach/content/say"
	"studycoach/schedule"
)

// boardSize is how many learners the board names.
const boardSize = 10

// board shows the week's hours of those who want to be named.
func (c *Coach) board(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Reply{}, err
		}
		week := t.today.Week()
		rows, hours, err := c.mostHours(ctx, s.Cohort.ID, week, boardSize)
		if err != nil {
			return Reply{}, err
		}
		line := say.Board{Cohort: say.Literal(s.Cohort.Name), Week: week.Format("2 Jan"), Rows: rows, Hours: hours, On: s.Learner.Settings.Board}
		m := Say(Text(say.Text(line)))
		if !line.On {
			m.Blocks = append(m.Blocks, Actions(r.to(press(say.ButtonJoinBoard, "settings", "text", "board on"))))
		}
		return Reply{Message: m}, nil
	})
}

// mostHours returns the top of a week's board of hours. hours is false while
// exactly one learner of those who checked in is not on the board: the sum of
// the week and everybody else's hours would tell theirs, so names stand alone.
func (c *Coach) mostHours(ctx context.Context, id CohortID, week schedule.Date, n int) (rows []say.BoardRow, hours bool, err error) {
	tally, err := c.store.Tally(ctx, id, weekTally(week))
	if err != nil {
		return nil, false, err
	}
	on, err := c.store.Ranked(ctx, id, hoursBoard(week))
	if err != nil {
		return nil, false, err
	}
	rows, err = c.named(ctx, id, hoursBoard(week), n)
	return rows, totalsOf(tally).active-on != 1, err
}

// named returns the top of a board with the names of the learners, leaving out
// whoever no longer wants to be named.
func (c *Coach) named(ctx context.Context, id CohortID, board string, n int) ([]say.BoardRow, error) {
	top, err := c.store.Top(ctx, id, board, n)
	if err != nil {
		return nil, err
	}
	rows := make([]say.BoardRow, 0, len(top))
	for _, rank := range top {
		s, err := c.store.Load(ctx, Scope{Cohort: id, Learner: rank.Learner})
		if err != nil {
			return nil, err
		}
		if s.Learner.named() {
			rows = append(rows, say.BoardRow{Place: len(rows) + 1, Name: say.Literal(s.Learner.Name), Score: rank.Score})
		}
	}
	return rows, nil
}
