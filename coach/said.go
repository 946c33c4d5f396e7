package coach

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// MaxMinutes is the most that one check-in can hold. The least is one minute.
const MaxMinutes = 960

// Said is what the text of a check-in was understood to say.
type Said struct {
	Minutes int    // 1 to MaxMinutes; 0 when the text names no time
	Mode    string // "deep", "ai", or empty when the text does not say
	Unit    string // a unit's id, such as "w03d2"; it may not exist; empty when none, or several, are named
	Date    When   // the day it is for
	Blocker string // what the learner is stuck on
	Note    string // the learner's own words without the time, and without mode, day and unit where they stand as tags
}

// TimeKind says what kept a time from being understood.
type TimeKind string

// The kinds of a TimeError.
const (
	TimeTooLong   TimeKind = "too long"  // more than MaxMinutes
	TimeTooShort  TimeKind = "too short" // less than a minute
	TimeAmbiguous TimeKind = "ambiguous" // several times: which one, or their sum?
	TimeUnclear   TimeKind = "unclear"   // looks like a time but is none, or may mean two things
	TimeBare      TimeKind = "bare"      // a number alone: of minutes?
	TimeTwoDays   TimeKind = "two days"  // the text is for more than one day
)

// TimeError says why ParseSaid could not tell how long, or when. It carries
// what a question back needs.
type TimeError struct {
	Kind TimeKind
	Text string // the words in question, as they were written, at most 40 characters

	// Minutes is what each time comes to: one of TimeTooLong, two to eight of
	// TimeAmbiguous. Of TimeBare it is the number, or nothing where that cannot
	// be minutes. The other kinds have none.
	Minutes []int
}

func (e *TimeError) Error() string { return fmt.Sprintf("time %s: %q", e.Kind, e.Text) }

// ParseSaid reads a check-in. Its running time is linear in the text, which
// may be any bytes; the caller bounds its length. The error is a *TimeError;
// all but Minutes is filled in then, too. A text without a time is no error.
//
// Times, anywhere in the text: 45m, 90 min, 1h30, 1h 30, 1h30m, 1.5h, 1,5 h,
// 1½h, 1:30, 2 hours, 1 hour 20 minutes, half an hour, an hour and a half,
// one and a half hours, three quarters of an hour, forty-five minutes, and sums
// with a plus. Hours are rounded to the nearest minute.
//
// Nothing is guessed:
//   - Two times that are not joined by a plus are asked about, and so are
//     ranges, "45m each", "2 x 25m", "-30m", "more than 1h".
//   - 1.30h may mean 90 or 78 minutes. Two decimals that end in 0 or 5 are
//     asked about, save .25 and .75; so is a fraction of a minute.
//   - "at 1:30", "from 1:30" and "1:30 pm" are times of the day and not taken.
//     From 6 hours on, 10:30 and 10h30 read as one, too, and are asked about
//     unless there is a clear time as well; 10h30m and 10.5h are clear.
//   - After hours, minutes without a unit must not count things: 1h 30 is 90
//     minutes, "1h 30 pages" a question.
//   - "every 5 minutes", "an hour ago" and "back in 5 minutes" are not time
//     spent; 10M is a number of things; nor are versions, ids and addresses
//     times.
//   - Of other languages' words, the units after a number are known ("1,5
//     Stunden"); a time that holds more than that is asked about, or unknown.
//
// Modes: #ai and #deep anywhere. Without the #, the word is a tag at the start
// or end of the text and beside the time, day or unit, unless it belongs to the
// words around it, as in "deep dive" and "about ai"; in capitals, as in "45m AI
// planning", it must stand apart on both sides. Two different tags cancel out
// and stay in the note.
//
// Days: today, yesterday, 2 days ago, on monday, last friday, 2026-11-20, 20
// Nov, at the places where a mode is a tag. "What broke yesterday" at the end
// is taken as one, "from yesterday" is not. Tomorrow is a day only beside a time
// or apart from the words, so that it can be refused.
func ParseSaid(text string) (Said, error) {
	p := parsers.Get().(*parser)
	defer parsers.Put(p)
	p.text = strings.ToValidUTF8(text, "\uFFFD")
	p.lex()
	p.replace(p.unit)
	p.replace(p.day)
	p.replace(p.tag)
	p.replace(p.time)
	p.edges()
	return p.said()
}

