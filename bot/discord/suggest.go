package discord

import (
	"context"

	"github.com/bwmarrin/discordgo"

	"studycoach/bot"
	"studycoach/coach"
)

// suggest answers what is being typed. Late suggestions are none.
func (p *Platform) suggest(ctx context.Context, in *incoming) response {
	choices := []*discordgo.ApplicationCommandOptionChoice{}
	for _, o := range p.suggestions(ctx, in) {
		if o.Value != "" && count(o.Value) <= choiceSize && len(choices) < commandOptions {
			choices = append(choices, &discordgo.ApplicationCommandOptionChoice{Name: cut(o.Label, choiceSize), Value: o.Value})
		}
	}
	return response{Type: int(discordgo.InteractionApplicationCommandAutocompleteResult), Data: map[string]any{"choices": choices}}
}

func (p *Platform) suggestions(ctx context.Context, in *incoming) []coach.Option {
	d, ok := in.data.(discordgo.ApplicationCommandInteractionData)
	if !ok || p.o.Suggest == nil {
		return nil
	}
	kind, text, ok := typing(d)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, bot.Budget)
	defer cancel()
	if kind != coach.OptionCohort { // else what is typed so far would name one
		typed(d, &in.event)
	}
	if p.address(ctx, in) != nil {
		return nil
	}
	mine := []coach.UserRef{in.event.From}
	if in.GuildID == "" {
		mine, _ = p.accounts(ctx, in.sender().ID)
	}
	list, err := p.o.Suggest(ctx, kind, text, in.event, mine)
	if err != nil && ctx.Err() == nil {
		p.log.Warn("Nothing could be suggested.", "platform", platform, "event", in.ID, "err", err)
	}
	return list
}
