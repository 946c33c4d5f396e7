package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// options are the command line.
type options struct {
	Learners []int `arg:"" help:"How many learners to live through the week with, one run each."`
	Group    int   `help:"Learners in a cohort." default:"10"`
	Clients  int   `help:"Learners who check in at the same moment, at most." default:"64"`
	Workers  int   `help:"Jobs that run at once." default:"64"`
}

func main() {
	var o options
	kong.Parse(&o, kong.Name("simulate"), kong.Description("Live through a week with ever more learners, and print what it took."))
	if err := o.run(os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

func (o options) run(out, progress io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var runs []figures
	for _, n := range o.Learners {
		f, err := simulate(ctx, o, n)
		if err != nil {
			return fmt.Errorf("%d learners: %w", n, err)
		}
		runs = append(runs, f)
		fmt.Fprintln(progress, f.progress())
	}
	_, err := io.WriteString(out, table(runs))
	return err
}
