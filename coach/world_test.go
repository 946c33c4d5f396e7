package coach_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"studycoach/coach"
	"studycoach/content"
	"studycoach/content/say"
	"studycoach/schedule"
)

// world is a small place to try the coach in: one workspace, a clock that only
// the test moves, and everything that was posted. Whatever the coach says in it
// is held to the limits of a message.
type world struct {
	tb
	store  *memory
	coach  *coach.Coach
	runner *schedule.Runner
	now    time.Time
	zones  map[string]string // that the platform knows of people
	posts  []post
	events int
	refuse string // why no room takes anything; empty: they do
}

// tb is what tests and properties have in common.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Context() context.Context
}

// post is a delivery that went out.
type post struct {
	coach.Delivery
	at time.Time
}

// monday is when a world begins.
var monday = time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)

const (
	general = coach.RoomID("web/playground/general")
	other   = coach.RoomID("web/playground/other")
)

// library is the built-in roadmap: weeks 1 to 4, six units each.
var library = sync.OnceValue(func() *content.Library {
	l, err := content.Embedded()
	if err != nil {
		panic(err)
	}
	return l
})

func newWorld(t tb) *world {
	w := &world{tb: t, store: newMemory(), now: monday, zones: map[string]string{}}
	w.coach = coach.New(w.store, library())
	handlers := w.coach.Handlers(func() float64 { return 0 })
	handlers[coach.Deliver] = func(_ context.Context, j schedule.Job, now time.Time) schedule.Outcome {
		d, err := coach.DeliveryOf(j)
		if err != nil {
			return schedule.Outcome{State: schedule.Dead, Reason: err.Error()}
		}
		w.within(&d.Message)
		if w.refuse != "" && !d.Room.IsDirect() {
			return schedule.Outcome{State: schedule.Dead, Reason: w.refuse}
		}
		w.posts = append(w.posts, post{d, now})
		return schedule.Outcome{}
	}
	w.runner = schedule.NewRunner(schedule.RunnerOptions{Queue: w.store, Handlers: handlers})
	return w
}

func user(name string) coach.UserRef { return coach.User("web", "playground", name) }

// event begins an event of somebody in the general room.
func (w *world) event(who string) coach.Event {
	w.events++
	return coach.Event{
		ID: fmt.Sprint("event ", w.events), From: user(who), Name: strings.ToUpper(who[:1]) + who[1:], Zone: w.zones[who],
		Room: general, At: w.now,
	}
}

// handle answers an event, which must not fail.
func (w *world) handle(e coach.Event) coach.Reply {
	w.Helper()
	reply, err := w.coach.Handle(w.Context(), e)
	if err != nil {
		w.Fatalf("%s %q %v: %v", e.Verb, e.Text, e.Args, err)
	}
	if reply.Message != nil {
		w.within(reply.Message)
	}
	if reply.Form != nil {
		w.formWithin(reply.Form)
	}
	return reply
}

// typed makes an event of what somebody types: a slash command, or plain text.
func typed(e coach.Event, text string) coach.Event {
	if command, ok := strings.CutPrefix(text, "/"); ok {
		e.Verb, e.Text, _ = strings.Cut(command, " ")
		return e
	}
	e.Text = text
	return e
}

// say has somebody type in the general room.
func (w *world) say(who, text string) coach.Reply {
	w.Helper()
	return w.handle(typed(w.event(who), text))
}

// dm has somebody type to the coach alone.
func (w *world) dm(who, text string) coach.Reply {
	w.Helper()
	e := typed(w.event(who), text)
	e.Room = e.From.Direct()
	return w.handle(e)
}

// thread has somebody write in the thread of a post.
func (w *world) thread(who string, p post, text string) coach.Reply {
	w.Helper()
	e := typed(w.event(who), text)
	e.Thread = p.Key
	return w.handle(e)
}

// amend has somebody edit, in their direct messages, what they wrote at a time.
func (w *world) amend(who string, written time.Time, text string) coach.Reply {
	w.Helper()
	return w.handle(w.changed(who, "amend", written, text))
}

