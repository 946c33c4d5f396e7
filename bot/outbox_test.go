package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"pgregory.net/rapid"

	"studycoach/coach"
	"studycoach/schedule"
)

func TestCourseOfADelivery(t *testing.T) {
	blind := slices.Repeat([]error{ErrCannotLook}, 9)
	for _, c := range []struct {
		name    string
		class   coach.Class
		crash   bool // the first attempt does not live to record its outcome
		results []result
		looks   []error
		want    []string // what happened
		end     string
	}{
		{
			name: "the intent is noted before the send", class: coach.ClassPrompt,
			want: []string{`0s noted "sent once"`, "0s send"},
			end:  "done",
		},
		{
			name: "a crash before the send: looked for, not found, sent", class: coach.ClassPrompt,
			crash: true, results: []result{dropped},
			want: []string{`0s noted "sent once"`, "0s send", "30s look", `30s noted "sent again"`, "30s send"},
			end:  "done",
		},
		{
			name: "a crash after the send: looked for and found", class: coach.ClassPrompt,
			crash: true,
			want:  []string{`0s noted "sent once"`, "0s send", "30s look"},
			end:   "done",
		},
		{
			name: "a lost answer: looked for and found", class: coach.ClassNotice,
			results: []result{lost},
			want:    []string{`0s noted "sent once"`, "0s send", "1s look"},
			end:     "done",
		},
		{
			name: "an error that does not say why is a lost answer", class: coach.ClassNotice,
			results: []result{odd},
			want:    []string{`0s noted "sent once"`, "0s send", "1s look"},
			end:     "done",
		},
		{
			name: "a failure backs off and leaves nothing to look for", class: coach.ClassPrompt,
			results: []result{failed, failed},
			want: []string{
				`0s noted "sent once"`, "0s send", `0s noted ""`,
				`1s noted "sent once"`, "1s send", `1s noted ""`,
				`3s noted "sent once"`, "3s send",
			},
			end: "done",
		},
		{
			name: "a failure after a lost answer still leaves that to look for", class: coach.ClassPrompt,
			results: []result{dropped, failed},
			want: []string{
				`0s noted "sent once"`, "0s send",
				"1s look", `1s noted "sent again"`, "1s send", `1s noted "sent once"`,
				"3s look", `3s noted "sent again"`, "3s send",
			},
			end: "done",
		},
		{
			name: "a limit is waited for as told and is no failure", class: coach.ClassPrompt,
			results: []result{limited, limited, failed},
			want: []string{
				`0s noted "sent once"`, "0s send", `0s noted ""`,
				`42s noted "sent once"`, "42s send", `42s noted ""`,
				`1m24s noted "sent once"`, "1m24s send", `1m24s noted ""`,
				`1m25s noted "sent once"`, "1m25s send", // the first failure's wait
			},
			end: "done",
		},
		{
			name: "a workspace that shut the bot out is tried now and then, and no failure", class: coach.ClassPrompt,
			results: []result{revoked, revoked},
			want: []string{
				`0s noted "sent once"`, "0s send", `0s noted ""`,
				`5m0s noted "sent once"`, "5m0s send", `5m0s noted ""`,
				`10m0s noted "sent once"`, "10m0s send",
			},
			end: "done",
		},
		{
			name: "a refusal is final, with its reason", class: coach.ClassSummary,
			results: []result{refused},
			want:    []string{`0s noted "sent once"`, "0s send", `0s noted ""`},
			end:     "dead: send refused: channel_not_found",
		},
		{
			name: "looking fails for a while", class: coach.ClassPrompt,
			results: []result{lost}, looks: []error{errors.New("timeout"), limited.err},
			want: []string{`0s noted "sent once"`, "0s send", "1s look", "3s look", "45s look"},
			end:  "done",
		},
		{
			name: "looking is refused", class: coach.ClassPrompt,
			results: []result{lost}, looks: []error{refused.err},
			want: []string{`0s noted "sent once"`, "0s send", "1s look"},
			end:  "dead: look for an earlier send: send refused: channel_not_found",
		},
		{
			name: "a prompt that cannot be looked for is sent again", class: coach.ClassPrompt,
			results: []result{dropped}, looks: blind,
			want: []string{`0s noted "sent once"`, "0s send", "1s look", `1s noted "sent again"`, "1s send"},
			end:  "done",
		},
		{
			name: "but only once", class: coach.ClassPrompt,
			results: []result{lost, lost}, looks: blind,
			want: []string{
				`0s noted "sent once"`, "0s send", "1s look", `1s noted "sent again"`, "1s send",
				"3s look", `3s noted "sent once"`,
			},
			end: "skipped: may have been sent, and again; the room's history cannot be read",
		},
		{
			name: "a nudge likewise", class: coach.ClassNudge,
			results: []result{lost, lost}, looks: blind,
			want: []string{
				`0s noted "sent once"`, "0s send", "1s look", `1s noted "sent again"`, "1s send",
				"3s look", `3s noted "sent once"`,
			},
			end: "skipped: may have been sent, and again; the room's history cannot be read",
		},
		{
			name: "a failure in between does not let it out a third time", class: coach.ClassNotice,
			results: []result{lost, failed, lost}, looks: blind,
			want: []string{
				`0s noted "sent once"`, "0s send",
				"1s look", `1s noted "sent again"`, "1s send", `1s noted "sent once"`,
				"3s look", `3s noted "sent again"`, "3s send",
				"7s look", `7s noted "sent once"`,
			},
			end: "skipped: may have been sent, and again; the room's history cannot be read",
		},
		{
			name: "a summary is rather repeated than lost", class: coach.ClassSummary,
			results: []result{lost, lost}, looks: blind,
			want: []string{
				`0s noted "sent once"`, "0s send", "1s look", `1s noted "sent again"`, "1s send",
				"3s look", `3s noted "sent again"`, "3s send",
			},
			end: "done",
		},
		{
			name: "an announcement likewise", class: coach.ClassAnnouncement,
			crash: true, looks: blind,
			want: []string{`0s noted "sent once"`, "0s send", "30s look", `30s noted "sent again"`, "30s send"},
			end:  "done",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // in which a call takes no time
				o := open(t)
				o.fake.results, o.fake.looks = c.results, c.looks
				o.add(delivery("k", c.class))
				if c.crash {
					o.crash()
				}
				o.pass(10 * time.Minute)
				diff(t, "what happened", c.want, o.lines)
				diff(t, "end", c.end, o.queue.end("k"))
			})
		})
	}
}

