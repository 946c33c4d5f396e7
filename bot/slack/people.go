package slack

import (
	"cmp"
	"context"
	"net/url"
	"time"
)

// person is what Slack tells of somebody.
type person struct {
	name, zone string
	enterprise string // empty outside of Enterprise Grid
}

// personFresh is how long what is known of a person holds, unless Slack tells of
// a change.
const personFresh = 6 * time.Hour

// account is a user object (https://docs.slack.dev/reference/objects/user-object).
type account struct {
	ID       string `json:"id"`
	TeamID   string `json:"team_id"`
	Name     string `json:"name"`
	RealName string `json:"real_name"`
	Zone     string `json:"tz"`
	Deleted  bool   `json:"deleted"`
	IsBot    bool   `json:"is_bot"`
	Profile  struct {
		DisplayName string `json:"display_name"`
		RealName    string `json:"real_name"`
	} `json:"profile"`
	Enterprise struct {
		ID string `json:"enterprise_id"`
	} `json:"enterprise_user"`
}

func (a account) person() person {
	return person{
		name:       cmp.Or(a.Profile.DisplayName, a.Profile.RealName, a.RealName, a.Name),
		zone:       a.Zone,
		enterprise: a.Enterprise.ID,
	}
}

// look finds out about a person.
func (p *Platform) look(ctx context.Context, user string) (person, error) {
	if who, ok := p.people.Get(user); ok {
		return who, nil
	}
	var got struct {
		User account `json:"user"`
	}
	if err := p.api.call(ctx, "users.info", url.Values{"user": {user}}, &got); err != nil {
		return person{}, err
	}
	who := got.User.person()
	p.people.Put(user, who)
	return who, nil
}
