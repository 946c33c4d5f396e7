package storetest

import (
	"strings"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

var stateTests = []test{
	{"nothing is there at first", func(f *fixture) {
		f.want("state", f.load(coach.Scope{Cohort: cohort, Learner: ada, Entries: true, Cards: true, Assessments: true, Announcements: true}), coach.State{})
		learners, err := f.Learners(f.Context(), cohort, "", 10)
		f.must(err)
		f.want("learners", learners, []coach.Learner(nil))
	}},

	{"a cohort comes back as it was put", func(f *fixture) {
		c := fullCohort()
		f.commit(coach.Scope{Cohort: cohort}, coach.Change{Cohort: c})
		f.want("cohort", f.load(coach.Scope{Cohort: cohort}).Cohort, c)

		c = &coach.Cohort{ID: cohort, Name: "Smaller"}
		f.commit(coach.Scope{Cohort: cohort}, coach.Change{Cohort: c})
		f.want("cohort put again", f.load(coach.Scope{Cohort: cohort}).Cohort, c)
	}},

	{"a learner comes back as they were put", func(f *fixture) {
		l := fullLearner()
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{Learner: l})
		f.want("learner", f.load(coach.Scope{Cohort: cohort, Learner: ada}).Learner, l)

		l = learner(cohort, ada)
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{Learner: l})
		f.want("learner put again", f.load(coach.Scope{Cohort: cohort, Learner: ada}).Learner, l)
	}},

	{"a learner belongs to one cohort", func(f *fixture) {
		f.join(cohort, ada)
		f.join(otherCohort, ada)
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{
			Learner: &coach.Learner{ID: ada, Cohort: cohort, Name: "Ada"},
			Entries: []coach.Entry{{Kind: coach.CheckIn, At: start}},
		})
		there := f.load(coach.Scope{Cohort: otherCohort, Learner: ada, Entries: true})
		f.want("the other record", there.Learner, learner(otherCohort, ada))
		f.want("the other entries", there.Entries, []coach.Entry(nil))
	}},

	{"entries are appended", func(f *fixture) {
		f.join(cohort, ada)
		var all []coach.Entry
		for seq := range 5 {
			e := fullEntry(seq)
			f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{Entries: []coach.Entry{e}})
			all = append(all, e)
		}
		two := []coach.Entry{{Seq: 5, Kind: coach.Undo, Ref: 4, At: start}, {Seq: 6, Kind: coach.Blocked, At: start, Blocker: "disk"}}
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{Entries: two})
		all = append(all, two...)
		f.want("entries", f.load(coach.Scope{Cohort: cohort, Learner: ada, Entries: true}).Entries, all)
		f.want("entries not asked for", f.load(coach.Scope{Cohort: cohort, Learner: ada}).Entries, []coach.Entry(nil))
	}},

	{"cards are put by question", func(f *fixture) {
		f.join(cohort, ada)
		s := coach.Scope{Cohort: cohort, Learner: ada, Cards: true}
		first := coach.Card{Question: "q1", Due: 20000, Interval: 3, Times: 2, Missed: 1}
		f.commit(s, coach.Change{Cards: []coach.Card{first, {Question: "q2", Due: 20001}}})
		again := coach.Card{Question: "q2", Due: 20010, Interval: 9, Times: 1}
		f.commit(s, coach.Change{Cards: []coach.Card{again}})
		f.want("cards", f.load(s).Cards, map[string]coach.Card{"q1": first, "q2": again})
	}},

	{"assessments are put by checkpoint, oldest first", func(f *fixture) {
		f.join(cohort, ada)
		s := coach.Scope{Cohort: cohort, Learner: ada, Assessments: true}
		m1 := coach.Assessment{Checkpoint: "m1", Date: 20000, Yes: []string{"a", "b"}}
		m2 := coach.Assessment{Checkpoint: "m2", Date: 20030, Yes: []string{"c"}}
		f.commit(s, coach.Change{Assessments: []coach.Assessment{m2}})
		f.commit(s, coach.Change{Assessments: []coach.Assessment{m1}})
		f.want("assessments", f.load(s).Assessments, []coach.Assessment{m1, m2})
		m1 = coach.Assessment{Checkpoint: "m1", Date: 20001}
		f.commit(s, coach.Change{Assessments: []coach.Assessment{m1}})
		f.want("assessments answered again", f.load(s).Assessments, []coach.Assessment{m1, m2})
	}},

	{"announcements are put by id, newest first", func(f *fixture) {
		older := coach.Announcement{ID: "z", By: ada, ByName: "Ada", Text: "Hello", Made: start, Due: start.Add(time.Hour), Status: "planned", Job: "send/z", Ping: "discord/G1/7"}
		newer := coach.Announcement{ID: "a", By: bob, Text: "Bye", Made: start.Add(time.Minute), Due: start.Add(time.Minute), Status: "posted"}
		f.commit(coach.Scope{Cohort: cohort}, coach.Change{Announce: []coach.Announcement{older, newer}})
		older.Status = "cancelled"
		f.commit(coach.Scope{Cohort: cohort}, coach.Change{Announce: []coach.Announcement{older}})
		f.want("state", f.load(coach.Scope{Cohort: cohort, Announcements: true}), coach.State{Announcements: []coach.Announcement{newer, older}})
		f.want("announcements not asked for", f.load(coach.Scope{Cohort: cohort}), coach.State{})
	}},

	{"learners are paged in the order of their ids", func(f *fixture) {
		const n = 25
		var want []coach.LearnerID
		for _, name := range numbered("web/playground/%03d", n) {
			want = append(want, coach.LearnerID(name))
		}
		for i := range want { // joined in another order
			f.join(cohort, want[(i*7)%n])
		}
		f.join(otherCohort, "web/playground/0000")
		for _, size := range []int{1, 4, 5, n, n + 1} {
			var got []coach.LearnerID
			for after := coach.LearnerID(""); ; {
				page, err := f.Learners(f.Context(), cohort, after, size)
				f.must(err)
				for _, l := range page {
					got = append(got, l.ID)
					after = l.ID
				}
				if len(page) < size {
					break
				}
			}
			f.want("learners", got, want)
		}
	}},

	{"learners are found by their ids", func(f *fixture) {
		var ids []coach.LearnerID
		for _, name := range numbered("web/playground/%03d", 250) {
			ids = append(ids, coach.LearnerID(name))
		}
		for i := 0; i < len(ids); i += 50 {
			f.join(cohort, ids[i])
		}
		f.join(otherCohort, ids[1])
		for _, asked := range [][]coach.LearnerID{nil, ids[1:50], ids[:1], append([]coach.LearnerID{ids[0]}, ids...)} {
			want := map[coach.LearnerID]coach.Learner{}
			for _, id := range asked {
				if l := f.load(coach.Scope{Cohort: cohort, Learner: id}).Learner; l != nil {
					want[id] = *l
				}
			}
			got, err := f.Named(f.Context(), cohort, asked)
			f.must(err)
			f.want("learners", got, want)
		}
	}},

	{"values may be of any size and any bytes", func(f *fixture) {
		for name, text := range map[string]string{
			"control":     "a\x00b\r\nc\x1b[31m\u202eevil\u2028",
			"not UTF-8":   "\xff\xfe\xc0\x80",
			"number":      "1e309",
			"protocol":    "*1\r\n$8\r\nFLUSHALL\r\n",
			"script":      "'); redis.call('FLUSHALL') --",
			"braces":      "{p00}{}:}{",
			"64 bytes":    strings.Repeat("x", 64),
			"128 bytes":   strings.Repeat("x", 128),
			"huge":        strings.Repeat("ß", 32<<10),
			"not English": "Übung für Ωmega – 学习 – تعلم 👩‍💻",
		} {
			id := coach.LearnerID("web/playground/" + text)
			s := coach.Scope{Cohort: cohort, Learner: id, Entries: true, Event: text}
			c := &coach.Cohort{ID: cohort, Name: text, Rooms: []coach.RoomID{coach.RoomID(text)}, Zone: text}
			l := &coach.Learner{ID: id, Cohort: cohort, Name: text, Stuck: &coach.Stuck{Unit: text, Note: text, Since: start},
				Settings: coach.Settings{Zone: text, Language: text}, Finished: coach.Units{text}, Nudge: text}
			e := coach.Entry{Kind: coach.CheckIn, At: start, Note: text, Unit: text, Blocker: text}
			f.commit(s, coach.Change{Cohort: c, Learner: l, Entries: []coach.Entry{e}, Receipt: []byte(text),
				Tallies: []coach.Count{{Tally: text, Field: text, N: 1}}, Ranks: []coach.Rank{{Board: text, Learner: id, Score: 3}},
				Announce: []coach.Announcement{{ID: text, Text: text, Made: start, Due: start}}})
			f.want(name, f.load(s), coach.State{Cohort: c, Learner: l, Entries: []coach.Entry{e}})
			receipt, dup, err := f.Update(f.Context(), s, always(coach.Change{}))
			f.must(err)
			f.want(name+": receipt", []any{string(receipt), dup}, []any{text, true})
			tally, err := f.Tally(f.Context(), cohort, text)
			f.must(err)
			f.want(name+": tally", tally, map[string]int{text: 1})
			top, err := f.Top(f.Context(), cohort, text, 5)
			f.must(err)
			f.want(name+": board", top, []coach.Rank{{Board: text, Learner: id, Score: 3}})
			in, err := f.CohortIn(f.Context(), coach.RoomID(text))
			f.must(err)
			f.want(name+": room", in, cohort)
		}
	}},

	{"what was loaded belongs to the caller", func(f *fixture) {
		f.commit(coach.Scope{Cohort: cohort, Learner: ada}, coach.Change{Cohort: fullCohort(), Learner: fullLearner()})
		mine := f.load(coach.Scope{Cohort: cohort, Learner: ada})
		mine.Cohort.Rooms[0] = "elsewhere"
		mine.Cohort.Pending["prompt"] = "changed"
		mine.Learner.Days[0].Deep++
		mine.Learner.Finished[0] = "changed"
		f.want("state", f.load(coach.Scope{Cohort: cohort, Learner: ada}), coach.State{Cohort: fullCohort(), Learner: fullLearner()})
	}},
}

