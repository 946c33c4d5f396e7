package coach

import (
	"slices"
	"strings"
)

// doubt says how surely a time is one, from best to worst.
type doubt uint8

const (
	sure    doubt = iota
	dial          // 1:30: sure, unless the words around it make it a time of the day
	clock         // 10:30: as likely a time of the day
	unclear       // cannot be told
)

// dialFrom is where a time with a colon, or with minutes right after an h,
// begins to read like a time of the day, in minutes.
const dialFrom = 6 * 60

// dialDoubt says how sure such a time is.
func dialDoubt(minutes int) doubt {
	if minutes >= dialFrom {
		return clock
	}
	return dial
}

// The words around times.
var (
	minuteWords = wordSet("m min mins minute minutes mn minuten minuto minutos minuti")
	hourWords   = wordSet("h hr hrs hour hours std stunde stunden heure heures hora horas ora")
	andWords    = wordSet("and & und et y e")

	approximately = wordSet("about around approximately approx roughly almost nearly circa ca ~ ≈")
	clockBefore   = wordSet("at @ from until till til since by before after to between um à las")
	clockAfter    = wordSet("am pm uhr o'clock")
	rateBefore    = wordSet("every per each once twice times")
	rateAfter     = wordSet("each per every daily apiece")
	doubtBefore   = wordSet("than minus hundred thousand dozen < >")
	rangeWords    = wordSet("to or until till - – − /")
	amounts       = wordSet("couple few several many some")
	entered       = wordSet("check checked checking put putting got get getting squeezed") // in so much
	labels        = wordSet("chapter ch part section lesson day week unit page exercise module video lecture step task version go python rust postgres")

	// What ends the search for the thing that a number counts.
	countEnds = wordSet("on of in at with for from to about and or the a an my our read did was")
)

// time reads a time with what belongs to it, and weighs the words around it.
func (p *parser) time(i int) (t token, n int) {
	if t, n = p.someTime(i); n > 0 {
		return t, n
	}
	j := p.skip(i, "for")
	if approximately[p.at(j).word] {
		j++
	}
	minutes, next, doubt := p.span(j)
	if next == 0 || p.before(j) == inside {
		return t, 0
	}
	for p.at(next).word == "+" {
		more, end, d := p.span(next + 1)
		if end == 0 {
			break
		}
		minutes, next, doubt = minutes+more, end, max(doubt, d)
	}
	switch {
	case p.otherTime(next, doubt):
		return token{kind: wordToken}, next - i
	case p.doubtful(j, next):
		doubt = unclear
	}
	return token{kind: timeToken, n: minutes, doubt: doubt}, next - i
}

// someTime reads "a couple of hours" and its like, which name no time.
func (p *parser) someTime(i int) (t token, n int) {
	if !amounts[p.at(i).word] {
		return t, 0
	}
	j := p.skip(p.skip(i+1, "of"), "more")
	if u := p.at(j); len(u.word) < 4 || !hourWords[u.word] && !minuteWords[u.word] {
		return t, 0
	}
	return token{kind: timeToken, doubt: unclear}, j + 1 - i
}

// otherTime tells whether a time that ends before next is one of the day, a
// rate or a point in the past or to come, and not time spent.
func (p *parser) otherTime(next int, d doubt) bool {
	prev, after := p.ago(1).word, p.at(next)
	if d == dial || d == clock {
		noon := (after.word == "a" || after.word == "p") && p.at(next+1).word == "." && p.at(next+2).word == "m"
		if clockBefore[prev] || clockAfter[after.word] || noon {
			return true
		}
	}
	return rateBefore[prev] || after.word == "ago" || prev == "in" && !entered[p.ago(2).word]
}

// doubtful tells whether what stands around the time from i to next makes it
// unclear.
func (p *parser) doubtful(i, next int) bool {
	if p.before(i) != free || p.after(next) != free {
		return true
	}
	prev, prev2, prev3 := p.ago(1), p.ago(2), p.ago(3)
	after, after2 := p.at(next).word, p.at(next+1)
	switch {
	case doubtBefore[prev.word], andWords[prev.word] && doubtBefore[prev2.word]: // more than 1h; a hundred and 20 minutes
	case isNumber(prev2) && slices.Contains([]string{"x", "×", "*"}, prev.word): // 2 x 25m
	case isNumber(prev2) && rangeWords[prev.word] && !labels[prev3.word]: // 1 or 2 hours, but chapter 2 - 1h
	case isNumber(prev2) && prev.word == "and" && prev3.word == "between":
	case hourWords[prev.word], andWords[prev.word] && hourWords[prev2.word]: // eine Stunde und 20 Minuten
	case slices.Contains([]string{"or", "to", "until", "till"}, after) && isNumber(after2): // an hour or two
	case rateAfter[after]: // 45m each
	case after == "a" && slices.Contains([]string{"day", "week", "session"}, after2.word):
	default:
		return false
	}
	return true
}

// isMinutes tells whether t is the unit; a capital M stands for millions.
func isMinutes(t *token) bool { return minuteWords[t.word] && !(t.caps && t.word == "m") }

