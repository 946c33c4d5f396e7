package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"studycoach/coach/storetest"
)

var faults = flag.String("faults", "short", `"full" tells every story on a Cluster, and of eight weeks of three bots`)

// TestStories tells the stories of testdata/stories, on each kind of store; on a
// Cluster some of them, with -faults=full all.
// A story is a conversation with a bot that runs in a process of its own; what
// its commands do is said at their functions. What one prints is looked at with
// stdout, and a ! before it expects that it is refused.
//
// The playground's clock never goes back, so the stories lie in years ahead of
// the ones in which they are told.
func TestStories(t *testing.T) {
	every := filepath.Join("testdata", "stories", "*.txtar")
	t.Run("embedded", func(t *testing.T) { tell(t, every, func(*testscript.Env, *story) {}) })
	t.Run("redis", func(t *testing.T) {
		storetest.NeedRedis(t)
		tell(t, every, func(env *testscript.Env, s *story) {
			redis := storetest.StartRedis(env.T().(testing.TB), plain...)
			s.redis = []*storetest.Redis{redis}
			env.Setenv("STUDYCOACH_REDIS_URL", redis.URL())
		})
	})
	t.Run("cluster", func(t *testing.T) {
		storetest.NeedRedis(t)
		some := filepath.Join("testdata", "stories", "[efr]*.txtar") // of exporting, the first week and restarts
		if *faults == "full" {
			some = every
		}
		tell(t, some, func(env *testscript.Env, s *story) {
			cluster := storetest.StartCluster(env.T().(testing.TB), plain...)
			s.redis = cluster.Nodes
			env.Setenv("STUDYCOACH_REDIS_URL", cluster.URL())
		})
	})
}

// plain has Redis write its files as text.
var plain = []string{"--aof-use-rdb-preamble", "no"}

// verbs are the commands of a story.
var verbs = map[string]func(*story, []string) error{
	"bot": (*story).bot, "clock": (*story).clock,
	"setup": (*story).setup, "join": (*story).join,
	"say": (*story).say, "reply": (*story).reply, "press": (*story).press, "submit": (*story).submit, "again": (*story).again,
	"feed": (*story).feed, "traces": (*story).traces,
}

// tell runs stories, each on the store that is set up for it.
func tell(t *testing.T, stories string, store func(*testscript.Env, *story)) {
	t.Helper()
	files, err := filepath.Glob(stories)
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no stories %s: %v", stories, err)
	}
	commands := map[string]func(*testscript.TestScript, bool, []string){}
	for verb, do := range verbs {
		commands[verb] = func(ts *testscript.TestScript, neg bool, args []string) {
			s := ts.Value(storyKey{}).(*story)
			s.out, s.env = ts.Stdout(), []string{"PATH=" + ts.Getenv("PATH"), "STUDYCOACH_REDIS_URL=" + ts.Getenv("STUDYCOACH_REDIS_URL")}
			switch err := do(s, args); {
			case neg && err == nil:
				ts.Fatalf("it was not refused")
			case neg:
				fmt.Fprintln(s.out, err)
			default:
				ts.Check(err)
			}
		}
	}
	testscript.Run(t, testscript.Params{
		Files:              files,
		Cmds:               commands,
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			s := &story{dir: env.WorkDir, kept: filepath.Join(env.WorkDir, "kept"), told: map[int64]bool{}}
			env.Values[storyKey{}] = s
			env.Defer(func() { s.end(env.T().(testing.TB)) })
			if err := os.Mkdir(s.kept, 0o700); err != nil {
				return err
			}
			store(env, s)
			return nil
		},
	})
}

// story is one that is being told.
type story struct {
	dir, kept string             // its folder, and the one in it where the bot's data is
	redis     []*storetest.Redis // empty: the embedded store
	env       []string           // of the bot
	process   *process           // nil while no bot runs
	playground
	form *form          // the one that was opened last
	told map[int64]bool // the messages that were printed
	out  io.Writer
}

