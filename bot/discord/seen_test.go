package discord

import (
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// seen draws posts as plain text, for people who look at what changed: embeds
// behind a bar, in Discord's markdown, and components below.
func seen(posts []post) string {
	var b strings.Builder
	for i, p := range posts {
		if i > 0 {
			b.WriteString("──────── the next post ────────\n")
		}
		for _, e := range p.Embeds {
			b.WriteString(seenEmbed(e))
		}
		b.WriteString(seenRows(p.Components))
		for _, i := range p.Images {
			fmt.Fprintf(&b, "(%s shows: %s)\n", i.Name, i.Alt)
		}
	}
	return b.String()
}

func seenEmbed(e *discordgo.MessageEmbed) string {
	var lines []string
	if e.Title != "" {
		lines = append(lines, "# "+e.Title)
	}
	if e.Description != "" {
		lines = append(lines, e.Description)
	}
	for _, f := range e.Fields {
		place := ""
		if f.Inline {
			place = " (beside the others)"
		}
		lines = append(lines, "["+f.Name+"]"+place+"\n"+f.Value)
	}
	if e.Image != nil {
		lines = append(lines, "▒▒ "+e.Image.URL+" ▒▒")
	}
	return "┃ " + strings.ReplaceAll(strings.Join(lines, "\n\n"), "\n", "\n┃ ") + "\n\n"
}

func seenRows(rows []discordgo.MessageComponent) string {
	var b strings.Builder
	for _, row := range rows {
		var line []string
		for _, c := range row.(discordgo.ActionsRow).Components {
			switch c := c.(type) {
			case discordgo.Button:
				mark := map[discordgo.ButtonStyle]string{discordgo.PrimaryButton: "+", discordgo.DangerButton: "!"}[c.Style]
				emoji := ""
				if c.Emoji != nil {
					emoji = c.Emoji.Name + " "
				}
				line = append(line, "["+mark+emoji+c.Label+"]")
			case discordgo.SelectMenu:
				line = append(line, "⌄ "+c.Placeholder)
				for _, o := range c.Options {
					mark := " "
					if o.Default {
						mark = "x"
					}
					line = append(line, "\n    ("+mark+") "+o.Label)
				}
			case discordgo.TextInput:
				line = append(line, seenInput(c))
			}
		}
		b.WriteString(strings.ReplaceAll(strings.Join(line, " "), " \n", "\n") + "\n")
	}
	return b.String()
}

func seenInput(in discordgo.TextInput) string {
	label := in.Label
	if !in.Required {
		label += " (optional)"
	}
	shown := "|" + strings.ReplaceAll(in.Value, "\n", "\n  |")
	if in.Value == "" && in.Placeholder != "" {
		shown = "|" + in.Placeholder + "| (as long as it is empty)"
	}
	return label + "\n  " + shown
}

// seenWindow draws a window.
func seenWindow(w *discordgo.InteractionResponseData) string {
	var b strings.Builder
	b.WriteString("┌ " + w.Title + "\n")
	for _, c := range w.Components {
		if intro, ok := c.(discordgo.TextDisplay); ok {
			b.WriteString(intro.Content + "\n\n")
			continue
		}
		b.WriteString(seenRows([]discordgo.MessageComponent{c}) + "\n")
	}
	return b.String() + "└ [Cancel] [Submit]\n"
}
