package content

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// reader reads one roadmap from its folder, which has this layout:
//
//	roadmap.yaml      what the course is, its skills, phases and milestones
//	weeks/w01.yaml    a file for each week that a phase lists
//	questions/*.yaml  questions, in any number of files, or none
//	reviews/*.txtar   the code that review questions show, one archive for each
//	checkpoints.yaml  self-assessments; may be missing
//
// Each method reads one thing of it and says what must hold of that thing; what
// a file refers to has been read before it.
type reader struct {
	fsys     fs.FS
	folder   string
	problems Problems
	roadmap  Roadmap
	blind    bool                // a week could not be read, so units may be unknown that exist
	archives map[string]*archive // by name
}

// read reads the roadmap in a folder of fsys.
func read(fsys fs.FS, folder string) (*Roadmap, Problems) {
	r := &reader{fsys: fsys, folder: folder}
	r.checkFolder()
	r.head(r.open("roadmap.yaml").mapping())
	r.reviews()
	r.questions()
	r.checkpoints()
	r.problems.sort()
	return &r.roadmap, r.problems
}

// open opens a file of the roadmap.
func (r *reader) open(name string) node {
	return open(r.fsys, path.Join(r.folder, name), &r.problems)
}

// missing tells whether there is nothing under a name.
func (r *reader) missing(name string) bool {
	_, err := fs.Lstat(r.fsys, path.Join(r.folder, name))
	return errors.Is(err, fs.ErrNotExist)
}

// file returns a node for a file or folder of the roadmap that is not opened.
func (r *reader) file(name string) node {
	return node{problems: &r.problems, file: path.Join(r.folder, name), line: 1, column: 1}
}

