package content

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// small is a directory with the valid roadmap of testdata/small, to be damaged.
func small(t testing.TB) fstest.MapFS {
	t.Helper()
	dir := fstest.MapFS{}
	for _, name := range []string{
		"roadmap.yaml", "checkpoints.yaml", "weeks/w01.yaml", "weeks/w02.yaml", "questions/basics.yaml",
		"questions/kinds.yaml", "reviews/visit-count.txtar", "reviews/visits-by-city.txtar",
	} {
		data, err := os.ReadFile(filepath.Join("testdata/small", name))
		if err != nil {
			t.Fatal(err)
		}
		dir["small/"+name] = &fstest.MapFile{Data: data}
	}
	return dir
}

// loadSmall returns the roadmap of testdata/small.
func loadSmall(t testing.TB) *Roadmap {
	t.Helper()
	l, err := new(Library).with(small(t))
	if err != nil {
		t.Fatal(err)
	}
	return l.Roadmaps()[0]
}

func TestEmbeddedRoadmap(t *testing.T) {
	l, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := l.Roadmap("backend")
	if !ok {
		t.Fatal("there is no roadmap backend")
	}
	for what, got := range map[string]struct{ got, least int }{
		"weeks":       {len(r.Weeks()), 4},
		"units":       {len(r.Units()), 24},
		"questions":   {len(r.Questions), 30},
		"checkpoints": {len(r.Checkpoints), 1},
	} {
		if got.got < got.least {
			t.Errorf("%d %s, want at least %d", got.got, what, got.least)
		}
	}
	if want := (Hours{Min: 10, Max: 15}); r.Hours != want || r.DeepShare != 70 {
		t.Errorf("advises %v and %d %% deep, want %v and 70 %%", r.Hours, r.DeepShare, want)
	}
	for _, w := range r.Weeks() {
		if len(w.Units) != 6 {
			t.Errorf("week %d has %d units, want 6", w.Number, len(w.Units))
		}
	}
}

