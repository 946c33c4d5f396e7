package web

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

// browser is a page of the playground in a real browser.
type browser struct {
	*playground
	ctx context.Context

	mu       sync.Mutex
	problems []string // errors on the console, and requests to elsewhere
}

// browse opens the page of a playground with the script in a browser window of
// the given width, as the lead. It skips the test where there is no browser,
// unless the environment says that all must run.
func browse(t *testing.T, width, height int64) *browser {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is needed to test the page: ", err)
		}
		t.Skip("the page is not tested without chromium: ", err)
	}
	s := &script{}
	b := &browser{playground: serve(t, s.options(), s.handle)}
	s.p = b.Playground

	ctx, cancel := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath("chromium"), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true))
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(b.watch))
	b.ctx = ctx
	t.Cleanup(func() { // Cancel waits until the browser is gone
		if err := chromedp.Cancel(ctx); err != nil {
			t.Log("close the browser: ", err)
		}
		cancel()
	})
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.Enable, network.EnableParams{})
		return err
	}), dark(false), chromedp.EmulateViewport(width, height),
		chromedp.Navigate(b.url+"/playground"), until(`document.body.dataset.ready === "yes"`))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, p := range b.problems {
			t.Error("in the browser: ", p)
		}
	})
	return b
}

func (b *browser) watch(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, e.ExceptionDetails.Text+" "+e.ExceptionDetails.Exception.Description)
	case *runtime.EventConsoleAPICalled:
		b.problems = append(b.problems, fmt.Sprintf("console %s", e.Type))
	case *log.EventEntryAdded:
		b.problems = append(b.problems, e.Entry.Text+" "+e.Entry.URL)
	case *network.EventRequestWillBeSent:
		// The browser draws the signs in its own controls from data.
		if !strings.HasPrefix(e.Request.URL, b.url+"/playground") && !strings.HasPrefix(e.Request.URL, "data:") {
			b.problems = append(b.problems, "a request to "+e.Request.URL)
		}
	}
}

// step is one thing to do in the browser.
type step = chromedp.Action[chromedp.Void]

func (b *browser) do(steps ...step) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.shoot("failed")
		b.t.Fatal(err)
	}
}

// shoot puts a picture of the page into the directory for them.
func (b *browser) shoot(name string) {
	b.t.Helper()
	if *screenshots == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), png, 0o600); err != nil {
		b.t.Error(err)
	}
}

// until waits for a JavaScript expression to be true.
func until(expression string) step {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(20*time.Second))(ctx, target)
		if err != nil {
			err = fmt.Errorf("wait for %s: %w", expression, err)
		}
		return chromedp.Void{}, err
	}
}

