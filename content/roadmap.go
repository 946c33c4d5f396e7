package content

// Mode says how a stretch of study time is spent.
type Mode string

// The two modes.
const (
	Deep     Mode = "deep"     // learn it yourself
	Delegate Mode = "delegate" // direct an AI to do it, and review what it did
)

// Roadmap is one course: what a cohort works through, in order. Load makes it;
// it is shared, so nobody changes it.
type Roadmap struct {
	ID          string       // lower-case letters, digits and dashes, such as "backend"
	Title       string       // at most 60 characters
	Summary     string       // one paragraph
	Hours       Hours        // advised study time a week
	DeepShare   int          // advised per cent of the time in deep mode, 1 to 100
	Skills      []Skill      // in the order they are introduced
	Phases      []Phase      // in order; their weeks are numbered through
	Milestones  []Milestone  // in order, perhaps none
	Questions   []Question   // in the order of their units
	Checkpoints []Checkpoint // one a month, in order

	index index // of the phases
}

// Hours is a range of hours a week, both ends included.
type Hours struct{ Min, Max int }

// Skill is something that units train.
type Skill struct {
	ID    string // such as "database-internals"
	Title string
	Mode  Mode   // how this skill is best acquired
	About string // one or two sentences
}

// Phase is a run of weeks with one theme.
type Phase struct {
	ID       string // such as "core"
	Title    string
	Theme    string // what the phase is about, one or two sentences
	DoneWhen string // what can be observed at its end
	Weeks    []Week
}

// Week is the work of one week.
type Week struct {
	Number int      // 1 for the first week of the roadmap
	Title  string   // such as "Errors, tests and a tool that keeps its word"
	Intro  string   // why this week, two or three sentences
	InHand []string // what a learner has at the end of it
	Units  []Unit   // one for each study day, in order
	Rest   string   // an optional, light card for the rest day
}

// Unit is the work of one study day.
type Unit struct {
	ID       string // "w03d2": week 3, second unit
	Title    string // at most 80 characters
	Skill    string // the id of a Skill
	Mode     Mode   // where most of the time goes
	Deep     int    // planned minutes in deep mode
	Delegate int    // planned minutes directing AI
	Tasks    []Task // two to four
	AI       AI
	DoneWhen string // observable
	Think    string // one question to carry around
	Links    []Link
}

// Minutes is the planned time of the unit.
func (u Unit) Minutes() int { return u.Deep + u.Delegate }

// Task says exactly what to do. Variants replace Text for a language where the
// work differs.
type Task struct {
	Text     string
	Variants map[string]string // by one of the Languages
}

// Languages are those in which tasks may have variants.
func Languages() []string { return []string{"go", "rust", "python"} }

// In returns the task's text for a language.
func (t Task) In(language string) string {
	if v, ok := t.Variants[language]; ok {
		return v
	}
	return t.Text
}

// AI says what an assistant may and may not be used for in a unit.
type AI struct {
	May    []string // what to direct it to do; empty: nothing today
	MayNot []string // what stays the learner's own; with nothing in May, what a day without AI means
	Prompt string   // an example prompt where directing is the lesson; may be empty
	Check  []string // what to check in its answer; needed where Prompt is set
}

// Link points to first-party documentation.
type Link struct {
	Title string
	URL   string // https
	Read  string // what to read there
}

// Milestone is something a learner reports once, on the way through a roadmap.
type Milestone struct {
	ID      string // such as "500-lines"
	Title   string
	Unit    string // the id of the Unit where it is reached
	Measure string // what is counted, such as "lines written without AI"
	Least   int    // how many of them; 0 when it is simply done or not
}

// Kind says how a question is answered.
type Kind string

// The four kinds.
const (
	Recall   Kind = "recall"   // from memory, in the learner's own words
	ChoiceOf Kind = "choice"   // by picking one of several options
	Tradeoff Kind = "tradeoff" // by deciding, and giving the reasons
	Review   Kind = "review"   // by finding the fault in a piece of code
)

// Kinds are those of which a question may be.
func Kinds() []Kind { return []Kind{Recall, ChoiceOf, Tradeoff, Review} }

// Question asks about what a unit taught.
type Question struct {
	ID     string   // "q-w01d2-1"
	Unit   string   // the id of the Unit it belongs to
	Skill  string   // the id of a Skill
	Kind   Kind     // which of the fields below are set
	Ask    string   // the question
	Answer string   // the model answer; of a Review, the mend and why it is one
	Points []string // what a good answer must hit; set for Recall, and otherwise perhaps

	Options  []Choice // for a ChoiceOf: three or four, of which one is right
	Rubric   *Rubric  // for a Tradeoff
	Code     string   // for a Review: what to read, at most 40 lines, without a newline at the end
	Language string   // for a Review: "go" or "sql"
	Fault    string   // for a Review: what is wrong with the code, and when it bites
}

// Choice is one option of a question.
type Choice struct {
	Text  string
	Right bool
	Why   string // why it is right, or wrong
}

// Rubric says what answers to a tradeoff contain.
type Rubric struct{ Strong, Fair, Weak string }

// Checkpoint is a self-assessment.
type Checkpoint struct {
	ID       string // "month-1"
	Title    string
	Week     int // asked at the end of this week
	OnTrack  []Statement
	RedFlags []Statement
}

// Statement is one line of a checkpoint that a learner agrees with or not.
type Statement struct {
	ID   string
	Text string
	Back string // the id of the unit to go back to when it goes the wrong way
}
