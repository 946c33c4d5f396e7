package coach

import (
	"context"
	"slices"

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
		tally, err := c.store.Tally(ctx, s.Cohort.ID, weekTally(week))
		if err != nil {
			return Reply{}, err
		}
		boards, err := c.named(ctx, s.Cohort.ID, top{hoursBoard(week), boardSize})
		if err != nil {
			return Reply{}, err
		}
		hours, err := c.showsHours(ctx, s.Cohort.ID, week, totalsOf(tally).active)
		if err != nil {
			return Reply{}, err
		}
		rows := boards[0]
		line := say.Board{Cohort: say.Literal(s.Cohort.Name), Week: week.Format("2 Jan"), Rows: rows, Hours: hours, On: s.Learner.Settings.Board}
		m := Say(Text(say.Text(line)))
		if !line.On {
			m.Blocks = append(m.Blocks, Actions(r.to(press(say.ButtonJoinBoard, "settings", "text", "board on"))))
		}
		return Reply{Message: m}, nil
	})
}

// showsHours tells whether a week's board may tell hours. While exactly one
// learner of those who checked in is not on it, the sum of the week and
// everybody else's hours would tell theirs, so names stand alone.
func (c *Coach) showsHours(ctx context.Context, id CohortID, week schedule.Date, active int) (bool, error) {
	on, err := c.store.Ranked(ctx, id, hoursBoard(week))
	return active-on != 1, err
}

// top is the n highest of a board.
type top struct {
	board string
	n     int
}

// named returns the top of each board with the names of the learners, leaving
// out whoever no longer wants to be named.
func (c *Coach) named(ctx context.Context, id CohortID, tops ...top) ([][]say.BoardRow, error) {
	ranks := make([][]Rank, len(tops))
	var ids []LearnerID
	for i, top := range tops {
		var err error
		if ranks[i], err = c.store.Top(ctx, id, top.board, top.n); err != nil {
			return nil, err
		}
		for _, rank := range ranks[i] {
			ids = append(ids, rank.Learner)
		}
	}
	slices.Sort(ids)
	learners, err := c.store.Named(ctx, id, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	all := make([][]say.BoardRow, len(tops))
	for i := range tops {
		for _, rank := range ranks[i] {
			if l, ok := learners[rank.Learner]; ok && l.named() {
				all[i] = append(all[i], say.BoardRow{Place: len(all[i]) + 1, Name: say.Literal(l.Name), Score: rank.Score})
			}
		}
	}
	return all, nil
}
