package slack

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"studycoach/bot"
)

// Check looks whether Slack lets the bot in, and with what.
func (p *Platform) Check(ctx context.Context) []bot.Finding {
	return append(p.checkBot(ctx), p.checkApp(ctx)...)
}

func (p *Platform) checkBot(ctx context.Context) []bot.Finding {
	var me struct {
		self
		Workspace string `json:"team"`
		Name      string `json:"user"`
	}
	header, err := p.api.callAs(ctx, p.o.BotToken, "auth.test", url.Values{}, &me)
	if err != nil {
		return []bot.Finding{failing("slack bot token", err, "Install the app again, on its page Install App, and set the token that is shown there.")}
	}
	all := []bot.Finding{{Name: "slack bot token", Level: bot.OK, Detail: "it is " + me.Name + " in the workspace " + me.Workspace}}
	var missing []string
	granted := strings.FieldsFunc(header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	for _, s := range Scopes() {
		if !slices.Contains(granted, s.Name) {
			missing = append(missing, s.Name)
		}
	}
	f := bot.Finding{Name: "slack scopes", Level: bot.OK, Detail: "all granted"}
	if len(missing) > 0 {
		f.Level, f.Detail = bot.Failing, "missing: "+strings.Join(missing, ", ")+". Add them on the app's page OAuth & Permissions, and install the app again."
	}
	return append(all, f)
}

func (p *Platform) checkApp(ctx context.Context) []bot.Finding {
	if p.o.AppToken == "" {
		return nil
	}
	if _, err := p.api.callAs(ctx, p.o.AppToken, "apps.connections.open", url.Values{}, nil); err != nil {
		return []bot.Finding{failing("slack app token", err, "Turn Socket Mode on, on the app's page Socket Mode, and set a token with the scope connections:write from its page Basic Information.")}
	}
	return []bot.Finding{{Name: "slack app token", Level: bot.OK, Detail: "Socket Mode is on"}}
}

// failing says of a failed call what to do about it; of one that did not get
// through, that.
func failing(name string, err error, mend string) bot.Finding {
	var e *callError
	if errors.As(err, &e) && e.Code == "" {
		mend = "Slack was not reached."
	}
	return bot.Finding{Name: name, Level: bot.Failing, Detail: err.Error() + ". " + mend}
}
