package coach_test

import (
	"maps"
	"strings"
	"testing"
	"unicode"

	"studycoach/coach"
	"studycoach/content/say"
	"studycoach/schedule"
)

// hostile are things that people, or their programs, send.
var hostile = map[string]string{
	"nothing":         "",
	"blank":           " \n\t ",
	"huge":            strings.Repeat("a very long story ", 6000),
	"a long note":     "45m " + strings.Repeat("*a* _very_ long note ", 300),
	"a long blocker":  "45m, stuck on " + strings.Repeat("a *very* long_blocker ", 300),
	"one word":        strings.Repeat("x", 100_000),
	"escapes":         strings.Repeat(`\*_[`, 25_000),
	"lines":           strings.Repeat("line\n", 20_000),
	"control":         "a\x00b\x07c\x1b[31md\x7f\u0085e\r\nf",
	"right to left":   "אני למדתי 45m اليوم \u202etxt.exe\u2066",
	"emoji":           "👩‍💻🏳️‍🌈 45m 🇵🇹 ☕️",
	"zalgo":           "z" + strings.Repeat("\u0300\u0336\u035c", 200) + "algo 45m",
	"not UTF-8":       "\xff\xfe45m\xc0\x80\xed\xa0\x80",
	"markup":          "*b* _i_ `c` [t](https://evil.example) \\*x\\* ~~s~~ 45m",
	"half markup":     "*_`[](\\",
	"mentions":        "<!channel> @everyone <@U1> <script>alert(1)</script> 45m",
	"SQL":             "'; DROP TABLE learners; -- 45m",
	"redis":           "*1\r\n$8\r\nFLUSHALL\r\n{p00}",
	"template":        "{{.Name}} ${HOME} %s %n 45m",
	"negative":        "-45m -1 -2027-03-01",
	"enormous":        "99999999999999999999999999h 1e309m 0x7fffffff days",
	"Chinese":         "学习了 45 分钟，卡住了",
	"German":          "1,5 Stunden über Bäume gelernt",
	"Arabic":          "٤٥ دقيقة من القراءة",
	"path":            "../../etc/passwd /coach leave",
	"date":            "0000-00-00 9999-12-31 2027-02-30",
	"slashes":         "a/b/c//send/prompt/x/2027-03-01",
	"only stops":      "...!!!???",
	"null word":       "undefined null NaN true",
	"separators":      "a,b,,c;d|e",
	"zero width":      "\u200b\u200d\ufeff45\u200bm",
	"line separators": "a\u2028b\u2029c 45m",
}

// town is a world with something of everything in it.
func town(t tb) (*world, coach.CohortID) {
	w := newWorld(t)
	id := w.cohort("start", "2027-02-08")
	w.join("ada", "bob", "lena")
	w.cohortIn(other)
	for _, who := range []string{"ada", "lena"} {
		e := typed(w.event(who), "/coach join")
		e.Room = other
		w.handle(e)
	}
	w.say("ada", "/checkin 45m")
	w.press("ada", w.press("ada", w.say("ada", "/coach quiz").Message, "Just show it").Message, "Good")
	w.press("lena", w.submit("lena", w.say("lena", "/coach announce").Form, "text", "Hello", "date", "2027-03-20").Message, "Plan it")
	return w, id
}

// fields are the values that each command reads of its buttons and forms.
var fields = map[string][]string{
	"checkin":   {"time", "mode", "unit", "date", "finished", "note", "blocker"},
	"edit":      {"entry", "time", "mode", "unit", "date", "finished", "note", "blocker"},
	"amend":     {"at"},
	"retract":   {"at"},
	"done":      {"unit"},
	"undo":      {"entry"},
	"stuck":     {"unit", "note"},
	"away":      {"until"},
	"settings":  {"zone", "messages", "nudge", "rest", "quiet-from", "quiet-to", "board", "language"},
	"reveal":    {"q", "ask", "answer"},
	"rate":      {"q", "as"},
	"assess":    {"check"},
	"forget-me": {"cohort"},
	"setup":     {"name", "roadmap", "start", "zone", "prompt", "study", "summary-day", "summary-time", "goal"},
	"cohort":    {"form", "name", "roadmap", "start", "zone", "prompt", "study", "summary-day", "summary-time", "goal"},
	"announce":  {"text", "date", "time", "to"},
	"post":      {"id", "all"},
	"cancel":    {"id", "all"},
	"holiday":   {"date"},
}

