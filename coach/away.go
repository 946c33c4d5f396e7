package coach

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"studycoach/content/say"
	"studycoach/schedule"
)

// maxAway is how many days ahead an absence may end.
const maxAway = 366

// away excuses the sender from the cohort's days until a date, or ends that.
func (c *Coach) away(ctx context.Context, r request) (Reply, error) {
	text := r.Text
	if r.Submit {
		text = r.Arg("until")
	}
	if text == "" {
		return c.view(ctx, r, Scope{}, func(s State) (Reply, error) {
			today := schedule.StudyDay(r.At, zoneOf(s.Cohort, s.Learner))
			m := &Form{
				Verb: "away", Args: map[string]string{"cohort": string(r.cohort)}, Title: say.FormAway.String(), Submit: say.ButtonSave.String(),
				Fields: []FormField{{Name: "until", Label: say.LabelUntil.String(), Kind: FieldDate, Value: (today + 7).String(), Hint: say.HintAway.String()}},
			}
			return Reply{Form: m}, nil
		})
	}
	return c.update(ctx, r, Scope{}, func(s State) (Change, Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Change{}, Reply{}, err
		}
		l := s.Learner.clone()
		if word := strings.ToLower(text); word == "off" || word == "back" || word == "end" {
			l.Away = endSpans(l.Away, t.today)
			return Change{Learner: l}, Reply{Message: Say(Text(say.Text(say.BackFromAway{})))}, nil
		}
		until, ok := readUntil(text, t.today)
		switch {
		case !ok:
			return Change{}, Reply{}, refuse(say.UnclearUntil{Typed: quoted(text, 60)})
		case until < t.today:
			return Change{}, Reply{}, refuse(say.PastDate{Day: longDate(until)})
		case until > t.today+maxAway:
			return Change{}, Reply{}, refuse(say.TooFarAhead{Days: maxAway})
		}
		l.Away = append(endSpans(l.Away, t.today), Span{From: t.today, To: until})
		line := say.AwayNoted{Until: until.Format("Mon 2 Jan 2006"), Days: int(until - t.today + 1)}
		return Change{Learner: l}, Reply{Message: Say(Text(say.Text(line)))}, nil
	})
}

// endSpans ends what reaches into today or beyond on the day before.
func endSpans(spans []Span, today schedule.Date) []Span {
	var ended []Span
	for _, s := range spans {
		if s.To == 0 || s.To >= today {
			s.To = today - 1
		}
		if s.From <= s.To {
			ended = append(ended, s)
		}
	}
	return ended
}

var forDays = regexp.MustCompile(`^(?:for )?(\d{1,3}) (day|week)s?$`)

// readUntil reads the last day of an absence: "until 2027-01-05", "5 Jan",
// "friday", "tomorrow", "3 days", "for 2 weeks".
func readUntil(text string, today schedule.Date) (schedule.Date, bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "until "), "till "))
	if m := forDays.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		if m[2] == "week" {
			n *= 7
		}
		return today + schedule.Date(n) - 1, n > 0
	}
	return readDate(text, today)
}

var dayMonthYear = regexp.MustCompile(`^(\d{1,2})\. ?(\d{1,2})\.(?: ?(\d{4}))?$`)

// readDate reads a date that lies ahead unless it says otherwise: 2027-01-05, 5
// jan, jan 5, 5.1., 5.1.2027, a weekday, yesterday, today, tomorrow.
func readDate(text string, today schedule.Date) (schedule.Date, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if d, err := schedule.ParseDate(text); err == nil {
		return d, true
	}
	switch text {
	case "yesterday":
		return today - 1, true
	case "today":
		return today, true
	case "tomorrow":
		return today + 1, true
	}
	if m := dayMonthYear.FindStringSubmatch(text); m != nil {
		day, _ := strconv.Atoi(m[1])
		month, _ := strconv.Atoi(m[2])
		year, err := strconv.Atoi(m[3])
		if err == nil {
			return dateIn(year, time.Month(month), day)
		}
		for year, _, _ = today.Civil(); ; year++ {
			if d, ok := dateIn(year, time.Month(month), day); d >= today || !ok {
				return d, ok
			}
		}
	}
	for d := today + 1; d <= today+7; d++ {
		if slices.Contains([]string{d.Format("Monday"), d.Format("Mon")}, titled(text)) {
			return d, true
		}
	}
	for d := today; d < today+maxAway; d++ {
		if slices.Contains([]string{d.Format("2 Jan"), d.Format("Jan 2"), d.Format("2 January"), d.Format("January 2")}, titled(text)) {
			return d, true
		}
	}
	return 0, false
}

// titled sets the first letter of each word in capitals, as dates are written.
func titled(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}
