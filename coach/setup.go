package coach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"studycoach/content"
	"studycoach/content/say"
	"studycoach/schedule"
)

// Bounds of a cohort's settings.
const (
	maxCohortName = 60
	startBack     = 180 // days that a start date may lie back
	startAhead    = 366 // days that it may lie ahead
)

// setup opens the form of a new cohort in the room, and starts it. A cohort that
// lived there and has run its course makes room first.
func (c *Coach) setup(ctx context.Context, r request) (Reply, error) {
	if r.Room.IsDirect() {
		return Reply{}, refuse(say.SetupInRoom{})
	}
	r.cohort = CohortID(strings.ToLower(shortID("cohort " + r.ID)))
	old, err := c.livesIn(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	f := c.setupForm(r)
	if old != nil {
		f.Intro = say.Text(say.MovesOut{Cohort: say.Literal(old.Name)})
	}
	if !r.Submit {
		return Reply{Form: f}, nil
	}
	f.fill(r.Args)
	co := &Cohort{
		ID: r.cohort, Rooms: []RoomID{r.Room}, Leads: []UserRef{r.From}, By: r.From, Created: r.At.Truncate(time.Second),
		Pending: map[string]string{}, Last: map[string]schedule.Date{},
	}
	c.takeCohort(f, co, r.At)
	if f.failed() {
		return Reply{Form: f}, nil
	}
	if old != nil {
		if err := c.retire(ctx, r, old.ID); err != nil {
			return Reply{}, err
		}
	}
	reply, err := c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) {
		if s.Cohort != nil {
			return Change{}, Reply{}, refuse(say.RoomTaken{Cohort: say.Literal(s.Cohort.Name)})
		}
		co := co.clone()
		change := Change{Cohort: co}
		if err := c.replan(&change, co, r.At); err != nil {
			return Change{}, Reply{}, err
		}
		welcome, err := c.welcomeRoom(co, r, fmt.Sprintf("send/%s/%s", kindWelcome, co.ID))
		if err != nil {
			return Change{}, Reply{}, err
		}
		change.Add = append(change.Add, welcome)
		line := c.cohortLine(co, r.At)
		return change, Reply{Message: Say(Text(say.Text(say.SetUp{Cohort: line})), Actions(
			r.to(press(say.ButtonJoin, "join")), r.to(press(say.ButtonCohort, "cohort"))))}, nil
	})
	if errors.Is(err, ErrRoomTaken) { // by somebody who was quicker
		return Reply{}, refuse(say.RoomTaken{}, press(say.ButtonToday, "today"))
	}
	return reply, partly(old != nil, err)
}

// livesIn returns the cohort that lives in the room and may make room for the
// request's, nil when the room is free, and refuses when it is taken.
func (c *Coach) livesIn(ctx context.Context, r request) (*Cohort, error) {
	id, err := c.store.CohortIn(ctx, r.Room)
	switch {
	case errors.Is(err, ErrNotFound), err == nil && id == r.cohort:
		return nil, nil
	case err != nil:
		return nil, err
	}
	s, err := c.store.Load(ctx, Scope{Cohort: id})
	if err != nil || s.Cohort == nil {
		return nil, err
	}
	return s.Cohort, c.mayRetire(s.Cohort, r)
}

// mayRetire refuses to let a cohort go: anybody may when it has no lead left,
// and a lead of it once the day of its last unit is past.
func (c *Coach) mayRetire(co *Cohort, r request) error {
	line := say.RoomTaken{Cohort: say.Literal(co.Name)}
	if t, err := c.topicAt(co, nil, r.At); err == nil {
		end, ok := t.course.end()
		line.Over = ok && end < t.today
	}
	if len(co.Leads) == 0 || line.Over && co.IsLead(r.From) {
		return nil
	}
	return refuse(line, press(say.ButtonToday, "today"))
}

// retire takes a cohort out of the request's room. Where it lives in no other it
// stops: nothing is posted or expected any more. What its learners did is kept.
func (c *Coach) retire(ctx context.Context, r request, id CohortID) error {
	_, _, err := c.store.Update(ctx, Scope{Cohort: id, Announcements: true}, func(s State) (Change, error) {
		if s.Cohort == nil || !slices.Contains(s.Cohort.Rooms, r.Room) {
			return Change{}, nil
		}
		if err := c.mayRetire(s.Cohort, r); err != nil {
			return Change{}, err
		}
		co := s.Cohort.clone()
		if co.moveOut(r.Room); len(co.Rooms) > 0 {
			return Change{Cohort: co}, nil
		}
		co.Rooms = nil
		if today := schedule.StudyDay(r.At, zoneOf(co, nil)); !co.Paused(today) {
			co.Pauses = append(co.Pauses, Span{From: today})
		}
		change := Change{Cohort: co}
		for kind, key := range co.Pending {
			change.Cancel = append(change.Cancel, key)
			delete(co.Pending, kind)
		}
		for _, a := range s.Announcements {
			if a.Status == announcePlanned {
				a.Status = announceCancelled
				change.Announce, change.Cancel = append(change.Announce, a), append(change.Cancel, a.Job)
			}
		}
		return change, nil
	})
	return err
}

