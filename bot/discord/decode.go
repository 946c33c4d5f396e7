package discord

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/bwmarrin/discordgo"

	"studycoach/coach"
)

// interactionInfo is an interaction as Discord tells of it, as far as it matters here
// (https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object).
type interactionInfo struct {
	ID        string                           `json:"id"`
	AppID     string                           `json:"application_id"`
	Token     string                           `json:"token"`
	Type      discordgo.InteractionType        `json:"type"`
	Context   discordgo.InteractionContextType `json:"context"`
	Data      json.RawMessage                  `json:"data"`
	GuildID   string                           `json:"guild_id"`
	ChannelID string                           `json:"channel_id"`
	Channel   channelInfo                      `json:"channel"` // as far as Discord tells
	Message   *discordgo.Message               `json:"message"` // that was pressed
	User      *person                          `json:"user"`    // outside of servers
	Member    *struct {
		Nick string  `json:"nick"`
		User *person `json:"user"`
	} `json:"member"`
}

// incoming is an interaction: a command, a press, or a form that was submitted.
type incoming struct {
	interactionInfo
	data   any // the interaction's, of discordgo's type for it
	event  coach.Event
	onForm bool  // it fills the form that its message is: the answer takes the message's place
	kept   *post // what that message shows then, since the form could not be handed in; nil: the answer
	again  bool  // it came before, and was answered or told to wait
}

// errUnreadable says that an interaction is none that this bot understands. Its
// details may quote what people wrote.
var errUnreadable = errors.New("an interaction that cannot be read")

// readInteraction decodes an interaction; the event is not filled in.
func readInteraction(raw []byte) (*incoming, error) {
	info, err := decoded[interactionInfo](raw)
	if err != nil {
		return nil, err
	}
	in := &incoming{interactionInfo: info}
	switch in.Type {
	case discordgo.InteractionPing:
		return in, nil
	case discordgo.InteractionApplicationCommand, discordgo.InteractionApplicationCommandAutocomplete:
		in.data, err = decoded[discordgo.ApplicationCommandInteractionData](in.Data)
	case discordgo.InteractionMessageComponent:
		in.data, err = decoded[discordgo.MessageComponentInteractionData](in.Data)
	case discordgo.InteractionModalSubmit:
		in.data, err = decoded[discordgo.ModalSubmitInteractionData](in.Data)
	default:
		return nil, errUnreadable
	}
	if err != nil || !isSnowflake(in.ID) || in.Token == "" || in.AppID == "" || in.sender() == nil || !isSnowflake(in.sender().ID) ||
		in.GuildID != "" && !(isSnowflake(in.GuildID) && isSnowflake(in.ChannelID)) {
		return nil, errUnreadable
	}
	return in, nil
}

func decoded[T any](raw json.RawMessage) (v T, err error) {
	if json.Unmarshal(raw, &v) != nil {
		return v, errUnreadable
	}
	return v, nil
}

// sender is who did it; nil where Discord does not say.
func (in *incoming) sender() *person {
	if in.Member != nil {
		return in.Member.User
	}
	return in.User
}

// alone tells whether its answers need not be hidden from anybody: they stand
// in the direct messages with the bot.
func (in *incoming) alone() bool {
	return in.GuildID == "" && in.Context != discordgo.InteractionContextPrivateChannel
}

// ownMessage tells whether only the sender sees the message that was pressed.
func (in *incoming) ownMessage() bool {
	return in.Message != nil && (in.alone() || in.Message.Flags&discordgo.MessageFlagsEphemeral != 0)
}

// errStranger says that somebody wrote to the bot whom it knows from no server.
var errStranger = errors.New("nobody knows this account")

// address fills in whom an interaction is from and where it was. In direct
// messages that also depends on which cohort the event names.
func (p *Platform) address(ctx context.Context, in *incoming) (err error) {
	user, nick := in.sender(), ""
	if in.Member != nil {
		nick = in.Member.Nick
	}
	e := &in.event
	e.ID, e.Name = in.ID, nameOf(nick, user.GlobalName, user.Username)
	e.At, _ = timeOf(in.ID)
	if in.GuildID != "" {
		channel := in.ChannelID
		if in.Channel.ID == in.ChannelID {
			channel = p.place(in.Channel)
		}
		e.From, e.Room = account(in.GuildID, user.ID), roomID(in.GuildID, channel)
		return nil
	}
	e.From, err = p.senderOf(ctx, user.ID, *e)
	e.Room = e.From.Direct()
	return err
}

// step says what a press or a submitted window leads to; of a command it says
// nothing. It asks nobody, so that a window opens in time, and fails with
// errNotOurs for a component of another version of the bot.
func (in *incoming) step() (s step, err error) {
	switch d := in.data.(type) {
	case discordgo.MessageComponentInteractionData:
		if !onForm(d.CustomID) {
			id, _ := unmarked(d.CustomID)
			s.Verb, s.Args, err = pressed(id)
			return s, err
		}
		in.onForm = true
		return filled(in.Message, d)
	case discordgo.ModalSubmitInteractionData:
		kind, _, _ := unpack(d.CustomID)
		in.onForm = kind == idPage
		return submitted(in.Message, d)
	}
	return step{}, nil
}

// read makes an interaction an event: a command, or the press or the submitted
// form that s is. It fails with errStranger.
func (p *Platform) read(ctx context.Context, in *incoming, s step) error {
	e := &in.event
	if d, ok := in.data.(discordgo.ApplicationCommandInteractionData); ok {
		typed(d, e)
	} else {
		e.Verb, e.Args = s.Verb, s.Args
		e.Submit = in.onForm || in.Type == discordgo.InteractionModalSubmit
	}
	return p.address(ctx, in)
}
