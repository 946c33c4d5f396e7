package coach_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"studycoach/coach"
	"studycoach/content/say"
)

func TestExportHoldsEverything(t *testing.T) {
	w := newWorld(t)
	id := w.cohort()
	w.zones["ada"] = "Europe/Lisbon"
	w.join("ada")
	logged := w.say("ada", "/checkin 45m =SUM(A1), read \"about\" joins")
	w.submit("ada", w.press("ada", logged.Message, "Edit").Form, "time", "1h", "mode", "ai", "note", "=SUM(A1)")
	w.press("ada", w.say("ada", "/checkin 10m").Message, "Undo")
	w.say("ada", "/coach stuck -1+1 of @joins\nand a line")
	w.say("ada", "/coach settings rest sun")
	w.say("ada", "/coach settings room notes on")
	w.say("ada", "/coach away 2 days")
	w.press("ada", w.press("ada", w.say("ada", "/coach quiz").Message, "Just show it").Message, "Good")
	w.clock(28, "10:00")
	check := mustRoadmap().Checkpoints[0]
	w.submit("ada", w.press("ada", w.say("ada", "/coach assess").Message, "Take the checkpoint").Form, "s-"+check.OnTrack[0].ID, "yes")

	reply := w.dm("ada", "/coach export")
	w.wantText(reply, "everything I keep about you in Crew, with 5 entries in the log")
	if len(reply.Files) != 2 {
		t.Fatalf("%d files", len(reply.Files))
	}
	var all struct {
		Account, Cohort, Roadmap, Name, Joined string
		Lead                                   bool
		Settings                               struct {
			Zone, Nudge, QuietHours string
			NudgeOn, NudgesInRoom   bool
			RestDays                []string
		}
		Away            []string
		Streak          struct{ Days, Best, Freezes int }
		Stuck           *struct{ Unit, Note string }
		Entries         []map[string]any
		RecallQuestions []struct {
			Question, Due   string
			Interval, Times int
		}
		Assessments []struct {
			Checkpoint, Date string
			AgreedWith       []string
		}
	}
	if err := json.Unmarshal(reply.Files[0].Data, &all); err != nil {
		t.Fatal(err)
	}
	if all.Account != string(user("ada")) || all.Cohort != "Crew" || all.Roadmap != "backend" || all.Name != "Ada" || all.Joined != "2027-03-01" || all.Lead ||
		all.Settings.Zone != "Europe/Lisbon" || all.Settings.Nudge != "19:00" || !all.Settings.NudgeOn || !all.Settings.NudgesInRoom || all.Settings.QuietHours != "22:00-07:00" ||
		!cmp.Equal(all.Settings.RestDays, []string{"from 2027-03-02: Sun"}) || !cmp.Equal(all.Away, []string{"2027-03-01 to 2027-03-02"}) ||
		all.Streak.Best != 1 || all.Stuck == nil || all.Stuck.Note != "-1+1 of @joins\nand a line" {
		t.Errorf("the export says %+v", all)
	}
	if len(all.RecallQuestions) != 1 || all.RecallQuestions[0].Due != "2027-03-04" || len(all.Assessments) != 1 || !cmp.Equal(all.Assessments[0].AgreedWith, []string{check.OnTrack[0].ID}) {
		t.Errorf("the export says %+v", all)
	}
	want := map[string]any{
		"number": 1.0, "kind": "edit", "of": 0.0, "reported": "2027-03-01T08:00:00Z", "studyDay": "2027-03-01", "deepMinutes": 0.0, "aiMinutes": 60.0,
		"unit": "w01d1", "finished": false, "backDated": false, "note": "=SUM(A1)",
	}
	if diff := cmp.Diff(want, all.Entries[1]); diff != "" {
		t.Errorf("the edit (-want +got):\n%s", diff)
	}

	rows, err := csv.NewReader(strings.NewReader(string(reply.Files[1].Data))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const at = "2027-03-01T08:00:00Z"
	if diff := cmp.Diff([][]string{
		{"number", "kind", "of", "reported", "study_day", "deep_minutes", "ai_minutes", "unit", "finished", "back_dated", "note", "blocker"},
		{"0", "check-in", "", at, "2027-03-01", "45", "0", "w01d1", "false", "false", "'=SUM(A1), read \"about\" joins", ""},
		{"1", "edit", "0", at, "2027-03-01", "0", "60", "w01d1", "false", "false", "'=SUM(A1)", ""},
		{"2", "check-in", "", at, "2027-03-01", "10", "0", "w01d1", "false", "false", "", ""},
		{"3", "undo", "2", at, "2027-03-01", "0", "0", "", "false", "false", "", ""},
		{"4", "blocker", "", at, "2027-03-01", "0", "0", "w01d1", "false", "false", "", "'-1+1 of @joins\nand a line"},
	}, rows); diff != "" {
		t.Errorf("the table (-want +got):\n%s", diff)
	}
	for i, f := range reply.Files {
		if want := "studycoach-" + string(id) + []string{".json", ".csv"}[i]; f.Name != want || f.Type == "" {
			t.Errorf("file %+v", f)
		}
	}
}

func TestWhoLeftCanStillTakeTheirData(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("ada", "/checkin 45m")
	w.say("ada", "/coach leave")
	reply := w.dm("ada", "/coach export")
	w.wantText(reply, "with 1 entry in the log")
	if len(reply.Files) != 2 || !strings.Contains(string(reply.Files[0].Data), `"left": "2027-03-01"`) {
		t.Errorf("files %v", reply.Files)
	}
}

func TestAStrangerHasNothingToTake(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.wantLine(w.say("stranger", "/coach export"), say.NotALearner{Cohort: "Crew"})
}

func TestALeadTakesWhatTheyAnnounced(t *testing.T) {
	w := newWorld(t)
	w.cohort()
	w.join("ada")
	w.say("lena", "/coach lead ada")
	w.press("lena", w.draft("Hello").Message, "Post it now")
	w.clock(1, "08:01")
	kept := func(who string) (all map[string]any) {
		t.Helper()
		reply := w.say(who, "/coach export")
		if len(reply.Files) != 2 {
			t.Fatalf("%s gets %q", who, textOf(reply.Message))
		}
		if err := json.Unmarshal(reply.Files[0].Data, &all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	want := map[string]any{
		"account": string(user("lena")), "cohort": "Crew", "roadmap": "backend", "setUp": true, "lead": true,
		"announcements": []any{map[string]any{
			"name": "Lena", "text": "Hello", "made": "2027-03-01T08:00:00Z", "due": "2027-03-01T08:00:00Z", "status": "posted"}},
	}
	if diff := cmp.Diff(want, kept("lena")); diff != "" {
		t.Errorf("a lead who never joined (-want +got):\n%s", diff)
	}
	if all := kept("ada"); all["announcements"] != nil || all["name"] != "Ada" || all["lead"] != true {
		t.Errorf("another lead gets %v", all)
	}
	w.say("lena", "/coach lead remove lena")
	want["lead"] = false
	if diff := cmp.Diff(want, kept("lena")); diff != "" {
		t.Errorf("a former lead (-want +got):\n%s", diff)
	}
}

func TestEveryKindHasAName(t *testing.T) {
	for kind, want := range map[coach.EntryKind]string{coach.CheckIn: "check-in", coach.Edit: "edit", coach.Undo: "undo", coach.Blocked: "blocker", 9: "unknown"} {
		if got := kind.String(); got != want {
			t.Errorf("kind %d is %q, want %q", kind, got, want)
		}
	}
}
