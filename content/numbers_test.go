package content

import (
	"io/fs"
	"math"
	"strconv"
	"strings"
	"testing"
)

// TestNumbers holds that each number that weeks 18 to 21 print is what its formula
// gives, rounded as printed, and that it is printed where the table says.
func TestNumbers(t *testing.T) {
	const ( // what week 18 assumes; every number follows from it
		day       = 86400.0   // seconds
		month     = 30 * 24.0 // hours
		peak      = 3.0
		people    = 100e6       // here on a day
		pages     = people * 10 // a day
		posts     = people / 5  // a day
		likes     = people * 10 // a day
		followers = 200.0       // of a mean account
		entries   = posts * followers
		rate      = entries * peak / day // entries a second at peak
		views     = pages * 8            // pictures a day
		original  = 2e6                  // bytes of a picture as sent
		sizes     = 365e3                // bytes of its smaller sizes together
		view      = 100e3                // bytes of the one that is seen
	)
	anyOf := func(p float64, n int) float64 { return 1 - math.Pow(1-p, float64(n)) }
	twoOfThree := func(p float64) float64 { return 3*p*p*(1-p) + p*p*p }
	drain := func(workers float64) float64 { return rate * 600 / (workers*5000 - rate) } // seconds
	for _, c := range []struct {
		file, shown string
		got         float64
	}{
		{"weeks/w18", "11,574", pages / day},
		{"weeks/w18", "34,722", peak * pages / day},
		{"weeks/w18", "231", posts / day},
		{"weeks/w18", "694", peak * posts / day},
		{"weeks/w18", "92,593", views / day},
		{"weeks/w18", "47.3", posts * (original + sizes) / 1e12},
		{"weeks/w18", "17.3", posts * (original + sizes) * 365 / 1e15},
		{"weeks/w18", "74", views * view * 8 / day / 1e9},
		{"weeks/w18", "222", peak * views * view * 8 / day / 1e9},
		{"weeks/w18", "3.3", peak * pages / day * 20 * 600 * 8 / 1e9},
		{"weeks/w18", "130", likes * 130 / 1e9},
		{"weeks/w18", "47.45", likes * 130 * 365 / 1e12},
		{"weeks/w18", "24", math.Ceil(likes * 130 * 365 / 1e12 / 2)},
		{"questions/w18", "21.6", (1 - .9995) * month * 60},
		{"questions/w18", "2,083", peak * peak * posts / day},
		{"questions/w18", "142", peak * posts * (original + sizes) / 1e12},
		{"questions/w18", "157", math.Floor((8192 - 24) / 52.0)},
		{"weeks/w19", "6.9", peak * pages * followers / day / 1e6},
		{"weeks/w19", "138,889", rate},
		{"weeks/w19", "360", 50e6 / rate},
		{"weeks/w19", "46", ((1000*10e6+20000*200e3)*3 + (posts-63000)*followers) / 1e9},
		{"weeks/w19", "210", 21000 * 20 * 500 / 1e6},
		{"weeks/w19", "8.3", 8320 / 1e3},
		{"weeks/w19", "96", 96344 / 1e3},
		{"weeks/w19", "0.83", 8320 * people / 1e12},
		{"weeks/w19", "9.6", 96344 * people / 1e12},
		{"weeks/w19", "18", 100 * anyOf(.01, 20)},
		{"weeks/w19", "11.1", peak * posts / day * original * 8 / 1e9},
		{"weeks/w19", "93", posts / day * .4},
		{"weeks/w19", "278", peak * posts / day * .4},
		{"weeks/w19", "277,778", peak * views / day},
		{"weeks/w19", "27,778", .1 * peak * views / day},
		{"weeks/w19", "13,889", .05 * peak * views / day},
		{"weeks/w19", "2,778", .01 * peak * views / day},
		{"weeks/w19", "22.2", .1 * peak * views * view * 8 / day / 1e9},
		{"weeks/w19", "2.2", .01 * peak * views * view * 8 / day / 1e9},
		{"weeks/w19", "400", 2000 * .2},
		{"questions/w19", "250,000", 50e6 / followers},
		{"questions/w19", "2,000", 100e3 * (1 - .98)},
		{"weeks/w20", "1,389", 5e6 / 3600},
		{"weeks/w20", "99.9999", 100 * anyOf(.99, 3)},
		{"weeks/w20", "99.97", 100 * twoOfThree(.99)},
		{"weeks/w20", "97.03", 100 * .99 * .99 * .99},
		{"weeks/w20", "1,389", 2 * peak * posts / day},
		{"weeks/w20", "69,444", 2 * peak * likes / day},
		{"weeks/w20", "83.3", rate * 600 / 1e6},
		{"weeks/w20", "20.8", drain(28) / 3600},
		{"weeks/w20", "19.5", drain(42) / 60},
		{"weeks/w20", "3.59", (1 - math.Pow(.999, 5)) * month},
		{"weeks/w20", "8.64", (1 - .9999*.9999) * month * 60},
		{"weeks/w20", "27", 3 * 3 * 3},
		{"weeks/w20", "1,736", peak * pages / day * .05},
		{"weeks/w20", "69,444", peak * pages / day * 2},
		{"weeks/w20", "80", 20 + 60},
		{"weeks/w20", "10", 100e6 * 100 / 1e9},
		{"weeks/w20", "61", 1 + 3*20},
		{"weeks/w20", "2.1", 61 * peak * pages / day / 1e6},
		{"weeks/w20", "138,889", 4 * peak * pages / day},
		{"questions/w20", "75,000", drain(28)},
		{"questions/w20", "1,111", 28*5000 - rate},
		{"questions/w20", "210,000", 42 * 5000},
		{"weeks/w21", "345,290", posts * (original + sizes) * 365 / 1e12 * 20},
		{"weeks/w21", "240,000", views * view * 30 / 1e12 * 10},
		{"weeks/w21", "77,290", (posts*sizes*365 + posts*original*30) / 1e12 * 20},
		{"weeks/w21", "1.2", 10000 * 10 / day},
		{"weeks/w21", "3.5", peak * 10000 * 10 / day},
		{"weeks/w21", "1.7", 10000 / 5 * (original + sizes) * 365 / 1e12},
		{"weeks/w21", "462,963", posts * 2000 / day},
		{"questions/w21", "24,000", 30 * posts * original / 1e12 * 20},
		{"questions/w21", "268,000", 335 * posts * original / 1e12 * 20},
		{"questions/w21", "292,000", 365 * posts * original / 1e12 * 20},
		{"questions/w21", "800", posts * original / 1e12 * 20},
		{"questions/w21", "2,000", 10000 / 5},
	} {
		plain := strings.ReplaceAll(c.shown, ",", "")
		_, decimals, _ := strings.Cut(plain, ".")
		if got := strconv.FormatFloat(c.got, 'f', len(decimals), 64); got != plain {
			t.Errorf("%s shows %s, but the formula gives %s (%v)", c.file, c.shown, got, c.got)
		}
		text, err := fs.ReadFile(files, "roadmaps/backend/"+c.file+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if !shows(string(text), c.shown) {
			t.Errorf("%s does not show %s", c.file, c.shown)
		}
	}
	// What 185 cores do to the last photo of a peak of two hours.
	const served = 185 / .4
	if wait := (peak*posts/day - served) * 7200 / served; math.Abs(wait-3600) > 60 {
		t.Errorf("the last photo waits %v s, not about an hour", wait)
	}
}

// shows tells whether text holds a number that is not a part of a longer one.
func shows(text, number string) bool {
	for before, after, found := strings.Cut(text, number); found; before, after, found = strings.Cut(after, number) {
		if strings.TrimRight(before, "0123456789,.") == before && strings.TrimLeft(after, "0123456789") == after {
			return true
		}
	}
	return false
}