func TestAGivenUpDeliveryIsSentWhenRevived(t *testing.T) {
	o := open(t)
	o.fake.results, o.fake.looks = []result{dropped, dropped}, slices.Repeat([]error{ErrCannotLook}, 3)
	o.add(delivery("k", coach.ClassPrompt))
	o.pass(time.Minute)
	if len(o.sent()) > 0 || !strings.HasPrefix(o.queue.end("k"), "skipped") {
		t.Fatalf("%v is sent, it is %s", o.sent(), o.queue.end("k"))
	}
	if err := o.queue.Revive(t.Context(), 0, "k", due.Add(2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	o.pass(2 * time.Minute)
	diff(t, "sent", []string{"k: hello"}, o.sent())
	diff(t, "end", "done", o.queue.end("k"))
}

// Whatever goes wrong in whatever order: where the outbox can look, a message
// that gets through at last is in the room once.
func TestOnceWhereItCanLook(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		o := open(t)
		o.fake.results = rapid.SliceOfN(rapid.SampledFrom([]result{lost, dropped, failed, limited, odd}), 0, 6).Draw(r, "results")
		o.add(delivery("k", rapid.SampledFrom([]coach.Class{coach.ClassPrompt, coach.ClassSummary}).Draw(r, "class")))
		if rapid.Bool().Draw(r, "crash") {
			o.crash()
		}
		o.pass(time.Hour)
		if got := o.sent(); len(got) != 1 || o.queue.end("k") != "done" {
			r.Fatalf("it is %s, and sent are %q", o.queue.end("k"), got)
		}
	})
}

