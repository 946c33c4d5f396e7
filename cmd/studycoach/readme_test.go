package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"studycoach/bot/discord"
	"studycoach/bot/slack"
)

// The README's tables have a row for each scope and permission that the bot
// asks for, with its reason, and for each variable that serve takes.
func TestREADMETables(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(filepath.Join(top, "README.md"))
	try(t, err)
	readme := string(file)
	has := func(row string) {
		t.Helper()
		if !strings.Contains(readme, "\n"+row) {
			t.Errorf("the README has no row %q", row)
		}
	}
	for _, s := range slack.Scopes() {
		has("| `" + s.Name + "` | " + s.Why + " |\n")
	}
	for _, p := range discord.Permissions {
		has("| " + p.Name + " | " + p.Why + " |\n")
	}
	parser, err := kong.New(&program{})
	try(t, err)
	serve, err := parser.Parse([]string{"serve"})
	try(t, err)
	for _, f := range serve.Flags() {
		for _, env := range f.Envs {
			has("| `" + env + "` | `--" + f.Name + "` |")
		}
	}
}
