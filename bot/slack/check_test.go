package slack

import (
	"strings"
	"testing"

	"studycoach/bot"
)

func TestCheckSaysWhatIsMissingAndWhereToMendIt(t *testing.T) {
	const ok = bot.OK
	for _, tt := range []struct {
		name   string
		socket bool
		before func(c *fakeChat)
		levels map[string]bot.Level // by row
		says   string
	}{
		{"all is well", true, func(*fakeChat) {}, map[string]bot.Level{"slack bot token": ok, "slack scopes": ok, "slack app token": ok, "slack events": ok}, "it is coach in the workspace Team"},
		{"all is well over HTTP", false, func(*fakeChat) {}, map[string]bot.Level{"slack bot token": ok, "slack scopes": ok, "slack signing secret": ok, "slack events": ok}, "/slack/events"},
		{
			"a revoked token", false, func(c *fakeChat) { c.meet("auth.test", saying("token_revoked")) },
			map[string]bot.Level{"slack bot token": bot.Failing, "slack signing secret": ok, "slack events": ok}, "token_revoked. Install the app again, on its page Install App",
		},
		{
			"missing scopes", false, func(c *fakeChat) {
				c.scopes = strings.NewReplacer("files:write,", "", "im:history,", "").Replace(c.scopes)
			},
			map[string]bot.Level{"slack bot token": ok, "slack scopes": bot.Failing, "slack signing secret": ok, "slack events": ok}, "missing: files:write, im:history. Add them on the app's page OAuth & Permissions",
		},
		{
			"scopes that are not told", false, func(c *fakeChat) { c.scopes = "" },
			map[string]bot.Level{"slack bot token": ok, "slack scopes": bot.Warning, "slack signing secret": ok, "slack events": ok}, "does not tell which",
		},
		{
			"Socket Mode that is off", true, func(c *fakeChat) { c.meet("apps.connections.open", saying("not_allowed_token_type")) },
			map[string]bot.Level{"slack bot token": ok, "slack scopes": ok, "slack app token": bot.Failing, "slack events": ok}, "Turn Socket Mode on, on the app's page Socket Mode",
		},
		{
			"a token of another app", true, func(c *fakeChat) { c.platform.o.AppToken = "xapp-1-A0OTHER-1-canary" },
			map[string]bot.Level{"slack bot token": ok, "slack scopes": ok, "slack app token": bot.Failing, "slack events": ok}, "it is of the app A0OTHER, and the bot token of A0COACH",
		},
		{
			"too many calls", false, func(c *fakeChat) { c.meet("auth.test", limited("20")) },
			map[string]bot.Level{"slack bot token": bot.Failing, "slack signing secret": ok, "slack events": ok}, "try again in 20s",
		},
		{
			"nobody is there", false, func(c *fakeChat) { c.meet("auth.test", broken) },
			map[string]bot.Level{"slack bot token": bot.Failing, "slack signing secret": ok, "slack events": ok}, "SLACK_API_URL",
		},
	} {
		c := newChat(t, tt.socket)
		tt.before(c)
		said := ""
		all := c.platform.Check(t.Context())
		for _, f := range all {
			said += f.Detail + "\n"
			if f.Level != tt.levels[f.Name] || f.Detail == "" {
				t.Errorf("%s: %s is %s: %s", tt.name, f.Name, f.Level, f.Detail)
			}
		}
		if len(all) != len(tt.levels) || !strings.Contains(said, tt.says) || strings.Contains(said, "canary") {
			t.Errorf("%s: it says %s", tt.name, said)
		}
	}
}