type storyKey struct{}

// bot starts the bot. "stop" ends it as a service manager does, "kill" as a
// power cut does, and "compact" has the store write its files anew while the
// bot is away.
func (s *story) bot(args []string) error {
	switch strings.Join(args, " ") {
	case "":
		return s.start()
	case "stop":
		return s.away((*process).stop)
	case "kill":
		return s.away((*process).kill)
	case "compact":
		if err := s.away((*process).stop); err != nil {
			return err
		}
		for _, node := range s.redis {
			rewrite(node)
		}
		return s.start()
	}
	return fmt.Errorf("a bot cannot %q", args)
}

func (s *story) start() (err error) {
	if s.process != nil {
		return errors.New("it runs already")
	}
	if s.process, err = launch(s.env, filepath.Join(s.dir, "bot.log"), "--data-dir", s.kept); err == nil {
		s.url = s.process.url
	}
	return err
}

func (s *story) away(end func(*process) error) error {
	if s.process == nil {
		return errors.New("no bot runs")
	}
	err := end(s.process)
	s.process = nil
	return err
}

// rewrite has Redis write its append-only file anew, with what it holds now.
func rewrite(redis *storetest.Redis) {
	redis.Do("BGREWRITEAOF")
	for info := ""; !strings.Contains(info, "aof_rewrite_in_progress:0") || !strings.Contains(info, "aof_rewrite_scheduled:0"); {
		info = redis.Do("INFO", "persistence")
	}
}

// end stops a bot that still runs, which has to work in every story, and shows
// the log where the story went wrong.
func (s *story) end(t testing.TB) {
	t.Helper()
	if s.process != nil {
		if err := s.process.stop(); err != nil {
			t.Error("stop the bot: ", err)
		}
	}
	log, err := os.ReadFile(filepath.Join(s.dir, "bot.log"))
	if err != nil {
		t.Error(err)
	}
	if bytes.Contains(log, []byte("panic")) || bytes.Contains(log, []byte("DATA RACE")) {
		t.Error("the bot panicked or raced")
	}
	if t.Failed() {
		t.Logf("the bot's log:\n%s", log)
	}
}

// clock TIME moves the clock to 2035-01-08T09:00:00Z, by +1h, +1d or +1w, or to
// the next "prompt", and prints it.
func (s *story) clock(args []string) error {
	if len(args) != 1 {
		return errors.New("it takes TIME")
	}
	err := errors.New("no time")
	if by, ok := strings.CutPrefix(args[0], "+"); ok || by == "prompt" {
		err = s.advance(by)
	} else if to, bad := time.Parse(time.RFC3339, args[0]); bad == nil {
		err = s.moveTo(to)
	}
	if err != nil {
		return err
	}
	now, err := s.now()
	fmt.Fprintln(s.out, minute(now))
	return err
}

// minute is a time as feeds and clocks print it.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02T15:04Z") }

// setup WHO ROOM NAME=VALUE... starts a cohort; what is left out stays as the
// form offers it.
func (s *story) setup(args []string) error {
	if len(args) < 3 {
		return errors.New("it takes WHO ROOM NAME=VALUE")
	}
	if err := s.say([]string{args[0], args[1], "/coach setup"}); err != nil {
		return err
	}
	return errors.Join(s.submit(append(args[:1:1], args[2:]...)), s.advance("1s"))
}

// join ROOM WHO... makes people learners of the room's cohort.
func (s *story) join(args []string) error {
	for _, who := range args[1:] {
		if err := s.say([]string{who, args[0], "/coach join"}); err != nil {
			return err
		}
	}
	return nil
}

// say WHO ROOM TEXT... says something, and prints what the coach answers.
func (s *story) say(args []string) error {
	if len(args) < 3 {
		return errors.New("it takes WHO ROOM TEXT")
	}
	return s.hear(s.playground.say(args[0], args[1], strings.Join(args[2:], " "), 0))
}