// element is an expression for the last visible element of a kind whose text
// has the words.
func element(selector, words string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].filter(e => e.checkVisibility() && e.innerText.includes(%q)).at(-1)`, selector, words)
}

// shows waits until there is a visible element whose text has the words.
func shows(selector, words string) step { return until(element(selector, words) + ` !== undefined`) }

// click clicks on the last visible element of a kind that has the words.
func click(selector, words string) step {
	e := element(selector, words)
	return chromedp.Steps(until(e+` !== undefined`), chromedp.Evaluate[chromedp.Void](`void `+e+`.click()`))
}

func typing(keys string) step { return chromedp.KeyEvent(keys) }

func focus(selector string) step {
	return until(fmt.Sprintf(`document.querySelector(%q).focus() || true`, selector))
}

func dark(on bool) step {
	value := "light"
	if on {
		value = "dark"
	}
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
		})
		return err
	})
}

func TestPageTellsTheWholeStory(t *testing.T) {
	b := browse(t, 1280, 860)
	b.do(shows("#log", "This is #general"))
	b.shoot("empty-light")

	// The lead sets up a cohort, with the keyboard.
	b.do(focus("#box"), typing("/set"), shows(".completion li", "/coach setup"))
	b.shoot("completion-light")
	b.do(typing(kb.Tab), until(`box.value === "/coach setup "`), typing(kb.Enter),
		shows("dialog[open]", "Start a cohort"), shows("dialog[open]", "First day"), shows("dialog[open]", "Sun"))
	b.shoot("form-light")
	b.do(typing(kb.Enter), shows("dialog[open] .error", "Fill this in"),
		until(`document.activeElement.name === "name"`),
		typing("Taken"), typing(kb.Enter), shows("dialog[open] .error", "is here already"),
		until(`document.activeElement.getAttribute("aria-invalid") === "true"`))
	b.shoot("form-error-light")
	b.do(until(`document.querySelector("[name=name]").select() || true`), typing("Spring backend"), typing(kb.Enter),
		until(`!document.querySelector("dialog[open]")`), shows(".message", "The cohort is set up"), shows(".message", "Only visible to you"),
		shows("[data-try=setup].done", ""))
	b.shoot("setup-light")

	// The next prompt comes.
	b.do(click("[data-next=prompt]", "Next prompt"), shows(".message.coach", "Week 1, day 1"), shows(".message.coach", "Done when"), shows("#now", "9 Mar 2027"))
	b.shoot("prompt-light")

	// Ada does not see the answer to the lead, and checks in by words.
	b.do(click(".person", "Ada"), until(`!document.querySelector("#log").innerText.includes("The cohort is set up")`),
		focus("#box"), typing("/checkin 45m read the chapter"+kb.Enter), shows(".message.coach", "45 min"), shows(".message.coach", "Undo"))
	b.shoot("checkin-light")
	b.do(click(".message button", "Undo"), shows(".message.coach", "Taken back"))

	// Ben does with the form behind the button.
	b.do(click(".person", "Ben"), click(".message button", "Check in"), shows("dialog[open]", "How long"),
		typing("1h30"), typing(kb.Enter), shows(".message.coach", "45 min"), shows(".message.coach", "Undo"))

	// Mei replies in the thread.
	b.do(click(".person", "Mei"), click(".message.coach .reply", ""),
		shows("#thread", "Week 1, day 1"), until(`document.activeElement.id === "reply-box"`),
		typing("45m, and the plan was a surprise"+kb.Enter), shows("#thread .message.coach", "Undo"),
		shows("#log .replies", "2 replies"))
	b.shoot("thread-light")
	b.do(typing(kb.Escape), until(`document.querySelector("#thread").hidden`),
		until(`document.activeElement.matches(".replies")`))

	// Direct messages, a picture and a file.
	b.do(click(".place", "Coach"), shows("#log", "You and the coach"), focus("#box"), typing("/coach me"+kb.Enter),
		shows(".card", "You, so far"), until(`[...document.images].every(i => i.complete && i.naturalWidth > 0)`))
	b.shoot("me-light")
	b.do(typing("/coach export"+kb.Enter), shows("a.file", "export.json"))
	b.do(click("#theme", ""), until(`getComputedStyle(document.body).backgroundColor === "rgb(26, 29, 28)"`))
	b.shoot("me-dark")
	b.do(click(".place", "general"))
	b.shoot("prompt-dark")

	// A week passes; the others find what they missed.
	b.do(click(".moves button", "+1 week"), shows("#log", "day 8"), shows("#now", "16 Mar 2027"))
	b.do(chromedp.Reload(), until(`document.body.dataset.ready === "yes"`), shows("#title", "general"), shows("#log", "day 8"))
	b.shoot("week-dark")
}

func TestPageOnAPhone(t *testing.T) {
	b := browse(t, 390, 844)
	b.do(shows("#log", "This is #general"))
	b.shoot("phone-empty-light")
	b.do(click("[data-try=setup]", "Set up"), shows("dialog[open]", "Start a cohort"))
	b.shoot("phone-form-light")
	b.do(typing("Spring backend"+kb.Enter), shows(".message", "The cohort is set up"),
		click("[data-try=prompt]", "Move"), shows(".message.coach", "Week 1, day 1"))
	b.shoot("phone-prompt-light")
	b.do(click("#menu", ""), until(`document.querySelector("#side").getBoundingClientRect().left === 0`))
	b.shoot("phone-menu-light")
	b.do(click(".person", "Ada"), until(`document.querySelector("#side").getBoundingClientRect().right <= 0`),
		click("[data-try=checkin]", "Check in"), until(`box.value.startsWith("/checkin 45m")`), typing(kb.Enter),
		shows(".message.coach", "45 min"), shows(".message.coach", "Undo"), dark(true))
	b.shoot("phone-checkin-dark")
	b.do(until(`document.documentElement.scrollWidth <= innerWidth`))
}

// unnamedControls lists the controls on the page without a name that a screen
// reader could say.
const unnamedControls = `[...document.querySelectorAll("button, a, input, select, textarea, [role=listbox], dialog, nav, aside, section")]
	.filter(e => !(e.getAttribute("aria-label") || e.labels?.length || e.innerText?.trim() || e.textContent.trim() ||
		document.getElementById(e.getAttribute("aria-labelledby"))?.textContent))
	.map(e => e.outerHTML)`