// entries lists a folder of the roadmap, without hidden things; a missing one is
// empty.
func (r *reader) entries(folder string) []fs.DirEntry {
	entries, err := fs.ReadDir(r.fsys, path.Join(r.folder, folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.file(folder).report("make it a readable folder", "the folder cannot be read: %v", err)
	}
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") })
}

// checkFolder reports what would be overlooked: unknown folders and unknown YAML
// files. Other files, such as notes, may lie there.
func (r *reader) checkFolder() {
	files, folders := []string{"roadmap.yaml", "checkpoints.yaml"}, []string{"weeks", "questions", "reviews"}
	for _, e := range r.entries("") {
		switch known := slices.Contains(files, e.Name()) || slices.Contains(folders, e.Name()); {
		case known: // opening it tells whether it is what its name says
		case e.IsDir():
			r.file(e.Name()).report(hint(e.Name(), folders), "the folder %s is unknown here", e.Name())
		case isYAML(e.Name()):
			r.file(e.Name()).report(hint(e.Name(), files), "the file %s is unknown here", e.Name())
		}
	}
}

// checkWeeks reports YAML files in the folder of the weeks that no phase lists.
func (r *reader) checkWeeks(listed []string) {
	for _, e := range r.entries("weeks") {
		if name := "weeks/" + e.Name(); isYAML(name) && !slices.Contains(listed, name) {
			r.file(name).report("list its week in a phase of roadmap.yaml, or remove it", "no phase has a week for this file")
		}
	}
}

func isYAML(name string) bool { return path.Ext(name) == ".yaml" || path.Ext(name) == ".yml" }

// head reads roadmap.yaml, and the weeks it lists.
func (r *reader) head(m *mapping) {
	defer m.done()
	r.about(m)
	r.phases(m.get("phases", "the phases, in order"))
	r.roadmap.index = newIndex(r.roadmap.Phases)
	weeks := r.roadmap.Weeks()
	r.blind = len(weeks) == 0 || slices.ContainsFunc(weeks, func(w Week) bool { return len(w.Units) == 0 })
	r.milestones(m.optional("milestones", "what learners report on the way, in order"))
}

// about reads what roadmap.yaml says of the whole.
func (r *reader) about(m *mapping) {
	id := m.get("id", "the name of the folder, "+r.folder)
	r.roadmap.ID = id.id(map[string]string{})
	if r.roadmap.ID != "" && r.roadmap.ID != r.folder {
		id.report("write "+r.folder+", or rename the folder", "the id is %q, but the folder is %s", start(r.roadmap.ID), r.folder)
	}
	r.roadmap.Title = m.get("title", "a short name of the course").title(maxName)
	r.roadmap.Summary = m.get("summary", "what the course is, in one paragraph").text(maxText)

	hours := m.get("hours", "the advised hours a week, such as {min: 10, max: 15}").mapping()
	least := hours.get("min", "the least hours a week").number(1, maxHours)
	most := hours.get("max", "the most hours a week")
	r.roadmap.Hours = Hours{Min: least, Max: most.number(max(1, least), maxHours)}
	hours.done()
	r.roadmap.DeepShare = m.get("deep_share", "the advised per cent of deep time").number(1, 100)

	taken := map[string]string{}
	for _, n := range m.get("skills", "the skills, in the order they are introduced").list(1, 20) {
		r.roadmap.Skills = append(r.roadmap.Skills, skill(n.mapping(), taken))
	}
}

func skill(m *mapping, taken map[string]string) Skill {
	defer m.done()
	return Skill{
		ID:    m.get("id", "a short id, such as database-internals").id(taken),
		Title: m.get("title", "a short name of the skill").title(maxName),
		Mode:  m.get("mode", "deep or delegate").mode(),
		About: m.get("about", "one or two sentences about the skill").text(maxText),
	}
}

// mode reads the node as a Mode.
func (n node) mode() Mode { return Mode(n.oneOf(string(Deep), string(Delegate))) }

// phases reads the phases with the weeks they list.
func (r *reader) phases(list node) {
	var files []string
	taken := map[string]string{}
	for _, n := range list.list(1, 12) {
		m := n.mapping()
		p := Phase{
			ID:       m.get("id", "a short id, such as core").id(taken),
			Title:    m.get("title", "a short name of the phase").title(maxName),
			Theme:    m.get("theme", "what the phase is about").text(maxText),
			DoneWhen: m.get("done_when", "what can be observed at its end").text(maxText),
		}
		for _, w := range m.get("weeks", "the numbers of its weeks").list(1, 52) {
			number := len(files) + 1
			if got := w.number(1, maxWeek); got != 0 && got != number {
				w.report(fmt.Sprintf("write %d, since weeks are numbered through all phases", number), "week %d is out of order", got)
			}
			file := fmt.Sprintf("weeks/w%02d.yaml", number)
			files = append(files, file)
			p.Weeks = append(p.Weeks, r.week(w, number, file))
		}
		checkShare(n, p, r.roadmap.DeepShare)
		r.roadmap.Phases = append(r.roadmap.Phases, p)
		m.done()
	}
	if list.value != nil {
		r.checkWeeks(files)
	}
}

// week reads the file of a week that roadmap.yaml lists at a node.
func (r *reader) week(listed node, number int, file string) Week {
	if r.missing(file) {
		listed.report("write it, or take the week out of its phase", "week %d has no file %s", number, file)
		return Week{Number: number}
	}
	return r.weekFile(r.open(file).mapping(), number)
}

// weekFile reads the week that has the given number.
func (r *reader) weekFile(m *mapping, number int) Week {
	defer m.done()
	n := m.get("number", "the week's number, as in the name of the file")
	if got := n.number(1, maxWeek); got != 0 && got != number {
		n.report(fmt.Sprintf("write %d", number), "number is %d", got)
	}
	w := Week{
		Number: number,
		Title:  m.get("title", "what the week is about, in a few words").title(maxTitle),
		Intro:  m.get("intro", "why this week, in two or three sentences").text(maxText),
		InHand: m.get("in_hand", "what a learner has at the end of the week").texts(1),
		Rest:   m.optional("rest", "a light card for the rest day").text(maxText),
	}
	checkWhole(m.node, append([]string{w.Title, w.Intro}, w.InHand...)...)
	units := m.get("units", "the units, one for each study day")
	for i, n := range units.list(1, maxUnits) {
		w.Units = append(w.Units, r.unit(n.mapping(), fmt.Sprintf("w%02dd%d", number, i+1)))
	}
	if units.value != nil {
		checkTime(units, w.Units, r.roadmap.Hours)
	}
	return w
}

// unit reads the unit that has the given id.
func (r *reader) unit(m *mapping, id string) Unit {
	defer m.done()
	m.name = id
	n := m.get("id", "its week and day, "+id)
	if got := n.text(maxName); got != "" && got != id {
		n.report("write "+id+", since units are numbered in order", "the id is %q", start(got))
	}
	u := Unit{
		ID:       id,
		Title:    m.get("title", "what the unit is about, in a few words").title(maxTitle),
		Skill:    r.skill(m),
		DoneWhen: m.get("done_when", "what can be observed when the unit is done").text(maxText),
		Think:    m.get("think", "one question to carry around").text(maxText),
	}
	mode := m.get("mode", "deep or delegate")
	u.Mode = mode.mode()

	minutes := m.get("minutes", "the planned time, such as {deep: 90, delegate: 30}").mapping()
	u.Deep = minutes.get("deep", "the minutes in deep mode").number(0, maxUnitTime)
	u.Delegate = minutes.get("delegate", "the minutes directing AI").number(0, maxUnitTime)
	minutes.done()
	switch {
	case minutes.value == nil:
	case u.Minutes() == 0 || u.Minutes() > maxUnitTime:
		minutes.report(fmt.Sprintf("plan 1 to %d", maxUnitTime), "the unit takes %d minutes", u.Minutes())
	case u.Mode == Deep && u.Deep < u.Delegate, u.Mode == Delegate && u.Delegate < u.Deep:
		mode.report("name the mode that most of the minutes go to", "the mode is %s, but minutes has %d deep and %d delegate", u.Mode, u.Deep, u.Delegate)
	}

	for _, n := range m.get("tasks", "two to four things to do").list(minTasks, maxTasks) {
		u.Tasks = append(u.Tasks, task(n))
	}
	checkTasks(m.node, u)
	help := m.get("ai", "what an assistant may and may not do today").mapping()
	u.AI = ai(help)
	checkAI(help.node, u)
	for _, n := range m.optional("links", "first-party documentation").list(0, 5) {
		u.Links = append(u.Links, link(n.mapping()))
	}
	checkWhole(m.node, u.texts()...)
	return u
}

// texts returns all that the unit shows, each task in its longest variant.
func (u Unit) texts() []string {
	texts := []string{u.Title, u.DoneWhen, u.Think, u.AI.Prompt}
	for _, t := range u.Tasks {
		longest := t.Text
		for _, v := range t.Variants {
			if length(v) > length(longest) {
				longest = v
			}
		}
		texts = append(texts, longest)
	}
	for _, l := range u.Links {
		texts = append(texts, l.Title, l.URL, l.Read)
	}
	return slices.Concat(texts, u.AI.May, u.AI.MayNot, u.AI.Check)
}

// skill reads the id of a known skill.
func (r *reader) skill(m *mapping) string {
	n := m.get("skill", "the id of a skill")
	id := n.text(maxName)
	known := make([]string, 0, len(r.roadmap.Skills))
	for _, s := range r.roadmap.Skills {
		known = append(known, s.ID)
	}
	if id != "" && len(known) > 0 && !slices.Contains(known, id) {
		n.report(hint(id, known), "there is no skill %q", start(id))
	}
	return id
}

// unitID reads the id of a known unit.
func (r *reader) unitID(n node) string {
	id := n.text(maxName)
	if _, ok := r.roadmap.UnitIndex(id); id != "" && !ok && !r.blind {
		n.report("write the id of one, such as w01d1", "there is no unit %q", start(id))
	}
	return id
}

// task reads a text, or a text with its variants by language.
func task(n node) Task {
	short, long := n.textOrMapping()
	t := Task{Text: short.text(maxTask)}
	m := long.mapping()
	defer m.done()
	if text := m.get("text", "what to do in any other language").text(maxTask); text != "" {
		t.Text = text
	}
	for _, language := range Languages() {
		if v := m.optional(language, "what to do in this language"); v.value != nil {
			if t.Variants == nil {
				t.Variants = map[string]string{}
			}
			t.Variants[language] = v.text(maxTask)
		}
	}
	return t
}

func ai(m *mapping) AI {
	defer m.done()
	a := AI{
		May:    m.optional("may", "what to direct it to do").texts(0),
		MayNot: m.get("may_not", "what stays the learner's own").texts(1),
		Check:  m.optional("check", "what to check in its answer").texts(0),
	}
	prompt := m.optional("prompt", "an example prompt")
	a.Prompt = prompt.text(maxText)
	if a.Prompt != "" && len(a.Check) == 0 {
		prompt.report("add check: what to check in the answer", "the prompt has no check")
	}
	return a
}

func link(m *mapping) Link {
	defer m.done()
	return Link{
		Title: m.get("title", "the title of the page").title(maxTitle),
		URL:   m.get("url", "its https address").address(),
		Read:  m.get("read", "what to read there").text(maxText),
	}
}

// milestones reads what learners report, in the order of the units.
func (r *reader) milestones(list node) {
	taken, last := map[string]string{}, 0
	for _, n := range list.list(0, 24) {
		m := n.mapping()
		unit := m.get("unit", "the id of the unit where it is reached")
		one := Milestone{
			ID:      m.get("id", "a short id, such as 500-lines").id(taken),
			Title:   m.get("title", "what was reached, in a few words").title(maxTitle),
			Unit:    r.unitID(unit),
			Measure: m.get("measure", "what is counted, such as lines written without AI").title(maxTitle),
			Least:   m.optional("least", "how many of them it takes").number(1, 1_000_000),
		}
		if i, ok := r.roadmap.UnitIndex(one.Unit); ok && i < last {
			unit.report("put the milestones in the order of their units", "%s comes before the unit of the milestone above", one.Unit)
		} else if ok {
			last = i
		}
		m.done()
		r.roadmap.Milestones = append(r.roadmap.Milestones, one)
	}
}

// checkpoints reads checkpoints.yaml, if there is one.
func (r *reader) checkpoints() {
	const file = "checkpoints.yaml"
	if r.missing(file) {
		return
	}
	r.checkpointFile(r.open(file).mapping())
}

func (r *reader) checkpointFile(m *mapping) {
	defer m.done()
	taken, last := map[string]string{}, 0
	for _, n := range m.get("checkpoints", "the checkpoints, in order").list(1, 24) {
		c := r.checkpoint(n.mapping(), taken, last)
		last = max(last, c.Week)
		r.roadmap.Checkpoints = append(r.roadmap.Checkpoints, c)
	}
}

// checkpoint reads a checkpoint that follows the one of week last.
func (r *reader) checkpoint(m *mapping, taken map[string]string, last int) Checkpoint {
	defer m.done()
	week := m.get("week", "the number of the week at whose end it is asked")
	c := Checkpoint{
		ID:    m.get("id", "a short id, such as month-1").id(taken),
		Title: m.get("title", "a short title").title(maxTitle),
		Week:  week.number(1, maxWeek),
	}
	switch weeks := len(r.roadmap.Weeks()); {
	case c.Week == 0:
	case c.Week > weeks && weeks > 0:
		week.report("write "+count(1, weeks), "there is no week %d", c.Week)
	case c.Week <= last:
		week.report(fmt.Sprintf("write a week after %d, or move the checkpoint up", last), "week %d is out of order", c.Week)
	}
	statements := map[string]string{}
	c.OnTrack = r.statements(m.get("on_track", "statements that are good to agree with"), c.Week, statements)
	c.RedFlags = r.statements(m.get("red_flags", "statements that are good to deny"), c.Week, statements)
	return c
}

func (r *reader) statements(list node, week int, taken map[string]string) []Statement {
	var statements []Statement
	for _, n := range list.list(1, 10) {
		m := n.mapping()
		back := m.get("back", "the id of the unit to go back to")
		s := Statement{
			ID:   m.get("id", "a short id").id(taken),
			Text: m.get("text", "the statement").text(maxText),
			Back: r.unitID(back),
		}
		if w, ok := r.roadmap.WeekOf(s.Back); ok && week > 0 && w.Number > week {
			back.report(fmt.Sprintf("name a unit up to week %d", week), "%s comes after the checkpoint", s.Back)
		}
		m.done()
		statements = append(statements, s)
	}
	return statements
}
