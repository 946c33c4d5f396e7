package content

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"studycoach/content/say"
)

// pageWidth is how many columns a page of plain text has.
const pageWidth = 80

// rowLabel is how many columns of a table's row are the label's.
const rowLabel = pageWidth - 24

// ShowUnit writes a unit as plain text, with the week and phase it belongs to
// and every language variant.
func ShowUnit(w io.Writer, r *Roadmap, u Unit) error {
	var p page
	if week, ok := r.WeekOf(u.ID); ok {
		phase, _ := r.PhaseOf(week.Number)
		p.para(fmt.Sprintf("%s, week %d: %s", phase.Title, week.Number, week.Title))
	}
	p.part(r, wholly(u))
	return p.writeTo(w)
}

// PreviewWeek writes a whole week as plain text: its units as ShowUnit does,
// then the milestones and questions of the week and the checkpoint at its end.
func PreviewWeek(w io.Writer, r *Roadmap, week Week) error {
	var p page
	phase, _ := r.PhaseOf(week.Number)
	p.heading('=', fmt.Sprintf("Week %d: %s", week.Number, week.Title))
	p.para(fmt.Sprintf("%s, phase %s, %s", r.Title, phase.Title, spentOn(week.Units)))
	p.para(week.Intro)
	p.list("In hand at the end:", week.InHand)
	for _, u := range week.Units {
		p.part(r, wholly(u))
	}
	p.section("Rest day:", week.Rest)
	for _, m := range r.Milestones {
		if of, ok := r.WeekOf(m.Unit); ok && of.Number == week.Number {
			p.milestone(m)
		}
	}
	for _, q := range r.Questions {
		if of, ok := r.WeekOf(q.Unit); ok && of.Number == week.Number {
			p.question(q)
		}
	}
	if c, ok := r.CheckpointAfter(week.Number); ok {
		p.checkpoint(c)
	}
	return p.writeTo(w)
}

// PreviewPaced writes, as plain text, a week of studying a roadmap at a pace. A
// week that the pace does not have is an error.
func PreviewPaced(w io.Writer, r *Roadmap, pace Pace, week int) error {
	if can := r.Paces(); pace.Hours < can.Min || pace.Hours > can.Max || pace.Days < 1 || pace.Days > 7 {
		return fmt.Errorf("%s can be studied %d to %d h a week, on 1 to 7 days", r.ID, can.Min, can.Max)
	}
	var p page
	steps := r.Paced(pace)
	last := (steps.Len() + pace.Days - 1) / pace.Days
	if week < 1 || week > last {
		return fmt.Errorf("there is no week %d: at this pace the roadmap has the weeks 1 to %d", week, last)
	}
	from, to := (week-1)*pace.Days, min(week*pace.Days, steps.Len())
	var whole spent
	for i := from; i < to; i++ {
		for _, part := range steps.At(i).Parts {
			whole = whole.plus(spent{part.Deep, part.Delegate})
		}
	}
	p.heading('=', fmt.Sprintf("Week %d of %d, at %d h a week on %s", week, last, pace.Hours, say.Plural(pace.Days, "day", "days")))
	p.para(fmt.Sprintf("%s, %s", r.Title, whole))
	for i := from; i < to; i++ {
		step := steps.At(i)
		p.heading('=', fmt.Sprintf("Day %d: %s", i-from+1, say.Minutes(step.Minutes())))
		for _, part := range step.Parts {
			p.part(r, part)
		}
	}
	return p.writeTo(w)
}

