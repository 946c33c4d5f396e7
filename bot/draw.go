package bot

import (
	"errors"

	"studycoach/bot/picture"
	"studycoach/coach"
)

// Draw makes a PNG of an image.
func Draw(i coach.Image) ([]byte, error) {
	switch {
	case i.Week != nil:
		return week(*i.Week).PNG()
	case i.Heat != nil:
		return heat(*i.Heat).PNG()
	}
	return nil, errors.New("draw: the image has no picture")
}

func week(c coach.WeekChart) picture.Week {
	w := picture.Week{Title: c.Title, Goal: c.Goal, DeepLabel: c.DeepLabel, AILabel: c.AILabel, GoalLabel: c.GoalLabel, Unit: c.Unit}
	for i := range w.Days {
		w.Days[i] = picture.Day{Label: c.Days[i], Deep: c.Deep[i], AI: c.AI[i]}
	}
	return w
}

func heat(m coach.HeatMap) picture.Heat {
	h := picture.Heat{Title: m.Title, Days: m.Days, Full: m.Full, LessLabel: m.LessLabel, MoreLabel: m.MoreLabel}
	for i, minutes := range m.Minutes {
		w := picture.HeatWeek{Minutes: minutes}
		if i < len(m.Weeks) {
			w.Label = m.Weeks[i]
		}
		h.Weeks = append(h.Weeks, w)
	}
	return h
}
