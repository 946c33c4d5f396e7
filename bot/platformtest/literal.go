package platformtest

import (
	"fmt"
	"strings"

	"studycoach/coach"
	"studycoach/content/say"
)

// hostile is what people may write, or be named, that some platform would read
// as more than text. Each fits a button's label.
var hostile = []string{
	"& < > &amp; &lt;b&gt; <b>x</b>",
	"@everyone @here @channel",
	"<!channel> <!here> <!everyone>",
	"<@U1> <@!1> <@&1> <#C1> <!subteam^S1>",
	"*x* _y_ `z` [a](https://b.example)",
	"**x** __y__ ~~z~~ ||s|| ~w~",
	"<https://a.example|click> <t:0:R>",
	"```code``` ``x`` `",
	"> quote",
	">>> quote",
	"# heading",
	"-# small",
	"- item",
	"1. item",
	`\* \_ \\ \`,
	":smile: <:a:1> </coach:1>",
	"<#1> [#1](#) [#C1](#)",
	"mañana 明日 👩‍💻 עברית",
}

var literalChecks = func() (checks []check) {
	for _, text := range hostile {
		checks = append(checks, check{fmt.Sprintf("%q", text), func(f *fixture) { f.literal(text) }})
	}
	return append(checks, check{"several lines", func(f *fixture) {
		all := f.shown(coach.Text(say.Literal(strings.Join(hostile, "\n")).String()))
		f.reads(all, hostile...)
		pingsNobody(f, all)
	}})
}()

// literal shows a text in every place a message has.
func (f *fixture) literal(text string) {
	marked := say.Literal(text).String()
	image := coach.Image{Alt: text, Week: &coach.WeekChart{Title: text}}
	all := f.shown(
		coach.Title(text),
		coach.Text(marked),
		coach.Text("before *"+marked+"* after"),
		coach.Fields(coach.Field{Label: text, Value: marked}),
		coach.Actions(coach.Action{Label: text, Verb: "checkin"}),
		coach.Picture(image),
		coach.Context(marked),
	)
	f.reads(all, text, text, "before "+text+" after", text, text, text)
	last := all[len(all)-1]
	sameList(f, "buttons", last.Buttons, []string{text})
	if len(last.Images) != 1 || last.Images[0].Alt != text {
		f.Errorf("the pictures are %+v", last.Images)
	}
	pingsNobody(f, all)

	f.says(coach.Title(text), coach.Text(marked))
	f.Chat.Type(f.Ada, f.Ada.Direct(), "/coach me")
	answer := f.one(f.Ada, f.Ada.Direct())
	f.reads([]Message{answer}, text, text)
	pingsNobody(f, []Message{answer})
}

func pingsNobody(f *fixture, all []Message) {
	f.Helper()
	for _, m := range all {
		if len(m.Pings) > 0 || len(m.Rooms) > 0 || strings.Contains(fmt.Sprint(m.Links), "b.example") {
			f.Errorf("%q pings %q, shows the rooms %q and links to %q", m.Text, m.Pings, m.Rooms, m.Links)
		}
	}
}