// Where it cannot look, no more than one is too many of a prompt, and a summary
// is not lost.
func TestPolicyWhereItCannotLook(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		o := open(t)
		o.fake.looks = slices.Repeat([]error{ErrCannotLook}, 20)
		o.fake.results = rapid.SliceOfN(rapid.SampledFrom([]result{lost, dropped, failed, limited}), 0, 8).Draw(r, "results")
		o.add(delivery("prompt", coach.ClassPrompt))
		if o.pass(time.Hour); len(o.sent()) > 2 {
			r.Fatalf("a prompt is there %d times", len(o.sent()))
		}
		o.add(delivery("summary", coach.ClassSummary))
		o.pass(2 * time.Hour)
		if !slices.ContainsFunc(o.sent(), func(s string) bool { return strings.HasPrefix(s, "summary") }) {
			r.Fatalf("no summary in %q, it is %s", o.sent(), o.queue.end("summary"))
		}
	})
}

func TestLate(t *testing.T) {
	const sorry = " This was due on Mon 15 Mar 09:00 UTC and comes late. Sorry."
	for _, c := range []struct {
		class   coach.Class
		expires time.Duration
		late    time.Duration
		sent    []string
		end     string
	}{
		{coach.ClassPrompt, 2 * time.Hour, 2 * time.Hour, []string{"k: hello"}, "done"},
		{coach.ClassPrompt, 2 * time.Hour, 2*time.Hour + 5*time.Minute, nil, "skipped: 2h5m late"},
		{coach.ClassNudge, 2 * time.Hour, time.Hour, []string{"k: hello"}, "done"},
		{coach.ClassSummary, 24 * time.Hour, 15 * time.Minute, []string{"k: hello"}, "done"},
		{coach.ClassSummary, 24 * time.Hour, 16 * time.Minute, []string{"k: hello" + sorry}, "done"},
		{coach.ClassAnnouncement, 24 * time.Hour, 24 * time.Hour, []string{"k: hello" + sorry}, "done"},
		{coach.ClassAnnouncement, 24 * time.Hour, 25 * time.Hour, nil, "skipped: 25h0m late"},
		{coach.ClassNotice, 0, 1000 * time.Hour, []string{"k: hello" + sorry}, "done"},
	} {
		t.Run(fmt.Sprint(c.class, " ", c.late), func(t *testing.T) {
			o := open(t)
			d := delivery("k", c.class)
			d.Expires = c.expires
			o.add(d)
			o.set(due.Add(c.late))
			o.pass(c.late)
			diff(t, "sent", c.sent, o.sent())
			diff(t, "end", c.end, o.queue.end("k"))
		})
	}
}

