package coach

var (
	numerals = map[string]int{
		"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
		"eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
		"fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
		"nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
		"seventy": 70, "eighty": 80, "ninety": 90,
	}

	// In hundredths, which give whole minutes of an hour.
	vulgar    = map[string]int{"½": 50, "¼": 25, "¾": 75, "⅓": 33, "⅔": 67}
	fractions = map[string]int{"1/2": 50, "1/4": 25, "3/4": 75, "1/3": 33, "2/3": 67}
)

func isNumber(t *token) bool {
	_, ok := numerals[t.word]
	return ok || t.kind == numberToken
}

// amount reads a number, in hundredths, in digits or in words; decimals tells
// how many digits there were after the point.
func (p *parser) amount(i int) (n, decimals, next int) {
	t := p.at(i)
	if t.kind == numberToken {
		if f, j := p.slash(i); j > 0 {
			return f, 0, j
		}
		if f, j := p.slash(i + 1); j > 0 && !p.at(i+1).glued && t.n%100 == 0 {
			return t.n + f, 0, j
		}
		return t.n, int(t.decimals), i + 1
	}
	tens, ok := numerals[t.word]
	if !ok {
		return 0, 0, 0
	}
	j := p.hyphen(i + 1)
	if ones := numerals[p.at(j).word]; tens >= 20 && ones > 0 && ones < 10 {
		return 100 * (tens + ones), 0, j + 1
	}
	return 100 * tens, 0, i + 1
}

// slash reads 1/2 and its like, in hundredths.
func (p *parser) slash(i int) (n, next int) {
	over, under := p.at(i+1), p.at(i+2)
	if !over.glued || !under.glued || under.kind != numberToken {
		return 0, 0
	}
	n = fractions[p.at(i).word+over.word+under.word]
	if n == 0 {
		return 0, 0
	}
	return n, i + 3
}

// fraction reads half, a quarter or three quarters, in hundredths.
func (p *parser) fraction(i int) (n, next int) {
	i = p.skip(i, "a", "one")
	switch p.at(i).word {
	case "half":
		return 50, i + 1
	case "quarter":
		return 25, i + 1
	case "three", "3":
		if j := p.hyphen(i + 1); p.at(j).word == "quarters" {
			return 75, j + 1
		}
	}
	return 0, 0
}

// andFraction reads "and a half" and its like, in hundredths.
func (p *parser) andFraction(i int) (n, next int) {
	if w := p.at(i).word; w != "and" && w != "&" {
		return 0, 0
	}
	return p.fraction(i + 1)
}

// ofHour returns the index after "an hour", "of an hour" or "hour" at i.
func (p *parser) ofHour(i int) (next int, ok bool) {
	j := p.skip(p.skip(p.hyphen(i), "of"), "an", "a")
	j = p.hyphen(j)
	return j + 1, hourWords[p.at(j).word]
}
