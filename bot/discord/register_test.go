package discord

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"studycoach/bot"
)

// Commands are registered when they changed, and only then.
func TestCommandsAreRegistered(t *testing.T) {
	p, f := open(t, nil)
	register := func(guild string, want bool) {
		t.Helper()
		changed, err := p.Register(t.Context(), guild)
		if err != nil || changed != want {
			t.Errorf("registered in %q: changed %t, want %t: %v", guild, changed, want, err)
		}
	}
	register("", true)
	register("", false)
	register("100", true)
	register("100", false)
	if n := f.called("PUT "); n != 2 {
		t.Errorf("they are sent %d times", n)
	}
	for name, change := range map[string]func(all []map[string]any) []map[string]any{
		"another description": func(all []map[string]any) []map[string]any { all[0]["description"] = "Old"; return all },
		"another permission":  func(all []map[string]any) []map[string]any { all[0]["default_member_permissions"] = "8"; return all },
		"another option": func(all []map[string]any) []map[string]any {
			all[1]["options"] = append(all[1]["options"].([]any), map[string]any{"type": 1, "name": "old", "description": "Old"})
			return all
		},
		"a needed option": func(all []map[string]any) []map[string]any {
			all[0]["options"].([]any)[0].(map[string]any)["required"] = true
			return all
		},
		"a command less": func(all []map[string]any) []map[string]any { return all[1:] },
		"a command more": func(all []map[string]any) []map[string]any {
			return append(all, map[string]any{"name": "old", "description": "Old"})
		},
	} {
		var all []map[string]any
		if err := json.Unmarshal(f.commands[""], &all); err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(change(all))
		if err != nil {
			t.Fatal(err)
		}
		f.commands[""] = raw
		if changed, err := p.Register(t.Context(), ""); err != nil || !changed {
			t.Errorf("%s at Discord is not changed: %v", name, err)
		}
		register("", false)
	}
	if changed, err := p.Unregister(t.Context(), "100"); err != nil || !changed || string(f.commands["100"]) != "[]" {
		t.Errorf("what was registered in a server is not taken back: %v, %s", err, f.commands["100"])
	}
	if _, err := p.Unregister(t.Context(), ""); err == nil || len(f.commands[""]) < 10 {
		t.Error("all commands can be taken back")
	}
	if _, err := p.Register(t.Context(), "../guilds"); err == nil {
		t.Error("a server of no id is taken")
	}
}

// The bot registers its commands when it starts, when it can.
func TestCommandsAreRegisteredAtTheStart(t *testing.T) {
	p, f := open(t, nil)
	f.fail("GET /applications/@me", 1, status(500, `oops`))
	run(t, p, newHeard().handle)
	deadline := time.Now().Add(20 * time.Second)
	for f.called("PUT /applications/900/commands") == 0 && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.commands[""]) == 0 {
		t.Error("they are not")
	}
}

// What leads do is not offered to everybody.
func TestLeadsAloneAreOfferedTheirCommand(t *testing.T) {
	for _, c := range commands() {
		if want := map[string]int64{leadName: discordgo.PermissionManageGuild}[c.Name]; c.Needs != want {
			t.Errorf("/%s needs %d, want %d", c.Name, c.Needs, want)
		}
	}
}