func TestHostileInputIsAnsweredKindly(t *testing.T) {
	for _, row := range coach.Table() {
		t.Run(row.Name, func(t *testing.T) {
			t.Parallel()
			w, id := town(t)
			for name, text := range hostile {
				who := "ada"
				if row.Lead {
					who = "lena"
				}
				for _, way := range []string{"typed", "values", "one value", "cohort"} {
					w.attack(row.Name, name, text, way, who, id)
				}
				w.attack(row.Name, name, text, "typed", "stranger", id)
			}
			w.wantSane(id)
			w.clock(9, "10:00") // and what was planned meanwhile goes out
		})
	}
}

func (w *world) attack(verb, name, text, way, who string, id coach.CohortID) {
	w.Helper()
	send := func(change func(e *coach.Event)) {
		e := w.event(who)
		e.Verb = verb
		change(&e)
		reply := w.handle(e)
		if textOf(reply.Message) == "" && reply.Form == nil && verb != "amend" && verb != "retract" {
			w.Errorf("%s with %s, %s: no reply", verb, name, way)
		}
		w.wantNot(textOf(reply.Message), "Something went wrong")
	}
	switch way {
	case "typed":
		send(func(e *coach.Event) { e.Text = text })
		send(func(e *coach.Event) { e.Text, e.Name = text, text })
		send(func(e *coach.Event) { e.Text, e.Room = text, e.From.Direct() })
		send(func(e *coach.Event) {
			e.Text, e.Room, e.Args = text, e.From.Direct(), map[string]string{"unit": text, text: "x"}
		})
		if !strings.Contains(verb, "forget") && verb != "leave" {
			send(func(e *coach.Event) { e.Verb, e.Text = "coach", verb+" "+text })
		}
	case "values":
		all := map[string]string{"text": text}
		for _, names := range fields {
			for _, field := range names {
				all[field] = text
			}
		}
		all["cohort"] = string(id)
		send(func(e *coach.Event) { e.Args, e.Submit = all, true })
		send(func(e *coach.Event) { e.Args = all })
	case "one value":
		for _, field := range fields[verb] {
			send(func(e *coach.Event) {
				e.Args, e.Submit = everyArg(id), true
				e.Args[field] = text
			})
		}
	case "cohort":
		send(func(e *coach.Event) {
			e.Args = map[string]string{"cohort": text, text: text}
			e.Room = e.From.Direct()
		})
		send(func(e *coach.Event) {
			e.Args, e.Chosen = map[string]string{"cohort": text}, true
		})
	}
}

// wantSane reports what should not be in a store, whatever was sent.
func (w *world) wantSane(id coach.CohortID) {
	w.Helper()
	learners, err := w.store.Learners(w.Context(), id, "", 100)
	if err != nil {
		w.Fatalf("learners: %v", err)
	}
	for _, l := range learners {
		s, err := w.store.Load(w.Context(), coach.Scope{Cohort: id, Learner: l.ID, Entries: true})
		if err != nil {
			w.Fatalf("load: %v", err)
		}
		w.short("a name", l.Name, 64)
		if strings.ContainsFunc(l.Name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
			w.Errorf("the name %q would upset a line", l.Name)
		}
		for _, e := range s.Entries {
			w.short("a note", e.Note, 1000)
			w.short("a blocker", e.Blocker, 1000)
			if strings.ContainsFunc(e.Note+e.Blocker, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
				w.Errorf("the note %q has control characters", e.Note)
			}
			if _, known := mustRoadmap().Unit(e.Unit); !known && e.Kind != coach.Undo || e.Minutes() > coach.MaxMinutes || e.Date < day(1)-3 || e.Date > day(1) {
				w.Errorf("the entry is %+v", e)
			}
		}
		if _, err := schedule.LoadZone(l.Settings.Zone); l.Settings.Zone != "" && err != nil {
			w.Errorf("the zone is %q", l.Settings.Zone)
		}
	}
	if co := w.loadIn(id, "ada").Cohort; co == nil || len(co.Holidays) > 100 {
		w.Errorf("the cohort is %+v", co)
	}
}