// welcomeRoom is the message that tells the request's room of its new cohort.
func (c *Coach) welcomeRoom(co *Cohort, r request, key string) (schedule.Job, error) {
	roadmap, err := c.roadmapOf(co)
	if err != nil {
		return schedule.Job{}, err
	}
	line := say.RoomWelcome{
		Cohort: say.Literal(co.Name), Roadmap: roadmap.Title, About: roadmap.Summary,
		Start: longDate(co.Start), Started: co.Start < schedule.StudyDay(r.At, zoneOf(co, nil)),
		Prompt: co.Prompt.String(), Zone: co.Zone, Goal: co.Goal(co.Start),
	}
	join := press(say.ButtonJoin, "join", "cohort", string(co.ID))
	join.Style = Primary
	return Delivery{
		Key: key, Room: r.Room, Class: ClassNotice,
		Message: *Say(Title(co.Name), Text(say.Text(line)), Actions(join, press(say.ButtonPlan, "plan", "cohort", string(co.ID)))),
	}.Job(co.ID.Part(), r.At)
}

// setupForm is the form of a new cohort.
func (c *Coach) setupForm(r request) *Form {
	zone := "UTC"
	if _, err := schedule.LoadZone(r.Zone); err == nil {
		zone = r.Zone
	}
	start := schedule.LocalDate(r.At, zoneOf(&Cohort{Zone: zone}, nil)) + 1
	co := &Cohort{
		Start: start, Zone: zone, Prompt: 9 * 60, Summary: WeekTime{Day: time.Sunday, At: 18 * 60},
		Study: []StudyRule{{Days: schedule.EveryDay &^ schedule.WeekdaysOf(time.Sunday)}},
		Rooms: []RoomID{r.Room},
	}
	f := c.cohortForm(co)
	f.Verb, f.Title, f.Submit = "setup", say.FormSetup.String(), say.ButtonStart.String()
	return f
}

