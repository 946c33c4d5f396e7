package coach

import (
	"iter"
	"maps"
	"strings"
	"time"

	"studycoach/schedule"
)

// When is the day that a check-in is for, as it was named. The zero When names
// none and means today.
type When struct {
	form    whenForm
	weekday uint8 // a time.Weekday
	month   uint8
	day     uint8
	ago     int32 // days; -1 is tomorrow
	year    int32 // 0: the latest one
}

type whenForm uint8

const (
	whenUnsaid      whenForm = iota
	whenAgo                  // ago days before today
	whenWeekday              // the latest such day up to today
	whenLastWeekday          // the latest such day before today
	whenDate
)

// Named tells whether the text named a day.
func (w When) Named() bool { return w.form != whenUnsaid }

// On returns the study day that w names, seen from today. It may be any day,
// later ones too; ok is false when there is no such day, as with 30 February.
func (w When) On(today schedule.Date) (d schedule.Date, ok bool) {
	switch w.form {
	case whenAgo:
		return today - schedule.Date(w.ago), true
	case whenWeekday, whenLastWeekday:
		back := (today.Weekday() - time.Weekday(w.weekday) + 7) % 7
		if back == 0 && w.form == whenLastWeekday {
			back = 7
		}
		return today - schedule.Date(back), true
	case whenDate:
		if w.year != 0 {
			return w.in(int(w.year))
		}
		year, _, _ := today.Civil()
		for y := year; y >= year-8; y-- { // 29 February can be eight years back
			if d, ok = w.in(y); ok && d <= today {
				return d, true
			}
		}
		return 0, false
	default:
		return today, true
	}
}

// in is the day of a year.
func (w When) in(year int) (schedule.Date, bool) {
	return dateIn(year, time.Month(w.month), int(w.day))
}

func dateIn(year int, month time.Month, day int) (schedule.Date, bool) {
	d := schedule.DateOf(year, month, day)
	y, m, dd := d.Civil()
	return d, y == year && m == month && dd == day
}

var partsOfDay = wordSet("morning afternoon evening night")

var weekdayNames = map[string]time.Weekday{
	"sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday,
	"thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday,
}

// Short names count after "on" or "last" only. "Sat" and "sun" are words.
var shortWeekdays = map[string]time.Weekday{
	"mon": time.Monday, "tue": time.Tuesday, "tues": time.Tuesday, "wed": time.Wednesday,
	"thu": time.Thursday, "thur": time.Thursday, "thurs": time.Thursday, "fri": time.Friday,
}

// dayWords are those with which a day's name can begin, beside digits.
var dayWords = func() map[string]bool {
	words := wordSet("on for last the a today yesterday tomorrow")
	for _, names := range []iter.Seq[string]{maps.Keys(weekdayNames), maps.Keys(months), maps.Keys(numerals)} {
		for name := range names {
			words[name] = true
		}
	}
	return words
}()

// day reads a day's name, with "on" or "for" before it.
func (p *parser) day(i int) (t token, n int) {
	if first := p.at(i); first.kind != numberToken && !dayWords[first.word] {
		return t, 0
	}
	j := p.skip(i, "on", "for")
	when, next := p.when(j)
	if next == 0 {
		if when, next = p.weekday(j, j > i); next == 0 {
			return t, 0
		}
		t.strict = j == i && when.form == whenWeekday || p.at(i).word == "for"
	}
	if p.before(i) != free || p.after(next) != free {
		return token{}, 0
	}
	if partsOfDay[p.at(next).word] {
		next++
	}
	t.kind, t.when = dayToken, when
	return t, next - i
}

// weekday reads a day of the week. A short name needs a word before it.
func (p *parser) weekday(i int, led bool) (w When, next int) {
	w.form = whenWeekday
	if j := p.skip(i, "last"); j > i {
		w.form, led, i = whenLastWeekday, true, j
	}
	d, ok := weekdayNames[p.at(i).word]
	if !ok && led {
		d, ok = shortWeekdays[p.at(i).word]
	}
	if !ok {
		return When{}, 0
	}
	w.weekday = uint8(d)
	return w, i + 1
}

// when reads a day other than one of the week.
func (p *parser) when(i int) (w When, next int) {
	switch p.at(i).word {
	case "today":
		return When{form: whenAgo}, i + 1
	case "yesterday":
		return When{form: whenAgo, ago: 1}, i + 1
	case "tomorrow":
		return When{form: whenAgo, ago: -1}, i + 1
	}
	if j := p.skip(i, "the"); p.at(j).word == "day" && p.at(j+1).word == "before" && p.at(j+2).word == "yesterday" {
		return When{form: whenAgo, ago: 2}, j + 3
	}
	if n, j := p.count(i); j > 0 && (p.at(j).word == "day" || p.at(j).word == "days") && p.at(j+1).word == "ago" {
		return When{form: whenAgo, ago: int32(n)}, j + 2
	}
	if w, next = p.isoDate(i); next > 0 {
		return w, next
	}
	return p.dayOfMonth(i)
}

// count reads a whole number, in digits or in words, or "a".
func (p *parser) count(i int) (n, next int) {
	if t := p.at(i); t.word == "a" {
		return 1, i + 1
	}
	n, decimals, next := p.amount(i)
	if next == 0 || decimals > 0 || n%100 != 0 {
		return 0, 0
	}
	return n / 100, next
}

// isoDate reads 2026-11-20.
func (p *parser) isoDate(i int) (w When, next int) {
	var parts [3]int
	for k := range parts {
		t := p.at(i + 2*k)
		if t.kind != numberToken || t.decimals > 0 || k > 0 && !(t.glued && p.at(i+2*k-1).glued && p.at(i+2*k-1).word == "-") {
			return w, 0
		}
		parts[k] = t.n / 100
	}
	if len(p.at(i).word) != 4 || parts[1] > 12 || parts[2] > 31 {
		return w, 0
	}
	return When{form: whenDate, year: int32(parts[0]), month: uint8(parts[1]), day: uint8(parts[2])}, i + 5
}

// dayOfMonth reads 20 Nov, Nov 20th, 20. November 2026 and the like.
func (p *parser) dayOfMonth(i int) (w When, next int) {
	w.form = whenDate
	day, j := p.ordinal(i)
	if j > 0 {
		j = p.skip(p.skip(j, "."), "of")
		w.month = uint8(months[p.at(j).word])
		j++
	} else {
		w.month = uint8(months[p.at(i).word])
		day, j = p.ordinal(i + 1)
	}
	if w.month == 0 || day == 0 {
		return When{}, 0
	}
	w.day = uint8(day)
	if year := p.at(p.skip(j, ",")); year.kind == numberToken && len(year.word) == 4 {
		w.year = int32(year.n / 100)
		j = p.skip(j, ",") + 1
	}
	return w, j
}

func (p *parser) ordinal(i int) (day, next int) {
	t := p.at(i)
	if t.kind != numberToken || t.decimals > 0 || t.n%100 != 0 || t.n > 3100 {
		return 0, 0
	}
	if p.at(i + 1).glued {
		i = p.skip(i+1, "st", "nd", "rd", "th") - 1
	}
	return t.n / 100, i + 1
}

// months are named in full or by their first three letters.
var months = func() map[string]time.Month {
	names := map[string]time.Month{"sept": time.September}
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(m.String())
		names[name], names[name[:3]] = m, m
	}
	return names
}()
