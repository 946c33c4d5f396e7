package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
	_ "golang.org/x/crypto/x509roots/fallback" // for images without certificates
)

// version is set when an image or a release is built.
var version string

// The exit codes; doc.go explains them.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// program is the command line.
type program struct {
	Serve       serveCmd       `cmd:"" default:"withargs" help:"Run the bot (the default)."`
	Check       checkCmd       `cmd:"" help:"Look at the configuration, the store and the content; exit 1 if anything fails."`
	Content     contentCmd     `cmd:"" help:"Look at the roadmaps."`
	Rehearse    rehearseCmd    `cmd:"" help:"List what a cohort will post in the coming months, sending nothing."`
	Jobs        jobsCmd        `cmd:"" help:"List what waits, is dead or was skipped; retry or drop it."`
	Slack       slackCmd       `cmd:"" help:"Set the bot up in Slack."`
	Discord     discordCmd     `cmd:"" help:"Set the bot up in Discord."`
	Backup      backupCmd      `cmd:"" help:"Write everything that is kept to a file, also while the bot runs."`
	Restore     restoreCmd     `cmd:"" help:"Put a backup into an empty store, of whatever kind."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
	Healthcheck healthcheckCmd `cmd:"" hidden:"" help:"Exit 0 if a running bot is alive."`

	LogFormat string `enum:"text,json" default:"text" env:"STUDYCOACH_LOG_FORMAT" help:"How to write the log: text or json."`
}

// outputs are where a command writes.
type outputs struct {
	out io.Writer
	err io.Writer
	log *slog.Logger
}

// warnings is a log for commands that come and go: what is well is not said.
func (o outputs) warnings() *slog.Logger {
	return slog.New(slog.NewTextHandler(o.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	var p program
	exited := -1
	parser, err := kong.New(&p,
		kong.Name("studycoach"),
		kong.Description("A study bot that takes cohorts through a roadmap in chat. Without any setting it runs the playground on this machine; studycoach serve --help lists what can be set."),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(errOut, "studycoach:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // help was printed
		return exited
	}
	if err != nil {
		fmt.Fprintf(errOut, "studycoach: %v\nRun \"studycoach --help\" for the commands and flags.\n", err)
		return exitUsage
	}
	o := outputs{out: out, err: errOut, log: newLog(errOut, p.LogFormat)}
	command.BindTo(ctx, (*context.Context)(nil))
	switch err := command.Run(o); {
	case err == nil:
		return exitOK
	case errors.Is(err, errUsage):
		fmt.Fprintln(errOut, "studycoach:", err)
		return exitUsage
	default:
		fmt.Fprintln(errOut, "studycoach:", err)
		return exitFailed
	}
}

// errUsage wraps what is wrong with the command line or the environment.
var errUsage = errors.New("wrong usage")

func newLog(w io.Writer, format string) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(o outputs) error {
	_, err := fmt.Fprintln(o.out, "studycoach", versionOf())
	return err
}

// versionOf is the version the binary was built as: that of the release, else
// what the go command knows of the source.
func versionOf() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "devel"
	}
	return info.Main.Version
}