func TestHostileTextIsShownAsItIs(t *testing.T) {
	literal := func(name string) string {
		return strings.Join(strings.Fields(hostile[name]), " ")
	}
	for _, name := range []string{"markup", "half markup", "mentions", "SQL", "template"} {
		t.Run(name, func(t *testing.T) {
			text := literal(name)
			w := newWorld(t)
			form := w.say("lena", "/coach setup").Form
			clipped := text[:min(len(text), 60)]
			w.wantText(w.submit("lena", form, "name", clipped, "start", "2027-03-01"), clipped)
			join := typed(w.event("ada"), "/coach join")
			join.Name = text
			w.wantText(w.handle(join), text)
			e := func(verb string) coach.Event {
				e := w.event("ada")
				e.Verb, e.Name = verb, text
				return e
			}
			me := e("me")
			w.wantText(w.handle(me), text)
			w.say("ada", "/coach settings board on")
			note := e("checkin")
			note.Args, note.Submit = map[string]string{"time": "45m", "unit": "w01d1", "date": "2027-03-01", "note": text, "blocker": text}, true
			reply := w.handle(note)
			w.wantText(reply, "Note: "+text, "Stuck on: "+text)
			w.literal(reply.Message, text)
			board := e("board")
			w.literal(w.handle(board).Message, text)
			for _, command := range []string{"/coach roster", "/coach attention", "/coach cohort"} {
				w.literal(w.say("lena", command).Message, "")
			}
			w.wantText(w.say("lena", "/coach attention"), text)
			preview := w.submit("lena", w.say("lena", "/coach announce").Form, "text", text)
			w.wantText(preview, text)
			w.literal(preview.Message, text)
			w.press("lena", preview.Message, "Post it now")
			for _, unknown := range []string{"/coach settings ", "/coach away ", "/coach holiday ", "/coach lead "} {
				who := "ada"
				if unknown == "/coach holiday " || unknown == "/coach lead " {
					who = "lena"
				}
				w.literal(w.say(who, unknown+text).Message, "")
			}
			w.clock(7, "19:00")
			for _, p := range w.posts {
				w.literal(&p.Message, "")
			}
			summary := w.last(coach.ClassSummary, general)
			if title, want := summary.Message.Blocks[0].Title, clipped+": the week of "; !strings.HasPrefix(title, want) {
				t.Errorf("the summary is headed %q, want %q", title, want)
			}
			announced := w.last(coach.ClassAnnouncement, general)
			w.wantIn(textOf(&announced.Message), text)
		})
	}
}

// literal reports markup that came from people: a link that is not one of the
// roadmap's, or a part of what they wrote in a style of its own.
func (w *world) literal(m *coach.Message, text string) {
	w.Helper()
	if m == nil {
		return
	}
	for _, b := range m.Blocks {
		for _, span := range say.Parse(b.Text + "\n" + b.Context) {
			if span.Style == say.Anchor && strings.Contains(span.URL, "evil") || span.Style != say.Plain && (span.Text == "b" || span.Text == "i" || span.Text == "c") {
				w.Errorf("%q became %s", text, span.Style)
			}
		}
	}
}

func TestArgumentsOfAnEventAreLeftAlone(t *testing.T) {
	w, id := town(t)
	e := w.event("ada")
	e.Verb, e.Submit, e.Args = "checkin", true, everyArg(id)
	e.Args["note"] = " spaced \x00"
	before := maps.Clone(e.Args)
	w.handle(e)
	if !maps.Equal(before, e.Args) {
		t.Errorf("the arguments became %v", e.Args)
	}
}

func FuzzHandle(f *testing.F) {
	for _, text := range hostile {
		if len(text) < 1000 {
			f.Add("checkin", text, "note", text, true)
			f.Add("coach", "settings "+text, "cohort", text, false)
			f.Add("", text, "", "", false)
		}
	}
	f.Fuzz(func(t *testing.T, verb, text, name, value string, submit bool) {
		w, id := town(t)
		for _, who := range []string{"ada", "lena", "stranger"} {
			for _, room := range []coach.RoomID{general, user(who).Direct()} {
				e := w.event(who)
				e.Room, e.Verb, e.Text, e.Submit = room, verb, text, submit
				e.Args = everyArg(id)
				e.Args[name] = value
				w.handle(e)
			}
		}
		w.clock(2, "10:00")
	})
}