// minutesOf turns hundredths of an hour into the nearest minutes.
func minutesOf(hundredths int) int { return (hundredths*60 + 50) / 100 }

// span reads one time. A next of 0 says that there is none.
func (p *parser) span(i int) (minutes, next int, d doubt) {
	if minutes, next, d = p.dial(i); next > 0 {
		return minutes, next, d
	}
	if f, j := p.fraction(i); j > 0 {
		if end, ok := p.ofHour(j); ok {
			return minutesOf(f), end, sure
		}
	}
	n, decimals, j, ok := p.hours(i)
	if !ok {
		return 0, 0, sure
	}
	j = p.hyphen(j)
	switch u := p.at(j); {
	case isMinutes(u) && n%100 != 0:
		return 0, j + 1, unclear
	case isMinutes(u):
		return n / 100, j + 1, sure
	case !hourWords[u.word]:
		return 0, 0, sure
	}
	j++
	if cents := n % 100; decimals > 2 || decimals == 2 && cents%5 == 0 && cents != 0 && cents != 25 && cents != 75 {
		return 0, j, unclear
	}
	return p.andMinutes(minutesOf(n), j)
}

// hours reads the number before a unit: also "an" before an hour, the "hour"
// of "hour and a half", and "one and a half" before hours.
func (p *parser) hours(i int) (n, decimals, next int, ok bool) {
	if w := p.at(i).word; (w == "an" || w == "a") && hourWords[p.at(i+1).word] {
		return 100, 0, i + 1, true
	}
	if _, j := p.andFraction(i + 1); j > 0 && hourWords[p.at(i).word] {
		return 100, 0, i, true
	}
	n, decimals, next = p.amount(i)
	if f, j := p.andFraction(next); next > 0 && j > 0 && hourWords[p.at(j).word] && n%100 == 0 {
		return n + f, 0, j, true
	}
	return n, decimals, next, next > 0
}

// dial reads 1:30.
func (p *parser) dial(i int) (minutes, next int, d doubt) {
	h, colon, m := p.at(i), p.at(i+1), p.at(i+2)
	if h.kind != numberToken || len(h.word) > 2 || h.n%100 != 0 || !colon.glued || colon.word != ":" ||
		!m.glued || m.kind != numberToken || len(m.word) != 2 && m.decimals == 0 || m.n%100 != 0 && m.decimals == 0 {
		return 0, 0, sure
	}
	minutes = h.n*60/100 + m.n/100
	u := p.at(i + 3)
	switch {
	case m.n >= 6000 || m.decimals > 0:
		d = unclear
	case hourWords[u.word]:
		return minutes, i + 4, sure
	case isMinutes(u):
		return 0, i + 4, unclear
	default:
		d = dialDoubt(minutes)
	}
	return minutes, i + 3, d
}

// andMinutes reads what can follow hours: "and a half", "20 minutes", "30".
func (p *parser) andMinutes(hours, i int) (minutes, next int, d doubt) {
	if f, j := p.andFraction(i); j > 0 {
		if end, ok := p.ofHour(j); ok {
			j = end
		}
		return hours + minutesOf(f), j, sure
	}
	j := p.skip(i, ",")
	foreign := false
	if w := p.at(j).word; andWords[w] {
		foreign = w != "and" && w != "&"
		j++
	}
	n, decimals, end := p.amount(j)
	unit := p.at(p.hyphen(end))
	switch {
	case end == 0 && foreign: // une heure et demie
		return 0, j, unclear
	case end == 0 || hourWords[unit.word]:
		return hours, i, sure
	case minuteWords[unit.word]:
		if n%100 != 0 || n >= 6000 || hours%60 != 0 {
			return 0, p.hyphen(end) + 1, unclear
		}
		return hours + n/100, p.hyphen(end) + 1, sure
	}
	t := p.at(j)
	whole := t.kind == numberToken && decimals == 0 && n%100 == 0 && n < 6000 && hours%60 == 0
	switch {
	case t.glued && j == i: // 1h30
		if !whole || len(t.word) > 2 {
			return 0, end, unclear
		}
		return hours + n/100, end, dialDoubt(hours + n/100)
	case t.kind == numberToken && (len(t.word) > 2 || p.after(end) == odd && p.at(end).kind == wordToken):
		return hours, i, sure // 1h 404 errors, 1h 2x faster
	case j > i && p.counts(end), t.kind == wordToken && (n < 1000 || p.counts(end)):
		return hours, i, sure // 1h and 30 pages, an hour two times
	case j > i, t.kind == wordToken, len(t.word) < 2, !whole, p.counts(end):
		return 0, end, unclear
	}
	return hours + n/100, end, dialDoubt(hours + n/100)
}

// counts tells whether the number before i counts things: whether one of the
// next three words, up to the end of the phrase, is a plural.
func (p *parser) counts(i int) bool {
	for _, t := range p.tokens[min(i, len(p.tokens)):min(i+3, len(p.tokens))] {
		w := t.word
		switch {
		case t.kind != wordToken, countEnds[w], strings.HasSuffix(w, "ing"), strings.HasSuffix(w, "ed"):
			return false
		case w == "people", len(w) > 2 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss"):
			return true
		}
	}
	return false
}