func TestInvite(t *testing.T) {
	p, _ := open(t, nil)
	link, err := p.Invite(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	may, err := strconv.ParseInt(q.Get("permissions"), 10, 64)
	if err != nil || u.Scheme != "https" || u.Host != "discord.com" || q.Get("client_id") != "900" || q.Get("scope") != "bot applications.commands" {
		t.Errorf("it is %s: %v", link, err)
	}
	const never = discordgo.PermissionAdministrator | discordgo.PermissionMentionEveryone | discordgo.PermissionManageMessages |
		discordgo.PermissionManageChannels | discordgo.PermissionManageGuild | discordgo.PermissionManageRoles
	if may&never != 0 || may != int64(wanted()) {
		t.Errorf("it asks for %b", may)
	}
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		options func(o *Options)
		set     func(f *fake)
		row     string
		level   bot.Level
		says    string
	}{
		"all is well":            {nil, nil, "discord server 100", bot.OK, "all is allowed in 1 of its rooms"},
		"the token":              {nil, func(f *fake) { f.fail("GET /applications", 9, status(401, `{}`)) }, "discord token", bot.Failing, "refuses the token"},
		"no server":              {nil, func(f *fake) { delete(f.guilds, "100") }, "discord servers", bot.Warning, "studycoach discord register"},
		"a spent budget":         {nil, func(f *fake) { f.budget = 0 }, "discord gateway", bot.Failing, "budget"},
		"no gateway":             {func(o *Options) { o.NoGateway = true }, func(f *fake) { f.endpoint = "https://bot.example" + InteractionsPath }, "discord gateway", bot.Warning, "off"},
		"signed HTTP":            {nil, func(f *fake) { f.endpoint = "https://bot.example" + InteractionsPath }, "discord interactions", bot.OK, "signed HTTP"},
		"another address":        {nil, func(f *fake) { f.endpoint = "https://bot.example/other" }, "discord interactions", bot.Warning, InteractionsPath},
		"no key for the address": {func(o *Options) { o.PublicKey = "" }, func(f *fake) { f.endpoint = "https://bot.example" + InteractionsPath }, "discord interactions", bot.Failing, "no public key"},
		"another key":            {func(o *Options) { o.PublicKey = strings.Repeat("0a", 32) }, nil, "discord interactions", bot.Failing, "another application"},
		"no way for commands":    {func(o *Options) { o.NoGateway = true }, nil, "discord interactions", bot.Failing, "nowhere"},
		"a closed room": {nil, func(f *fake) {
			f.channel("201", "100", "secret plans").Overwrites = []overwrite{{ID: "100", Type: 0, Allow: "0", Deny: "0"}, {ID: "7", Type: 0, Allow: "0", Deny: "2048"}}
		}, "discord server 100", bot.Warning, "#secret plans lacks Send Messages"},
		"closed to the bot itself": {nil, func(f *fake) {
			f.channels["200"].Overwrites = []overwrite{{ID: "900", Type: 1, Allow: "0", Deny: "1024"}}
		}, "discord server 100", bot.Failing, "#general lacks View Channels"},
		"opened to the bot itself": {nil, func(f *fake) {
			f.channels["200"].Overwrites = []overwrite{{ID: "100", Type: 0, Allow: "0", Deny: "1024"}, {ID: "900", Type: 1, Allow: "1024", Deny: "0"}}
		}, "discord server 100", bot.OK, "1 of its rooms"},
		"nothing to be seen": {nil, func(f *fake) { f.channels["200"].Closed = missingAccess },
			"discord server 100", bot.Failing, "none of its rooms is to be seen"},
		"an administrator": {nil, func(f *fake) {
			f.guilds["100"].Roles[1]["permissions"] = "8"
			f.channels["200"].Overwrites = []overwrite{{ID: "7", Type: 0, Allow: "0", Deny: "2048"}}
		}, "discord server 100", bot.OK, "1 of its rooms"},
	} {
		t.Run(name, func(t *testing.T) {
			p, f := open(t, c.options)
			if c.set != nil {
				c.set(f)
			}
			for _, row := range p.Check(t.Context()) {
				if strings.Contains(row.Detail, fakeToken) {
					t.Errorf("%s shows the token", row.Name)
				}
				if row.Name == c.row {
					if row.Level != c.level || !strings.Contains(row.Detail, c.says) {
						t.Errorf("%s is %s: %s", row.Name, row.Level, row.Detail)
					}
					return
				}
			}
			t.Errorf("there is no row %s", c.row)
		})
	}
}
