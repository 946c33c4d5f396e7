package coach_test

import (
	"cmp"
	"fmt"
	"maps"
	"strconv"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"studycoach/coach"
	"studycoach/schedule"
)

// reported is one check-in or blocker as it stands after all edits and undos.
type reported struct {
	coach.Entry
	gone bool
}

// standing reads a log by hand.
func standing(log []coach.Entry) (list []*reported) {
	bySeq := map[int]*reported{}
	for _, e := range log {
		switch e.Kind {
		case coach.CheckIn, coach.Blocked:
			r := &reported{Entry: e}
			bySeq[e.Seq] = r
			list = append(list, r)
		case coach.Edit:
			r := bySeq[e.Ref]
			r.Date, r.Deep, r.AI, r.Unit, r.Finished, r.Late, r.Note, r.Blocker = e.Date, e.Deep, e.AI, e.Unit, e.Finished, e.Late, e.Note, e.Blocker
		case coach.Undo:
			bySeq[e.Ref].gone = true
		}
	}
	return list
}

type sum struct{ deep, ai, finished int }

// sumOf adds up a week of a log.
func sumOf(log []coach.Entry, week schedule.Date) (s sum) {
	finished := map[string]bool{}
	for _, r := range standing(log) {
		if r.gone {
			continue
		}
		in := r.Date >= week && r.Date < week+7
		if in {
			s.deep, s.ai = s.deep+r.Deep, s.ai+r.AI
		}
		if r.Finished && !finished[r.Unit] {
			finished[r.Unit] = true
			if in {
				s.finished++
			}
		}
	}
	return s
}

// TestTotalsAreThoseOfTheEntries has learners do this and that, and compares
// after every step what records, counters and boards say with what the entries
// of everybody come to.
func TestTotalsAreThoseOfTheEntries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		id := w.cohort("start", "2027-02-27")
		people := []string{"ada", "bob", "cyd"}
		w.join(people...)
		forms := map[string]*coach.Form{}
		now := monday
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			who := rapid.SampledFrom(people).Draw(t, "who")
			w.now = now
			switch rapid.IntRange(0, 12).Draw(t, "what") {
			case 0, 1:
				w.say(who, fmt.Sprintf("/checkin %dm %s", rapid.IntRange(1, 900).Draw(t, "minutes"), rapid.SampledFrom([]string{"", "ai", "stuck on x"}).Draw(t, "mode")))
			case 2, 3:
				w.say(who, fmt.Sprintf("/checkin %dm %d days ago", rapid.IntRange(1, 90).Draw(t, "minutes"), rapid.IntRange(0, 4).Draw(t, "back")))
			case 4:
				if m := w.say(who, "/coach today").Message; len(buttons(m)) == 3 {
					w.press(who, m, "Done for today")
				}
			case 5:
				w.say(who, "/coach stuck on y")
			case 6:
				w.say(who, "/coach undo")
			case 7:
				if f := w.say(who, "/coach edit").Form; f != nil {
					forms[who] = f
				}
			case 8:
				if f := forms[who]; f != nil {
					date := schedule.StudyDay(now, monday.Location()) - schedule.Date(rapid.IntRange(0, 4).Draw(t, "back"))
					w.submit(who, f, "time", fmt.Sprintf("%dm", rapid.IntRange(1, 900).Draw(t, "minutes")), "date", date.String(),
						"unit", rapid.SampledFrom([]string{"w01d1", "w01d2"}).Draw(t, "unit"), "finished", rapid.SampledFrom([]string{"", "yes"}).Draw(t, "finished"),
						"mode", rapid.SampledFrom([]string{"deep", "ai", "plan", ""}).Draw(t, "mode"), "blocker", rapid.SampledFrom([]string{"", "z"}).Draw(t, "blocker"))
				}
			case 9:
				w.say(who, rapid.SampledFrom([]string{"/coach settings board on", "/coach settings board off", "/coach settings zone Asia/Tokyo", "/coach settings zone America/Los_Angeles"}).Draw(t, "setting"))
			case 10:
				w.say(who, rapid.SampledFrom([]string{"/coach leave", "/coach join"}).Draw(t, "member"))
			case 11:
				if m := w.dm(who, "/coach forget-me").Message; len(buttons(m)) == 2 {
					w.press(who, m, "Yes, delete everything")
					delete(forms, who)
					w.say(who, "/coach join")
				}
			case 12:
				now = now.AddDate(0, 0, rapid.IntRange(1, 3).Draw(t, "days"))
			}
			w.wantTotals(id, people)
		}
	})
}