// retract has somebody delete what they wrote at a time.
func (w *world) retract(who string, written time.Time) coach.Reply {
	w.Helper()
	return w.handle(w.changed(who, "retract", written, ""))
}

// changed is what the platform tells of an edited or deleted direct message.
func (w *world) changed(who, verb string, written time.Time, text string) coach.Event {
	e := w.event(who)
	e.Room, e.Verb, e.Text, e.Args = e.From.Direct(), verb, text, map[string]string{"at": strconv.FormatInt(written.Unix(), 10)}
	return e
}

// press has somebody press the button with a label, in their direct messages.
func (w *world) press(who string, m *coach.Message, label string) coach.Reply {
	w.Helper()
	return w.handle(w.pressed(who, m, label))
}

func (w *world) pressed(who string, m *coach.Message, label string) coach.Event {
	w.Helper()
	e := w.event(who)
	e.Room = e.From.Direct()
	a, ok := button(m, label)
	if !ok {
		w.Fatalf("no button %q in %q, %v", label, textOf(m), buttons(m))
	}
	e.Verb, e.Args = a.Verb, a.Args
	return e
}

// submit has somebody fill in a form, with names and values of fields in turn;
// the other fields stay as they are.
func (w *world) submit(who string, f *coach.Form, values ...string) coach.Reply {
	w.Helper()
	return w.handle(w.submitted(who, f, values...))
}

func (w *world) submitted(who string, f *coach.Form, values ...string) coach.Event {
	w.Helper()
	if f == nil {
		w.Fatalf("there is no form")
	}
	e := w.event(who)
	e.Verb, e.Submit, e.Args = f.Verb, true, map[string]string{}
	for _, field := range f.Fields {
		e.Args[field.Name] = field.Value
	}
	maps.Copy(e.Args, f.Args)
	for i := 0; i < len(values); i += 2 {
		if fieldOf(f, values[i]) == nil {
			w.Fatalf("form %s has no field %q", f.Verb, values[i])
		}
		e.Args[values[i]] = values[i+1]
	}
	return e
}

// fire lets time pass up to an instant, with everything that falls due.
func (w *world) until(to time.Time) {
	w.Helper()
	if err := w.runner.Advance(w.Context(), w.now, to, func(t time.Time) { w.now = t }); err != nil {
		w.Fatalf("advance to %s: %v", to, err)
	}
}

// clock lets time pass up to a time of a day, as the world began: "day 3 09:30"
// is the Wednesday of its first week, in UTC.
func (w *world) clock(day int, clock string) {
	w.Helper()
	w.until(at(day, clock))
}

// at is a time of a day, day 1 being the Monday on which a world begins.
func at(day int, clock string) time.Time {
	t, err := schedule.ParseTimeOfDay(clock)
	if err != nil {
		panic(err)
	}
	return time.Date(2027, 3, day, t.Hour(), t.Minute(), 0, 0, time.UTC)
}

// day is the date of a day.
func day(n int) schedule.Date { return schedule.DateOf(2027, 3, n) }

// skip lets time pass without anything being done, as when the process is down.
func (w *world) skip(day int, clock string) { w.now = at(day, clock) }

// cohort has lena set a cohort up in the general room, from today on, with names
// and values of the form's fields in turn.
func (w *world) cohort(values ...string) coach.CohortID {
	w.Helper()
	return w.cohortIn(general, values...)
}

func (w *world) cohortIn(room coach.RoomID, values ...string) coach.CohortID {
	w.Helper()
	e := typed(w.event("lena"), "/coach setup")
	e.Room = room
	form := w.handle(e).Form
	e = w.submitted("lena", form, append([]string{"name", "Crew", "start", schedule.LocalDate(w.now, time.UTC).String()}, values...)...)
	e.Room = room
	w.wantText(w.handle(e), "is set up")
	id, err := w.store.CohortIn(w.Context(), room)
	if err != nil {
		w.Fatalf("no cohort in %s: %v", room, err)
	}
	return id
}

// join has people join the cohort of the general room.
func (w *world) join(names ...string) {
	w.Helper()
	for _, who := range names {
		w.wantText(w.say(who, "/coach join"), "Welcome to")
	}
}

