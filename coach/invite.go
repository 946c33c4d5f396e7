package coach

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"
)

// Invite is a code that one person copies from one place to another: it proves
// that both ends are the same person's wish, or that of somebody they trust.
type Invite struct {
	For    InviteFor
	By     UserRef   // who asked for it
	Secret string    // secretSize characters of a-z and 2-7
	Until  time.Time // when it runs out
}

// InviteFor says what an invite lets in.
type InviteFor uint8

// What invites are for.
const (
	ForRoom    InviteFor = iota + 1 // another room of the cohort
	ForAccount                      // another account of the learner
)

const (
	inviteLife = 10 * time.Minute
	codeGroup  = 6  // characters between the dashes of a code as it is shown
	idSize     = 10 // characters of a cohort's id, see CohortID
	secretSize = 8  // characters, 40 bits: none is guessed while it lives
	maxInvites = 50 // of a cohort that live at a time
)

// newSecret makes up the secret of an invite. It is no part of an update, which
// may run again.
func newSecret() string { return strings.ToLower(rand.Text()[:secretSize]) }

// showCode writes an invite as people copy it: the cohort's id, by which it is
// found, and the secret, in capitals that no digit looks like.
func showCode(id CohortID, secret string) string {
	var groups []string
	for group := range slices.Chunk([]byte(strings.ToUpper(string(id)+secret)), codeGroup) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, "-")
}

// readCode reads what showCode wrote, however it was copied: in small letters,
// spaced differently, and with digits for the letters that they look like.
func readCode(text string) (id CohortID, secret string, ok bool) {
	code := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '2' <= r && r <= '7':
			return r
		case r == '0':
			return 'o'
		case r == '1':
			return 'i'
		case r == '8':
			return 'b'
		case strings.ContainsRune("-–— `", r):
			return -1
		}
		return '?'
	}, strings.ToLower(text))
	if len(code) != idSize+secretSize || strings.Contains(code, "?") {
		return "", "", false
	}
	return CohortID(code[:idSize]), code[idSize:], true
}

// offer keeps a new invite in the cohort's record, in place of the one that its
// maker had before; ok is false while too many others live.
func (c *Cohort) offer(invite Invite, now time.Time) (ok bool) {
	c.Invites = slices.DeleteFunc(c.Invites, func(old Invite) bool {
		return !now.Before(old.Until) || old.For == invite.For && old.By == invite.By
	})
	if len(c.Invites) >= maxInvites {
		return false
	}
	c.Invites = append(c.Invites, invite)
	return true
}

// redeem takes the invite with a secret out of the cohort's record; ok is false
// when there is none, or when it has run out.
func (c *Cohort) redeem(purpose InviteFor, secret string, now time.Time) (invite Invite, ok bool) {
	i := slices.IndexFunc(c.Invites, func(invite Invite) bool { return invite.For == purpose && invite.Secret == secret })
	if i < 0 || !now.Before(c.Invites[i].Until) {
		return Invite{}, false
	}
	invite = c.Invites[i]
	c.Invites = slices.Delete(c.Invites, i, i+1)
	return invite, true
}