// Summary writes how the time of a roadmap is spread over its weeks, phases and
// skills, how much of it is deep, and how many questions of each kind there are.
func Summary(w io.Writer, r *Roadmap) error {
	var p page
	p.heading('=', r.Title)
	p.para(fmt.Sprintf("%s, %s, %s, %s, %s. Advised: %d to %d h a week, %d %% deep.",
		say.Plural(len(r.Weeks()), "week", "weeks"), say.Plural(len(r.Units()), "unit", "units"),
		say.Plural(len(r.Questions), "question", "questions"), say.Plural(len(r.Milestones), "milestone", "milestones"),
		say.Plural(len(r.Checkpoints), "checkpoint", "checkpoints"), r.Hours.Min, r.Hours.Max, r.DeepShare))

	p.heading('-', "By week")
	var whole spent
	for _, week := range r.Weeks() {
		s := spentOn(week.Units)
		p.row(fmt.Sprintf("%2d  %s", week.Number, week.Title), s)
		whole = whole.plus(s)
	}
	p.row("In all", whole)

	p.heading('-', "By phase")
	for _, phase := range r.Phases {
		p.row(phase.Title, phase.spent())
	}
	p.row("In all", whole)

	p.heading('-', "By skill")
	bySkill := map[string]spent{}
	for _, u := range r.Units() {
		bySkill[u.Skill] = bySkill[u.Skill].plus(spentOn([]Unit{u}))
	}
	for _, skill := range r.Skills {
		p.row(fmt.Sprintf("%s (%s)", skill.Title, skill.Mode), bySkill[skill.ID])
	}
	p.row("In all", whole)

	p.heading('-', "Questions by kind")
	byKind := map[Kind]int{}
	for _, q := range r.Questions {
		byKind[q.Kind]++
	}
	for _, kind := range Kinds() {
		p.count(string(kind), byKind[kind])
	}
	p.count("In all", len(r.Questions))
	return p.writeTo(w)
}

// page is plain text in the making.
type page struct{ strings.Builder }

func (p *page) writeTo(w io.Writer) error {
	_, err := io.WriteString(w, strings.TrimLeft(p.String(), "\n"))
	return err
}

// heading begins a part of the page.
func (p *page) heading(underline byte, text string) {
	p.WriteByte('\n')
	before := p.Len()
	p.wrap("", "", text)
	longest := 0
	for line := range strings.Lines(p.String()[before:]) {
		longest = max(longest, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")))
	}
	p.WriteString(strings.Repeat(string(underline), longest) + "\n")
}

// para adds a paragraph.
func (p *page) para(marked string) {
	if marked != "" {
		p.WriteByte('\n')
		p.wrap("", "", say.Unmarked(marked))
	}
}

// section adds a titled paragraph, unless it is empty.
func (p *page) section(title, marked string) {
	if marked != "" {
		fmt.Fprintf(p, "\n%s\n", title)
		p.wrap("  ", "  ", say.Unmarked(marked))
	}
}

// list adds a titled list, unless it is empty.
func (p *page) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(p, "\n%s\n", title)
	for _, item := range items {
		p.item("- ", item)
	}
}

func (p *page) item(bullet, marked string) {
	p.wrap("  "+bullet, "  "+strings.Repeat(" ", len(bullet)), say.Unmarked(marked))
}

// row adds a line of a table: a label, the time, and the share that is deep.
func (p *page) row(label string, s spent) {
	if r := []rune(label); len(r) > rowLabel {
		label = string(r[:rowLabel-1]) + "…"
	}
	fmt.Fprintf(p, "%-*s  %8s  %3d %% deep\n", rowLabel, label, say.Minutes(s.total()), s.share())
}

// count adds a line of a table: a label and a number.
func (p *page) count(label string, n int) {
	fmt.Fprintf(p, "%-*s  %8d\n", rowLabel, label, n)
}

// wrap adds text in lines that fit the page where its words do: the first one
// begins with first, the others with rest.
func (p *page) wrap(first, rest, text string) {
	indent := first
	for line := range strings.Lines(text) {
		column := 0
		for _, word := range strings.Fields(line) {
			width := utf8.RuneCountInString(word)
			switch {
			case column == 0:
				p.WriteString(indent)
				column = utf8.RuneCountInString(indent)
			case column+1+width > pageWidth:
				p.WriteString("\n" + rest)
				column = utf8.RuneCountInString(rest)
			default:
				p.WriteByte(' ')
				column++
			}
			p.WriteString(word)
			column += width
		}
		p.WriteByte('\n')
		indent = rest
	}
}

