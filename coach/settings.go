package coach

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// settings shows the form of the sender's settings and takes its submission;
// "settings zone Europe/Berlin" sets a single one.
func (c *Coach) settings(ctx context.Context, r request) (Reply, error) {
	if !r.Submit && r.Text == "" {
		return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
			return Reply{Form: r.settingsForm(s)}, nil
		})
	}
	return c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) {
		f := r.settingsForm(s)
		lived := zoneOf(s.Cohort, s.Learner).String()
		if r.Submit {
			f.fill(r.Args)
		} else {
			name, err := f.set(r.Text)
			if err != nil {
				return Change{}, Reply{}, err
			}
			if name == "zone" {
				lived = "" // typed on purpose, so it is kept even when it is the same
			}
		}
		t, err := c.topicOf(r, s)
		if err != nil {
			return Change{}, Reply{}, err
		}
		l := s.Learner.clone()
		l.Name = nameOf(r.Event, l.Name)
		l.take(f, t.today, lived)
		if f.failed() {
			return Change{}, Reply{}, &Refusal{Form: f, Line: say.CheckTheForm{}}
		}
		change := Change{Learner: l}
		if err := c.resettle(&change, s.Cohort, l, t, r.At); err != nil {
			return Change{}, Reply{}, err
		}
		set := l.Settings
		rest := standing(l.Rest, t.today+1)
		line := say.SettingsSaved{
			Zone: zoneOf(s.Cohort, l).String(), Now: r.At.In(zoneOf(s.Cohort, l)).Format("Mon 15:04"),
			Nudge: set.Nudge.String(), NudgeOff: set.NudgeOff, Recall: set.Recall, Board: set.Board, RoomNotes: set.RoomNotes,
			QuietFrom: set.Quiet.From.String(), QuietTo: set.Quiet.To.String(), QuietOff: set.Quiet.From == set.Quiet.To,
			Rest: rest.String(), NoRest: rest == 0, Language: languageName(set.Language),
			Clash: !set.NudgeOff && set.Quiet.Covers(set.Nudge),
		}
		return change, Reply{Message: Say(Text(say.Text(line)))}, nil
	})
}

// resettle plans a learner's nudges anew, who may live in another zone now. t is
// how things stood before.
func (c *Coach) resettle(change *Change, co *Cohort, l *Learner, t topic, at time.Time) error {
	l.excuseJumped(t, schedule.StudyDay(at, zoneOf(co, l)))
	return c.planNudge(change, co, l, at)
}

// settingsForm shows the settings as they are.
func (r request) settingsForm(s State) *Form {
	l := s.Learner
	set := l.Settings
	rest := standing(l.Rest, schedule.StudyDay(r.At, zoneOf(s.Cohort, l))+1)
	var kinds []string
	if !set.NudgeOff {
		kinds = append(kinds, "nudge")
	}
	if set.Recall {
		kinds = append(kinds, "recall")
	}
	if set.RoomNotes {
		kinds = append(kinds, "room")
	}
	board := ""
	if set.Board {
		board = "yes"
	}
	return &Form{
		Verb: "settings", Args: map[string]string{"cohort": string(r.cohort)}, Title: say.FormSettings.String(), Submit: say.ButtonSave.String(),
		Fields: []FormField{
			{Name: "zone", Label: say.LabelZone.String(), Kind: FieldText, Value: zoneOf(s.Cohort, l).String(), Hint: say.HintZone.String(), Max: 64},
			{Name: "messages", Label: say.LabelMessages.String(), Kind: FieldMany, Optional: true, Value: strings.Join(kinds, ","), Options: []Option{
				{Value: "nudge", Label: say.OptionNudge.String()}, {Value: "recall", Label: say.OptionRecall.String()},
				{Value: "room", Label: say.OptionRoom.String()}}},
			{Name: "nudge", Label: say.LabelNudge.String(), Kind: FieldTime, Value: set.Nudge.String()},
			{Name: "rest", Label: say.LabelRest.String(), Kind: FieldMany, Value: ticked(rest), Optional: true, Options: weekdayOptions()},
			{Name: "quiet-from", Label: say.LabelQuietFrom.String(), Kind: FieldTime, Value: set.Quiet.From.String(), Hint: say.HintQuiet.String()},
			{Name: "quiet-to", Label: say.LabelQuietTo.String(), Kind: FieldTime, Value: set.Quiet.To.String()},
			{Name: "board", Label: say.LabelBoard.String(), Kind: FieldYes, Value: board, Optional: true},
			{Name: "language", Label: say.LabelLanguage.String(), Kind: FieldOne, Value: set.Language, Optional: true, Options: []Option{
				{Value: "go", Label: languageName("go")}, {Value: "rust", Label: languageName("rust")}, {Value: "python", Label: languageName("python")}}},
		},
	}
}