func TestLateAndPerhapsSent(t *testing.T) {
	for name, c := range map[string]struct {
		first result
		end   string
	}{
		"found":     {lost, "done"},
		"not found": {dropped, "skipped: 3h0m late, and may have been sent before"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.fake.results = []result{c.first}
			d := delivery("k", coach.ClassPrompt)
			d.Expires = 2 * time.Hour
			o.add(d)
			o.crash()
			o.set(due.Add(3 * time.Hour))
			o.pass(3 * time.Hour)
			diff(t, "end", c.end, o.queue.end("k"))
			if n := len(o.sent()); n > 1 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

// What fails for about a day is dead, and says why; what fails until it is too
// late likewise.
func TestFailuresHaveAnEnd(t *testing.T) {
	for _, c := range []struct {
		expires time.Duration
		end     string
	}{
		{0, "dead: given up after 200 failures: send failed: 502"},
		{2 * time.Hour, "dead: 2h3m late after 32 failures, at last: send failed: 502"},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := open(t)
			o.fake.results = slices.Repeat([]result{failed}, 300)
			d := delivery("k", coach.ClassNotice)
			d.Expires = c.expires
			o.add(d)
			o.pass(48 * time.Hour)
			diff(t, "end", c.end, o.queue.end("k"))
			diff(t, "sent", []string(nil), o.sent())
		})
	}
}

// in is a delivery for a room of the fake platform.
func in(room, key string) coach.Delivery {
	d := delivery(key, coach.ClassNotice)
	d.Room = coach.RoomID("fake/" + room)
	return d
}

// sentAt are what went out and when: "2s k".
func (o *office) sentAt() []string {
	var lines []string
	o.fake.mu.Lock()
	defer o.fake.mu.Unlock()
	for _, d := range o.fake.room {
		lines = append(lines, fmt.Sprint(o.fake.at[d.Key].Sub(due), " ", d.Key))
	}
	return lines
}

func TestMessagesGoOutAtThePlatformsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t)
		o.fake.pace = Pace{Room: Rate{Every: time.Second}, Workspace: Rate{Every: 100 * time.Millisecond, Burst: 3}}
		o.add(in("w/a", "a1"), in("w/a", "a2"), in("w/a", "a3"), in("w/b", "b1"), in("w/c", "c1"), in("w/d", "d1"), in("x/a", "x1"))
		o.pass(time.Minute)
		diff(t, "sent", []string{"0s a1", "0s b1", "0s c1", "0s x1", "100ms d1", "1s a2", "2s a3"}, o.sentAt())
		for key := range o.queue.jobs {
			diff(t, key, 0, o.queue.jobs[key].Attempt)
		}
	})
}

// While one message was told to wait, nothing of its room, workspace or platform
// is tried, and in its room nothing overtakes it.
func TestALimitRestsItsScope(t *testing.T) {
	for scope, want := range map[Scope][]string{
		OneRoom:       {"0s b1", "0s x1", "42s a1", "42.001s a2"},
		OneWorkspace:  {"0s x1", "42s a1", "42.001s a2", "42.001s b1"},
		WholePlatform: {"42s a1", "42.001s a2", "42.001s b1", "42.002s x1"},
	} {
		t.Run(fmt.Sprint(scope), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := open(t)
				o.fake.results = []result{{err: &SendError{Reason: Limited, Scope: scope, After: 42 * time.Second, Err: errors.New("429")}}}
				o.add(in("w/a", "a1"), in("w/a", "a2"), in("w/b", "b1"), in("x/a", "x1"))
				o.pass(time.Minute)
				diff(t, "sent", want, o.sentAt())
				if calls := strings.Count(strings.Join(o.lines, "\n"), " send"); calls != 5 {
					t.Errorf("the platform was called %d times, want 5", calls)
				}
			})
		})
	}
}

// The wait begins with the answer, and is kept by whoever has the job next.
func TestALimitIsNeverShortened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t)
		o.fake.results = []result{limited}
		o.fake.hook = func(context.Context, coach.Delivery) { time.Sleep(2500 * time.Millisecond) } // of the bubble's time
		o.add(delivery("k", coach.ClassPrompt))
		o.pass(0)
		restarted := NewOutbox(OutboxOptions{Queue: o.queue, Platforms: []Platform{o.fake}})
		o.carry = restarted.Carry
		o.pass(time.Minute)
		diff(t, "sent", []string{"44.5s k"}, o.sentAt())
	})
}

