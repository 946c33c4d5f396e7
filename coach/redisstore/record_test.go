package redisstore

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"studycoach/coach"
	"studycoach/schedule"
)

// sameAs reports how what came back differs; an empty list is a missing one.
func sameAs(t *rapid.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("came back differently (-want +got):\n%s", diff)
	}
}

// Anything is drawn by reflection, so that a field which a record forgets fails
// the test.

var moments = rapid.Map(rapid.Int64Range(-62135596800, 253402300799), func(sec int64) time.Time {
	return time.Unix(sec, 0).UTC()
})

func TestCohortRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.MakeCustom[coach.Cohort](rapid.MakeConfig{Types: map[reflect.Type]*rapid.Generator[any]{
			reflect.TypeFor[time.Time](): moments.AsAny(),
		}}).Draw(t, "cohort")
		got, err := unpackCohort(c.ID, packCohort(&c))
		if err != nil {
			t.Fatal(err)
		}
		sameAs(t, &c, got)
	})
}

func TestEntryRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.MakeCustom[coach.Entry](rapid.MakeConfig{Types: map[reflect.Type]*rapid.Generator[any]{
			reflect.TypeFor[time.Time](): moments.AsAny(),
		}}).Draw(t, "entry")
		e.Date = schedule.Date(rapid.Int32Range(-1e6, 1e6).Draw(t, "date"))
		e.Account = "" // whose log it is in says the key
		got, err := unpackEntry(packEntry(e))
		if err != nil {
			t.Fatal(err)
		}
		sameAs(t, e, got)
	})
}

func TestEntryIsSmall(t *testing.T) {
	note := strings.Repeat("n", 200)
	e := coach.Entry{Seq: 900, Kind: coach.Edit, Ref: 899, At: time.Date(2027, 9, 13, 23, 0, 0, 0, time.UTC),
		Date: schedule.DateOf(2027, 9, 10), Deep: 480, AI: 480, Unit: "w26d6", Finished: true, Late: true, Note: note}
	if over := len(packEntry(e)) - len(note); over > 22 {
		t.Errorf("an entry takes %d bytes beside its note, want at most 22", over)
	}
}

func TestSmallRecords(t *testing.T) {
	any := rapid.MakeConfig{Types: map[reflect.Type]*rapid.Generator[any]{reflect.TypeFor[time.Time](): moments.AsAny()}}
	rapid.Check(t, func(t *rapid.T) {
		card := rapid.Make[coach.Card]().Draw(t, "card")
		gotCard, err := unpackCard(card.Question, packCard(card))
		if err != nil {
			t.Fatal(err)
		}
		sameAs(t, card, gotCard)

		assessment := rapid.Make[coach.Assessment]().Draw(t, "assessment")
		gotAssessment, err := unpackAssessment(assessment.Checkpoint, packAssessment(assessment))
		if err != nil {
			t.Fatal(err)
		}
		sameAs(t, assessment, gotAssessment)

		announcement := rapid.MakeCustom[coach.Announcement](any).Draw(t, "announcement")
		gotAnnouncement, err := unpackAnnouncement(announcement.ID, packAnnouncement(announcement))
		if err != nil {
			t.Fatal(err)
		}
		sameAs(t, announcement, gotAnnouncement)

		job := rapid.MakeCustom[schedule.Job](any).Draw(t, "job")
		job.State, job.Lease, job.At = "", time.Time{}, time.Time{} // those are not in the record
		gotJob, err := unpackJob(job.Part, job.Key, packJob(job))
		if err != nil {
			t.Fatal(err)
		}
		sameAs(t, job, gotJob)
	})
}

// learners draws any learner whose days can be.
func learners() *rapid.Generator[coach.Learner] {
	day := rapid.Custom(func(t *rapid.T) coach.Day {
		total := rapid.IntRange(1, maxMinutes).Draw(t, "total")
		deep := rapid.IntRange(0, total).Draw(t, "deep")
		return coach.Day{Deep: int32(deep), AI: int32(total - deep), Finished: rapid.Int8Range(0, maxFinished).Draw(t, "finished"), Late: rapid.Bool().Draw(t, "late")}
	})
	date := rapid.Map(rapid.Int32Range(-100, 40000), func(d int32) schedule.Date { return schedule.Date(d) })
	unit := rapid.OneOf(rapid.StringMatching(`w[0-9]{2}d[0-9]`), rapid.StringN(0, 200, 400))
	return rapid.Custom(func(t *rapid.T) coach.Learner {
		l := rapid.MakeCustom[coach.Learner](rapid.MakeConfig{Types: map[reflect.Type]*rapid.Generator[any]{
			reflect.TypeFor[time.Time]():   moments.AsAny(),
			reflect.TypeFor[coach.Days]():  rapid.Map(rapid.MapOf(date, day), daysOf).AsAny(),
			reflect.TypeFor[coach.Units](): rapid.Map(rapid.SliceOfDistinct(unit, rapid.ID[string]), unitsOf).AsAny(),
		}}).Draw(t, "learner")
		if rapid.Bool().Draw(t, "usual nudge") {
			l.Nudge = nudgesOf(&l) + "2027-03-14"
		}
		return l
	})
}

func TestLearnerRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := learners().Draw(t, "l")
		packed, err := packLearner(&l)
		if err != nil {
			t.Fatal(err)
		}
		ring := rapid.StringN(0, ringSize, ringSize*hashSize).Draw(t, "ring")
		got, err := unpackLearner(l.Cohort, l.ID, putRing(ring, packed))
		if err != nil {
			t.Fatal(err)
		}
		sameAs(t, &l, got)
		gotRing, gotPacked := cutRing(putRing(ring, packed))
		sameAs(t, []string{ring, packed}, []string{gotRing, gotPacked})
	})
}

func daysOf(m map[schedule.Date]coach.Day) (days coach.Days) {
	for date, day := range m {
		days.Put(date, day)
	}
	return days
}

func unitsOf(ids []string) (units coach.Units) {
	for _, id := range ids {
		units.Put(id)
	}
	return units
}

// The minutes of a day are every pair that a day can hold.
func TestTriangle(t *testing.T) {
	n := 0
	for total := range maxMinutes + 1 {
		for deep := range total + 1 {
			if gotTotal, gotDeep := triangle(n); gotTotal != total || gotDeep != deep {
				t.Fatalf("triangle(%d) = %d, %d, want %d, %d", n, gotTotal, gotDeep, total, deep)
			}
			n++
		}
	}
	if n > 1<<20 {
		t.Errorf("%d pairs do not fit 20 bits", n)
	}
}

func TestDayThatCannotBe(t *testing.T) {
	for _, day := range []coach.Day{{Deep: 1441}, {Deep: 720, AI: 721}, {Deep: -1, AI: 5}, {Deep: 5, AI: -1}, {Deep: 1, Finished: -1}} {
		if _, err := packLearner(&coach.Learner{Days: coach.Days{{Date: 20000, Day: day}}}); err == nil {
			t.Errorf("%+v was packed", day)
		}
	}
	r, err := packLearner(&coach.Learner{Days: coach.Days{{Date: 20000, Day: coach.Day{Deep: 1, Finished: 9}}}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := unpackLearner("c", "l", putRing("", r))
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Days.On(20000).Finished; got != maxFinished {
		t.Errorf("nine units came back as %d, want at most %d told apart", got, maxFinished)
	}
}

// A record of a newer version is refused by name, one that is cut or changed
// does not crash.
func TestRecordsThatCannotBeRead(t *testing.T) {
	newer := string([]byte{18}) // version 9
	_, cohort := unpackCohort("c", newer)
	_, entry := unpackEntry(newer)
	_, card := unpackCard("q", newer)
	_, assessment := unpackAssessment("m", newer)
	_, announcement := unpackAnnouncement("a", newer)
	_, job := unpackJob(0, "j", newer)
	_, learner := unpackLearner("c", "l", newer)
	for name, err := range map[string]error{"cohort": cohort, "entry": entry, "card": card, "assessment": assessment,
		"announcement": announcement, "job": job, "learner": learner} {
		if err == nil || !strings.Contains(err.Error(), "has version 9, this program reads version ") {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

// A cohort of version 1 has one goal, which it always had.
func TestEarlierCohortRecord(t *testing.T) {
	want := &coach.Cohort{ID: "c", Name: "Crew", Goals: []coach.GoalRule{{Hours: 12}}, Asked: "month-1"}
	var p packer
	p.int(1)
	p.str("Crew")
	p.str("") // roadmap
	p.size(0) // rooms
	p.size(0) // leads
	p.str("") // by
	p.time(want.Created)
	p.int(0)  // start
	p.str("") // zone
	p.int(0)  // prompt
	p.int(0)  // summary's day
	p.int(0)  // summary's time
	p.size(0) // study days
	p.size(0) // holidays
	p.size(0) // pauses
	p.int(12)
	p.size(0) // pending
	p.size(0) // last
	p.str("month-1")
	got, err := unpackCohort("c", string(p))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func FuzzRecords(f *testing.F) {
	f.Add(packCohort(&coach.Cohort{Rooms: []coach.RoomID{"r"}, Pending: map[string]string{"a": "b"}}))
	f.Add(packEntry(coach.Entry{Note: "n"}))
	f.Add(packJob(schedule.Job{Payload: []byte("p")}))
	f.Fuzz(func(t *testing.T, record string) {
		// None of these may panic or take much memory, whatever they are given.
		_, _ = unpackCohort("c", record)
		_, _ = unpackEntry(record)
		_, _ = unpackCard("q", record)
		_, _ = unpackAssessment("m", record)
		_, _ = unpackAnnouncement("a", record)
		_, _ = unpackJob(0, "j", record)
		_, _ = unpackLearner("c", "l", record)
	})
}
