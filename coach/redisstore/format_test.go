package redisstore

import (
	"bytes"
	"encoding/json"
	goflag "flag" // this package has a flag of its own
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/schedule"
)

var updateFormat = goflag.Bool("update-format", false, "write what the current format looks like to testdata")

// testdata/format-N holds what programs of schema N have written, for as long as
// there are stores and backups of theirs:
//
//	journal, backup  an installation, made by the program of the time
//	holds.json       what is in it, in the coach's terms
//	stored.txt       what is in it, key by key
const howToChange = `
What is stored looks different from what programs of schema %d have written.

If none of them was ever released, write testdata/format-%[1]d anew:

	go test ./coach/redisstore -run TestFormat -update-format

Otherwise raise the version of each record that has changed and have its unpack
read the older one too; raise schemaVersion, so that older programs refuse the
store; leave testdata/format-%[1]d as it is, and write the next one by the same
command.`

func formatDir(schema int) string { return filepath.Join("testdata", fmt.Sprint("format-", schema)) }

// What this program writes is what its version of the format says.
func TestFormatIsWritten(t *testing.T) {
	o := Options{DataDir: t.TempDir()}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	specimen(t, s)
	stored := shape(t, s)
	held := holds(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	dir := formatDir(schemaVersion)
	if *updateFormat {
		writeFormat(t, dir, o, stored, held)
	}
	want, err := os.ReadFile(filepath.Join(dir, "stored.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), stored); diff != "" {
		t.Errorf("stored differs (-was +is):\n%s", diff)
		t.Errorf(howToChange, schemaVersion)
	}
}

// Whatever programs of this version and older ones have written is read: their
// journals and their backups.
func TestFormatIsRead(t *testing.T) {
	for schema := oldestSchema; schema <= schemaVersion; schema++ {
		dir := formatDir(schema)
		held, err := os.ReadFile(filepath.Join(dir, "holds.json"))
		if err != nil {
			t.Fatal(err)
		}
		journal := t.TempDir()
		if err := os.CopyFS(journal, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		backup, err := os.ReadFile(filepath.Join(dir, "backup"))
		if err != nil {
			t.Fatal(err)
		}
		restored := t.TempDir()
		if _, err := Restore(t.Context(), Options{DataDir: restored}, bytes.NewReader(backup), RestoreOptions{}); err != nil {
			t.Fatal(err)
		}
		for what, dir := range map[string]string{"journal": journal, "backup": restored} {
			s, err := Open(t.Context(), Options{DataDir: dir})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(told(t, string(held)), told(t, holds(t, s))); diff != "" {
				t.Errorf("the %s of format %d is read differently (-want +got):\n%s", what, schema, diff)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// told is what holds told, without what is empty: an older program did not know
// of it.
func told(t *testing.T, held string) any {
	t.Helper()
	var all any
	if err := json.Unmarshal([]byte(held), &all); err != nil {
		t.Fatal(err)
	}
	return bare(all)
}

func bare(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if v[key] = bare(value); v[key] == nil {
				delete(v, key)
			}
		}
	case []any:
		for i, value := range v {
			v[i] = bare(value)
		}
	case string, float64, bool:
		if reflect.ValueOf(v).IsZero() || v == schedule.Date(0).String() {
			return nil
		}
	}
	return v
}

// An older store becomes one of this version, so that older programs leave what
// is written from then on alone.
func TestOlderStoreIsTakenOver(t *testing.T) {
	s := openEmpty(t)
	for schema := oldestSchema - 1; schema <= schemaVersion; schema++ {
		if err := s.putMeta(t.Context(), "hset", metaSchema, schema); err != nil {
			t.Fatal(err)
		}
		err := s.takeOver(t.Context())
		if schema < oldestSchema {
			if err == nil || !strings.Contains(err.Error(), "before its first release") {
				t.Errorf("schema %d: error is %v", schema, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if meta, err := s.meta(t.Context()); err != nil || meta[metaSchema] != fmt.Sprint(schemaVersion) {
			t.Errorf("of schema %d became %v, %v", schema, meta, err)
		}
	}
}

func writeFormat(t *testing.T, dir string, o Options, stored, held string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	backup, err := os.Create(filepath.Join(dir, "backup"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Backup(t.Context(), o, backup); err != nil {
		t.Fatal(err)
	}
	if err := backup.Close(); err != nil {
		t.Fatal(err)
	}
	journal, err := os.ReadFile(filepath.Join(o.DataDir, journalName))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{journalName: journal, "stored.txt": []byte(stored), "holds.json": []byte(held)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// specimen fills a store with a record of each kind, every field of it set, and
// a job in each state.
func specimen(t *testing.T, s *Store) {
	t.Helper()
	at := time.Date(2027, 3, 14, 9, 26, 53, 589000000, time.UTC)
	c := coach.Cohort{
		ID: testCohort, Name: "Frühling 🌱", Roadmap: "backend", Rooms: []coach.RoomID{"web/playground/general", "slack/T1/C1"},
		Leads: []coach.UserRef{"web/playground/lea"}, By: "web/playground/lea", Created: at, Start: 20890, Zone: "Europe/Lisbon",
		Prompt: 9 * 60, Summary: coach.WeekTime{Day: time.Friday, At: 17*60 + 30},
		Study: []coach.StudyRule{{From: 20890, Days: schedule.EveryDay}}, Holidays: []schedule.Date{20895},
		Pauses: []coach.Span{{From: 20900, To: 20901}, {From: 20910}}, Goals: []coach.GoalRule{{From: 20890, Hours: 12}},
		Pending: map[string]string{"prompt": "prompt/aaaaaaaaaa/2027-03-15"}, Last: map[string]schedule.Date{"prompt": 20891}, Asked: "m1",
		Invites: []coach.Invite{{For: coach.ForRoom, By: "web/playground/lea", Secret: "abcdefg2", Until: at}},
		Closed:  []coach.ClosedRoom{{Room: "slack/T1/C1", Why: coach.Archived}}, Halted: true, Threads: true,
	}
	var days coach.Days
	days.Put(20890, coach.Day{Deep: 45, AI: 30, Finished: 1, Late: true})
	days.Put(20891, coach.Day{AI: 10})
	days.Put(20920, coach.Day{Deep: 600})
	l := coach.Learner{
		ID: "web/playground/ada", Cohort: testCohort, Name: "Ada 👩‍💻", Joined: 20890, Left: 20999,
		Settings: coach.Settings{Zone: "Asia/Tokyo", ZoneByHand: true, Nudge: 1200, NudgeOff: true,
			Quiet: coach.Quiet{From: 1320, To: 420}, Board: true, Recall: true, RoomNotes: true, Language: "go"},
		Away: []coach.Span{{From: 20892, To: 20893}}, Rest: []coach.Rest{{From: 20890, Days: 1}},
		Days:   days,
		Streak: coach.Streak{Count: 2, Best: 9, Freezes: 1, Earned: 3, Through: 20891}, Finished: coach.Units{"extra", "w01d1", "w26d6"},
		Milestones: []coach.Reached{{ID: "cli", Date: 20891, N: 2}}, Stuck: &coach.Stuck{Entry: 1, Unit: "w01d2", Note: "joins", Since: at},
		Entries: 2, Nudge: "nudge/aaaaaaaaaa/web/playground/ada/2027-03-15", Nudged: 20891,
		Gone: true, Unreachable: true,
		Also: "discord/G1/7", AtAlso: true, AlsoGone: true, AlsoUnreachable: true, Own: 20892,
	}
	update(t, s, coach.Scope{Cohort: testCohort, Learner: l.Also}, coach.Change{
		Learner: &coach.Learner{ID: l.Also, Cohort: testCohort, Joined: 20890, Of: l.ID, Entries: 1},
		Entries: []coach.Entry{{Kind: coach.CheckIn, At: at.Truncate(time.Second), Date: 20891, AI: 10}},
	})
	scope := coach.Scope{Cohort: testCohort, Learner: l.ID, Event: "event"}
	update(t, s, scope, coach.Change{
		Cohort: &c, Learner: &l,
		Entries: []coach.Entry{
			{Kind: coach.CheckIn, At: at.Truncate(time.Second), Date: 20890, Deep: 45, AI: 30, Unit: "w01d1", Finished: true, Late: true, Note: "索引 read"},
			{Seq: 1, Kind: coach.Edit, Ref: 0, At: at.Truncate(time.Second), Date: 20890, Deep: 40, Blocker: "joins"},
		},
		Cards:       []coach.Card{{Question: "q1", Due: 20900, Interval: 3, Times: 2, Missed: 1}},
		Assessments: []coach.Assessment{{Checkpoint: "m1", Date: 20891, Yes: []string{"a", "b"}}},
		Tallies:     []coach.Count{{Tally: "week/2027-03-08", Field: "d0", N: 45}},
		Ranks:       []coach.Rank{{Board: "hours/2027-03-08", Learner: l.ID, Score: 75}},
		Announce: []coach.Announcement{{ID: "a1", By: "web/playground/lea", ByName: "Lea", Text: "Grüße 🎉", Made: at, Due: at.Add(time.Hour),
			Status: "planned", Job: "announce/aaaaaaaaaa/a1", Ping: "discord/G1/7"}},
		Receipt: []byte(`{"message":{}}`),
	})
	update(t, s, coach.Scope{Cohort: testCohort, Event: "another"}, coach.Change{Receipt: []byte("{}")})

	for i, o := range []schedule.Outcome{
		{}, // done
		{State: schedule.Dead, Reason: "no such room"},
		{State: schedule.Skipped, Reason: "3 h late"},
		{State: schedule.Waiting, Retry: at.Add(time.Hour), Reason: "busy"},
	} {
		j := schedule.Job{Key: fmt.Sprintf("send/test/aaaaaaaaaa/%d", i), Kind: "send", Part: testCohort.Part(), Due: at, Payload: []byte("payload")}
		if err := s.Add(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		claimed, err := s.Claim(t.Context(), at, time.Minute, 1)
		if err != nil || len(claimed) != 1 {
			t.Fatal(claimed, err)
		}
		claimed[0].Intent = "sent once"
		if err := s.Note(t.Context(), claimed[0]); err != nil {
			t.Fatal(err)
		}
		if err := s.Finish(t.Context(), claimed[0], at, o); err != nil {
			t.Fatal(err)
		}
	}
}

func update(t *testing.T, s *Store, sc coach.Scope, c coach.Change) {
	t.Helper()
	if _, _, err := s.Update(t.Context(), sc, func(coach.State) (coach.Change, error) { return c, nil }); err != nil {
		t.Fatal(err)
	}
}

// holds tells what the specimen's store holds, in the coach's terms.
func holds(t *testing.T, s *Store) string {
	t.Helper()
	var held struct {
		State coach.State
		Of    coach.LearnerID // the linked account's
		Tally map[string]int
		Top   []coach.Rank
		In    []coach.CohortID // by the room, and by the account
		Jobs  map[schedule.State][]schedule.Job
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const ada = coach.LearnerID("web/playground/ada")
	var err error
	held.State, err = s.Load(t.Context(), coach.Scope{Cohort: testCohort, Learner: ada, Entries: true, Cards: true, Assessments: true, Announcements: true})
	must(err)
	linked, err := s.Load(t.Context(), coach.Scope{Cohort: testCohort, Learner: "discord/G1/7"})
	must(err)
	held.Of = linked.Of
	held.Tally, err = s.Tally(t.Context(), testCohort, "week/2027-03-08")
	must(err)
	held.Top, err = s.Top(t.Context(), testCohort, "hours/2027-03-08", 10)
	must(err)
	room, err := s.CohortIn(t.Context(), "slack/T1/C1")
	must(err)
	of, err := s.CohortsOf(t.Context(), ada)
	must(err)
	held.In = slices.Concat(of, []coach.CohortID{room})
	held.Jobs = map[schedule.State][]schedule.Job{}
	for _, state := range []schedule.State{schedule.Waiting, schedule.Dead, schedule.Skipped} {
		held.Jobs[state], err = s.List(t.Context(), state, "", 10)
		must(err)
	}
	text, err := json.MarshalIndent(held, "", "\t")
	must(err)
	return string(text) + "\n"
}

// shape tells what a store holds, key by key, but for what is random or the time.
func shape(t *testing.T, s *Store) string {
	t.Helper()
	var text strings.Builder
	keys := s.embedded.redis.Keys()
	for _, key := range slices.Sorted(slices.Values(keys)) {
		fmt.Fprintf(&text, "%s %s\n", s.embedded.redis.Type(key), key)
		for _, command := range s.embedded.commandsFor(key) {
			values := command[2:]
			switch command[0] {
			case "SET":
				if name, _, ok := strings.Cut(values[0], " "); strings.HasPrefix(key, "sc:room:") && ok {
					values = []string{name, "a time"}
				} else {
					values = []string{"a version", values[0][versionSize:]}
				}
			case "ZADD":
				pairs := slices.SortedFunc(slices.Chunk(values, 2), slices.Compare)
				values = slices.Concat(pairs...)
			case "HSET":
				fields := map[string]string{}
				for pair := range slices.Chunk(values, 2) {
					fields[pair[0]] = pair[1]
				}
				values = nil
				for _, field := range slices.Sorted(maps.Keys(fields)) {
					values = append(values, field, fields[field])
				}
			}
			for _, value := range values {
				fmt.Fprintf(&text, "\t%+q\n", value)
			}
		}
	}
	return text.String()
}
