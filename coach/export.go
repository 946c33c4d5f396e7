package coach

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"studycoach/content/say"
)

// exported is everything that is kept about a person in a cohort, as they get it.
type exported struct {
	Account          UserRef                `json:"account"`
	Linked           UserRef                `json:"linkedAccount,omitempty"`
	Cohort           string                 `json:"cohort"`
	Roadmap          string                 `json:"roadmap"`
	SetUp            bool                   `json:"setUp"` // it was them who did
	Lead             bool                   `json:"lead"`
	*exportedLearner                        // nil for who never joined
	Announcements    []exportedAnnouncement `json:"announcements"`
}

type exportedLearner struct {
	Name        string               `json:"name"`
	Joined      string               `json:"joined"`
	Left        string               `json:"left,omitempty"`
	Settings    exportedSettings     `json:"settings"`
	Away        []string             `json:"away"`
	Streak      exportedStreak       `json:"streak"`
	Stuck       *Stuck               `json:"stuck,omitempty"`
	Milestones  []exportedMilestone  `json:"milestones"`
	Entries     []exportedEntry      `json:"entries"`
	Cards       []Card               `json:"recallQuestions"`
	Assessments []exportedAssessment `json:"assessments"`
	BeforeLink  *exportedLearner     `json:"linkedAccountBefore,omitempty"` // what waits of it, without entries
}

type exportedMilestone struct {
	ID     string `json:"id"`
	Date   string `json:"date"`
	Number int    `json:"number,omitempty"`
}

type exportedSettings struct {
	Zone     string   `json:"zone"`
	Nudge    string   `json:"nudge"`
	NudgeOn  bool     `json:"nudgeOn"`
	Recall   bool     `json:"recallOn"`
	Quiet    string   `json:"quietHours"`
	Board    bool     `json:"namedOnBoard"`
	InRoom   bool     `json:"nudgesInRoom"` // while no direct message reaches them
	Language string   `json:"language,omitempty"`
	Rest     []string `json:"restDays"`
}

type exportedStreak struct {
	Days    int `json:"days"`
	Best    int `json:"best"`
	Freezes int `json:"freezes"`
}

type exportedEntry struct {
	Account     string `json:"account,omitempty"` // of who has two
	Number      int    `json:"number"`
	Kind        string `json:"kind"`
	Of          *int   `json:"of,omitempty"`
	Reported    string `json:"reported"`
	Date        string `json:"studyDay"`
	DeepMinutes int    `json:"deepMinutes"`
	AIMinutes   int    `json:"aiMinutes"`
	Unit        string `json:"unit,omitempty"`
	Finished    bool   `json:"finished"`
	BackDated   bool   `json:"backDated"`
	Note        string `json:"note,omitempty"`
	Blocker     string `json:"blocker,omitempty"`
}

type exportedAssessment struct {
	Checkpoint string   `json:"checkpoint"`
	Date       string   `json:"date"`
	Agreed     []string `json:"agreedWith"`
}

type exportedAnnouncement struct {
	Name   string `json:"name"`
	Text   string `json:"text"`
	Made   string `json:"made"`
	Due    string `json:"due,omitempty"`
	Status string `json:"status"`
}

// export gives the sender, also one who has left and a lead who never joined,
// everything that is kept about them in the cohort: all of it as JSON, and the
// log of entries as CSV.
func (c *Coach) export(ctx context.Context, r request) (Reply, error) {
	return c.view(ctx, r, Scope{Entries: true, Cards: true, Assessments: true, Announcements: true}, func(s State) (Reply, error) {
		t, err := c.topicOf(r, s)
		if err != nil {
			return Reply{}, err
		}
		if s.Learner != nil && s.Learner.Also != "" {
			waits, err := c.store.Load(ctx, Scope{Cohort: r.cohort, Other: s.Learner.Also, Cards: true, Assessments: true})
			if err != nil {
				return Reply{}, err
			}
			s.Other = waits.Other
		}
		e := exportOf(s, t, r.Event)
		if e.exportedLearner == nil && !e.SetUp && !e.Lead && len(e.Announcements) == 0 {
			return Reply{}, r.notALearner(s.Cohort)
		}
		all, err := json.MarshalIndent(e, "", "  ")
		if err != nil {
			return Reply{}, fmt.Errorf("export: %w", err)
		}
		table, err := entriesCSV(s)
		if err != nil {
			return Reply{}, fmt.Errorf("export: %w", err)
		}
		return Reply{
			Message: Say(Text(say.Text(say.Exported{Entries: len(s.Entries), Cohort: say.Literal(s.Cohort.Name)}))),
			Files: []File{
				{Name: "studycoach-" + string(s.Cohort.ID) + ".json", Type: "application/json", Data: all},
				{Name: "studycoach-" + string(s.Cohort.ID) + ".csv", Type: "text/csv; charset=utf-8", Data: table},
			},
		}, nil
	})
}