// A workspace whose token was revoked is left alone, but for one try now and
// then. It is said once, and nothing is lost.
func TestRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t)
		o.fake.pace = Pace{Workspace: Rate{Every: time.Second}}
		o.fake.results = []result{revoked, works, revoked, revoked} // the second is in the other workspace
		o.add(in("w/a", "a1"), in("x/a", "x1"))
		for i := range 20 {
			o.add(in(fmt.Sprint("w/@", i), fmt.Sprintf("d%02d", i)))
		}
		o.pass(time.Minute)
		diff(t, "sent", []string{"0s x1"}, o.sentAt())
		diff(t, "shut out", 1.0, testutil.ToFloat64(o.metrics.revoked.WithLabelValues("fake")))
		diff(t, "a waiting one", "waiting, 0 failed: waits for its turn", o.queue.end("d07"))

		o.pass(14 * time.Minute)
		if calls := strings.Count(strings.Join(o.lines, "\n"), " send"); calls != 4 {
			t.Errorf("the platform was called %d times in 14 minutes, want 4", calls)
		}
		diff(t, "sent", []string{"0s x1"}, o.sentAt())
		if said := strings.Count(o.log.String(), "SHUT OUT"); said != 1 {
			t.Errorf("the alarm is raised %d times", said)
		}

		o.pass(time.Hour) // it is let in again
		if len(o.sent()) != 22 {
			t.Errorf("%d messages are sent: %q", len(o.sent()), o.sentAt())
		}
		diff(t, "shut out", 0.0, testutil.ToFloat64(o.metrics.revoked.WithLabelValues("fake")))
	})
}

// A delivery that is cancelled after it was claimed is not sent.
func TestCancelledAtTheLastMoment(t *testing.T) {
	o := open(t)
	o.add(delivery("k", coach.ClassNudge))
	o.carry = func(ctx context.Context, j schedule.Job, now time.Time) schedule.Outcome {
		o.queue.cancel("k") // as the commit of a check-in does
		return o.outbox.Carry(ctx, j, now)
	}
	o.pass(time.Hour)
	diff(t, "sent", []string(nil), o.sent())
	if log := o.log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("the log is\n%s", log)
	}
}

func TestSendsAreCounted(t *testing.T) {
	o := open(t)
	for i, c := range []struct {
		results []result
		looks   []error
	}{
		{results: []result{works}},
		{results: []result{limited, revoked, failed, works}},
		{results: []result{refused}},
		{results: []result{lost}},
		{results: []result{dropped}},
		{results: []result{lost, lost}, looks: []error{ErrCannotLook, ErrCannotLook}}, // sent again, and given up
	} {
		o.set(due.Add(time.Duration(i) * time.Hour))
		o.fake.results, o.fake.looks = c.results, c.looks
		o.addJob(jobDue(t, delivery(fmt.Sprint("k", i), coach.ClassPrompt), o.now))
		o.pass(time.Duration(i+1) * time.Hour)
	}
	want := `# HELP studycoach_ambiguous_sends_total Messages that may have been sent before, by how that was settled: found, not_there (so sent), repeated (sent again unseen), given_up.
# TYPE studycoach_ambiguous_sends_total counter
studycoach_ambiguous_sends_total{platform="fake",settled="found"} 1
studycoach_ambiguous_sends_total{platform="fake",settled="given_up"} 1
studycoach_ambiguous_sends_total{platform="fake",settled="not_there"} 1
studycoach_ambiguous_sends_total{platform="fake",settled="repeated"} 1
# HELP studycoach_sends_total Calls to put a message into a room, by outcome: sent, limited (told to wait), failed, unsure (no clear answer), refused for good, revoked (token no longer good).
# TYPE studycoach_sends_total counter
studycoach_sends_total{outcome="failed",platform="fake"} 1
studycoach_sends_total{outcome="limited",platform="fake"} 1
studycoach_sends_total{outcome="refused",platform="fake"} 1
studycoach_sends_total{outcome="revoked",platform="fake"} 1
studycoach_sends_total{outcome="sent",platform="fake"} 3
studycoach_sends_total{outcome="unsure",platform="fake"} 4
`
	if err := testutil.CollectAndCompare(o.metrics, strings.NewReader(want), "studycoach_sends_total", "studycoach_ambiguous_sends_total"); err != nil {
		t.Error(err)
	}
}

