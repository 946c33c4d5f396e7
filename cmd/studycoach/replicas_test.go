package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"studycoach/bot"
	"studycoach/coach"
	"studycoach/coach/redisstore"
	"studycoach/coach/storetest"
	"studycoach/schedule"
)

// Three bots on one Cluster post each prompt, nudge and summary once, at its
// time, for a week in which any of them, and masters of the Cluster, are killed
// in the middle of their work, and the slot of their data moves.
func TestReplicas(t *testing.T) {
	t.Parallel()
	town := newTown(t)
	for i := range 3 {
		town.start(fmt.Sprint("bot", i))
	}
	weeks := 1
	if *faults == "full" {
		weeks = 8
	}
	cohorts := town.found(saturday, "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "America/St_Johns")
	monday := schedule.LocalDate(saturday, time.UTC) + 2
	town.pass(saturday.Add(50 * time.Hour)) // Monday noon, and everywhere the same study day
	for day := range 7 * weeks {
		town.disaster(disasters[day%len(disasters)])
		for _, c := range cohorts {
			town.checkIn(c)
		}
		town.pass(town.now.Add(24 * time.Hour))
	}
	town.pass(town.now.Add(time.Hour)) // for what is late
	for _, c := range cohorts {
		town.verify(c, monday, weeks)
	}
	town.report()
}

// saturday is when the cohorts are set up, to start on Monday.
var saturday = time.Date(2027, 2, 27, 10, 0, 0, 0, time.UTC)

// disasters befall the town in turn, one a day.
var disasters = []disaster{killAfterPosting, killBeforePosting, killBystander, killMaster, moveSlot, nothing, killMaster}

type disaster string

const (
	nothing           disaster = "nothing"
	killAfterPosting  disaster = "a bot is killed after its message was posted"
	killBeforePosting disaster = "a bot is killed before its message is posted"
	killBystander     disaster = "a bot is killed while another posts"
	killMaster        disaster = "the master is killed while a message is posted"
	moveSlot          disaster = "the slot moves while a message is posted"
)

// town is what replicas have in common: a store, a platform that shows what was
// posted and recognises nothing, and the time.
type town struct {
	*testing.T
	cluster *storetest.Cluster
	store   *redisstore.Store
	server  *httptest.Server
	group   sync.WaitGroup // of replacements

	now      time.Time
	events   int
	checkIns map[coach.LearnerID][]schedule.Date

	mu     sync.Mutex // of what follows
	ending bool
	clock  time.Time // as now
	bots   map[string]*tenant
	posted map[string][]time.Time // by key
	next   disaster               // at the next send
	spared int                    // sends until then
	had    map[disaster]int
}

// tenant is one replica as the town sees it.
type tenant struct {
	url string // empty until it has said hello
	cmd *exec.Cmd
	log bytes.Buffer
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{
		T: t, cluster: storetest.StartCluster(t, "--cluster-node-timeout", "1000"),
		now: saturday, clock: saturday, next: nothing, checkIns: map[coach.LearnerID][]schedule.Date{},
		bots: map[string]*tenant{}, posted: map[string][]time.Time{}, had: map[disaster]int{},
	}
	var err error
	if w.store, err = redisstore.Open(t.Context(), redisstore.Options{URL: w.cluster.URL()}); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{bot}/hello", func(rw http.ResponseWriter, r *http.Request) {
		serveJSON(func(_ context.Context, url string) (any, error) { return w.hello(r.PathValue("bot"), url) })(rw, r)
	})
	mux.HandleFunc("POST /{bot}/send", func(rw http.ResponseWriter, r *http.Request) {
		serveJSON(func(_ context.Context, l letter) (any, error) { return w.post(r.PathValue("bot"), l) })(rw, r)
	})
	mux.HandleFunc("POST /{bot}/find", serveJSON(func(_ context.Context, l letter) (any, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.posted[l.Key]) == 0 {
			return "", nil
		}
		return l.Key, nil
	}))
	w.server = httptest.NewServer(mux)
	t.Cleanup(func() {
		w.end()
		w.server.Close()
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// start starts a replica, and another one when that is killed.
func (w *town) start(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ending {
		return
	}
	b := &tenant{cmd: exec.Command("replica", w.server.URL+"/"+name, w.cluster.URL())}
	b.cmd.Stderr = &b.log
	w.bots[name] = b
	if err := b.cmd.Start(); err != nil {
		w.Error(err)
		return
	}
	w.group.Go(func() {
		_ = b.cmd.Wait() // killed
		if bytes.Contains(b.log.Bytes(), []byte("panic")) || bytes.Contains(b.log.Bytes(), []byte("DATA RACE")) {
			w.Errorf("%s panicked or raced:\n%s", name, b.log.String())
		}
		w.start(name)
	})
}

func (w *town) end() {
	w.mu.Lock()
	w.ending = true
	for _, b := range w.bots {
		_ = b.cmd.Process.Kill() // it may have ended
	}
	w.mu.Unlock()
	w.group.Wait()
	if w.Failed() {
		for name, b := range w.bots {
			w.Logf("%s:\n%s", name, b.log.String())
		}
	}
}

func (w *town) hello(name, url string) (time.Time, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bots[name].url = url
	return w.clock, nil
}

// disaster has something happen at one of the next sends.
func (w *town) disaster(d disaster) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next, w.spared = d, rand.IntN(5)
}

// post puts a message into the town.
func (w *town) post(from string, l letter) (bot.MessageID, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := nothing
	if w.spared--; w.spared < 0 {
		d, w.next = w.next, nothing
	}
	if w.had[d]++; d == killBeforePosting {
		_ = w.bots[from].cmd.Process.Kill()
		return "", errors.New("nobody reads this")
	}
	w.posted[l.Key] = append(w.posted[l.Key], w.clock)
	switch d {
	case killAfterPosting:
		_ = w.bots[from].cmd.Process.Kill()
		return "", errors.New("nobody reads this")
	case killBystander:
		for name, b := range w.bots {
			if name != from {
				_ = b.cmd.Process.Kill()
				break
			}
		}
	case killMaster, moveSlot:
		w.group.Go(func() { w.upset(d, l.Key) })
	}
	return bot.MessageID(l.Key), nil
}

// upset does something to the Cluster.
func (w *town) upset(d disaster, key string) {
	id := coach.CohortID(strings.Split(key, "/")[2])
	key = fmt.Sprintf("sc:{p%02d}:q", id.Part())
	master := w.cluster.Master(key)
	if d == moveSlot {
		others := slices.DeleteFunc(w.cluster.Masters(), func(r *storetest.Redis) bool { return r == master })
		w.cluster.MoveSlot(key, others[0])
		return
	}
	replica := w.cluster.Replica(master)
	master.Kill()
	replica.Await("role:master", "INFO", "replication")
	master.Start()
	w.cluster.Await()
}

// pass lets time pass, from one thing that is due to the next.
func (w *town) pass(to time.Time) {
	w.Helper()
	for {
		next := w.settled()
		if next.IsZero() || next.After(to) {
			break
		}
		w.tell(next)
	}
	w.tell(to)
}

func (w *town) tell(now time.Time) {
	w.mu.Lock()
	if now.After(w.now) {
		w.now, w.clock = now, now
	}
	var urls []string
	for _, b := range w.bots {
		urls = append(urls, b.url)
	}
	w.mu.Unlock()
	for _, url := range urls {
		_ = ask(w.Context(), url+"/now", w.now, nil) // a replacement asks for the time itself
	}
}

const (
	patience = 2 * time.Second // with a bot that does not go on with what it has leased
	despair  = time.Minute     // when nothing goes on at all
)

// settled waits until nothing is due or being done, and returns when the next
// thing is due. What stays leased was held by a bot that died, and is due when
// the lease ends.
func (w *town) settled() (next time.Time) {
	w.Helper()
	since := time.Now() // it is next
	for begun := since; time.Since(begun) < despair; <-time.After(2 * time.Millisecond) {
		now, ok, err := w.store.NextDue(w.Context())
		switch {
		case err != nil: // a master is away
			since = time.Now()
		case !ok:
			return time.Time{}
		case now.After(w.now.Add(lease)), now.Equal(next) && now.After(w.now) && time.Since(since) > patience:
			return now
		case !now.Equal(next):
			next, since, begun = now, time.Now(), time.Now()
		}
	}
	w.Fatalf("at %v nothing goes on", w.now)
	return next
}

// crew is a cohort with its learners: Ada checks in each morning, Ben on Sundays.
type crew struct {
	id   coach.CohortID
	room coach.RoomID
	zone *time.Location
}

// found sets up a cohort in each zone.
func (w *town) found(now time.Time, zones ...string) (crews []crew) {
	w.Helper()
	for i, name := range zones {
		zone, err := schedule.LoadZone(name)
		if err != nil {
			w.Fatal(err)
		}
		c := crew{room: coach.RoomID(fmt.Sprintf("town/w/r%d", i)), zone: zone}
		e := w.event(c, "lea")
		e.Verb, e.Submit = "setup", true
		e.Args = map[string]string{
			"name": "Crew", "roadmap": "backend", "start": (schedule.LocalDate(now, time.UTC) + 2).String(), "zone": name, "prompt": "09:00",
			"study": "mon,tue,wed,thu,fri,sat", "summary-day": "sun", "summary-time": "18:00", "goal": "10",
		}
		reply := w.handle(e)
		if reply.Message == nil {
			w.Fatalf("setup answers %+v", reply)
		}
		c.id = coach.CohortID(reply.Message.Blocks[1].Actions[0].Args["cohort"])
		for _, who := range []string{"ada", "ben"} {
			e := w.event(c, who)
			e.Verb, e.Text = "coach", "join"
			w.handle(e)
		}
		crews = append(crews, c)
	}
	return crews
}

// account is somebody of a crew.
func (c crew) account(who string) coach.UserRef {
	return coach.User("town", "w", who+strings.TrimPrefix(string(c.room), "town/w/"))
}

func (w *town) event(c crew, who string) coach.Event {
	w.events++
	return coach.Event{
		ID: fmt.Sprint("event ", w.events), From: c.account(who), Name: who, Zone: c.zone.String(), Room: c.room, At: w.now,
	}
}

// handle has one of the bots answer an event. Where that fails, the platform
// sends it to another.
func (w *town) handle(e coach.Event) (reply coach.Reply) {
	w.Helper()
	var err error
	for begun := time.Now(); time.Since(begun) < despair; <-time.After(20 * time.Millisecond) {
		if err = ask(w.Context(), w.anybody()+"/event", e, &reply); err == nil {
			return reply
		}
	}
	w.Fatalf("nobody answers %s: %v", e.ID, err)
	return reply
}

// anybody is the URL of one of the bots.
func (w *town) anybody() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	bots := slices.Collect(maps.Values(w.bots))
	return bots[rand.IntN(len(bots))].url
}

