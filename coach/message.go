package coach

import (
	"strings"
	"unicode/utf8"

	"studycoach/content/say"
)

// Message is what the bot says: a short list of blocks that every platform can
// show in its own way. All texts are in the markup of package say; words of
// people in them are escaped already.
type Message struct {
	Blocks []Block `json:"blocks"`
}

// Plain is the whole message as lines of plain text: fields as "Label: value",
// buttons as "[Label]", a picture as its description.
func (m *Message) Plain() []string {
	var lines []string
	add := func(s string) {
		if s != "" {
			lines = append(lines, s)
		}
	}
	for _, b := range m.Blocks {
		add(b.Title)
		add(say.Unmarked(b.Text))
		add(b.Code)
		for _, f := range b.Fields {
			add(f.Label + ": " + say.Unmarked(f.Value))
		}
		var labels []string
		for _, a := range b.Actions {
			labels = append(labels, "["+a.Label+"]")
		}
		add(strings.Join(labels, " "))
		if b.Image != nil {
			add(b.Image.Alt)
		}
		add(say.Unmarked(b.Context))
	}
	return lines
}

// title is the message's first heading; empty: it has none.
func (m *Message) title() string {
	for _, b := range m.Blocks {
		if b.Title != "" {
			return b.Title
		}
	}
	return ""
}

// Block is one part of a message. Exactly one of its fields is set.
type Block struct {
	Title   string   `json:"title,omitempty"`   // a heading, without markup, at most 150 characters
	Text    string   `json:"text,omitempty"`    // paragraphs, at most 3,000 characters
	Code    string   `json:"code,omitempty"`    // a listing as it is, without markup, at most 1,500 characters
	Fields  []Field  `json:"fields,omitempty"`  // label and value pairs, at most 10
	Actions []Action `json:"actions,omitempty"` // buttons, at most 5
	Image   *Image   `json:"image,omitempty"`
	Context string   `json:"context,omitempty"` // small print
}

// Field is a labelled value.
type Field struct {
	Label string `json:"label"` // without markup, at most 75 characters
	Value string `json:"value"` // at most 1,000 characters
}

// Action is a button. A press arrives as an Event with its verb and arguments.
type Action struct {
	Label string            `json:"label"` // without markup, at most 40 characters
	Verb  string            `json:"verb"`
	Args  map[string]string `json:"args,omitempty"` // short: with the verb at most 80 bytes in all
	Style ActionStyle       `json:"style,omitempty"`
}

// size is how many bytes the platforms need for a button's verb and arguments.
func (a Action) size() int {
	n := len(a.Verb)
	for k, v := range a.Args {
		n += len(k) + len(v)
	}
	return n
}

// actionSize is the most that a button's verb and arguments may come to: what
// fits Discord's custom_id of 100 characters
// (https://docs.discord.com/developers/components/reference#anatomy-of-a-component)
// with the marks between them.
const actionSize = 80

// ActionStyle says how a button looks.
type ActionStyle string

// The styles of a button; the zero style is a quiet one.
const (
	Primary ActionStyle = "primary"
	Danger  ActionStyle = "danger"
)

// Image is a picture as data, drawn by the adapter's side when it is shown.
// Exactly one of the pictures is set.
type Image struct {
	Alt  string     `json:"alt"` // what a person who cannot see it needs to know, without markup
	Week *WeekChart `json:"week,omitempty"`
	Heat *HeatMap   `json:"heat,omitempty"`
}

// WeekChart shows the minutes of a cohort's week, Monday first.
type WeekChart struct {
	Title     string    `json:"title"`
	Days      [7]string `json:"days"` // labels
	Deep      [7]int    `json:"deep"` // minutes
	AI        [7]int    `json:"ai"`
	Goal      int       `json:"goal,omitempty"` // minutes a day; 0: no goal line
	DeepLabel string    `json:"deepLabel"`
	AILabel   string    `json:"aiLabel"`
	GoalLabel string    `json:"goalLabel"`
	Unit      string    `json:"unit"` // of the hours on the axis
}