// Between the claim and the note another worker got the job: nothing is sent
// by this one, and what it says of the job does not count.
func TestLostLease(t *testing.T) {
	o := open(t)
	o.add(delivery("k", coach.ClassPrompt))
	claim := func() schedule.Job {
		jobs, err := o.queue.Claim(t.Context(), o.now, 30*time.Second, 1)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("claimed %d jobs: %v", len(jobs), err)
		}
		return jobs[0]
	}
	slow := claim()
	o.set(due.Add(30 * time.Second))
	quick := claim()
	out := o.outbox.Carry(t.Context(), slow, due)
	diff(t, "what happened", []string{"30s not noted: the job's lease is no longer held"}, o.lines)
	if err := o.queue.Finish(t.Context(), slow, due, out); !errors.Is(err, schedule.ErrLeaseLost) {
		t.Errorf("the outcome of a lost lease: %v", err)
	}
	diff(t, "the other worker's outcome", schedule.Outcome{Reason: "sent as 1"}, o.outbox.Carry(t.Context(), quick, due))
}

// A send whose lease runs out meanwhile is not over: the next worker looks.
func TestLeaseEndsDuringTheSend(t *testing.T) {
	for name, r := range map[string]result{"and it worked": works, "and it failed": failed} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.fake.results = []result{r}
			o.add(delivery("k", coach.ClassPrompt))
			var steal sync.Once
			o.fake.hook = func(context.Context, coach.Delivery) {
				steal.Do(func() {
					o.set(due.Add(30 * time.Second))
					if _, err := o.queue.Claim(t.Context(), due.Add(30*time.Second), 30*time.Second, 1); err != nil {
						t.Error(err)
					}
				})
			}
			o.pass(2 * time.Minute)
			if got := o.sent(); len(got) != 1 || o.queue.end("k") != "done" {
				t.Errorf("it is %s, and sent are %q\n%s", o.queue.end("k"), got, strings.Join(o.lines, "\n"))
			}
			if !slices.Contains(o.lines, "1m0s look") {
				t.Errorf("nobody looked:\n%s", strings.Join(o.lines, "\n"))
			}
		})
	}
}

func TestNothingIsSentWhileTheQueueIsDown(t *testing.T) {
	o := open(t)
	o.queue.down = errors.New("queue down")
	o.add(delivery("k", coach.ClassPrompt))
	o.pass(0)
	diff(t, "sent", []string(nil), o.sent())
	diff(t, "end", "waiting, 1 failed: queue down", o.queue.end("k"))
	o.queue.down = nil
	o.pass(time.Minute)
	diff(t, "sent", []string{"k: hello"}, o.sent())
}

func TestHopelessJobsAreDead(t *testing.T) {
	for _, c := range []struct{ payload, want string }{
		{`{"room":"slack/T1/C1"}`, `dead: no platform "slack" is connected`},
		{`{}`, `dead: no platform "" is connected`},
		{`{"room":5}`, "dead: delivery k: json: cannot unmarshal number into Go struct field Delivery.room of type coach.RoomID"},
		{`{"room":`, "dead: delivery k: unexpected end of JSON input"},
		{``, "dead: delivery k: unexpected end of JSON input"},
	} {
		o := open(t)
		o.addJob(schedule.Job{Key: "k", Kind: coach.Deliver, Due: due, Payload: []byte(c.payload)})
		o.pass(time.Minute)
		diff(t, c.payload, c.want, o.queue.end("k"))
	}
}

func TestLane(t *testing.T) {
	j, err := delivery("k", coach.ClassPrompt).Job(0, due)
	if err != nil {
		t.Fatal(err)
	}
	other, broken := j, j
	other.Kind, broken.Payload = "prompt", []byte("{")
	for _, c := range []struct {
		job  schedule.Job
		want string
	}{
		{j, "fake/w/general"},
		{other, ""},
		{broken, ""},
	} {
		diff(t, c.job.Kind+string(c.job.Payload), c.want, Lane(c.job))
	}
}