// checkIn has Ada check in, for today where she is.
func (w *town) checkIn(c crew) {
	w.Helper()
	ada, today := c.account("ada"), schedule.StudyDay(w.now, c.zone)
	who := []string{"ada"}
	if today.Weekday() == time.Sunday {
		who = append(who, "ben") // or his nudges would rest
	}
	for _, name := range who {
		e := w.event(c, name)
		e.Verb, e.Text = "checkin", "45m"
		w.handle(e)
	}
	w.checkIns[ada] = append(w.checkIns[ada], today)
}

// verify compares what was posted for a crew, and what is kept of it, with what
// must be there.
func (w *town) verify(c crew, monday schedule.Date, weeks int) {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	want := func(date schedule.Date, hour int, format string, args ...any) {
		w.Helper()
		prefix := fmt.Sprintf(format, args...)
		due := schedule.Resolve(schedule.Slot{Date: date, Time: schedule.TimeOfDay(60 * hour)}, c.zone)
		found := 0
		for key, times := range w.posted {
			if strings.HasPrefix(key+"/", prefix+"/") {
				found += len(times)
				if late := times[0].Sub(due); late < 0 || late > 5*time.Minute {
					w.Errorf("%s came %v late", key, late)
				}
			}
		}
		if found != 1 {
			w.Errorf("%s was posted %d times", prefix, found)
		}
	}
	total := 0
	for date := monday; date < monday+schedule.Date(7*weeks); date++ {
		if date.Weekday() == time.Sunday {
			want(date, 18, "send/summary/%s/%s", c.id, date)
			total++
			continue
		}
		want(date, 9, "send/prompt/%s/%s", c.id, date)
		want(date, 19, "send/nudge/%s/%s/%s", c.id, c.account("ben"), date)
		total += 2
		if ada := c.account("ada"); !slices.Contains(w.checkIns[ada], date) {
			want(date, 19, "send/nudge/%s/%s/%s", c.id, ada, date)
			total++
		}
	}
	next := (monday + schedule.Date(7*weeks)).String() // has begun
	for key, times := range w.posted {
		about := strings.Split(key, "/")
		if about[2] != string(c.id) {
			continue
		}
		if len(times) > 1 {
			w.Errorf("%s was posted at %v", key, times)
		}
		if slices.Contains([]string{"prompt", "nudge", "summary"}, about[1]) && !slices.Contains(about, next) {
			total--
		}
	}
	if total != 0 {
		w.Errorf("of the prompts, nudges and summaries of %s %d are missing", c.room, total)
	}

	state, err := w.store.Load(w.Context(), coach.Scope{Cohort: c.id, Learner: c.account("ada"), Entries: true})
	if err != nil {
		w.Fatal(err)
	}
	var kept []schedule.Date
	for _, e := range state.Entries {
		kept = append(kept, e.Date)
	}
	if !slices.Equal(kept, w.checkIns[c.account("ada")]) {
		w.Errorf("Ada's check-ins are %v, not %v", kept, w.checkIns[c.account("ada")])
	}
}

// report says what happened in the town.
func (w *town) report() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for d, n := range w.had {
		if d == nothing {
			w.Logf("%d messages were posted in peace", n)
		} else {
			w.Logf("%d times %s", n, d)
		}
	}
	for _, d := range disasters {
		if w.had[d] == 0 {
			w.Errorf("it never came to pass that %s", d)
		}
	}
}