func TestLoadReadsEveryField(t *testing.T) {
	r := loadSmall(t)
	if got := (Roadmap{ID: r.ID, Title: r.Title, Summary: r.Summary, Hours: r.Hours, DeepShare: r.DeepShare}); !cmp.Equal(got, Roadmap{
		ID: "small", Title: "Read query plans", Summary: "Two short weeks on what a database does with a query.",
		Hours: Hours{3, 4}, DeepShare: 70,
	}, cmp.AllowUnexported(Roadmap{}, index{}, timed{}, spent{})) {
		t.Errorf("roadmap: %+v", got)
	}
	wantSkill := Skill{ID: "testing", Title: "Testing", Mode: Delegate, About: "Let it write the table, and check every row."}
	if diff := cmp.Diff(wantSkill, r.Skills[1]); diff != "" {
		t.Errorf("skill (-want +got):\n%s", diff)
	}
	p := r.Phases[1]
	p.Weeks = nil
	wantPhase := Phase{ID: "indexes", Title: "Indexes", Theme: "When an index helps.", DoneWhen: "You can defend an index, or its removal."}
	if diff := cmp.Diff(wantPhase, p); diff != "" {
		t.Errorf("phase (-want +got):\n%s", diff)
	}
	w := r.Phases[0].Weeks[0]
	first := w.Units[0]
	w.Units = nil
	wantWeek := Week{
		Number: 1, Title: "The first plan", Intro: "A plan is a *promise* about work. You read one aloud.",
		InHand: []string{"A table with `100,000` rows"}, Rest: "Nothing today.",
	}
	if diff := cmp.Diff(wantWeek, w); diff != "" {
		t.Errorf("week (-want +got):\n%s", diff)
	}
	wantUnit := Unit{
		ID: "w01d1", Title: "Ask for a plan", Skill: "databases", Mode: Deep, Deep: 60, Delegate: 30,
		Tasks: []Task{
			{Text: "Create the table and fill it."},
			{Text: "Ask for the plan of a query.", Variants: map[string]string{"go": "Ask for the plan from a Go program."}},
		},
		AI: AI{
			May: []string{"Write the rows"}, MayNot: []string{"Explain the plan"},
			Prompt: "Write 100,000 rows with a skewed city column.", Check: []string{"The skew is there"},
		},
		DoneWhen: "The plan is in your notes.",
		Think:    "What did the planner not know?",
		Links:    []Link{{Title: "Using EXPLAIN", URL: "https://www.postgresql.org/docs/current/using-explain.html", Read: "The first section"}},
	}
	if diff := cmp.Diff(wantUnit, first); diff != "" {
		t.Errorf("unit (-want +got):\n%s", diff)
	}
	wantQuestion := Question{
		ID: "q-w01d1-1", Unit: "w01d1", Skill: "databases", Kind: Recall, Ask: "What does `EXPLAIN` do?",
		Answer: "It shows the plan without running the query.", Points: []string{"The plan", "It does not run the query"},
	}
	if diff := cmp.Diff(wantQuestion, r.Questions[0]); diff != "" {
		t.Errorf("the question of the first unit (-want +got):\n%s", diff)
	}
	wantKinds := []Question{
		{
			ID: "q-w02d2-1", Unit: "w02d2", Skill: "testing", Kind: ChoiceOf, Ask: "Which test shows that the index is used?",
			Answer: "Ask for the plan.",
			Options: []Choice{
				{Text: "One that compares the plan", Right: true, Why: "The plan names the index."},
				{Text: "One that measures the time", Why: "A small table is fast without it."},
				{Text: "One that counts the rows", Why: "They are the same `either` way."},
			},
		},
		{
			ID: "q-w02d2-2", Unit: "w02d2", Skill: "testing", Kind: Tradeoff, Ask: "Would you test each plan?",
			Answer: "The few that matter, since plans change with the data.",
			Rubric: &Rubric{
				Strong: "Names what a changed plan costs, and who would notice.", Fair: "Tests the slow ones.", Weak: "Tests all, or none.",
			},
		},
		{
			ID: "q-w02d2-3", Unit: "w02d2", Skill: "databases", Kind: Review, Ask: "Finds the visits from a city. Why is it slow?",
			Answer: "An index on the expression that is compared.", Points: []string{"The expressions differ"},
			Code: "CREATE INDEX visit_city ON visit (city);\nPREPARE visits_from(text) AS\n" +
				"  SELECT id FROM visit WHERE lower(city) = lower($1);",
			Language: "sql", Fault: "The index is on another expression than the query.",
		},
	}
	if diff := cmp.Diff(wantKinds, r.Questions[2:5]); diff != "" {
		t.Errorf("the questions of other kinds (-want +got):\n%s", diff)
	}
	if q := r.Questions[5]; q.Language != "go" || !strings.HasPrefix(q.Code, "package review\n\n") || strings.HasSuffix(q.Code, "\n") {
		t.Errorf("the review of Go code: %+v", q)
	}
	wantMilestones := []Milestone{
		{ID: "plan-read", Title: "A plan, read aloud", Unit: "w01d2", Measure: "plans read", Least: 3},
		{ID: "index-defended", Title: "An index defended", Unit: "w02d1", Measure: "an index and its reason"},
	}
	if diff := cmp.Diff(wantMilestones, r.Milestones); diff != "" {
		t.Errorf("milestones (-want +got):\n%s", diff)
	}
	wantCheckpoint := Checkpoint{
		ID: "half", Title: "Half way", Week: 1,
		OnTrack:  []Statement{{ID: "reads", Text: "I can read a plan.", Back: "w01d1"}},
		RedFlags: []Statement{{ID: "guesses", Text: "I guess what a line means.", Back: "w01d2"}},
	}
	if diff := cmp.Diff(wantCheckpoint, r.Checkpoints[0]); diff != "" {
		t.Errorf("checkpoint (-want +got):\n%s", diff)
	}
}

func TestTaskInALanguage(t *testing.T) {
	task := loadSmall(t).Phases[0].Weeks[0].Units[0].Tasks[1]
	for language, want := range map[string]string{
		"go": "Ask for the plan from a Go program.", "rust": "Ask for the plan of a query.", "": "Ask for the plan of a query.",
	} {
		if got := task.In(language); got != want {
			t.Errorf("In(%q) = %q, want %q", language, got, want)
		}
	}
}

func TestLoadAddsDirectories(t *testing.T) {
	dir := small(t)
	dir["small/notes.md"] = &fstest.MapFile{Data: []byte("notes may lie here")}
	dir["small/weeks/draft.txt"] = &fstest.MapFile{Data: []byte("and here")}
	dir["small/questions/draft.txt"] = &fstest.MapFile{Data: []byte("and here")}
	dir["README.md"] = &fstest.MapFile{Data: []byte("and here")}
	dir[".git/config"] = &fstest.MapFile{Data: []byte("hidden")}
	l, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"backend", "small"} {
		if r, ok := l.Roadmap(id); !ok || r.ID != id {
			t.Errorf("no roadmap %s", id)
		}
	}
	if _, ok := l.Roadmap("other"); ok {
		t.Error("there is a roadmap other")
	}
	built, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if len(built.Roadmaps()) != len(l.Roadmaps())-1 {
		t.Error("loading a directory changed the built-in library")
	}
}