// One room hangs until each send is cut off; the others do not notice, and in
// every room messages arrive in the order in which they were due.
func TestASlowRoomHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t)
		begun := time.Now()
		o.fake.hook = func(ctx context.Context, d coach.Delivery) {
			if d.Room == "fake/w/slow" {
				<-ctx.Done()
			}
		}
		var quick, slow []string
		for i := range 30 {
			for _, room := range []coach.RoomID{"fake/w/slow", "fake/w/quick"} {
				d := delivery(fmt.Sprintf("%s/%02d", room.Channel(), i), coach.ClassPrompt)
				d.Room = room
				j, err := d.Job(0, begun.Add(time.Duration(i)*time.Millisecond))
				if err != nil {
					t.Fatal(err)
				}
				o.addJob(j)
			}
			quick = append(quick, fmt.Sprintf("quick/%02d: hello", i))
			slow = append(slow, fmt.Sprintf("slow/%02d: hello", i))
		}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			if err := o.runner.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(callTime - time.Millisecond) // of the bubble's time
		synctest.Wait()
		diff(t, "sent before the first slow send ended", quick, o.sent())
		time.Sleep(30 * callTime)
		diff(t, "sent at last", slices.Concat(quick, slow), o.sent())
		cancel()
		running.Wait()
	})
}

// Nothing of a message stands in the log or in what an operator reads of a job.
func TestNoWordOfAMessageIsLogged(t *testing.T) {
	o := open(t)
	for i, r := range []result{works, lost, dropped, failed, limited, refused, odd} {
		key := fmt.Sprintf("k%d", i)
		d := delivery(key, coach.ClassPrompt)
		d.Message = *coach.Say(coach.Title("hush"), coach.Text("hush"), coach.Context("hush"))
		d.Expires = time.Minute
		o.add(d)
		o.fake.results, o.fake.looks = []result{r}, []error{ErrCannotLook}
		o.pass(time.Duration(i) * time.Minute / 2)
	}
	o.addJob(schedule.Job{Key: "broken", Kind: coach.Deliver, Due: due, Payload: []byte(`{"room":["hush"],"message":"hush"}`)})
	o.pass(time.Hour)
	if log := o.log.String(); strings.Contains(log, "hush") || !strings.Contains(log, "job=k5") {
		t.Errorf("the log is\n%s", log)
	}
	for key := range o.queue.jobs {
		if end := o.queue.end(key); strings.Contains(end, "hush") {
			t.Errorf("%s is %s", key, end)
		}
	}
}

// The coach is told of a room that takes nothing, and of a person who does not,
// with what became of the delivery not yet recorded.
func TestARoomThatTakesNothingIsTold(t *testing.T) {
	id := fmt.Sprintf("k due %d", due.UnixMilli())
	told := coach.Notice{ID: id, At: due, Kind: coach.RoomClosed, Room: "fake/w/general", Why: coach.Archived}
	unnamed, person := told, coach.Notice{ID: id, At: due, Kind: coach.Unreachable, User: "fake/w/U1"}
	unnamed.Why = coach.NotInRoom
	for name, c := range map[string]struct {
		room    coach.RoomID
		results []result
		looks   []error
		want    []coach.Notice
		end     string
	}{
		"a send":           {"fake/w/general", []result{closed}, nil, []coach.Notice{told}, "dead: send refused: is_archived: " + ErrNoRoom.Error()},
		"no reason":        {"fake/w/general", []result{absent}, nil, []coach.Notice{unnamed}, "dead: send refused: not_in_channel: " + ErrNoRoom.Error()},
		"a person":         {"fake/w/@U1", []result{absent}, nil, []coach.Notice{person}, "dead: send refused: not_in_channel: " + ErrNoRoom.Error()},
		"a look":           {"fake/w/general", []result{dropped}, []error{closed.err}, []coach.Notice{told}, "dead: look for an earlier send: send refused: is_archived: " + ErrNoRoom.Error()},
		"refused for good": {"fake/w/general", []result{refused}, nil, nil, "dead: send refused: channel_not_found"},
		"a failure":        {"fake/w/general", []result{failed}, nil, nil, "done"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := open(t)
				o.fake.results, o.fake.looks = c.results, c.looks
				d := delivery("k", coach.ClassPrompt)
				d.Room = c.room
				o.add(d)
				o.pass(time.Hour)
				for i := range o.notices {
					o.notices[i].ID, o.notices[i].At = id, due // of a second try
				}
				diff(t, "told", c.want, o.notices)
				diff(t, "end", c.end, o.queue.end("k"))
			})
		})
	}
}