func fullCohort() *coach.Cohort {
	return &coach.Cohort{
		ID:       cohort,
		Name:     "Spring 2027",
		Roadmap:  "backend",
		Rooms:    []coach.RoomID{room, "slack/T1/C1"},
		Leads:    []coach.UserRef{bob, "slack/T1/U1"},
		By:       bob,
		Created:  start.Add(123456789 * time.Nanosecond),
		Start:    schedule.DateOf(2027, 3, 15),
		Zone:     "Europe/Lisbon",
		Prompt:   9 * 60,
		Summary:  coach.WeekTime{Day: time.Friday, At: 17*60 + 30},
		Study:    []coach.StudyRule{{From: 20000, Days: schedule.EveryDay}, {From: 20100, Days: 1}},
		Holidays: []schedule.Date{20020, 20021},
		Pauses:   []coach.Span{{From: 20030, To: 20040}, {From: 20050}},
		Goals:    []coach.GoalRule{{Hours: 12}, {From: 20100, Hours: 6}},
		Pending:  map[string]string{"prompt": "prompt/aaaaaaaaaa/2027-03-15", "summary": "summary/aaaaaaaaaa/2027-03-19"},
		Last:     map[string]schedule.Date{"prompt": 20010},
		Closed:   []coach.ClosedRoom{{Room: "slack/T1/C1", Why: coach.Archived}},
		Moved:    []coach.MovedRoom{{From: "slack/T1/G1", To: "slack/T1/C1"}},
		Halted:   true,
		Threads:  true,
		Invites:  []coach.Invite{{For: coach.ForRoom, By: bob, Secret: "abcdefg2", Until: start}},
	}
}

