package discord

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"studycoach/coach"
)

// A delivery's buttons carry its key behind their own custom_id: nobody sees
// it, Discord keeps it as long as the message, and it comes back with the
// message and with each press. So a thread or a reply leads to the delivery
// also after a restart and at another replica, and a message whose send was
// cut off is found again.
//
// The mark of "send/prompt/<cohort>/<date>/<part>/<room>" is "k" and what
// stands between; of another key "K" and all of it; of a key that is too long
// "h" and a hash, by which a message is found but not its key.
const markSep = "‖"

// marks are the forms of a key's mark, longest first.
func marks(key string, room coach.RoomID) []string {
	long := "K" + key
	if short, ok := strings.CutPrefix(key, "send/"); ok {
		if short, ok = strings.CutSuffix(short, "/"+string(room)); ok {
			long = "k" + short
		}
	}
	return []string{long, "h" + digest(key)[:12]}
}

// keyOf reads a mark; empty: it names no key.
func keyOf(mark string, room coach.RoomID) string {
	switch kind, rest := mark[:min(1, len(mark))], mark[min(1, len(mark)):]; kind {
	case "k":
		return "send/" + rest + "/" + string(room)
	case "K":
		return rest
	default:
		return ""
	}
}

// marked returns components whose buttons carry a delivery's mark, as far as
// it fits.
func marked(components []discordgo.MessageComponent, key string, room coach.RoomID) []discordgo.MessageComponent {
	all := marks(key, room)
	var out []discordgo.MessageComponent
	for _, c := range components {
		switch c := c.(type) {
		case discordgo.ActionsRow:
			c.Components = marked(c.Components, key, room)
			out = append(out, c)
		case *discordgo.ActionsRow:
			out = append(out, marked([]discordgo.MessageComponent{*c}, key, room)...)
		case discordgo.Button:
			out = append(out, markedButton(c, all))
		case *discordgo.Button:
			out = append(out, markedButton(*c, all))
		default:
			out = append(out, c)
		}
	}
	return out
}

func markedButton(b discordgo.Button, marks []string) discordgo.Button {
	if b.CustomID == "" {
		return b
	}
	for _, mark := range marks {
		if id := b.CustomID + markSep + mark; count(id) <= idSize {
			b.CustomID = id
			return b
		}
	}
	return b
}

// unmarked splits a custom_id into the button's own part and the mark.
func unmarked(customID string) (id, mark string) {
	if i := strings.LastIndex(customID, markSep); i >= 0 {
		if _, _, err := unpack(customID[:i]); err == nil { // else it is part of an argument
			return customID[:i], customID[i+len(markSep):]
		}
	}
	return customID, ""
}

// nonce names a part of a delivery, or of an answer, to Discord, which within a
// few minutes takes one of a name only
// (https://docs.discord.com/developers/resources/message#create-message).
func nonce(room coach.RoomID, key string, part int) string {
	return digest(fmt.Sprintf("%s\n%s\n%d", room, key, part))[:nonceSize]
}

// nonceSize is the most characters of a nonce.
const nonceSize = 25

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
