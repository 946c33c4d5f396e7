package platformtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"studycoach/coach"
)

// Sights is what people see most, by name, for an adapter to draw.
type Sights struct {
	Messages map[string]coach.Message
	Forms    map[string]coach.Form
	Pages    map[string]coach.Message // of platforms where people have a page of their own
}

// Look takes a cohort through its first week. It sees the messages "checkin",
// "me", "question", "help", "prompt" and "summary", and the forms "setup" and
// "checkin-form", and the pages "home", "home-of-a-lead" and "home-of-a-stranger".
func Look(t testing.TB, platform string) Sights {
	t.Helper()
	w := newWorld(t, platform, func(coach.Message) {}, func(coach.Form) {})
	s := Sights{Messages: map[string]coach.Message{}, Forms: map[string]coach.Form{}, Pages: map[string]coach.Message{}}
	setup := w.types("LENA", "/coach setup").Form
	w.submits("LENA", setup, "name", "Go crew", "start", monday.Format(time.DateOnly))
	s.Forms["setup"] = *setup
	learners := []string{"ADA", "BEN", "CLEO", "DAN", "EVE"}
	for _, who := range learners {
		w.types(who, "/coach join")
	}
	for day := range 7 {
		w.until(monday.AddDate(0, 0, day).Add(10 * time.Hour))
		for i, who := range learners {
			if (day+i)%4 != 0 {
				w.types(who, fmt.Sprintf("/checkin %dm", 30+10*i))
			}
		}
	}
	s.Messages["checkin"] = *w.types("ADA", "/checkin 45m read on *indexes* & <joins> #ai").Message
	s.Forms["checkin-form"] = *w.types("ADA", "/checkin").Form
	s.Messages["me"] = *w.types("ADA", "/coach me").Message
	for name, who := range map[string]string{"home": "ADA", "home-of-a-lead": "LENA", "home-of-a-stranger": "ZED"} {
		s.Pages[name] = w.page(who)
	}
	s.Messages["question"] = *w.types("ADA", "/coach quiz").Message
	s.Messages["help"] = *w.types("ADA", "/coach help").Message
	w.until(monday.AddDate(0, 0, 7).Add(12 * time.Hour))
	for name, class := range map[string]coach.Class{"prompt": coach.ClassPrompt, "summary": coach.ClassSummary} {
		i := slices.IndexFunc(w.posts, func(d coach.Delivery) bool { return d.Class == class })
		if i < 0 {
			t.Fatalf("there is no %s", name)
		}
		s.Messages[name] = w.posts[i].Message
	}
	return s
}