// cohortForm asks for what a lead decides about a cohort.
func (c *Coach) cohortForm(co *Cohort) *Form {
	var roadmaps []Option
	for _, roadmap := range c.library.Roadmaps() {
		label := say.RoadmapOption{Title: roadmap.Title, HoursMin: roadmap.Hours.Min, HoursMax: roadmap.Hours.Max}
		roadmaps = append(roadmaps, Option{Value: roadmap.ID, Label: clip(say.Unmarked(say.Text(label)), 75)})
	}
	chosen := co.Roadmap
	if chosen == "" && len(roadmaps) > 0 {
		chosen = roadmaps[0].Value
	}
	goal := ""
	if n := len(co.Goals); n > 0 {
		goal = strconv.Itoa(co.Goals[n-1].Hours)
	}
	f := &Form{Fields: []FormField{
		{Name: "name", Label: say.LabelName.String(), Kind: FieldText, Value: co.Name, Hint: say.HintName.String(), Max: maxCohortName},
		{Name: "roadmap", Label: say.LabelRoadmap.String(), Kind: FieldOne, Value: chosen, Options: roadmaps},
		{Name: "start", Label: say.LabelStart.String(), Kind: FieldDate, Value: co.Start.String()},
		{Name: "zone", Label: say.LabelZone.String(), Kind: FieldText, Value: co.Zone, Hint: say.HintZone.String(), Max: 64},
		{Name: "prompt", Label: say.LabelPrompt.String(), Kind: FieldTime, Value: co.Prompt.String()},
		{Name: "study", Label: say.LabelStudy.String(), Kind: FieldMany, Value: ticked(co.Study[len(co.Study)-1].Days), Options: weekdayOptions()},
		{Name: "summary-day", Label: say.LabelSummaryDay.String(), Kind: FieldOne, Value: strings.ToLower(co.Summary.Day.String()[:3]), Options: weekdayOptions()},
		{Name: "summary-time", Label: say.LabelSummaryTime.String(), Kind: FieldTime, Value: co.Summary.At.String()},
		{Name: "goal", Label: say.LabelGoal.String(), Kind: FieldNumber, Value: goal, Hint: say.HintGoal.String(), Optional: true},
	}}
	if slices.ContainsFunc(co.Rooms, RoomID.wantsThreads) {
		field := FormField{Name: "threads", Label: say.LabelThreads.String(), Kind: FieldYes, Optional: true}
		if co.Threads {
			field.Value = "yes"
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}

// takeCohort reads a filled form into the cohort; what cannot be read gets an
// error at its field.
func (c *Coach) takeCohort(f *Form, co *Cohort, now time.Time) {
	fail := func(field string, line any) { f.field(field).Error = say.Unmarked(say.Text(line)) }
	name := oneLine(f.field("name").Value)
	if co.Name = clip(name, maxCohortName); name == "" {
		fail("name", say.NameMissing{})
	}
	co.Roadmap = f.field("roadmap").Value
	roadmap, known := c.library.Roadmap(co.Roadmap)
	if !known {
		fail("roadmap", say.RoadmapMissing{})
	}
	zone := f.field("zone")
	loc, err := schedule.LoadZone(strings.TrimSpace(zone.Value))
	if err != nil {
		zone.Error = sentence(err)
		loc = time.UTC
	}
	co.Zone = loc.String()
	today := schedule.StudyDay(now, loc)
	before := co.Start
	start, ok := readDate(f.field("start").Value, today)
	co.Start = start
	switch {
	case !ok:
		fail("start", say.UnclearUntil{Typed: quoted(f.field("start").Value, 40)})
	case before != 0 && before <= today && start != before:
		fail("start", say.StartedAlready{Start: longDate(before)})
	case start != before && (start < today-startBack || start > today+startAhead):
		fail("start", say.StartRange{Back: startBack, Ahead: startAhead})
	}
	if slices.ContainsFunc(co.Rooms, RoomID.wantsThreads) {
		co.Threads = f.field("threads").Value == "yes"
	}
	co.Prompt = f.time("prompt")
	co.Summary.At = f.time("summary-time")
	if day, ok := f.weekdays("summary-day"); ok && day.Count() == 1 {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if day.Has(d) {
				co.Summary.Day = d
			}
		}
	} else {
		fail("summary-day", say.OneDay{})
	}
	days, ok := f.weekdays("study")
	switch {
	case ok && days == 0:
		fail("study", say.NoDayLeft{})
	case len(co.Study) == 0:
		co.Study = []StudyRule{{From: 0, Days: days}}
	case days != co.Study[len(co.Study)-1].Days:
		from := co.unsettled(today)
		co.Study = append(slices.DeleteFunc(slices.Clone(co.Study), func(rule StudyRule) bool { return rule.From >= from }),
			StudyRule{From: from, Days: days})
	}
	if known {
		c.takeGoal(f, co, roadmap, today)
	}
	if f.failed() || start == before {
		return
	}
	if t, err := c.topicAt(co, nil, now); err == nil {
		if end, ok := t.course.end(); ok && end < t.today {
			fail("start", say.NoUnitAhead{})
		}
	}
}

// takeGoal reads the hours a week, of which the roadmap says what they may be;
// without any, they are the middle of what it advises.
func (c *Coach) takeGoal(f *Form, co *Cohort, r *content.Roadmap, today schedule.Date) {
	field, can := f.field("goal"), r.Paces()
	hours := (r.Hours.Min + r.Hours.Max) / 2
	if text := strings.TrimSpace(strings.TrimRight(field.Value, " hH")); text != "" {
		var err error
		if hours, err = strconv.Atoi(text); err != nil || hours < can.Min || hours > can.Max {
			field.Error = say.Unmarked(say.Text(say.GoalRange{Min: can.Min, Max: can.Max}))
			return
		}
	}
	switch n := len(co.Goals); {
	case n == 0:
		co.Goals = []GoalRule{{Hours: hours}}
	case hours != co.Goals[n-1].Hours:
		from := co.unsettled(today)
		co.Goals = append(slices.DeleteFunc(slices.Clone(co.Goals), func(rule GoalRule) bool { return rule.From >= from }),
			GoalRule{From: from, Hours: hours})
	}
}

// unsettled is the first day that a change of the pace can still be about: after
// today, and after the last day whose prompt was posted.
func (c *Cohort) unsettled(today schedule.Date) schedule.Date {
	return max(today, c.Last[kindPrompt]) + 1
}