func (w *world) wantTotals(id coach.CohortID, people []string) {
	w.Helper()
	tallies := map[string]map[string]int{}
	boards := map[string]map[coach.LearnerID]int{}
	count := func(tally, field string, n int) {
		if tallies[tally] == nil {
			tallies[tally] = map[string]int{}
		}
		if tallies[tally][field] += n; tallies[tally][field] == 0 {
			delete(tallies[tally], field)
		}
	}
	for _, who := range people {
		s := w.loadIn(id, who)
		var days coach.Days
		var finished coach.Units
		for _, r := range standing(s.Entries) {
			if r.gone {
				continue
			}
			if r.Blocker != "" {
				count("week/"+r.Date.Week().String(), "b:"+r.Unit, 1)
			}
			if r.Kind == coach.Blocked {
				continue
			}
			d := days.On(r.Date)
			d.Deep, d.AI, d.Late = d.Deep+int32(r.Deep), d.AI+int32(r.AI), d.Late || r.Late
			if r.Finished && !finished.Has(r.Unit) {
				finished.Put(r.Unit)
				d.Finished++
			}
			days.Put(r.Date, d)
		}
		weeks := map[schedule.Date]int{}
		for _, day := range days {
			d := day.Date
			week, i := d.Week(), strconv.Itoa(int(d-d.Week()))
			count("week/"+week.String(), "d"+i, int(day.Deep))
			count("week/"+week.String(), "a"+i, int(day.AI))
			count("week/"+week.String(), "p"+i, 1)
			count("week/"+week.String(), "u", int(day.Finished))
			weeks[week] += day.Minutes()
		}
		for week, minutes := range weeks {
			count("week/"+week.String(), "n", 1)
			if l := s.Learner; l.Settings.Board && l.Left == 0 {
				board := "hours/" + week.String()
				if boards[board] == nil {
					boards[board] = map[coach.LearnerID]int{}
				}
				boards[board][user(who)] = minutes
			}
		}
		if diff := gocmp.Diff(days, s.Learner.Days, cmpopts.EquateEmpty()); diff != "" {
			w.Fatalf("%s's days (-entries +record):\n%s", who, diff)
		}
		if diff := gocmp.Diff(finished, s.Learner.Finished, cmpopts.EquateEmpty()); diff != "" {
			w.Fatalf("%s's units (-entries +record):\n%s", who, diff)
		}
		w.wantStreak(s)
	}
	kept := w.store.cohorts[id]
	maps.DeleteFunc(kept.tallies, func(_ string, fields map[string]int) bool { return len(fields) == 0 })
	maps.DeleteFunc(tallies, func(_ string, fields map[string]int) bool { return len(fields) == 0 })
	if diff := gocmp.Diff(tallies, kept.tallies, cmpopts.EquateEmpty()); diff != "" {
		w.Fatalf("counters (-entries +kept):\n%s", diff)
	}
	for board, ranks := range kept.boards {
		if len(board) > 6 && board[:6] == "hours/" && len(ranks) > 0 {
			if diff := gocmp.Diff(boards[board], ranks); diff != "" {
				w.Fatalf("%s (-entries +kept):\n%s", board, diff)
			}
			delete(boards, board)
		}
	}
	if len(boards) > 0 {
		w.Fatalf("boards are missing: %v", boards)
	}
}

// wantStreak compares the streak that a record keeps with one counted from the
// first day.
func (w *world) wantStreak(s coach.State) {
	w.Helper()
	l, co := s.Learner, s.Cohort
	cal := coach.Calendar{Start: max(co.Start, l.Joined), End: day(26), Study: co.Study, Away: l.Away, Rest: l.Rest}
	if l.Left != 0 {
		cal.End = min(cal.End, l.Left-1)
	}
	zone, err := schedule.LoadZone(cmp.Or(l.Settings.Zone, co.Zone))
	if err != nil {
		w.Fatalf("zone: %v", err)
	}
	today := schedule.StudyDay(w.now, zone)
	kept, counted := l.Streak.AsOf(l.Days, cal, today), coach.Streak{}.AsOf(l.Days, cal, today)
	if kept != counted {
		w.Fatalf("%s's streak is kept as %+v, its days come to %+v", l.Name, kept, counted)
	}
}
