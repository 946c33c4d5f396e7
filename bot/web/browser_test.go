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

	"github.com/chromedp/cdproto/accessibility"
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
	b.do(chromedp.EmulateViewport(900, 760))
	b.shoot("tablet-dark")
	b.do(chromedp.EmulateViewport(1280, 860))

	// A week passes; the others find what they missed.
	b.do(click(".moves button", "+1 week"), shows("#log", "day 8"), shows("#now", "16 Mar 2027"))

	// Any date, on Mei's clock; but not the past.
	pick := func(to string) step {
		return chromedp.Steps(until(fmt.Sprintf(`(document.querySelector("#date-to").value = %q) !== ""`, to)), click("#date .primary", "Go there"))
	}
	b.do(click("#pick", ""), shows("#date", "for Mei in Tokyo"), pick("2027-03-16T16:59"), shows("#date .failed", "Time only moves forward"))
	b.shoot("date-dark")
	b.do(pick("2027-03-20T12:00"), until(`!document.querySelector("dialog[open]")`), shows("#now", "Sat, 20 Mar 2027, 12:00"), shows("#log", "day 11"))

	b.do(chromedp.Reload(), until(`document.body.dataset.ready === "yes"`), shows("#title", "general"), shows("#log", "day 11"))
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

// TestPageCompletesCommands also holds that what people write stays text.
func TestPageCompletesCommands(t *testing.T) {
	b := browse(t, 1280, 860)
	options := func(want string) step {
		return until(fmt.Sprintf(`[...document.querySelectorAll("#box-commands:not([hidden]) b")].map(e => e.innerText).join(" ") === %q`, want))
	}
	selected := func(want string) step {
		return until(fmt.Sprintf(`document.getElementById(box.getAttribute("aria-activedescendant"))?.querySelector("b").innerText === %q
			&& document.querySelectorAll("#box-commands [aria-selected=true]").length === 1`, want))
	}
	b.do(focus("#box"), typing("/"), options("/checkin /coach today /coach me /coach export /coach setup"), selected("/checkin"))
	b.shoot("commands-light")
	b.do(typing(kb.ArrowDown+kb.ArrowDown), selected("/coach me"), typing(kb.ArrowUp), selected("/coach today"),
		typing(kb.ArrowUp+kb.ArrowUp), selected("/coach setup"),
		typing(kb.Escape), until(`document.querySelector("#box-commands").hidden && !box.hasAttribute("aria-activedescendant")`))
	b.do(typing("exp"), options("/coach export"), typing(kb.Enter), until(`box.value === "/coach export "`),
		typing(kb.Enter), shows("a.file", "export.json"), until(`box.value === ""`))

	// A learner is not offered what is for leads.
	b.do(click(".person", "Ada"), focus("#box"), typing("/coach "), options("/coach today /coach me /coach export"))

	hostile := `<img src=x onerror=alert(1)> *bold* <b>b</b>`
	b.do(until(`(box.value = "") === ""`), typing(hostile), typing(kb.Enter), shows(".said", hostile),
		until(`document.querySelectorAll(".said *").length === 0`))
}

func TestPageCountsWhatIsUnread(t *testing.T) {
	b := browse(t, 1280, 860)
	d := prompt("nudge/1")
	d.Room = "web/playground/@lia"
	b.send(d)
	b.do(shows(".place .badge", "1"))
	d.Key, d.Room = "nudge/2", "web/playground/@ada"
	b.send(d)
	b.do(shows(".person .badge", "1"))
	b.shoot("unread-light")
	b.do(click(".place", "Coach"), shows(".card", "Day 1"), until(`!document.querySelector(".place .badge")`),
		click(".person", "Ada"), until(`!document.querySelector(".badge")`))
}

func TestPageComesBackAfterALostConnection(t *testing.T) {
	b := browse(t, 1280, 860)
	b.server.CloseClientConnections()
	b.do(shows("#offline", "Not connected"))
	b.send(prompt("prompt/1"))
	b.do(shows(".card", "Day 1"), until(`document.querySelector("#offline").hidden`))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = nil // the browser noted the loss
}

func TestPageIsForEveryone(t *testing.T) {
	b := browse(t, 1280, 860)
	b.send(prompt("prompt/1"))
	b.do(focus("#box"), typing("hello"+kb.Enter), shows(".said", "hello"))
	b.named()

	// Tab goes through the page as it reads.
	b.do(focus(".skip"))
	b.shoot("skip-light")
	for _, name := range []string{
		"Next prompt", "+1 hour", "+1 day", "+1 week", "Date…", "Dark theme",
		"Lia", "Ada", "Ben", "Mei", "general", "Coach", "Messages", "Check in", "I'm stuck", "Reply in a thread to Coach", "Reply in a thread to Lia",
		"Close: three things to try", "Set up a cohort", "Move the clock", "Check in as a learner", "Message", "Send",
	} {
		b.do(typing(kb.Tab), until(fmt.Sprintf(`((e) => (e.getAttribute("aria-label") ?? e.labels?.[0]?.innerText ?? e.innerText).includes(%q))(document.activeElement)`, name)))
	}

	b.do(focus("#box"), typing("/coach setup"+kb.Enter), shows("dialog[open]", "Start a cohort"))
	b.named()
	for range 40 { // the focus stays in the dialog, or leaves the page altogether
		b.do(typing(kb.Tab), until(`document.activeElement === document.body || document.activeElement.closest("dialog") !== null`))
	}
	b.do(typing(kb.Escape), until(`!document.querySelector("dialog[open]") && document.activeElement === box`))

	for _, on := range []bool{false, true} {
		b.do(dark(on))
		low, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](lowContrast))
		if err != nil {
			t.Fatal(err)
		}
		diff(t, []string{}, low)
	}
}

// named checks that whatever can be used on the page has a name that a screen
// reader can say.
func (b *browser) named() {
	b.t.Helper()
	tree, err := chromedp.Call(b.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	used := map[string]int{}
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil || n.Name == nil {
			continue
		}
		role := strings.Trim(string(n.Role.Value), `"`)
		switch role {
		case "button", "link", "textbox", "checkbox", "radio", "combobox", "listbox", "option", "dialog", "navigation", "region", "group", "image", "Date", "InputTime":
			used[role]++
			if strings.Trim(string(n.Name.Value), `" `) == "" {
				b.t.Errorf("a %s has no name", role)
			}
		}
	}
	if used["button"] == 0 {
		b.t.Errorf("no button was looked at: %v", used)
	}
}

// lowContrast lists the texts on the page that stand out from what is behind
// them by less than 4.5 to 1, as WCAG 2.2 counts it (1.4.3, level AA).
const lowContrast = `(() => {
	const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
	const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
	const parse = (css) => css.match(/[\d.]+/g).map(Number);
	const behind = (e) => {
		for (; e; e = e.parentElement) {
			const [r, g, b, a = 1] = parse(getComputedStyle(e).backgroundColor);
			if (a === 1) return [r, g, b];
		}
	};
	const low = [];
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n; n = walk.nextNode();) {
		const e = n.parentElement;
		if (!n.data.trim() || !e.checkVisibility({ opacityProperty: true }) || e.closest(".hidden")) continue;
		const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
		if ((a + 0.05) / (b + 0.05) < 4.5) low.push(n.data.trim() + " " + ((a + 0.05) / (b + 0.05)).toFixed(2));
	}
	return low;
})()`