// load reads everything about somebody in the cohort of the general room.
func (w *world) load(who string) coach.State {
	w.Helper()
	id, err := w.store.CohortIn(w.Context(), general)
	if err != nil {
		w.Fatalf("no cohort: %v", err)
	}
	return w.loadIn(id, who)
}

func (w *world) loadIn(id coach.CohortID, who string) coach.State {
	w.Helper()
	s, err := w.store.Load(w.Context(), coach.Scope{Cohort: id, Learner: user(who), Entries: true, Cards: true, Assessments: true})
	if err != nil {
		w.Fatalf("load %s: %v", who, err)
	}
	return s
}

// waiting lists the keys of jobs of a kind that wait.
func (w *world) waiting(prefix string) []string {
	w.Helper()
	jobs, err := w.store.List(w.Context(), schedule.Waiting, prefix, 1000)
	if err != nil {
		w.Fatalf("list: %v", err)
	}
	var keys []string
	for _, j := range jobs {
		keys = append(keys, j.Key)
	}
	return keys
}

// posted returns what went out of a class, to a room or anywhere if it is "".
func (w *world) posted(class coach.Class, room coach.RoomID) []post {
	return slices.DeleteFunc(slices.Clone(w.posts), func(p post) bool {
		return p.Class != class || room != "" && p.Room != room
	})
}

// last returns the last post of a class, which must be there.
func (w *world) last(class coach.Class, room coach.RoomID) post {
	w.Helper()
	all := w.posted(class, room)
	if len(all) == 0 {
		w.Fatalf("no %s was posted", class)
	}
	return all[len(all)-1]
}

// times renders when posts went out: "Mon 1 09:00".
func times(posts []post) []string {
	var list []string
	for _, p := range posts {
		list = append(list, p.at.UTC().Format("Mon 2 15:04"))
	}
	return list
}

// snapshot is everything the store holds but receipts, which only say what was
// answered.
func (w *world) snapshot() map[string]string {
	w.Helper()
	dump, err := w.store.Dump(w.Context())
	if err != nil {
		w.Fatalf("dump: %v", err)
	}
	maps.DeleteFunc(dump, func(key, _ string) bool { return strings.HasPrefix(key, "receipts") })
	return dump
}

// unchanged reports what a step changed that should change nothing.
func (w *world) unchanged(what string, before map[string]string) {
	w.Helper()
	after := w.snapshot()
	for key, value := range after {
		if before[key] != value {
			w.Errorf("%s: %s changed\nfrom %s\n  to %s", what, key, before[key], value)
		}
	}
	for key := range before {
		if _, ok := after[key]; !ok {
			w.Errorf("%s: %s is gone", what, key)
		}
	}
}

// textOf is a whole message as plain text.
func textOf(m *coach.Message) string {
	if m == nil {
		return ""
	}
	var parts []string
	for _, b := range m.Blocks {
		parts = append(parts, b.Title, say.Unmarked(b.Text), b.Code, say.Unmarked(b.Context))
		for _, f := range b.Fields {
			parts = append(parts, f.Label+": "+say.Unmarked(f.Value))
		}
		if b.Image != nil {
			parts = append(parts, b.Image.Alt)
		}
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}

// wantText reports what a reply should say and does not.
func (w *world) wantText(r coach.Reply, parts ...string) {
	w.Helper()
	w.wantIn(textOf(r.Message), parts...)
}

func (w *world) wantIn(text string, parts ...string) {
	w.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			w.Errorf("%q does not say %q", text, part)
		}
	}
}

// wantNot reports what a text should not say and does.
func (w *world) wantNot(text string, parts ...string) {
	w.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			w.Errorf("%q says %q", text, part)
		}
	}
}

// wantLine reports a reply that is not the line.
func (w *world) wantLine(r coach.Reply, line any) {
	w.Helper()
	if got, want := textOf(r.Message), say.Unmarked(say.Text(line)); got != want {
		w.Errorf("reply is %q, want %q", got, want)
	}
}