// HeatMap shows the minutes of a learner's last weeks.
type HeatMap struct {
	Title     string    `json:"title"`
	Weeks     []string  `json:"weeks"`   // labels, oldest first; empty where none is wanted
	Days      [7]string `json:"days"`    // labels, Monday first
	Minutes   [][7]int  `json:"minutes"` // a row a week; -1 where the day has not come yet
	Full      int       `json:"full"`    // minutes that make a day's square darkest
	LessLabel string    `json:"less"`
	MoreLabel string    `json:"more"`
}

// Form asks for several values at once. Its submission arrives as an Event
// with Submit set, the form's verb, and its arguments and values in Args.
type Form struct {
	Verb   string            `json:"verb"`
	Args   map[string]string `json:"args,omitempty"`
	Title  string            `json:"title"` // at most 24 characters
	Intro  string            `json:"intro,omitempty"`
	Submit string            `json:"submit"` // the button's label
	Fields []FormField       `json:"fields"`
}

// FormField is one question of a form.
type FormField struct {
	Name     string    `json:"name"`
	Label    string    `json:"label"` // at most 45 characters, of FieldYes 150: it may be a statement to agree with
	Kind     FieldKind `json:"kind"`
	Value    string    `json:"value,omitempty"` // what it holds at first; of FieldMany: values joined by commas
	Hint     string    `json:"hint,omitempty"`
	Error    string    `json:"error,omitempty"` // what to mend, when the form is shown again
	Options  []Option  `json:"options,omitempty"`
	Optional bool      `json:"optional,omitempty"`
	Max      int       `json:"max,omitempty"` // characters of a text; 0: 150
}

// FieldKind says what a form field takes.
type FieldKind string

// The kinds of form fields.
const (
	FieldText   FieldKind = "text"   // one line
	FieldArea   FieldKind = "area"   // several lines
	FieldNumber FieldKind = "number" // a whole number, not below 0
	FieldDate   FieldKind = "date"   // 2027-03-14
	FieldTime   FieldKind = "time"   // 09:00
	FieldOne    FieldKind = "one"    // one of Options
	FieldMany   FieldKind = "many"   // any of Options
	FieldYes    FieldKind = "yes"    // "yes" when ticked
)

// Option is one choice of a form field.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"` // at most 75 characters
}

// Title, Text and their kin make a block of one kind.

// Lengths that the platforms agree on: Slack's header
// (https://docs.slack.dev/reference/block-kit/blocks/header-block) and its
// section (https://docs.slack.dev/reference/block-kit/blocks/section-block).
const (
	titleSize = 150  // characters
	textSize  = 3000 // characters
)

// Title makes a heading block; what is too long is cut.
func Title(s string) Block { return Block{Title: clip(s, titleSize)} }

// Text makes a block of paragraphs; what is too long is cut, after a whole line
// where that leaves most of it.
func Text(s string) Block { return Block{Text: fit(s, textSize)} }

// tooLong tells whether a line, whose rows can be dropped, has to be cut.
func tooLong(line any) bool { return utf8.RuneCountInString(say.Text(line)) > textSize }

// fit cuts marked-up text to at most n characters.
func fit(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	s = string([]rune(s)[:n-2])
	if i := strings.LastIndexByte(s, '\n'); i > len(s)/2 {
		return s[:i] + "\n…"
	}
	if i := strings.LastIndexByte(s, ' '); i > len(s)/2 {
		s = s[:i]
	}
	if marks := len(s) - len(strings.TrimRight(s, `\`)); marks%2 == 1 { // half of an escape
		s = s[:len(s)-1]
	}
	return s + "…"
}

// Code makes a block with a listing.
func Code(s string) Block { return Block{Code: s} }

// Context makes a block of small print.
func Context(s string) Block { return Block{Context: s} }

// Fields makes a block of labelled values.
func Fields(f ...Field) Block { return Block{Fields: f} }

// Actions makes a row of buttons.
func Actions(a ...Action) Block { return Block{Actions: a} }

// Picture makes an image block.
func Picture(i Image) Block { return Block{Image: &i} }

// Say makes a message of blocks.
func Say(blocks ...Block) *Message { return &Message{Blocks: blocks} }