// part adds some tasks of a unit, with what holds for all of them; what ends the
// unit comes with the last.
func (p *page) part(r *Roadmap, part Part) {
	u := part.Unit
	title := u.ID
	if part.Of > 1 {
		title += fmt.Sprintf(", part %d of %d", part.Number, part.Of)
	}
	p.heading('-', title+": "+u.Title)
	p.wrap("", "", fmt.Sprintf("%s, %s: %s", r.SkillTitle(u.Skill), u.Mode, spent{part.Deep, part.Delegate}))
	p.WriteString("\nTasks:\n")
	for i, t := range part.Tasks {
		p.item(fmt.Sprintf("%d. ", part.First+i+1), t.Text)
		for _, language := range Languages() {
			if v, ok := t.Variants[language]; ok {
				p.item(fmt.Sprintf("   in %s: ", language), v)
			}
		}
	}
	ai := part.AI()
	p.list("AI may:", ai.May)
	if len(ai.May) == 0 {
		p.list("No AI today:", ai.MayNot)
	} else {
		p.list("AI may not:", ai.MayNot)
	}
	p.section("Prompt:", ai.Prompt)
	p.list("Check in its answer:", ai.Check)
	if part.Last() {
		p.section("Done when:", u.DoneWhen)
		p.section("Think about:", u.Think)
	}
	links := make([]string, len(u.Links))
	for i, l := range u.Links {
		links[i] = fmt.Sprintf("%s: %s\n%s", l.Title, l.Read, l.URL)
	}
	p.list("Read:", links)
}

// milestone adds what is reported in the week.
func (p *page) milestone(m Milestone) {
	p.heading('-', fmt.Sprintf("Milestone %s: %s", m.ID, m.Title))
	least := ""
	if m.Least > 0 {
		least = fmt.Sprintf(", %d or more", m.Least)
	}
	p.wrap("", "", m.Unit+": "+m.Measure+least)
}

func (p *page) question(q Question) {
	p.heading('-', fmt.Sprintf("%s: %s", q.ID, q.Kind))
	p.wrap("", "", say.Unmarked(q.Ask))
	p.code(q.Code)
	if len(q.Options) > 0 {
		p.WriteString("\nOptions:\n")
	}
	for i, o := range q.Options {
		verdict := "wrong"
		if o.Right {
			verdict = "right"
		}
		p.item(fmt.Sprintf("%c. ", 'A'+i), o.Text)
		p.item(fmt.Sprintf("   %s: ", verdict), o.Why)
	}
	p.section("Fault:", q.Fault)
	p.section("Answer:", q.Answer)
	p.list("A good answer has:", q.Points)
	if r := q.Rubric; r != nil {
		p.section("Strong:", r.Strong)
		p.section("Fair:", r.Fair)
		p.section("Weak:", r.Weak)
	}
}

// code adds text as it stands, unless it is empty.
func (p *page) code(text string) {
	if text == "" {
		return
	}
	p.WriteByte('\n')
	for line := range strings.SplitSeq(text, "\n") {
		p.WriteString(strings.TrimRight("    "+line, " \t") + "\n")
	}
}

func (p *page) checkpoint(c Checkpoint) {
	p.heading('-', c.Title)
	for _, part := range []struct {
		title      string
		statements []Statement
	}{{"On track:", c.OnTrack}, {"Red flags:", c.RedFlags}} {
		lines := make([]string, len(part.statements))
		for i, s := range part.statements {
			lines[i] = fmt.Sprintf("%s (back to %s)", s.Text, s.Back)
		}
		p.list(part.title, lines)
	}
}
