package discord

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"studycoach/bot"
	"studycoach/coach"
)

const (
	// findAge is how old a message of a delivery can be: more than the latest
	// that one is sent again.
	findAge = 26 * time.Hour

	// findPages bounds the history that is read, in pages of 100 messages.
	findPages = 5
)

// posted is a message in a channel's history, as far as it matters.
type posted struct {
	ID         string                    `json:"id"`
	Author     person                    `json:"author"`
	Embeds     []*discordgo.MessageEmbed `json:"embeds"`
	Components []postedComponent         `json:"components"`
}

// postedComponent is a message component of any kind.
type postedComponent struct {
	CustomID   string            `json:"custom_id"`
	Components []postedComponent `json:"components"`
}

// customIDs are those of the message's buttons, with their marks.
func (m *posted) customIDs() (all []string) {
	var walk func(list []postedComponent)
	walk = func(list []postedComponent) {
		for _, c := range list {
			all = append(all, c.CustomID)
			walk(c.Components)
		}
	}
	walk(m.Components)
	return all
}

// marks are the marks on the message's buttons.
func (m *posted) marks() (all []string) {
	for _, id := range m.customIDs() {
		if _, mark := unmarked(id); mark != "" {
			all = append(all, mark)
		}
	}
	return all
}

// cohort is the id of the cohort that the message's buttons name; empty: they
// name none, or several.
func (m *posted) cohort() (id string) {
	for _, customID := range m.customIDs() {
		own, _ := unmarked(customID)
		_, args, _ := pressed(own)
		switch named := args["cohort"]; {
		case named == "" || named == id:
		case id != "":
			return ""
		default:
			id = named
		}
	}
	return id
}

// Find implements bot.Platform. A delivery with buttons is known by the mark on
// them; one without by what it says, within a day. All parts must be there:
// otherwise sending it again adds what is missing, for a few minutes.
func (p *Platform) Find(ctx context.Context, d coach.Delivery) (bot.MessageID, bool, error) {
	channel, err := p.channel(ctx, d.Room)
	if err != nil {
		return "", false, lookError(err)
	}
	me, err := p.me(ctx)
	if err != nil {
		return "", false, lookError(err)
	}
	history, err := p.history(ctx, channel, time.Now().Add(-findAge))
	if err != nil {
		return "", false, lookError(err)
	}
	if len(history) == 0 && !d.Room.IsDirect() {
		// Who may see a channel and not its history is shown an empty one.
		if may, err := p.permissions(ctx, d.Room); err != nil || !may.has(discordgo.PermissionReadMessageHistory) {
			return "", false, bot.ErrCannotLook
		}
	}
	posts := render(d.Message)
	var first string
	for i, x := range posts {
		at := slices.IndexFunc(history, func(m posted) bool {
			return m.Author.ID == me.ID && p.isPart(m, d, x)
		})
		if at < 0 {
			return "", false, nil
		}
		if i == 0 {
			first = history[at].ID
		}
	}
	p.beginThread(ctx, channel, first, d) // which whoever sent it may not have come to
	return bot.MessageID(first), first != "", nil
}

// isPart tells whether a message is a post of a delivery.
func (p *Platform) isPart(m posted, d coach.Delivery, x post) bool {
	if key, known := p.sent.Get(m.ID); known && key != d.Key {
		return false
	}
	if found := m.marks(); len(found) > 0 {
		return slices.ContainsFunc(marks(d.Key, d.Room), func(mark string) bool { return slices.Contains(found, mark) })
	}
	if len(x.Components) > 0 {
		return false
	}
	return wordsOf(m.Embeds) == wordsOf(x.Embeds)
}

// wordsOf is what embeds say, whatever Discord made of their spaces.
func wordsOf(embeds []*discordgo.MessageEmbed) string {
	var all []string
	for _, e := range embeds {
		all = append(all, e.Title, e.Description)
		for _, f := range e.Fields {
			all = append(all, f.Name, f.Value)
		}
		if e.Footer != nil {
			all = append(all, e.Footer.Text)
		}
	}
	return strings.Join(strings.Fields(strings.Join(all, "\n")), " ")
}

// history returns a channel's messages since a time, latest first.
func (p *Platform) history(ctx context.Context, channel string, since time.Time) (all []posted, err error) {
	q := url.Values{"limit": {"100"}}
	for range findPages {
		var page []posted
		if err := p.rest.do(ctx, request{method: http.MethodGet, route: "/channels/{channel}/messages", path: []any{channel}, query: q}, &page); err != nil {
			return nil, err
		}
		for _, m := range page {
			if at, ok := timeOf(m.ID); !ok || at.Before(since) {
				return all, nil
			}
			all = append(all, m)
		}
		if len(page) < 100 {
			break
		}
		q.Set("before", page[len(page)-1].ID)
	}
	return all, nil
}

// lookError says what a failed look means. Nothing was sent by it.
func lookError(err error) error {
	if hasCode(err, missingAccess, missingPermission) {
		return bot.ErrCannotLook
	}
	var e *bot.SendError
	if !errors.As(err, &e) {
		e = sendError(err)
	}
	if e.Reason == bot.Unsure {
		e.Reason = bot.Failed
	}
	return e
}
