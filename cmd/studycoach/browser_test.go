package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var screenshots = flag.String("screenshots", "", "a `directory` to put pictures of the page into")

// TestWeekInABrowser is what somebody sees who has just started the program:
// a cohort, the day's prompt, two check-ins, and a week later the summary with
// its chart.
func TestWeekInABrowser(t *testing.T) {
	for _, screen := range []struct {
		name          string
		width, height int64
		theme         string
	}{
		{"light", 1280, 860, "light"},
		{"dark", 1280, 860, "dark"},
		{"phone", 390, 844, "light"},
		{"phone-dark", 390, 844, "dark"},
	} {
		if *screenshots == "" && (screen.name == "dark" || screen.name == "phone") {
			continue // it differs from the others in its pictures only
		}
		t.Run(screen.name, func(t *testing.T) {
			t.Parallel()
			w := open(t, screen.width, screen.height, screen.theme)
			w.name = screen.name
			w.see("1-start", shows("#log", "This is #general"), shows("#tries", "Three things to try"))

			// Lea sets up a cohort through the form.
			w.do(typed("#box", "/coach setup"), shows("dialog[open]", "Start a cohort"), typed("dialog[open] [name=name]", "Go crew"),
				shows(".message.coach", "Go crew is set up"), shows(".message.coach", "A study cohort starts here on Mon 8 Jan"))
			w.see("2-set-up")

			// Two learners join, and the first prompt comes.
			for _, who := range []string{"Ada", "Ben"} {
				w.be(who)
				w.do(click(".message.coach button", "Join"), shows(".message.coach", "Welcome to Go crew, "+who))
			}
			w.do(click("#clock button", "Next prompt"), shows(".message.coach", "Week 1, w01d1"))
			w.see("3-prompt")

			// Ada checks in with the form, and Ben with words.
			w.be("Ada")
			w.do(click(".message.coach button", "Check in"), shows("dialog[open]", "How long?"))
			w.see("4-form")
			w.do(typed("dialog[open] [name=time]", "45m"), shows(".message.coach", "Streak: 1 day. This week: 45 min of 12 h"))
			w.be("Ben")
			w.do(gone(".message.coach", "This week: 45 min"), typed("#box", "/checkin 1h30 #ai solved two problems"),
				shows(".message.coach", "Logged 1 h 30 directing AI"), shows(".message.coach", "Streak: 1 day"))
			w.see("5-checked-in")

			// A week later everybody sees the summary with its chart.
			w.do(click("#clock button", "+1 week"), shows(".message.coach", "Go crew: the week of 8 Jan"), shows(".message.coach", "2 learners studied 2 h 15 together"),
				until(`document.querySelector(".message.coach .picture img")?.naturalWidth > 300`),
				until(`(document.querySelector(".message.coach .picture").scrollIntoView({block: "center"}), true)`))
			w.see("6-summary")

			// Ada looks at her own numbers.
			w.be("Ada")
			w.place("Coach")
			w.do(typed("#box", "/coach me"), shows(".message.coach", "Ada in Go crew"), until(`[...document.images].every(i => i.complete && i.naturalWidth > 0)`))
			w.see("7-me", until(`document.documentElement.scrollWidth <= innerWidth`))
		})
	}
}

// window is a browser's, with the page of a bot that runs in a process of its
// own.
type window struct {
	t      *testing.T
	ctx    context.Context
	url    string
	name   string
	narrow bool

	mu       sync.Mutex
	problems []string // what the console says, and requests to elsewhere
}

// open starts a bot on a Sunday and opens its page. Without a browser the test
// is skipped, unless the environment says that all must run.
func open(t *testing.T, width, height int64, theme string) *window {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("CI needs chromium: ", err)
		}
		t.Skip("chromium is not installed; this test looks at the page in a real browser")
	}
	p, _ := serving(t, nil)
	page := playground{url: p.url}
	try(t, page.moveTo(time.Date(2035, 1, 7, 12, 0, 0, 0, time.UTC)))

	w := &window{t: t, url: p.url, narrow: width < 600}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath("chromium"), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true))
	t.Cleanup(cancel)
	w.ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(w.watch))
	t.Cleanup(func() {
		_ = chromedp.Cancel(w.ctx) // waits for the browser, whose last words do not matter
		cancel()
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, problem := range w.problems {
			t.Error("the browser reports ", problem)
		}
	})
	w.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}},
		})
		return err
	}), chromedp.EmulateViewport(width, height), chromedp.Navigate(p.url+"/playground"), until(`document.body.dataset.ready === "yes"`))
	return w
}

func (w *window) watch(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	problem := func(format string, args ...any) { w.problems = append(w.problems, fmt.Sprintf(format, args...)) }
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		problem("an exception: %s", e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		problem("a %s on the console", e.Type)
	case *log.EventEntryAdded:
		problem("%s %s", e.Entry.Text, e.Entry.URL)
	case *network.EventRequestWillBeSent:
		// Browsers draw signs in their own controls from data.
		if !strings.HasPrefix(e.Request.URL, w.url+"/") && !strings.HasPrefix(e.Request.URL, "data:") {
			problem("a request to %s", e.Request.URL)
		}
	}
}

// step is something to do on the page.
type step = chromedp.Action[chromedp.Void]

func (w *window) do(steps ...step) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, steps...); err != nil {
		w.shoot("failed")
		w.t.Fatal(err)
	}
}

// see does steps and takes a picture, if pictures are wanted.
func (w *window) see(what string, steps ...step) {
	w.t.Helper()
	w.do(steps...)
	w.shoot(what)
}

func (w *window) shoot(what string) {
	w.t.Helper()
	if *screenshots == "" {
		return
	}
	png, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(*screenshots, w.name+"-"+what+".png"), png, 0o600)
	}
	if err != nil {
		w.t.Error(err)
	}
}

// be makes the window somebody's, as a click on their name does.
func (w *window) be(who string) {
	w.t.Helper()
	w.menu()
	w.do(click(".person", who))
	w.closed()
}

// place goes to a room, or with "Coach" to the direct messages.
func (w *window) place(name string) {
	w.t.Helper()
	w.menu()
	w.do(click(".place", name))
	w.closed()
}

// menu opens the people and rooms where the window is too narrow for them.
func (w *window) menu() {
	w.t.Helper()
	if w.narrow {
		w.do(click("#menu", ""), until(`document.querySelector("#side").getBoundingClientRect().left === 0`))
	}
}

func (w *window) closed() {
	w.t.Helper()
	if w.narrow {
		w.do(until(`document.querySelector("#side").getBoundingClientRect().right <= 0`))
	}
}

// until waits for a JavaScript expression to become true.
func until(expression string) step {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(20*time.Second))(ctx, target)
		if err != nil {
			err = fmt.Errorf("wait for %s: %w", expression, err)
		}
		return chromedp.Void{}, err
	}
}

// last is an expression for the last visible element of a kind that has the
// words in its text.
func last(selector, words string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].findLast(e => e.checkVisibility() && e.innerText.includes(%q))`, selector, words)
}

func shows(selector, words string) step { return until(last(selector, words) + " !== undefined") }

func gone(selector, words string) step { return until(last(selector, words) + " === undefined") }

func click(selector, words string) step {
	return chromedp.Steps(shows(selector, words), chromedp.Evaluate[chromedp.Void]("void "+last(selector, words)+".click()"))
}

// typed types words into a field that is there, and Enter.
func typed(selector, words string) step {
	return chromedp.Steps(until(fmt.Sprintf(`document.querySelector(%q)?.focus() !== null`, selector)), chromedp.KeyEvent(words+kb.Enter))
}