// wantError reports a form without an error at a field, or with errors at other
// ones.
func (w *world) wantError(r coach.Reply, field, part string) {
	w.Helper()
	if r.Form == nil {
		w.Fatalf("no form came back but %q", textOf(r.Message))
	}
	for _, f := range r.Form.Fields {
		if f.Name != field && f.Error != "" {
			w.Errorf("field %s has the error %q", f.Name, f.Error)
		}
		if f.Name == field && !strings.Contains(f.Error, part) || f.Name == field && f.Error == "" {
			w.Errorf("field %s has the error %q, want %q", f.Name, f.Error, part)
		}
	}
}

func fieldOf(f *coach.Form, name string) *coach.FormField {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	return nil
}

func button(m *coach.Message, label string) (coach.Action, bool) {
	if m != nil {
		for _, b := range m.Blocks {
			for _, a := range b.Actions {
				if a.Label == label {
					return a, true
				}
			}
		}
	}
	return coach.Action{}, false
}

// buttons lists the labels of a message's buttons.
func buttons(m *coach.Message) (labels []string) {
	if m == nil {
		return nil
	}
	for _, b := range m.Blocks {
		for _, a := range b.Actions {
			labels = append(labels, a.Label)
		}
	}
	return labels
}

// within holds a message to the limits that it documents.
func (w *world) within(m *coach.Message) {
	w.Helper()
	for _, b := range m.Blocks {
		w.short("a title", b.Title, 150)
		w.short("a text", b.Text, 3000)
		w.short("a listing", b.Code, 1500)
		w.short("small print", b.Context, 3000)
		if stray := say.Stray(b.Text); stray != "" {
			w.Errorf("a mark has no partner: %q", stray)
		}
		if len(b.Fields) > 10 || len(b.Actions) > 5 {
			w.Errorf("%d fields and %d buttons in a block", len(b.Fields), len(b.Actions))
		}
		if b.Title == "" && b.Text == "" && b.Code == "" && b.Context == "" && len(b.Fields)+len(b.Actions) == 0 && b.Image == nil {
			w.Errorf("a block of %q is empty", textOf(m))
		}
		for _, f := range b.Fields {
			w.short("a field's label", f.Label, 75)
			w.short("a field's value", f.Value, 1000)
		}
		for _, a := range b.Actions {
			w.action(a)
		}
		if b.Image != nil {
			w.short("an alt text", b.Image.Alt, 2000)
		}
	}
}

func (w *world) action(a coach.Action) {
	w.Helper()
	w.short("a button", a.Label, 40)
	size := len(a.Verb)
	for k, v := range a.Args {
		size += len(k) + len(v)
		w.short("an argument", k+v, 80)
	}
	if size > 80 || a.Label == "" || a.Verb == "" {
		w.Errorf("button %q has %d bytes: %s %q", a.Label, size, a.Verb, a.Args)
	}
}

func (w *world) formWithin(f *coach.Form) {
	w.Helper()
	w.short("a form's title", f.Title, 24)
	w.short("a form's intro", f.Intro, 3000)
	w.short("a form's button", f.Submit, 24)
	for _, field := range f.Fields {
		limit := 45
		if field.Kind == coach.FieldYes {
			limit = 150
		}
		w.short("a label", field.Label, limit)
		w.short("a hint", field.Hint, 100)
		w.short("an error", field.Error, 300)
		w.short("a value", field.Value, max(field.Max, 150))
		if field.Label == "" {
			w.Errorf("field %s has no label", field.Name)
		}
		for _, o := range field.Options {
			w.short("an option", o.Label, 75)
			w.short("an option's value", o.Value, 100)
		}
		if len(field.Options) > 25 {
			w.Errorf("field %s has %d options", field.Name, len(field.Options))
		}
	}
}

func (w *world) short(what, text string, limit int) {
	w.Helper()
	if n := utf8.RuneCountInString(text); n > limit {
		w.Errorf("%s has %d characters of %d: %.200q", what, n, limit, text)
	}
	if !utf8.ValidString(text) {
		w.Errorf("%s is not UTF-8: %q", what, text)
	}
}

// mustRoadmap is the roadmap of the library.
func mustRoadmap() *content.Roadmap { return library().Roadmaps()[0] }

// contextDown is a context in which every call of a store fails.
func contextDown(t tb) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx, cancel
}
