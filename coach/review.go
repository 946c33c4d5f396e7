package coach

import "studycoach/schedule"

// Rating is what a learner says of their own answer to a recall question.
type Rating string

// The ratings.
const (
	Again Rating = "again" // did not know it
	Hard  Rating = "hard"
	Good  Rating = "good"
	Easy  Rating = "easy"
)

// The rule of reviews, in days.
const (
	firstGood   = 3   // until a question that was known the first time
	firstEasy   = 7   // until one that was easy
	longestWait = 120 // at most
)

// Review returns a card after it was rated on a day. What was not known comes
// back the next day; what was hard after a little longer than last time; what
// was known after twice, and what was easy after three times as long.
func Review(c Card, r Rating, today schedule.Date) Card {
	switch r {
	case Again:
		c.Interval = 1
		c.Missed++
	case Hard:
		c.Interval = max(c.Interval*6/5, c.Interval+1)
	case Good:
		c.Interval = max(c.Interval*2, firstGood)
	case Easy:
		c.Interval = max(c.Interval*3, firstEasy)
	}
	c.Interval = min(c.Interval, longestWait)
	c.Times++
	c.Due = today + schedule.Date(c.Interval)
	return c
}