func exportOf(s State, t topic, r Event) exported {
	u := r.From
	who := s.accountsOf(u)
	e := exported{
		Account: u, Cohort: s.Cohort.Name, Roadmap: s.Cohort.Roadmap, SetUp: slices.Contains(who, s.Cohort.By), Lead: s.ledBy(u),
	}
	if s.Learner != nil {
		e.Account, e.Linked = s.Learner.ID, s.Learner.Also
		e.exportedLearner = exportLearner(s, t, r.At)
	}
	for _, a := range s.Announcements {
		if !slices.Contains(who, a.By) {
			continue
		}
		out := exportedAnnouncement{Name: a.ByName, Text: a.Text, Made: a.Made.UTC().Format(time.RFC3339), Status: a.Status}
		if !a.Due.IsZero() {
			out.Due = a.Due.UTC().Format(time.RFC3339)
		}
		e.Announcements = append(e.Announcements, out)
	}
	return e
}

func exportLearner(s State, t topic, at time.Time) *exportedLearner {
	l := s.Learner
	streak := l.Streak.AsOf(l.Days, t.calendar, t.today)
	e := &exportedLearner{
		Name: l.Name, Joined: l.Joined.String(),
		Settings: exportedSettings{
			Zone: zoneOf(s.Cohort, l).String(), Nudge: l.Settings.Nudge.String(), NudgeOn: !l.Settings.NudgeOff, Recall: l.Settings.Recall,
			Quiet: l.Settings.Quiet.From.String() + "-" + l.Settings.Quiet.To.String(), Board: l.Settings.Board, InRoom: l.Settings.RoomNotes, Language: l.Settings.Language,
		},
		Streak: exportedStreak{Days: streak.Count, Best: streak.Best, Freezes: streak.Freezes}, Stuck: l.Stuck,
	}
	if l.Left != 0 {
		e.Left = l.Left.String()
	}
	for _, rest := range l.Rest {
		e.Settings.Rest = append(e.Settings.Rest, fmt.Sprintf("from %s: %s", rest.From, rest.Days))
	}
	for _, away := range l.Away {
		e.Away = append(e.Away, away.From.String()+" to "+away.To.String())
	}
	for _, m := range l.Milestones {
		e.Milestones = append(e.Milestones, exportedMilestone{ID: m.ID, Date: m.Date.String(), Number: m.N})
	}
	for _, entry := range s.Entries {
		e.Entries = append(e.Entries, exportEntry(l, entry))
	}
	for _, card := range s.Cards {
		e.Cards = append(e.Cards, card)
	}
	slices.SortFunc(e.Cards, func(a, b Card) int { return strings.Compare(a.Question, b.Question) })
	for _, a := range s.Assessments {
		e.Assessments = append(e.Assessments, exportedAssessment{Checkpoint: a.Checkpoint, Date: a.Date.String(), Agreed: a.Yes})
	}
	if s.Other != nil && s.Other.Learner != nil {
		waits := *s.Other
		waits.Cohort = s.Cohort
		e.BeforeLink = exportLearner(waits, t.of(s.Cohort, waits.Learner, at), at)
	}
	return e
}

func exportEntry(l *Learner, e Entry) exportedEntry {
	out := exportedEntry{
		Number: e.Seq, Kind: e.Kind.String(), Reported: e.At.UTC().Format(time.RFC3339), Date: e.Date.String(),
		DeepMinutes: e.Deep, AIMinutes: e.AI, Unit: e.Unit, Finished: e.Finished, BackDated: e.Late, Note: e.Note, Blocker: e.Blocker,
	}
	if l.Also != "" {
		out.Account = string(cmp.Or(e.Account, l.ID))
	}
	if e.Kind == Edit || e.Kind == Undo {
		out.Of = &e.Ref
	}
	return out
}

// entriesCSV renders a log as a table. A cell that a spreadsheet would take
// for a formula is preceded by an apostrophe
// (https://owasp.org/www-community/attacks/CSV_Injection).
func entriesCSV(s State) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"number", "kind", "of", "reported", "study_day", "deep_minutes", "ai_minutes", "unit", "finished", "back_dated", "note", "blocker"}}
	linked := s.Learner != nil && s.Learner.Also != ""
	if linked {
		rows[0] = append(rows[0], "account")
	}
	for _, entry := range s.Entries {
		e := exportEntry(s.Learner, entry)
		of := ""
		if e.Of != nil {
			of = strconv.Itoa(*e.Of)
		}
		row := []string{
			strconv.Itoa(e.Number), e.Kind, of, e.Reported, e.Date, strconv.Itoa(e.DeepMinutes), strconv.Itoa(e.AIMinutes),
			e.Unit, strconv.FormatBool(e.Finished), strconv.FormatBool(e.BackDated), cell(e.Note), cell(e.Blocker),
		}
		if linked {
			row = append(row, e.Account)
		}
		rows = append(rows, row)
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
