package slack

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"studycoach/bot"
)

// Check looks whether Slack lets the bot in, and with what; and says of what it
// cannot see from here where to look.
func (p *Platform) Check(ctx context.Context) []bot.Finding {
	all, app := p.checkBot(ctx)
	if p.o.AppToken != "" {
		all = append(all, p.checkApp(ctx, app))
	}
	if len(p.o.SigningSecrets) > 0 {
		all = append(all, bot.Finding{
			Name: "slack signing secret", Level: bot.OK,
			Detail: "set. Whether it is the app's shows its page Event Subscriptions, which verifies the address that ends with /slack/events.",
		})
	}
	return append(all, bot.Finding{
		Name: "slack events", Level: bot.OK,
		Detail: "cannot be seen from here. Where replies in threads, forms or App Home do nothing, compare the app's page App Manifest with what studycoach slack manifest prints.",
	})
}

// checkBot looks at the bot's token and what it may do. It returns the id of the
// app too, where Slack tells it.
func (p *Platform) checkBot(ctx context.Context) (all []bot.Finding, app string) {
	var me struct {
		self
		Workspace string `json:"team"`
		Name      string `json:"user"`
	}
	header, err := p.api.callAs(ctx, p.o.BotToken, "auth.test", url.Values{}, &me)
	if err != nil {
		return []bot.Finding{failing("slack bot token", err, "Install the app again, on its page Install App, and set the token that is shown there.")}, ""
	}
	all = append(all, bot.Finding{Name: "slack bot token", Level: bot.OK, Detail: "it is " + me.Name + " in the workspace " + me.Workspace})
	var missing []string
	granted := strings.FieldsFunc(header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	for _, s := range Scopes() {
		if !slices.Contains(granted, s.Name) {
			missing = append(missing, s.Name)
		}
	}
	f := bot.Finding{Name: "slack scopes", Level: bot.OK, Detail: "all granted"}
	switch {
	case len(granted) == 0:
		f.Level, f.Detail = bot.Warning, "Slack does not tell which are granted"
	case len(missing) > 0:
		f.Level, f.Detail = bot.Failing, "missing: "+strings.Join(missing, ", ")+". Add them on the app's page OAuth & Permissions, and install the app again."
	}
	var got struct {
		Bot struct {
			App string `json:"app_id"`
		} `json:"bot"`
	}
	if p.api.call(ctx, "bots.info", url.Values{"bot": {me.BotID}}, &got) == nil {
		app = got.Bot.App
	}
	return append(all, f), app
}

// checkApp looks at the app's token, which has to be of the same app.
func (p *Platform) checkApp(ctx context.Context, app string) bot.Finding {
	const name = "slack app token"
	parts := strings.Split(p.o.AppToken, "-") // xapp-1-A0123456789-...: its app stands in it
	if len(parts) > 3 && isID(parts[2]) && isID(app) && parts[2] != app {
		return bot.Finding{Name: name, Level: bot.Failing, Detail: "it is of the app " + parts[2] + ", and the bot token of " + app + ". Set tokens of one app."}
	}
	if _, err := p.api.callAs(ctx, p.o.AppToken, "apps.connections.open", url.Values{}, nil); err != nil {
		return failing(name, err, "Turn Socket Mode on, on the app's page Socket Mode, and set a token with the scope connections:write from its page Basic Information.")
	}
	return bot.Finding{Name: name, Level: bot.OK, Detail: "Socket Mode is on"}
}

// failing says of a failed call what to do about it; of one that did not get
// through, that.
func failing(name string, err error, mend string) bot.Finding {
	var e *callError
	switch {
	case !errors.As(err, &e):
	case e.limited():
		mend = "Slack asks to wait; try again in " + e.After.String() + "."
	case e.Code == "":
		mend = "Slack was not reached. See whether this machine may call its API, and what SLACK_API_URL says."
	}
	return bot.Finding{Name: name, Level: bot.Failing, Detail: err.Error() + ". " + mend}
}
