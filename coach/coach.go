package coach

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"studycoach/content"
	"studycoach/content/say"
	"studycoach/schedule"
)

// Coach answers events and carries out jobs. It keeps nothing between calls that
// could be wrong; its methods are safe for use by many goroutines.
type Coach struct {
	store   Store
	library *content.Library

	rooms   *memo[RoomID, CohortID]     // where cohorts were found
	courses *memo[CohortID, madeCourse] // as they were made before
}

// New returns a coach over a store and the roadmaps it may teach.
func New(store Store, library *content.Library) *Coach {
	return &Coach{
		store: store, library: library,
		rooms: newMemo[RoomID, CohortID](maxWhereabouts), courses: newMemo[CohortID, madeCourse](maxCourses),
	}
}

// Bounds on what a person may send.
const (
	maxText = 4000 // characters of a text or a form's value; more is cut
	maxName = 64   // characters of a display name
	maxNote = 1000 // characters of a note or blocker
)

// Handle answers an event. An event that was handled before, by this or
// another replica, changes nothing and gets the answer of the first time. A
// refusal is a reply like any other. Any other failure is returned together with
// a reply that tells the person, under an id, that nothing was changed, or, with
// [ErrUnknown], that this is not known; the error carries the same id.
func (c *Coach) Handle(ctx context.Context, e Event) (Reply, error) {
	e.Text, e.Name = clean(e.Text), clip(oneLine(clean(e.Name)), maxName)
	args := make(map[string]string, len(e.Args))
	for name, value := range e.Args {
		if utf8.ValidString(name) {
			args[name] = clean(value)
		}
	}
	e.Args = args
	reply, err := c.answer(ctx, e)
	var refusal *Refusal
	switch {
	case err == nil:
		return reply, nil
	case errors.As(err, &refusal):
		return refusal.reply(), nil
	default:
		id := "e-" + strings.ToLower(shortID(e.ID)[:8])
		return Reply{Message: Say(Text(say.Text(say.Oops{ID: id, Unsure: errors.Is(err, ErrUnknown)})))}, fmt.Errorf("handle event %s: %w", id, err)
	}
}

// partly says of an error that what went before it may be kept, where something did.
func partly(before bool, err error) error {
	if err == nil || !before {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnknown, err)
}

// request is an event on its way to a command.
type request struct {
	Event
	command *command
	cohort  CohortID // empty for commands that need none
	plain   bool     // it was plain text, which no form can answer

	remembered bool // the cohort is the one that was found in the room before

	written time.Time // of an edited message: when it was first written; else zero
}

// reported is when the sender told what the request is about; whole seconds.
func (r request) reported() time.Time {
	if !r.written.IsZero() {
		return r.written
	}
	return r.At.Truncate(time.Second)
}

func (c *Coach) answer(ctx context.Context, e Event) (Reply, error) {
	if e.Verb == "" {
		return c.chat(ctx, e)
	}
	cmd, e, err := lookup(e)
	if err != nil {
		return Reply{}, err
	}
	return c.run(ctx, request{Event: e, command: cmd})
}

func (c *Coach) run(ctx context.Context, r request) (Reply, error) {
	if r.command.who != anybody {
		if id, ok := c.remembered(r); ok {
			r.cohort, r.remembered = id, true
			if reply, err := r.command.run(c, ctx, r); !errors.Is(err, errMoved) {
				return reply, err
			}
			r.remembered = false
		}
		id, err := c.cohortOf(ctx, r.Event)
		if err != nil {
			return Reply{}, err
		}
		r.cohort = id
	}
	return r.command.run(c, ctx, r)
}

// chat answers plain text: a check-in where it holds a time, in a prompt's
// thread or in the direct messages; a command in the direct messages, as long
// as what follows its name can belong to it ("leave it to me" is no "leave");
// elsewhere people are left to themselves.
func (c *Coach) chat(ctx context.Context, e Event) (Reply, error) {
	if !e.listened() {
		return Reply{}, nil
	}
	said, err := ParseSaid(e.Text)
	if err == nil && said.Minutes == 0 {
		if !e.Room.IsDirect() {
			return Reply{}, nil
		}
		if cmd, named, err := lookup(Event{Verb: "coach", Text: e.Text}); err == nil && (named.Text == "" || cmd.usage() != "") {
			e.Verb, e.Text = named.Verb, named.Text
			return c.run(ctx, request{Event: e, command: cmd})
		}
		return Reply{}, refuse(say.Chat{}, press(say.ButtonCheckIn, "checkin"), press(say.ButtonToday, "today"), press(say.ButtonHelp, "help"))
	}
	e.Verb = "checkin"
	return c.run(ctx, request{Event: e, command: commands["checkin"], plain: true})
}