// said gathers what was understood.
func (p *parser) said() (s Said, err error) {
	var found [timeToken + 1][]token // what stands apart
	var units, clocks, doubts, rest []token
	for i, t := range p.tokens {
		if t.kind == unitToken {
			units = append(units, t)
		}
		switch {
		case p.apart(i):
			found[t.kind] = append(found[t.kind], t)
		case t.kind == timeToken && t.doubt == clock:
			clocks = append(clocks, t)
		case t.kind == timeToken:
			doubts = append(doubts, t)
		case t.kind != symbolToken && len(rest) < 2: // more than one does not matter
			rest = append(rest, t)
		}
	}
	times, days, tags := found[timeToken], found[dayToken], slices.Concat(found[hashToken], found[tagToken])
	cuts := slices.Concat(times, days)
	if len(tags) > 0 && alike(tags) {
		s.Mode = tags[0].word
		cuts = append(cuts, tags...)
	}
	if len(units) > 0 && alike(units) {
		s.Unit = units[0].word
		cuts = append(cuts, found[unitToken]...)
	}
	if len(days) > 0 && alike(days) {
		s.Date = days[0].when
	}
	slices.SortFunc(cuts, func(a, b token) int { return a.start - b.start })
	s.Note = without(p.text, cuts, 0, len(p.text))
	s.Blocker = p.blocker(cuts)

	switch {
	case len(doubts) > 0:
		return s, p.fail(TimeUnclear, doubts)
	case len(times) > 1:
		return s, p.fail(TimeAmbiguous, times)
	case len(times) == 0 && len(clocks) > 0:
		return s, p.fail(TimeUnclear, clocks)
	case len(times) == 0 && len(rest) == 1 && rest[0].kind == numberToken:
		return s, p.fail(TimeBare, rest)
	case len(times) == 1 && times[0].n > MaxMinutes:
		return s, p.fail(TimeTooLong, times)
	case len(times) == 1 && times[0].n == 0:
		return s, p.fail(TimeTooShort, times)
	case len(days) > 0 && !alike(days):
		return s, p.fail(TimeTwoDays, days)
	case len(times) == 1:
		s.Minutes = times[0].n
	}
	return s, nil
}

// alike tells whether all tokens say the same.
func alike(tokens []token) bool {
	return !slices.ContainsFunc(tokens, func(t token) bool { return t.word != tokens[0].word || t.when != tokens[0].when })
}

// fail asks about the tokens.
func (p *parser) fail(kind TimeKind, about []token) error {
	e := &TimeError{Kind: kind}
	var said []string
	for _, t := range about[:min(len(about), 8)] {
		if f := p.field(t); kind == TimeAmbiguous || !slices.Contains(said, f) {
			said = append(said, f)
		}
		switch {
		case kind == TimeTooLong, kind == TimeAmbiguous:
			e.Minutes = append(e.Minutes, t.n)
		case kind == TimeBare && t.n%100 == 0 && 0 < t.n && t.n <= 100*MaxMinutes:
			e.Minutes = append(e.Minutes, t.n/100)
		}
	}
	e.Text = strings.Join(said, ", ")
	if r := []rune(e.Text); len(r) > 40 {
		e.Text = string(r[:39]) + "…"
	}
	return e
}

// field returns the text of t, of a doubtful one with all that it is glued to.
func (p *parser) field(t token) string {
	start, end := t.start, t.end
	if t.doubt == unclear {
		start = strings.LastIndexFunc(p.text[:start], unicode.IsSpace) + 1
		if n := strings.IndexFunc(p.text[end:], unicode.IsSpace); n >= 0 {
			end += n
		} else {
			end = len(p.text)
		}
	}
	return p.text[start:end]
}

var (
	stuckOn  = wordSet("on at with")
	notStuck = wordSet("not never longer isn't wasn't aren't un")
)

// blocker returns what follows "stuck on" and its like, up to the end of the
// sentence.
func (p *parser) blocker(cuts []token) string {
	from := 0
	for i, t := range p.tokens {
		next := p.at(i + 1)
		colon := next.word == ":"
		switch {
		case from > t.start: // the word after it, on a line of its own perhaps
		case from > 0 && p.ends(i):
			return trimStops(without(p.text, cuts, from, t.start))
		case from > 0 || notStuck[p.at(i-1).word]:
		case t.word == "stuck" && (colon || stuckOn[next.word]),
			t.word == "blocked" && (colon || next.word == "by" || next.word == "on"),
			(t.word == "blocker" || t.word == "blockers") && colon:
			from = next.end
		}
	}
	if from == 0 {
		return ""
	}
	return trimStops(without(p.text, cuts, from, len(p.text)))
}

// ends tells whether the token at i ends a sentence, or begins a line.
func (p *parser) ends(i int) bool {
	t := p.at(i)
	return t.kind == symbolToken && strings.Contains(".!?;", t.word) && !p.at(i+1).glued || p.newline(i, amidWords) == punctuation
}
