package discord

import (
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"studycoach/coach"
	"studycoach/content/say"
)

// The limits of commands:
// https://docs.discord.com/developers/interactions/application-commands#application-command-object
const (
	commandOptions = 25 // subcommands of a command, options of one, choices of an option
	commandAbout   = 100
	choiceSize     = 100
)

// leadName is the command that holds what leads do: with all of it in /coach
// there would be more subcommands than Discord takes.
const leadName = "lead"

// leadNeeds is what a member has to be allowed to see that command in a server,
// unless its settings say otherwise (Integrations): who lets the bot in sets up
// the cohort. Other leads have the command in their direct messages with the
// bot, where Discord asks for no permission, or write to the bot what it does
// (https://docs.discord.com/developers/interactions/application-commands#permissions).
const leadNeeds = discordgo.PermissionManageGuild

// slashCommand is a command to register. Discord's description of its API has
// permissions as a number there, where discordgo writes a string.
type slashCommand struct {
	*discordgo.ApplicationCommand
	Needs int64 `json:"default_member_permissions,omitempty"`
}

// leadsSub stands for "/coach lead", which would be "/lead lead".
const leadsSub = "leads"

// place is where a command of the coach's stands on Discord; sub is empty for
// one that stands alone.
func place(c coach.Command) (name, sub string) {
	name, sub, _ = strings.Cut(strings.TrimPrefix(c.Name, "/"), " ")
	if c.Lead {
		name = leadName
		if sub == "lead" {
			sub = leadsSub
		}
	}
	return name, sub
}

// renamed gives a command that the coach speaks of the name that it has here:
// "/coach announce list" is "/lead announce list".
func renamed(text string) string {
	if !strings.HasPrefix(text, "/coach ") {
		return text
	}
	for _, c := range coach.Commands() {
		if rest, ok := strings.CutPrefix(text, c.Name); ok && c.Lead && (rest == "" || rest[0] == ' ') {
			name, sub := place(c)
			return "/" + name + " " + sub + rest
		}
	}
	return text
}

// named gives a command that somebody has written by the name that it has here the
// one that it has with the coach; it undoes renamed.
func named(text string) string {
	word, rest, _ := strings.Cut(text, " ")
	if strings.TrimPrefix(strings.ToLower(word), "/") != leadName {
		return text
	}
	written, rest, _ := strings.Cut(strings.TrimSpace(rest), " ")
	for _, c := range coach.Commands() {
		if _, sub := place(c); c.Lead && strings.EqualFold(written, sub) {
			return strings.TrimSpace(c.Name + " " + rest)
		}
	}
	return text
}

// commands are the slash commands to register, all of them at once, which takes
// back what was there before:
// https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands
func commands() []slashCommand {
	about := map[string]string{"coach": say.AboutCoach.String(), leadName: say.AboutLead.String()}
	byName := map[string]slashCommand{}
	var list []slashCommand
	for _, c := range coach.Commands() {
		name, sub := place(c)
		command, known := byName[name]
		if !known {
			command = slashCommand{ApplicationCommand: &discordgo.ApplicationCommand{
				Type: discordgo.ChatApplicationCommand, Name: name, Description: cut(about[name], commandAbout),
				Contexts:         &[]discordgo.InteractionContextType{discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM},
				IntegrationTypes: &[]discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall},
			}}
			if name == leadName {
				command.Needs = leadNeeds
			}
			byName[name], list = command, append(list, command)
		}
		var options []*discordgo.ApplicationCommandOption
		for _, o := range c.Options {
			options = append(options, optionOf(o))
		}
		if sub == "" {
			command.Description, command.Options = cut(c.Summary, commandAbout), options
			continue
		}
		command.Options = append(command.Options, &discordgo.ApplicationCommandOption{
			Type: discordgo.ApplicationCommandOptionSubCommand, Name: sub, Description: cut(c.Summary, commandAbout), Options: options,
		})
	}
	return list
}

// optionOf is an option as Discord asks for it.
func optionOf(o coach.CommandOption) *discordgo.ApplicationCommandOption {
	option := &discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionString, Name: o.Name, Description: cut(o.About, commandAbout),
	}
	switch o.Kind {
	case coach.OptionNumber:
		least := 1.0
		option.Type, option.MinValue = discordgo.ApplicationCommandOptionInteger, &least
	case coach.OptionUser:
		option.Type = discordgo.ApplicationCommandOptionUser
	case coach.OptionGroup:
		option.Type = discordgo.ApplicationCommandOptionRole
	case coach.OptionChoice:
		option.Choices = choices(o.Choices)
	case coach.OptionZone, coach.OptionUnit, coach.OptionCohort:
		option.Autocomplete = true
	}
	return option
}

// choices are values to choose from, as many as Discord shows.
func choices(options []coach.Option) []*discordgo.ApplicationCommandOptionChoice {
	list := []*discordgo.ApplicationCommandOptionChoice{}
	for _, o := range options[:min(len(options), commandOptions)] {
		list = append(list, &discordgo.ApplicationCommandOptionChoice{Name: cut(o.Label, choiceSize), Value: o.Value})
	}
	return list
}

// typed reads a command that somebody sent into the event that it is.
func typed(d discordgo.ApplicationCommandInteractionData, e *coach.Event) {
	command, options := sent(d)
	if command == nil {
		e.Verb = d.Name
		return
	}
	values := map[string]string{}
	for _, o := range options {
		values[o.Name] = valueOf(o)
	}
	e.Verb = strings.TrimPrefix(strings.TrimPrefix(command.Name, "/"), "coach ")
	e.Text, e.Args = command.Read(values)
	e.Chosen = e.Args != nil
}

// typing reads what somebody is typing in an option that is completed for them.
func typing(d discordgo.ApplicationCommandInteractionData) (kind coach.OptionKind, text string, ok bool) {
	command, options := sent(d)
	if command == nil {
		return "", "", false
	}
	for _, o := range options {
		for _, known := range command.Options {
			if o.Focused && o.Name == known.Name {
				return known.Kind, valueOf(o), true
			}
		}
	}
	return "", "", false
}

// sent finds the command that was sent, with its options; nil when there is
// none of that name (any more).
func sent(d discordgo.ApplicationCommandInteractionData) (*coach.Command, []*discordgo.ApplicationCommandInteractionDataOption) {
	sub, options := "", d.Options
	if len(options) == 1 && options[0].Type == discordgo.ApplicationCommandOptionSubCommand {
		sub, options = options[0].Name, options[0].Options
	}
	for _, c := range coach.Commands() {
		if name, under := place(c); name == d.Name && under == sub {
			return &c, options
		}
	}
	return nil, nil
}

// valueOf is the value of an option as people write it.
func valueOf(o *discordgo.ApplicationCommandInteractionDataOption) string {
	switch v := o.Value.(type) {
	case string:
		switch o.Type {
		case discordgo.ApplicationCommandOptionUser:
			return "<@" + v + ">"
		case discordgo.ApplicationCommandOptionRole:
			return "<@&" + v + ">"
		}
		return v
	case float64:
		return fmt.Sprintf("%.0f", v)
	}
	return ""
}