// listened tells whether plain text was written where it can be a check-in.
func (e Event) listened() bool { return e.Room.IsDirect() || isPrompt(e.Thread) }

// cohortOf finds the cohort that an event is about: the one it names, the one
// of the room, or the only one its sender is in.
func (c *Coach) cohortOf(ctx context.Context, e Event) (CohortID, error) {
	if named := e.Arg("cohort"); named != "" {
		if e.Chosen {
			return c.cohortNamed(ctx, e, named)
		}
		return CohortID(named), nil
	}
	if !e.Room.IsDirect() {
		id, err := c.store.CohortIn(ctx, e.Room)
		if err == nil {
			c.rooms.put(e.Room, id)
		}
		if !errors.Is(err, ErrNotFound) {
			return id, err
		}
	}
	ids, err := c.store.CohortsOf(ctx, e.From)
	if err != nil {
		return "", err
	}
	switch len(ids) {
	case 0:
		return "", refuse(say.NoCohort{})
	case 1:
		return ids[0], nil
	}
	mine, err := c.loadCohorts(ctx, ids)
	if err != nil {
		return "", err
	}
	return "", askWhich(e, mine, say.WhichCohort{})
}

// cohortNamed finds the one of the sender's cohorts whose id or name they typed.
// All others are unknown here, whether or not there are such.
func (c *Coach) cohortNamed(ctx context.Context, e Event, typed string) (CohortID, error) {
	mine, err := c.cohortsOf(ctx, e.From)
	if err != nil {
		return "", err
	}
	var meant []CohortID
	for _, co := range mine {
		if string(co.ID) == typed {
			return co.ID, nil
		}
		if co.goesBy(typed) {
			meant = append(meant, co.ID)
		}
	}
	if len(meant) == 1 {
		return meant[0], nil
	}
	return "", askWhich(e, mine, say.WhichCohort{Typed: quoted(typed, 60), Several: len(meant) > 1, None: len(mine) == 0})
}

// goesBy tells whether somebody who typed this means the cohort's name.
func (c *Cohort) goesBy(typed string) bool { return strings.EqualFold(c.Name, oneLine(typed)) }

// names tells whether the event names the cohort.
func (e Event) names(co *Cohort) bool {
	named := e.Arg("cohort")
	return string(co.ID) == named || e.Chosen && co.goesBy(named)
}

