package discord

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"studycoach/coach"
)

// checkInForm is like the coach's own.
func checkInForm() coach.Form {
	return coach.Form{
		Verb: "checkin", Args: map[string]string{"cohort": "aaaaaaaaaa"}, Title: "Check in", Submit: "Check in",
		Fields: []coach.FormField{
			{Name: "time", Label: "How long?", Kind: coach.FieldText, Hint: "For example 45m, 1h30 or half an hour", Max: 40},
			{Name: "mode", Label: "How?", Kind: coach.FieldOne, Optional: true, Options: []coach.Option{
				{Value: "deep", Label: "Deep, by myself"}, {Value: "ai", Label: "Directing an AI"}}},
			{Name: "unit", Label: "Unit", Kind: coach.FieldOne, Value: "w03d2", Options: []coach.Option{
				{Value: "w03d1", Label: "w03d1 · Joins"}, {Value: "w03d2", Label: "w03d2 · Indexes"}}},
			{Name: "date", Label: "Day", Kind: coach.FieldOne, Value: "2027-03-15", Options: []coach.Option{
				{Value: "2027-03-15", Label: "Today (Mon 15 Mar)"}, {Value: "2027-03-14", Label: "Yesterday (Sun 14 Mar)"}}},
			{Name: "finished", Label: "The unit is finished", Kind: coach.FieldYes, Optional: true},
			{Name: "note", Label: "Note", Kind: coach.FieldArea, Optional: true, Max: 1000},
			{Name: "blocker", Label: "What is in the way?", Kind: coach.FieldArea, Hint: "Leads see this and can help", Optional: true, Max: 1000},
		},
	}
}

func wordsForm() coach.Form {
	return coach.Form{
		Verb: "announce", Args: map[string]string{"cohort": "aaaaaaaaaa"},
		Title: "Announce & <more>", Submit: "Preview", Intro: "It goes to *everybody*.",
		Fields: []coach.FormField{
			{Name: "title", Label: "Heading", Kind: coach.FieldText, Value: "News & <such>", Hint: "Up to 60 characters"},
			{Name: "text", Label: "What to say", Kind: coach.FieldArea, Max: 2000},
			{Name: "date", Label: "Day", Kind: coach.FieldDate, Value: "2027-03-15", Optional: true},
			{Name: "time", Label: "Time", Kind: coach.FieldTime, Value: "09:00", Optional: true},
		},
	}
}

// arrived is a post as Discord hands it back.
func arrived(t require, p post) *discordgo.Message {
	t.Helper()
	b, err := json.Marshal(map[string]any{"embeds": p.Embeds, "components": p.Components})
	if err != nil {
		t.Fatal(err)
	}
	var m discordgo.Message
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return &m
}

type require interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// component finds what has a label, or is the menu of that field.
func component(t require, m *discordgo.Message, label string) discordgo.MessageComponent {
	t.Helper()
	for _, row := range m.Components {
		for _, c := range row.(*discordgo.ActionsRow).Components {
			switch c := c.(type) {
			case *discordgo.Button:
				if c.Label == label {
					return c
				}
			case *discordgo.SelectMenu:
				if c.Placeholder == label {
					return c
				}
			}
		}
	}
	t.Fatalf("nothing is called %q", label)
	return nil
}

// use presses a button of a form's message, or chooses in one of its menus.
func use(t require, p post, label string, values ...string) step {
	t.Helper()
	m := arrived(t, p)
	d := discordgo.MessageComponentInteractionData{Values: values}
	switch c := component(t, m, label).(type) {
	case *discordgo.Button:
		d.CustomID = c.CustomID
	case *discordgo.SelectMenu:
		d.CustomID = c.CustomID
	}
	s, err := filled(m, d)
	if err != nil || !onForm(d.CustomID) {
		t.Fatalf("%s: %v", label, err)
	}
	return s
}

