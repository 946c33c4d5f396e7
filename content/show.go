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

// ShowUnit writes a unit as plain text, with the week and phase it belongs to
// and every language variant.
func ShowUnit(w io.Writer, r *Roadmap, u Unit) error {
	var p page
	if week, ok := r.WeekOf(u.ID); ok {
		phase, _ := r.PhaseOf(week.Number)
		p.para(fmt.Sprintf("%s, week %d: %s", phase.Title, week.Number, week.Title))
	}
	p.unit(r, u)
	return p.writeTo(w)
}

// PreviewWeek writes a whole week as plain text: its units as ShowUnit does,
// then the questions on them and the checkpoint at its end.
func PreviewWeek(w io.Writer, r *Roadmap, week Week) error {
	var p page
	phase, _ := r.PhaseOf(week.Number)
	p.heading('=', fmt.Sprintf("Week %d: %s", week.Number, week.Title))
	p.para(fmt.Sprintf("%s, phase %s, %s", r.Title, phase.Title, spentOn(week.Units)))
	p.para(week.Intro)
	p.list("In hand at the end:", week.InHand)
	for _, u := range week.Units {
		p.unit(r, u)
	}
	p.section("Rest day:", week.Rest)
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

// Summary writes how the time of a roadmap is spread over its weeks, phases and
// skills, and how much of it is deep.
func Summary(w io.Writer, r *Roadmap) error {
	var p page
	p.heading('=', r.Title)
	p.para(fmt.Sprintf("%d weeks, %d units, %d questions, %d checkpoints. Advised: %d to %d h a week, %d %% deep.",
		len(r.Weeks()), len(r.Units()), len(r.Questions), len(r.Checkpoints), r.Hours.Min, r.Hours.Max, r.DeepShare))

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

	p.heading('-', "By skill")
	bySkill := map[string]spent{}
	for _, u := range r.Units() {
		bySkill[u.Skill] = bySkill[u.Skill].plus(spentOn([]Unit{u}))
	}
	for _, skill := range r.Skills {
		p.row(fmt.Sprintf("%s (%s)", skill.Title, skill.Mode), bySkill[skill.ID])
	}
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
	const room = pageWidth - 24
	if r := []rune(label); len(r) > room {
		label = string(r[:room-1]) + "…"
	}
	fmt.Fprintf(p, "%-*s  %8s  %3d %% deep\n", room, label, say.Minutes(s.total()), s.share())
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

func (p *page) unit(r *Roadmap, u Unit) {
	p.heading('-', fmt.Sprintf("%s: %s", u.ID, u.Title))
	p.wrap("", "", fmt.Sprintf("%s, %s: %s", r.SkillTitle(u.Skill), u.Mode, spentOn([]Unit{u})))
	p.WriteString("\nTasks:\n")
	for i, t := range u.Tasks {
		p.item(fmt.Sprintf("%d. ", i+1), t.Text)
		for _, language := range Languages() {
			if v, ok := t.Variants[language]; ok {
				p.item(fmt.Sprintf("   in %s: ", language), v)
			}
		}
	}
	p.list("AI may:", u.AI.May)
	p.list("AI may not:", u.AI.MayNot)
	p.section("Prompt:", u.AI.Prompt)
	p.list("Check in its answer:", u.AI.Check)
	p.section("Done when:", u.DoneWhen)
	p.section("Think about:", u.Think)
	links := make([]string, len(u.Links))
	for i, l := range u.Links {
		links[i] = fmt.Sprintf("%s: %s\n%s", l.Title, l.Read, l.URL)
	}
	p.list("Read:", links)
}

func (p *page) question(q Question) {
	p.heading('-', fmt.Sprintf("%s: %s", q.ID, q.Kind))
	p.wrap("", "", say.Unmarked(q.Ask))
	p.section("Answer:", q.Answer)
	p.list("A good answer has:", q.Points)
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