// cohortsOf loads the cohorts that some accounts are in or lead.
func (c *Coach) cohortsOf(ctx context.Context, accounts ...UserRef) ([]*Cohort, error) {
	var all []CohortID
	for _, u := range accounts {
		ids, err := c.store.CohortsOf(ctx, u)
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	slices.Sort(all)
	return c.loadCohorts(ctx, slices.Compact(all))
}

// loadCohorts loads those of the cohorts that are there.
func (c *Coach) loadCohorts(ctx context.Context, ids []CohortID) (there []*Cohort, err error) {
	for _, id := range ids {
		s, err := c.store.Load(ctx, Scope{Cohort: id})
		if err != nil {
			return nil, err
		}
		if s.Cohort != nil {
			there = append(there, s.Cohort)
		}
	}
	return there, nil
}

// askWhich is the refusal that lets the sender pick one of their cohorts.
func askWhich(e Event, mine []*Cohort, line say.WhichCohort) error {
	var which []Action
	for _, co := range mine[:min(len(mine), maxActions)] {
		a := Action{Label: clip(co.Name, 40), Verb: e.Verb, Args: map[string]string{}}
		if !e.Submit {
			maps.Copy(a.Args, e.Args)
		}
		if a.Args["cohort"] = string(co.ID); e.Text != "" {
			a.Args["text"] = e.Text
		}
		if a.size() > actionSize {
			line.Cut = true
			a.Args = map[string]string{"cohort": string(co.ID)}
			if text := clipBytes(e.Text, actionSize-a.size()-len("text")); saysTheSame(text, e.Text) {
				a.Args["text"] = text
			}
		}
		which = append(which, a)
	}
	return refuse(line, which...)
}

// saysTheSame tells whether a check-in cut short is the same but for its note.
func saysTheSame(short, text string) bool {
	a, errA := ParseSaid(short)
	b, errB := ParseSaid(text)
	a.Note, b.Note = "", ""
	return errA == nil && errB == nil && a == b
}

// maxActions is how many buttons stand in one row: the least of the platforms,
// Discord's 5 (https://docs.discord.com/developers/components/reference#action-row).
const maxActions = 5

// view answers from what scope names, after checking that the sender may ask.
func (c *Coach) view(ctx context.Context, r request, scope Scope, fn func(State) (Reply, error)) (Reply, error) {
	scope.Cohort = r.cohort
	s, err := c.loadFor(ctx, r.From, scope)
	if err != nil {
		return Reply{}, err
	}
	if err := r.settled(s); err != nil {
		return Reply{}, err
	}
	if err := r.admit(s); err != nil {
		return Reply{}, err
	}
	if err := c.welcomeBack(ctx, r, s.Learner); err != nil {
		return Reply{}, err
	}
	return fn(s)
}

// update commits what fn changes of what scope names, once for an event,
// after checking that the sender may. The counters and boards that follow from
// a changed learner are added here and nowhere else.
func (c *Coach) update(ctx context.Context, r request, scope Scope, fn func(State) (Change, Reply, error)) (Reply, error) {
	scope.Cohort, scope.Event = r.cohort, r.ID
	var reply Reply
	receipt, dup, err := c.updateFor(ctx, r.From, scope, func(s State) (Change, error) {
		if err := r.settled(s); err != nil {
			return Change{}, err
		}
		if err := r.admit(s); err != nil {
			return Change{}, err
		}
		before := s.Learner
		change, answer, err := fn(s)
		if err != nil {
			return Change{}, err
		}
		if err := c.noteSender(&change, s, r); err != nil {
			return Change{}, err
		}
		if change.Learner != nil || change.Forget {
			if err := c.addTotals(&change, s, before, r.At); err != nil {
				return Change{}, err
			}
		}
		reply = answer
		change.Receipt, err = json.Marshal(answer)
		return change, err
	})
	if err != nil || !dup {
		return reply, err
	}
	if receipt == nil {
		return Reply{}, refuse(say.Already{})
	}
	reply = Reply{} // not what was made of it this time
	err = json.Unmarshal(receipt, &reply)
	return reply, err
}

// admit checks that the sender may use the command.
func (r request) admit(s State) error {
	switch {
	case r.command.who == anybody:
		return nil
	case s.Cohort == nil:
		return refuse(say.NoCohort{})
	case r.command.who == leads && !s.ledBy(r.From):
		return refuse(say.LeadsOnly{Command: r.command.name})
	case r.command.who == learners && (s.Learner == nil || s.Learner.Left != 0):
		return r.notALearner(s.Cohort)
	}
	return nil
}

// notALearner refuses what only learners of the cohort can do.
func (r request) notALearner(co *Cohort) error {
	return refuse(say.NotALearner{Cohort: say.Literal(co.Name)}, r.to(press(say.ButtonJoin, "join")))
}

// turned tells whether the request is a press on a button of what it shows.
func (r request) turned() bool { return r.Arg("cohort") != "" && !r.Chosen }

// to makes the button, which was made for it, act on the request's cohort,
// wherever it is pressed.
func (r request) to(a Action) Action {
	if a.Args == nil {
		a.Args = map[string]string{}
	}
	if a.Args["cohort"] == "" {
		a.Args["cohort"] = string(r.cohort)
	}
	return a
}

// press is a button for a verb, with names and values of its arguments in turn.
func press(label say.Word, verb string, args ...string) Action {
	a := Action{Label: label.String(), Verb: verb}
	for i := 0; i+1 < len(args); i += 2 {
		if a.Args == nil {
			a.Args = map[string]string{}
		}
		a.Args[args[i]] = args[i+1]
	}
	return a
}

// roadmapOf returns the roadmap of a cohort.
func (c *Coach) roadmapOf(co *Cohort) (*content.Roadmap, error) {
	r, ok := c.library.Roadmap(co.Roadmap)
	if !ok {
		return nil, fmt.Errorf("cohort %s: no roadmap %q is loaded", co.ID, co.Roadmap)
	}
	return r, nil
}

// zoneOf returns the zone in which a learner lives: their own, else the
// cohort's. l may be nil.
func zoneOf(co *Cohort, l *Learner) *time.Location {
	for _, name := range []string{ownZone(l), co.Zone} {
		if loc, err := schedule.LoadZone(name); err == nil {
			return loc
		}
	}
	return time.UTC
}

func ownZone(l *Learner) string {
	if l == nil {
		return ""
	}
	return l.Settings.Zone
}

// shortID derives an id from a text: 10 characters of A-Z and 2-7.
func shortID(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base32.StdEncoding.EncodeToString(sum[:])[:10]
}

// clean makes what a person sent safe to keep and to show: UTF-8 without
// control characters but line ends and tabs, of a bounded length.
func clean(s string) string {
	if len(s) > 4*maxText {
		s = s[:4*maxText]
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return clip(strings.TrimSpace(s), maxText)
}

// oneLine makes a name of a text: words between single spaces, and none of the
// marks that would turn the line around in which it stands.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// clip cuts s to at most n characters, with an ellipsis where something went.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n-1])) + "…"
}

// clipBytes cuts s to at most n bytes, between characters.
func clipBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimSpace(s[:n])
}
