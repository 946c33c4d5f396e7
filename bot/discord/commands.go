package discord

import (
	"strings"

	"github.com/bwmarrin/discordgo"

	"studycoach/coach"
)

// commands are the slash commands to register, all of them at once:
// https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands
func commands() []*discordgo.ApplicationCommand {
	var out []*discordgo.ApplicationCommand
	top := func(name, about string) *discordgo.ApplicationCommand {
		for _, c := range out {
			if c.Name == name {
				return c
			}
		}
		c := &discordgo.ApplicationCommand{
			Type: discordgo.ChatApplicationCommand, Name: name, Description: about,
			Contexts: &[]discordgo.InteractionContextType{discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM},
		}
		out = append(out, c)
		return c
	}
	for _, c := range coach.Commands() {
		name, sub, nested := strings.Cut(strings.TrimPrefix(c.Name, "/"), " ")
		if c.Lead {
			name = "lead"
		}
		t := top(name, c.Summary)
		var options []*discordgo.ApplicationCommandOption
		if c.Usage != "" {
			options = append(options, &discordgo.ApplicationCommandOption{
				Type: discordgo.ApplicationCommandOptionString, Name: "text", Description: strings.Trim(c.Usage, "[]"),
			})
		}
		if !nested {
			t.Options = options
			continue
		}
		t.Options = append(t.Options, &discordgo.ApplicationCommandOption{
			Type: discordgo.ApplicationCommandOptionSubCommand, Name: sub, Description: c.Summary, Options: options,
		})
	}
	return out
}

// typed reads a command that somebody sent, as if it had been typed.
func typed(d discordgo.ApplicationCommandInteractionData) (verb, text string) {
	verb, options := d.Name, d.Options
	for len(options) == 1 && options[0].Type == discordgo.ApplicationCommandOptionSubCommand {
		verb, options = options[0].Name, options[0].Options
	}
	for _, o := range options {
		if s, ok := o.Value.(string); ok && o.Name == "text" {
			text = s
		}
	}
	return verb, text
}