func TestLoadWithoutQuestionsAndCheckpoints(t *testing.T) {
	dir := small(t)
	for name := range dir {
		if strings.Contains(name, "/questions/") || strings.Contains(name, "/reviews/") {
			delete(dir, name)
		}
	}
	delete(dir, "small/checkpoints.yaml")
	if _, err := Load(dir); err != nil {
		t.Error(err)
	}
}

func TestLoadTakesWindowsLineEnds(t *testing.T) {
	dir := small(t)
	for _, f := range dir {
		f.Data = []byte(strings.ReplaceAll(string(f.Data), "\n", "\r\n"))
	}
	l, err := new(Library).with(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(loadSmall(t), l.Roadmaps()[0], cmp.AllowUnexported(Roadmap{}, index{}, timed{}, spent{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLookups(t *testing.T) {
	r := loadSmall(t)
	var ids []string
	for _, u := range r.Units() {
		ids = append(ids, u.ID)
	}
	if diff := cmp.Diff([]string{"w01d1", "w01d2", "w02d1", "w02d2"}, ids); diff != "" {
		t.Errorf("units (-want +got):\n%s", diff)
	}
	for i, id := range ids {
		u, ok := r.Unit(id)
		at, okAt := r.UnitAt(i)
		place, okIndex := r.UnitIndex(id)
		w, okWeek := r.WeekOf(id)
		if !ok || !okAt || !okIndex || !okWeek || u.ID != id || at.ID != id || place != i || w.Number != i/2+1 {
			t.Errorf("unit %s: %v %v %d, week %d", id, u.ID, at.ID, place, w.Number)
		}
	}
	for number, want := range map[int]string{1: "plans", 2: "indexes"} {
		w, ok := r.Week(number)
		p, okPhase := r.PhaseOf(number)
		if !ok || !okPhase || w.Number != number || p.ID != want {
			t.Errorf("week %d: %d in phase %s", number, w.Number, p.ID)
		}
	}
	for i, want := range []int{1, 1, 2, 6} {
		if got := len(r.QuestionsUpTo(i)); got != want {
			t.Errorf("QuestionsUpTo(%d): %d questions, want %d", i, got, want)
		}
	}
	if got := r.QuestionsUpTo(-1); len(got) != 0 {
		t.Errorf("QuestionsUpTo(-1): %d questions", len(got))
	}
	if q, ok := r.Question("q-w02d1-1"); !ok || q.Unit != "w02d1" {
		t.Errorf("question: %+v", q)
	}
	if m, ok := r.Milestone("index-defended"); !ok || m.Unit != "w02d1" {
		t.Errorf("milestone: %+v", m)
	}
	if c, ok := r.Checkpoint("end"); !ok || c.Week != 2 {
		t.Errorf("checkpoint: %+v", c)
	}
	if c, ok := r.CheckpointAfter(1); !ok || c.ID != "half" {
		t.Errorf("checkpoint after week 1: %+v", c)
	}
	if got := r.SkillTitle("databases"); got != "Database internals" {
		t.Errorf("skill title %q", got)
	}
	if got := r.SkillTitle("unknown"); got != "unknown" {
		t.Errorf("title of an unknown skill %q", got)
	}
}

func TestLookupsOfWhatIsNotThere(t *testing.T) {
	r := loadSmall(t)
	found := map[string]bool{}
	_, found["unit"] = r.Unit("w09d1")
	_, found["unit before the first"] = r.UnitAt(-1)
	_, found["unit after the last"] = r.UnitAt(4)
	_, found["place"] = r.UnitIndex("")
	_, found["week of a unit"] = r.WeekOf("w09d1")
	_, found["week 0"] = r.Week(0)
	_, found["week 3"] = r.Week(3)
	_, found["phase"] = r.PhaseOf(3)
	_, found["skill"] = r.Skill("")
	_, found["milestone"] = r.Milestone("")
	_, found["question"] = r.Question("")
	_, found["checkpoint"] = r.Checkpoint("")
	_, found["checkpoint of a week"] = r.CheckpointAfter(3)
	for what, ok := range found {
		if ok {
			t.Errorf("found a %s", what)
		}
	}
}
