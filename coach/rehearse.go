package coach

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// Rehearsal is what a cohort will post if nobody changes its plans, in the
// order of time.
type Rehearsal struct {
	Cohort *Cohort
	Days   []RehearsalDay // every day from the first on; the last one is that of the last post, or the day before until
	Finish schedule.Date  // the day of the last unit; 0 when it cannot be told, as of a paused cohort
	More   bool           // something comes after until
}

// RehearsalDay is one day of a rehearsal, in the cohort's zone.
type RehearsalDay struct {
	Date   schedule.Date
	Expect Expectation            // of learners without plans of their own
	Clocks []schedule.ClockChange // of the zone, on this day
	Posts  []Post                 // of which several rooms get one share a row
}

// Rehearse tells what a cohort will post from now until an instant. It is the
// jobs themselves that tell, carried out on a copy of the cohort in memory, each
// at its time; nothing is sent, and nothing changes. Messages to single people,
// such as nudges, are no part of it. It fails with ErrNotFound when there is no
// such cohort.
func (c *Coach) Rehearse(ctx context.Context, id CohortID, now, until time.Time) (*Rehearsal, error) {
	s, err := newStage(ctx, c.store, id)
	if err != nil {
		return nil, err
	}
	co := s.state.Cohort
	t, err := c.topicAt(co, nil, now)
	if err != nil {
		return nil, err
	}
	posts, err := New(s, c.library).playOut(ctx, s, now, until)
	if err != nil {
		return nil, err
	}
	r := &Rehearsal{Cohort: co, More: len(s.jobs) > 0}
	r.Finish, _ = t.course.end()
	r.lay(t.calendar, posts, now, until)
	return r, nil
}

// playOut carries out what waits on a stage, and returns what it delivers.
func (c *Coach) playOut(ctx context.Context, s *stage, now, until time.Time) (posts []Post, err error) {
	rows := map[string]int{} // of posts, by the deliveries' keys without the room
	for ctx.Err() == nil {
		j, at, ok := s.next(now, until)
		if !ok {
			break
		}
		if j.Kind != Deliver {
			if err := c.Fire(ctx, j, at); err != nil && !errors.Is(err, ErrSkipped) {
				return nil, err
			}
			continue
		}
		p := PostOf(j)
		p.At = at
		key := j.Key
		for _, room := range p.Rooms {
			key = strings.TrimSuffix(key, "/"+string(room))
		}
		if row, ok := rows[key]; ok {
			posts[row].Rooms = append(posts[row].Rooms, p.Rooms...)
			continue
		}
		rows[key] = len(posts)
		posts = append(posts, p)
	}
	return posts, ctx.Err()
}

// lay lays the posts out over the days.
func (r *Rehearsal) lay(calendar Calendar, posts []Post, now, until time.Time) {
	zone := zoneOf(r.Cohort, nil)
	if !r.More {
		until = now
		if len(posts) > 0 {
			until = posts[len(posts)-1].At.Add(time.Nanosecond)
		}
	}
	for d := schedule.LocalDate(now, zone); d <= schedule.LocalDate(until.Add(-1), zone); d++ {
		day := RehearsalDay{Date: d, Expect: calendar.Expect(d)}
		for len(posts) > 0 && schedule.LocalDate(posts[0].At, zone) <= d {
			day.Posts, posts = append(day.Posts, posts[0]), posts[1:]
		}
		r.Days = append(r.Days, day)
	}
	for at := now; ; {
		change, ok := schedule.NextClockChange(zone, at, until)
		if !ok {
			return
		}
		if i := int(schedule.LocalDate(change.At, zone) - r.Days[0].Date); i < len(r.Days) {
			r.Days[i].Clocks = append(r.Days[i].Clocks, change)
		}
		at = change.At
	}
}

// Zone is the time zone in which the rehearsal is laid out.
func (r *Rehearsal) Zone() *time.Location { return zoneOf(r.Cohort, nil) }

// rehearsalPage is how many days the chat shows at once.
const rehearsalPage = 14

// rehearse shows a lead what the cohort will post, some days at a time.
func (c *Coach) rehearse(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
		zone := zoneOf(s.Cohort, nil)
		today := schedule.LocalDate(r.At, zone)
		from := today
		if text := cmp.Or(r.Arg("from"), r.Text); text != "" {
			d, ok := readDate(text, today)
			switch {
			case !ok:
				return Reply{}, refuse(say.UnclearUntil{Typed: quoted(text, 60)})
			case d < today:
				return Reply{}, refuse(say.PastDate{Day: longDate(d)})
			case d > today+horizon:
				return Reply{}, refuse(say.TooFarAhead{Days: horizon})
			}
			from = d
		}
		to := from + rehearsalPage
		whole, err := c.Rehearse(ctx, r.cohort, r.At, schedule.Resolve(schedule.Slot{Date: to}, zone))
		if err != nil {
			return Reply{}, err
		}
		line := say.Rehearsal{Cohort: say.Literal(s.Cohort.Name), Zone: zone.String(), Page: rehearsalPage, From: longDate(from), Paused: s.Cohort.Paused(today)}
		if len(whole.Cohort.Rooms) > 1 {
			line.Rooms = roomRows(whole.Cohort.Rooms, r.Room)
		}
		for _, day := range whole.Days {
			if day.Date >= from {
				line.Days = append(line.Days, rehearsalRow(day, zone, whole.Finish))
			}
		}
		for len(line.Days) > 1 && tooLong(line) {
			line.Days = line.Days[:len(line.Days)-1]
			to = from + schedule.Date(len(line.Days))
			whole.More = true
		}
		m := Say(Text(say.Text(line)), Context(say.Text(say.RehearsalFoot{})))
		var turn []Action
		if whole.More {
			turn = append(turn, r.to(press(say.ButtonGoOn, "rehearse", "from", to.String())))
		}
		if from > today {
			turn = append(turn, r.to(press(say.ButtonFromToday, "rehearse")))
		}
		if len(turn) > 0 {
			m.Blocks = append(m.Blocks, Actions(turn...))
		}
		return Reply{Message: m, Replace: r.turned()}, nil
	})
}

func rehearsalRow(day RehearsalDay, zone *time.Location, finish schedule.Date) say.RehearsalDay {
	row := say.RehearsalDay{Date: longDate(day.Date), Why: string(day.Expect), Last: day.Date == finish}
	for _, change := range day.Clocks {
		row.Clocks = append(row.Clocks, say.ClockChange{
			Forward: change.After > change.Before, Before: change.Before.String(), After: change.After.String(),
		})
	}
	for _, p := range day.Posts {
		row.Posts = append(row.Posts, say.RehearsalPost{
			At: p.At.In(zone).Format("15:04"), UTC: p.At.UTC().Format("Mon 15:04"), Kind: p.Kind, Title: say.Literal(p.Title),
		})
	}
	return row
}