// reply WHO ABOUT TEXT... replies in the thread of the newest message that
// contains ABOUT.
func (s *story) reply(args []string) error {
	if len(args) < 3 {
		return errors.New("it takes WHO ABOUT TEXT")
	}
	m, err := s.newest(args[0], func(m post) bool { return !m.Private && strings.Contains(m.Text, args[1]) })
	if err != nil {
		return err
	}
	return s.hear(s.playground.say(args[0], m.Room, strings.Join(args[2:], " "), m.Seq))
}

// press WHO BUTTON [ABOUT] presses a button of the newest message that has it
// and contains ABOUT.
func (s *story) press(args []string) error {
	if len(args) < 2 {
		return errors.New("it takes WHO BUTTON [ABOUT]")
	}
	about := strings.Join(args[2:], " ")
	m, err := s.newest(args[0], func(m post) bool { return m.has(args[1]) && strings.Contains(m.Text, about) })
	if err != nil {
		return err
	}
	return s.hear(s.playground.press(args[0], m.Seq, args[1]))
}

// submit WHO NAME=VALUE... submits the form that was opened last. What is left
// out stays as it is offered; * is every choice there is.
func (s *story) submit(args []string) error {
	if s.form == nil {
		return errors.New("no form is open")
	}
	values := map[string]string{}
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		if values[name] = value; value == "*" {
			values[name] = s.form.choices(name)
		}
	}
	return s.hear(s.playground.submit(args[0], s.form, values))
}

// again sends what was said, pressed or submitted last once more, as a platform
// does that got no answer.
func (s *story) again([]string) error { return s.hear(s.playground.again()) }

// hear prints an answer, opens its form, and puts its files into the story's
// folder, as got.json and got.csv.
func (s *story) hear(a answer, err error) error {
	if err != nil {
		return err
	}
	fmt.Fprint(s.out, a.text())
	if f := a.form(); f != nil {
		s.form = f
	}
	for _, r := range a.Replies {
		if r.Message != nil {
			s.told[r.Message.Seq] = true
		}
		for _, f := range r.Files {
			data, err := s.fetch(f.URL)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(s.dir, "got"+filepath.Ext(f.Name)), data, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// feed ROOM prints what the coach has posted into a room since the last time,
// with the time in UTC and the size of pictures. "@ada" are Ada's direct
// messages.
func (s *story) feed(args []string) error {
	if len(args) != 1 {
		return errors.New("it takes ROOM")
	}
	direct := strings.HasPrefix(args[0], "@")
	all, err := s.playground.feed("")
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.From != "coach" || m.Room != args[0] || m.Private != direct || s.told[m.Seq] {
			continue
		}
		s.told[m.Seq] = true
		fmt.Fprintf(s.out, "%s %s\n", minute(m.At), m.Text)
		if m.Image != "" {
			data, err := s.fetch(m.Image)
			if err != nil {
				return err
			}
			picture, err := png.DecodeConfig(bytes.NewReader(data))
			if err != nil {
				return err
			}
			fmt.Fprintf(s.out, "picture of %d x %d\n", picture.Width, picture.Height)
		}
	}
	return nil
}

// traces TEXT prints the files of the store that hold a text. What was said in
// the playground is no part of the store.
func (s *story) traces(args []string) error {
	dirs := []string{s.kept}
	for _, node := range s.redis {
		dirs = append(dirs, node.Dir)
	}
	var errs []error
	for _, dir := range dirs {
		errs = append(errs, filepath.WalkDir(dir, func(path string, f fs.DirEntry, err error) error {
			if err != nil || f.IsDir() || f.Name() == "playground.jsonl" {
				return err
			}
			data, err := os.ReadFile(path)
			if err == nil && bytes.Contains(data, []byte(args[0])) {
				fmt.Fprintln(s.out, f.Name())
			}
			return err
		}))
	}
	return errors.Join(errs...)
}