func fullLearner() *coach.Learner {
	var days coach.Days
	for d := range schedule.Date(180) {
		days.Put(20000+d, coach.Day{Deep: int32(d), AI: 1440 - 2*int32(d), Finished: int8(d % 4), Late: d%5 == 0})
	}
	return &coach.Learner{
		ID:     ada,
		Cohort: cohort,
		Name:   "Ada Lovelace",
		Joined: 20000,
		Left:   20200,
		Settings: coach.Settings{Zone: "America/Argentina/Buenos_Aires", ZoneByHand: true, Nudge: 20 * 60, NudgeOff: true,
			Quiet: coach.Quiet{From: 22 * 60, To: 7 * 60}, Board: true, Recall: true, Language: "go"},
		Away:     []coach.Span{{From: 20010, To: 20012}, {From: 20020, To: 20021}},
		Rest:     []coach.Rest{{From: 20000, Days: 1}, {From: 20050, Days: 65}},
		Days:     days,
		Streak:   coach.Streak{Count: 12, Best: 40, Freezes: 2, Earned: 3, Through: 20179},
		Finished: coach.Units{"extra", "w01d1", "w26d6"},
		Stuck:    &coach.Stuck{Entry: 199, Unit: "w03d2", Note: "joins", Since: start},
		Entries:  200,
		Nudge:    "nudge/aaaaaaaaaa/web/playground/ada/2027-03-14",
		Nudged:   20178,
	}
}

func fullEntry(seq int) coach.Entry {
	return coach.Entry{
		Seq: seq, Kind: coach.Edit, Ref: seq / 2, At: start.Add(time.Duration(seq) * time.Hour),
		Date: schedule.DateOf(2027, 3, 12), Deep: 45, AI: 30 * seq, Unit: "w03d2",
		Finished: seq%2 == 0, Late: seq%3 == 0, Note: "read about EXPLAIN", Blocker: "the planner",
	}
}