// A delivery whose room has another id by now goes there, once, and nobody is
// told that the room is closed.
func TestADeliveryFollowsItsRoom(t *testing.T) {
	const old, now = coach.RoomID("fake/w/general"), coach.RoomID("fake/w/new")
	for name, c := range map[string]struct {
		results []result
		looks   []error
		unsure  int // how often the coach cannot say
		late    bool
		sent    []coach.RoomID
		fails   int
	}{
		"refused":               {results: []result{absent}, sent: []coach.RoomID{now}},
		"late":                  {results: []result{absent}, late: true, sent: []coach.RoomID{now}},
		"the store is down":     {results: []result{absent, absent, absent}, unsure: 2, sent: []coach.RoomID{now}, fails: 2},
		"it was there already":  {results: []result{lost}, looks: []error{absent.err}, sent: []coach.RoomID{old}, fails: 1},
		"it was not there":      {results: []result{dropped}, looks: []error{absent.err}, sent: []coach.RoomID{now}, fails: 1},
		"the new one is closed": {results: []result{absent, closed}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := open(t)
				o.fake.results, o.fake.looks = c.results, c.looks
				o.outbox.o.Moved = func(_ context.Context, d coach.Delivery) (coach.RoomID, error) {
					if c.unsure > 0 {
						c.unsure--
						return "", errors.New("store down")
					}
					if d.Room == old {
						return now, nil
					}
					return "", nil
				}
				if c.late {
					o.set(due.Add(time.Hour))
				}
				o.add(delivery("k", coach.ClassNotice))
				o.pass(3 * time.Hour)
				var sent []coach.RoomID
				for _, d := range o.fake.room {
					sent = append(sent, d.Room)
					if late := len(d.Message.Blocks) - 1; c.late != (late == 1) {
						t.Errorf("it says %d times that it is late", late)
					}
				}
				diff(t, "sent to", c.sent, sent)
				if c.sent == nil {
					diff(t, "end", "dead: send refused: is_archived: "+ErrNoRoom.Error(), o.queue.end("k"))
					if len(o.notices) != 1 || o.notices[0].Room != now {
						t.Errorf("told are %+v", o.notices)
					}
					return
				}
				diff(t, "end", "done", o.queue.end("k"))
				diff(t, "attempts that failed", c.fails, o.queue.jobs["k"].Attempt)
				if len(o.notices) > 0 {
					t.Errorf("told are %+v", o.notices)
				}
			})
		})
	}
}

// While the coach cannot be told, the delivery is not given up; and one that was
// told and not recorded tells the same again.
func TestTellingIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t)
		o.fake.results, o.deaf = slices.Repeat([]result{closed}, 300), errors.New("store down")
		o.add(delivery("k", coach.ClassNotice))
		o.crash()
		o.pass(40 * time.Second)
		if n := len(o.notices); n < 2 || !strings.HasPrefix(o.queue.end("k"), "waiting") {
			t.Fatalf("told %d times, and it is %s", n, o.queue.end("k"))
		}
		if d := cmp.Diff(o.notices[0], o.notices[1], cmpopts.IgnoreFields(coach.Notice{}, "At")); d != "" {
			t.Errorf("told again: -first +second:\n%s", d)
		}
		o.deaf = nil
		o.pass(time.Hour)
		diff(t, "end", "dead: send refused: is_archived: "+ErrNoRoom.Error(), o.queue.end("k"))
	})
	synctest.Test(t, func(t *testing.T) {
		o := open(t)
		o.fake.results, o.deaf = slices.Repeat([]result{closed}, 300), errors.New("store down")
		o.add(delivery("k", coach.ClassNotice))
		o.pass(48 * time.Hour)
		diff(t, "end", "dead: send refused: is_archived: "+ErrNoRoom.Error(), o.queue.end("k"))
	})
}
