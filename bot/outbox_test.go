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
	if out := o.outbox.Carry(t.Context(), quick, due); out != (schedule.Outcome{Reason: "sent as 1"}) {
		t.Errorf("the other worker's outcome is %+v", out)
	}
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