// set changes a single setting from "name value", and returns its name.
func (f *Form) set(text string) (name string, err error) {
	typed, value, _ := strings.Cut(text, " ")
	name, value = strings.ToLower(strings.TrimRight(typed, ":=")), strings.TrimSpace(value)
	if name == "room" {
		value = strings.TrimSpace(strings.TrimPrefix(strings.ToLower(value), "notes"))
	}
	settings := press(say.ButtonSettings, "settings", "cohort", f.Args["cohort"])
	on := slices.Contains([]string{"on", "yes", "true"}, strings.ToLower(value))
	off := slices.Contains([]string{"off", "no", "none", "false"}, strings.ToLower(value))
	switch name {
	case "recall", "board", "room":
		if !on && !off {
			return "", refuse(say.OnOrOff{Setting: name}, settings)
		}
	}
	switch name {
	case "zone", "language":
		f.field(name).Value = value
	case "nudge":
		f.toggle("nudge", !off)
		if !on && !off {
			f.field("nudge").Value = value
		}
	case "recall", "room":
		f.toggle(name, on)
	case "board":
		f.field("board").Value = map[bool]string{true: "yes"}[on]
	case "rest":
		f.field("rest").Value = value
		if off {
			f.field("rest").Value = ""
		}
	case "quiet":
		from, to, _ := strings.Cut(strings.NewReplacer("–", "-", " to ", "-").Replace(value), "-")
		if off {
			from, to = "00:00", "00:00"
		}
		f.field("quiet-from").Value, f.field("quiet-to").Value = strings.TrimSpace(from), strings.TrimSpace(to)
	default:
		return "", refuse(say.UnknownSetting{Typed: quoted(cmp.Or(name, typed), 40)}, settings)
	}
	return name, nil
}

// toggle ticks or unticks a kind of message.
func (f *Form) toggle(kind string, on bool) {
	field := f.field("messages")
	kinds := slices.DeleteFunc(strings.Split(field.Value, ","), func(k string) bool { return k == kind || k == "" })
	if on {
		kinds = append(kinds, kind)
	}
	field.Value = strings.Join(kinds, ",")
}

// take reads a filled settings form into the learner; what cannot be read gets
// an error at its field. A zone other than the one lived in so far is their own
// from now on.
func (l *Learner) take(f *Form, today schedule.Date, lived string) {
	set := &l.Settings
	zone := f.field("zone")
	if loc, err := schedule.LoadZone(strings.TrimSpace(zone.Value)); err != nil {
		zone.Error = sentence(err)
	} else if loc.String() != lived {
		set.Zone, set.ZoneByHand = loc.String(), true
	}
	set.Nudge = f.time("nudge")
	set.Quiet = Quiet{From: f.time("quiet-from"), To: f.time("quiet-to")}
	kinds := strings.Split(f.field("messages").Value, ",")
	set.NudgeOff, set.Recall = !slices.Contains(kinds, "nudge"), slices.Contains(kinds, "recall")
	set.RoomNotes = slices.Contains(kinds, "room")
	set.Board = f.field("board").Value == "yes"
	language := f.field("language")
	switch code := strings.ToLower(strings.TrimSpace(language.Value)); code {
	case "", "go", "rust", "python":
		set.Language = code
	default:
		language.Error = say.Unmarked(say.Text(say.UnknownLanguage{}))
	}
	if days, ok := f.weekdays("rest"); ok && days != standing(l.Rest, today+1) {
		if days == schedule.EveryDay {
			f.field("rest").Error = say.Unmarked(say.Text(say.NoDayLeft{}))
		}
		// From tomorrow on, so that today is not judged by a wish made today.
		l.Rest = append(slices.DeleteFunc(l.Rest, func(r Rest) bool { return r.From > today }), Rest{From: today + 1, Days: days})
	}
}

// excuseJumped excuses the study days that a change of zone jumped over: between
// zones more than 24 hours apart, on both sides of the date line, a date can
// lack any minute in which to study. t is how things stood before, today the
// study day since.
func (l *Learner) excuseJumped(t topic, today schedule.Date) {
	for d := t.today + 1; d < today; d++ {
		if t.calendar.Expect(d) == Expected {
			l.Away = append(l.Away, Span{From: d, To: d})
		}
	}
}

// time reads a field that holds a time of day.
func (f *Form) time(name string) schedule.TimeOfDay {
	field := f.field(name)
	t, err := schedule.ParseTimeOfDay(strings.TrimSpace(field.Value))
	if err != nil {
		field.Error = sentence(err)
	}
	return t
}

// weekdays reads a field that holds weekdays, none where it is empty.
func (f *Form) weekdays(name string) (schedule.Weekdays, bool) {
	field := f.field(name)
	if strings.TrimSpace(field.Value) == "" {
		return 0, true
	}
	days, err := schedule.ParseWeekdays(field.Value)
	if err != nil {
		field.Error = sentence(err)
	}
	return days, err == nil
}

// sentence makes a sentence of an error that is meant for people.
func sentence(err error) string {
	s := strings.TrimPrefix(err.Error(), "schedule: ")
	return clip(strings.ToUpper(s[:1])+s[1:], 150)
}

// ticked is the value of a field with weekdayOptions that holds the days.
func ticked(days schedule.Weekdays) string {
	var values []string
	for _, o := range weekdayOptions() {
		if d, err := schedule.ParseWeekdays(o.Value); err == nil && days&d != 0 {
			values = append(values, o.Value)
		}
	}
	return strings.Join(values, ",")
}

func weekdayOptions() []Option {
	var options []Option
	for d := schedule.Date(4); d < 11; d++ { // 1970-01-05 was a Monday
		options = append(options, Option{Value: strings.ToLower(d.Format("Mon")), Label: d.Format("Monday")})
	}
	return options
}

func languageName(code string) string {
	switch code {
	case "go":
		return say.LanguageGo.String()
	case "rust":
		return say.LanguageRust.String()
	case "python":
		return say.LanguagePython.String()
	}
	return ""
}