// enter submits a window with values set, over the form's message, if any.
func enter(t require, p *post, w *discordgo.InteractionResponseData, values map[string]string) step {
	t.Helper()
	b, err := json.Marshal(map[string]any{"custom_id": w.CustomID, "components": w.Components})
	if err != nil {
		t.Fatal(err)
	}
	var d discordgo.ModalSubmitInteractionData
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	for _, c := range d.Components {
		if row, ok := c.(*discordgo.ActionsRow); ok {
			if in := row.Components[0].(*discordgo.TextInput); values[in.CustomID] != "" {
				in.Value = values[in.CustomID]
			}
		}
	}
	var m *discordgo.Message
	if p != nil {
		m = arrived(t, *p)
	}
	s, err := submitted(m, d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTextsOpenAsAWindow(t *testing.T) {
	w, ok := modal(wordsForm())
	if !ok {
		t.Fatal("they need a message")
	}
	s := enter(t, nil, w, map[string]string{"text": "Hello *all*"})
	want := map[string]string{"cohort": "aaaaaaaaaa", "title": "News & <such>", "text": "Hello *all*", "date": "2027-03-15", "time": "09:00"}
	if s.Verb != "announce" || !maps.Equal(s.Args, want) {
		t.Errorf("it is %q %q, want announce %q", s.Verb, s.Args, want)
	}
	if _, ok := modal(checkInForm()); ok {
		t.Error("choices open as a window, which has no place for them")
	}
	long := wordsForm()
	long.Fields = append(long.Fields, coach.FormField{Name: "more", Label: "More", Kind: coach.FieldText})
	if _, ok := modal(long); ok {
		t.Error("a window has six parts")
	}
}

func TestAFormIsFilledStepByStep(t *testing.T) {
	p := form(checkInForm())
	p = *use(t, p, "How?", "ai").Form
	p = *use(t, p, "☐ The unit is finished").Form
	p = *use(t, p, "Day", "2027-03-14").Form
	texts := "How long? · Note · What is in the way?"
	w := use(t, p, texts).Modal
	note := "*bold* <@1> \\ `x`\n_second_ line\n\n⚠️ **no** — https://b.example :smile: @everyone"
	p = *enter(t, &p, w, map[string]string{"time": "1h30", "note": note}).Form
	p = *use(t, p, "How?").Form // taken back
	s := use(t, p, "Check in")
	want := map[string]string{
		"cohort": "aaaaaaaaaa", "time": "1h30", "mode": "", "unit": "w03d2", "date": "2027-03-14", "finished": "yes", "note": note, "blocker": "",
	}
	if s.Verb != "checkin" || !maps.Equal(s.Args, want) {
		t.Errorf("it is %q %q, want %q", s.Verb, s.Args, want)
	}
}

func TestSubmittingAsksForWhatIsMissing(t *testing.T) {
	p := form(checkInForm())
	w := use(t, p, "Check in").Modal
	if w == nil {
		t.Fatal("nothing is asked")
	}
	s := enter(t, &p, w, map[string]string{"time": "45m"})
	if s.Verb != "checkin" || s.Args["time"] != "45m" {
		t.Errorf("it is %q %q", s.Verb, s.Args)
	}
	f := checkInForm()
	f.Fields[2].Value = ""
	p = form(f)
	s = enter(t, &p, use(t, p, "Check in").Modal, map[string]string{"time": "45m"})
	if s.Form == nil {
		t.Fatalf("it is handed on without a unit: %q", s.Args)
	}
	d, err := readDraft(arrived(t, *s.Form))
	if err != nil || d.fields[2].Error != "This is needed." || d.fields[0].Value != "45m" {
		t.Errorf("the form is %+v: %v", d.fields, err)
	}
}

func TestErrorsStandBesideWhatWasTyped(t *testing.T) {
	f := wordsForm()
	f.Fields[0].Value, f.Fields[0].Error = "Old *news*", "There is one of that name & time."
	f.Fields[1].Value = "A text\nof two lines."
	if _, ok := modal(f); ok {
		t.Fatal("a window cannot show errors")
	}
	p := form(f)
	w := use(t, p, "Preview").Modal
	s := enter(t, &p, w, map[string]string{"title": "New"})
	if s.Verb != "announce" || s.Args["title"] != "New" || s.Args["text"] != "A text\nof two lines." {
		t.Errorf("it is %q %q", s.Verb, s.Args)
	}
}

func TestManyStatementsShareAMenu(t *testing.T) {
	f := coach.Form{Verb: "assess", Title: "Checkpoint", Submit: "Save"}
	for _, name := range []string{"a", "b", "c", "d"} {
		f.Fields = append(f.Fields, coach.FormField{
			Name: "s-" + name, Label: strings.Repeat(name+"_word ", 20), Kind: coach.FieldYes, Optional: true, Value: map[string]string{"b": "yes"}[name],
		})
	}
	p := form(f)
	m := arrived(t, p)
	menu := component(t, m, "Tick those that are true").(*discordgo.SelectMenu)
	p = *use(t, p, menu.Placeholder, menu.Options[0].Value, menu.Options[3].Value).Form
	s := use(t, p, "Save")
	if want := map[string]string{"s-a": "yes", "s-b": "", "s-c": "", "s-d": "yes"}; !maps.Equal(s.Args, want) {
		t.Errorf("it is %q, want %q", s.Args, want)
	}
}

func TestTheLongestMenuKeepsWhatIsChosen(t *testing.T) {
	field := coach.FormField{Name: "unit", Label: "Unit", Kind: coach.FieldOne, Value: "u39"}
	for i := range 40 {
		id := "u" + string(rune('0'+i/10)) + string(rune('0'+i%10))
		field.Options = append(field.Options, coach.Option{Value: id, Label: id})
	}
	got := offered(field)
	if len(got) != menuOptions || got[menuOptions-1].Value != "u39" {
		t.Errorf("%d options, the last %v", len(got), got[len(got)-1])
	}
}

func TestAFormComesBackAsItWas(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("*_`[]()\\\n!aé😀.:/—⚠️-#>@"))))
	rapid.Check(t, func(t *rapid.T) {
		f := checkInForm()
		if rapid.Bool().Draw(t, "texts only") {
			f = wordsForm()
		}
		for i := range f.Fields {
			field := &f.Fields[i]
			switch {
			case isInput(*field):
				r := []rune(text.Draw(t, field.Name))
				field.Value = strings.TrimSpace(strings.ToValidUTF8(string(r[:min(len(r), maxOf(*field))]), ""))
			case field.Kind == coach.FieldYes:
				field.Value = rapid.SampledFrom([]string{"", "yes"}).Draw(t, field.Name)
			default:
				field.Value = rapid.SampledFrom(field.Options).Draw(t, field.Name).Value
			}
			if field.Kind != coach.FieldYes {
				field.Error = rapid.SampledFrom([]string{"", "Not *that* one."}).Draw(t, "error")
			}
		}
		d, err := readDraft(arrived(t, form(f)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(f.Fields, d.fields); diff != "" {
			t.Fatalf("(-was +is):\n%s", diff)
		}
		if d.verb != f.Verb || !maps.Equal(d.args, f.Args) || d.title != f.Title || d.submit != f.Submit {
			t.Fatalf("it is %+v", d)
		}
	})
}

func TestForeignFormsAreRefused(t *testing.T) {
	p := form(checkInForm())
	for what, m := range map[string]*discordgo.Message{
		"nothing":     nil,
		"no embed":    arrived(t, post{Components: p.Components}),
		"no fields":   arrived(t, post{Components: p.Components, Embeds: []*discordgo.MessageEmbed{{Title: "x"}}}),
		"no save":     arrived(t, post{Components: p.Components[:2], Embeds: p.Embeds}),
		"lost a menu": arrived(t, post{Components: slices.Delete(slices.Clone(p.Components), 0, 1), Embeds: p.Embeds}),
	} {
		if d, err := readDraft(m); err == nil {
			t.Errorf("%s is the form %+v", what, d)
		}
	}
}
