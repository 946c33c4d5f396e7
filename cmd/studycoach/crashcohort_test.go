package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"studycoach/coach"
	"studycoach/schedule"
)

// crashCohort is a cohort in a world where the program dies, with what people
// did in it and what must have come of that. Lea leads it, Ada checks in every
// study day and Ben never; guests come and want to be forgotten.
type crashCohort struct {
	*crashWorld
	campaign *crashCampaign
	zone     *time.Location
	today    schedule.Date
	id       string
	events   int
	said     []said               // on this journey
	checkIns []checkedIn          // Ada's
	due      map[string]time.Time // the messages, by key
	seen     map[string]bool      // those of them that were looked for
}

// said is an event with its answer.
type said struct {
	coach.Event
	reply coach.Reply
}

// checkedIn is a check-in as an export shows it.
type checkedIn struct {
	Date    string `json:"studyDay"`
	Minutes int    `json:"deepMinutes"`
	Note    string `json:"note"`
}

const general = coach.RoomID("fake/w/general")

// newCrashCohort has the cohort set up on a Saturday; it begins on the Monday
// after.
func newCrashCohort(c *crashCampaign) *crashCohort {
	c.Helper()
	zone := inZone(c.T, "Europe/Berlin")
	saturday := time.Date(2027, 2, 27, 10, 0, 0, 0, zone)
	o := &crashCohort{
		crashWorld: newCrashWorld(c, saturday), campaign: c, zone: zone,
		today: schedule.LocalDate(saturday, zone), due: map[string]time.Time{}, seen: map[string]bool{},
	}
	o.id = o.setUp("lea", general, o.today+2)
	o.say("ada", "Europe/London", "join")
	o.say("ben", "America/New_York", "join")
	o.today += 2
	return o
}

// course lets the weeks of the course pass, as long as there is somebody to
// kill. In the end a last process looks at everything.
func (o *crashCohort) course() {
	o.Helper()
	for week := range courseWeeks {
		if o.campaign.plan == nil && week == 1 {
			o.campaign.makePlan()
		}
		if week > 0 && o.campaign.left() == 0 || o.Failed() {
			break
		}
		for day := range studyDays {
			o.studyDay(week*studyDays + day)
			o.today++
		}
		o.sunday()
		o.today++
	}
	o.bury(o.kill("the end"))
	o.lookAtJobs()
}

// studyDay is the n-th one.
func (o *crashCohort) studyDay(n int) {
	o.Helper()
	wants := o.campaign.wants
	o.journey("prompt", o.at(9, o.zone), func() {
		o.expect("send/prompt/%s/%s/%s/%s", o.id, o.today, unitID(n), general)
	})
	o.journey("check-in", o.at(12, o.zone), o.checkIn)
	if wants("start") {
		o.journey("start", o.at(13, o.zone), func() { o.bury(o.kill("idle")) })
	}
	if o.campaign.plan != nil && wants("torn") {
		o.journey("torn", o.at(14, o.zone), o.tear)
	}
	if wants("draft", "announcement") {
		var draft coach.Action
		o.journey("draft", o.at(15, o.zone), func() { draft = o.draft() })
		o.journey("announcement", o.at(16, o.zone), func() { o.post(draft) })
	}
	if wants("join", "milestone", "link", "unlink", "link again", "forgetting") {
		guest := fmt.Sprint("guest", n)
		o.journey("join", o.at(17, o.zone), func() { o.say(guest, "Europe/Berlin", "join") })
		o.journey("milestone", o.at(18, o.zone), func() { o.say(guest, "", "milestone first 1") })
		o.lookAtMilestones(guest)
		o.journey("link", o.at(18, o.zone).Add(12*time.Minute), func() { o.link(guest) })
		o.lookAtLink(guest, 2)
		o.journey("unlink", o.at(18, o.zone).Add(24*time.Minute), func() { o.sayFar(guest, "unlink") })
		o.lookAtLink(guest, 1)
		o.journey("link again", o.at(18, o.zone).Add(36*time.Minute), func() { o.link(guest) })
		o.lookAtLink(guest, 4)
		o.journey("forgetting", o.at(19, o.zone).Add(-time.Minute), func() { o.forget(guest) })
		o.lookForTraces(guest)
	}
	o.journey("nudge", o.at(19, inZone(o.T, "America/New_York")), func() {
		o.expect("send/nudge/%s/%s/%s", o.id, account("ben"), o.today)
	})
}

func (o *crashCohort) sunday() {
	o.Helper()
	o.journey("checkpoint", o.at(9, o.zone), func() {
		o.expect("send/checkpoint/%s/%s/%s", o.id, o.today, general)
	})
	o.say("ben", "", "checkin 10m") // or his nudges would rest
	if o.campaign.wants("setup") {
		o.journey("setup", o.at(12, o.zone), func() {
			o.setUp("lea"+o.today.String(), coach.RoomID("fake/w/room"+o.today.String()), o.today+300)
		})
	}
	o.journey("summary", o.at(18, o.zone), func() {
		o.expect("send/summary/%s/%s/%s", o.id, o.today, general)
	})
}

// leeway is longer than two dead processes can hold up a message.
const leeway = 5 * time.Minute

// journey makes one at its time, with the kill that is planned for it, and looks
// whether all is as it must be.
func (o *crashCohort) journey(name string, at time.Time, do func()) {
	o.Helper()
	o.until(at.Add(-time.Millisecond))
	o.now = at
	o.aim(o.campaign.next(name))
	o.said = nil
	do()
	o.until(o.now.Add(leeway))
	trace := o.aim(kill{})
	if o.campaign.plan == nil {
		o.campaign.traces[name] = trace
	}
	o.sayAgain()
	o.lookAtCheckIns()
	o.lookAtMessages()
	o.count()
}

// What people do.

func account(who string) coach.UserRef { return coach.User("fake", "w", who) }

// event begins an event of somebody in the general room.
func (o *crashCohort) event(who, verb string) coach.Event {
	o.events++
	return coach.Event{ID: fmt.Sprint("event ", o.events), From: account(who), Name: who, Room: general, At: o.now, Verb: verb}
}

// handle has the program answer an event; where that dies, the platform sends
// it again.
func (o *crashCohort) handle(e coach.Event) coach.Reply {
	o.Helper()
	reply := o.do(errand{Event: &e}).Reply
	o.said = append(o.said, said{e, reply})
	return reply
}

func asJSON(v any) string {
	b, _ := json.Marshal(v) // of types that can be
	return string(b)
}

// say has somebody type "/coach ..." in the general room.
func (o *crashCohort) say(who, zone, text string) coach.Reply {
	o.Helper()
	e := o.event(who, "coach")
	e.Zone, e.Text = zone, text
	return o.handle(e)
}

// setUp has somebody set up a cohort, and returns its id.
func (o *crashCohort) setUp(who string, room coach.RoomID, start schedule.Date) (id string) {
	o.Helper()
	e := o.event(who, "setup")
	e.Room, e.Submit = room, true
	e.Args = map[string]string{
		"name": "Cohort", "roadmap": "short", "start": start.String(), "zone": "Europe/Berlin", "prompt": "09:00",
		"study": "mon,tue,wed,thu,fri,sat", "summary-day": "sun", "summary-time": "18:00", "goal": "10",
	}
	id = o.button(o.handle(e), "join").Args["cohort"]
	o.expect("send/welcome/%s", id)
	return id
}

// button is one of a message, by its verb.
func (o *crashCohort) button(r coach.Reply, verb string) coach.Action {
	o.Helper()
	if r.Message != nil {
		for _, b := range r.Message.Blocks {
			for _, a := range b.Actions {
				if a.Verb == verb {
					return a
				}
			}
		}
	}
	o.Fatalf("no button for %s in %s", verb, asJSON(r))
	return coach.Action{}
}

func (o *crashCohort) checkIn() {
	o.Helper()
	c := checkedIn{Date: o.today.String(), Minutes: 10 + len(o.checkIns)%50, Note: fmt.Sprint("note ", len(o.checkIns))}
	e := o.event("ada", "checkin")
	e.Text = fmt.Sprintf("%dm %s", c.Minutes, c.Note)
	o.handle(e)
	o.checkIns = append(o.checkIns, c)
}

// tear has Ada check in while the journal may grow only a little, so that the
// process dies in the middle of a write, at its start or afterwards.
func (o *crashCohort) tear() {
	o.Helper()
	o.bury(o.kill("idle"))
	o.limit = 1 + o.campaign.rnd.Int64N(o.journalBlocks()+1)
	o.checkIn()
	if o.limit != 0 {
		o.bury(o.kill("idle"))
	}
}

// draft has Lea write an announcement, and returns the button that posts it.
func (o *crashCohort) draft() coach.Action {
	o.Helper()
	e := o.event("lea", "announce")
	e.Submit, e.Args = true, map[string]string{"text": "Announcement of " + o.today.String()}
	return o.button(o.handle(e), "post")
}

func (o *crashCohort) post(draft coach.Action) {
	o.Helper()
	e := o.event("lea", draft.Verb)
	e.Args = draft.Args
	o.expect("send/announce/%s/%s/%s", o.id, e.Args["id"], general)
	o.handle(e)
}

// sayFar has somebody type "/coach ..." under their account in another workspace.
func (o *crashCohort) sayFar(who, text string) coach.Reply {
	o.Helper()
	e := o.event(who, "coach")
	e.From, e.Text = coach.User("fake", "far", who), text
	e.Room = e.From.Direct()
	return o.handle(e)
}

// link makes both accounts of somebody one learner, and checks in with each.
func (o *crashCohort) link(who string) {
	o.Helper()
	asked := o.say(who, "", "link")
	code := regexp.MustCompile("[A-Z2-7]{6}(-[A-Z2-7]{6}){2}").FindString(asJSON(asked))
	o.expect("send/link/%s/%s/%d", o.id, account(who), o.now.UnixMilli())
	o.sayFar(who, "link "+code)
	o.say(who, "", "checkin 10m")
	o.sayFar(who, "checkin 20m")
}

func (o *crashCohort) forget(who string) {
	o.Helper()
	e := o.event(who, "forget-me")
	e.Args = map[string]string{"sure": "yes"}
	o.handle(e)
	o.mu.Lock()
	defer o.mu.Unlock()
	for key := range o.due { // what was given up is listed no more
		if o.seen[key] && len(o.posted[key]) == 0 && strings.Contains(key, "/"+string(account(who))+"/") {
			delete(o.due, key)
		}
	}
}

// What must have come of it.

// expect has a message be due now.
func (o *crashCohort) expect(format string, args ...any) { o.due[fmt.Sprintf(format, args...)] = o.now }

// at is an hour of today, in a zone.
func (o *crashCohort) at(hour int, zone *time.Location) time.Time {
	year, month, day := o.today.Civil()
	return time.Date(year, month, day, hour, 0, 0, 0, zone)
}

// export reads what is kept of somebody, and tells whether there is anything.
func (o *crashCohort) export(who string, into any) bool {
	o.Helper()
	reply := o.say(who, "", "export")
	if len(reply.Files) == 0 {
		return false
	}
	if err := json.Unmarshal(reply.Files[0].Data, into); err != nil {
		o.Fatal(err)
	}
	return true
}

// sayAgain has what was said come once more, if a process died meanwhile: that
// changes nothing and gets the same answers.
func (o *crashCohort) sayAgain() {
	o.Helper()
	for _, s := range o.said {
		if len(o.deaths) == 0 || s.Verb == "forget-me" { // which forgets that it was said
			continue
		}
		if first, second := asJSON(s.reply), asJSON(o.do(errand{Event: &s.Event}).Reply); first != second {
			o.fail("the event %s is answered by\n%s\nand, when it comes again, by\n%s", s.ID, first, second)
		}
	}
}

// lookAtCheckIns compares Ada's with what she was told is kept.
func (o *crashCohort) lookAtCheckIns() {
	o.Helper()
	var kept struct {
		Entries []checkedIn
		Streak  struct{ Days int }
	}
	o.export("ada", &kept)
	days := map[string]bool{}
	for _, c := range o.checkIns {
		days[c.Date] = true
	}
	if !slices.Equal(kept.Entries, o.checkIns) || kept.Streak.Days != len(days) {
		o.fail("Ada has a streak of %d and the check-ins\n%v, not %d and\n%v", kept.Streak.Days, kept.Entries, len(days), o.checkIns)
	}
}

// lookAtMessages compares what is in the rooms with what is due by now.
func (o *crashCohort) lookAtMessages() {
	o.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, at := range o.due {
		if o.seen[key] {
			continue
		}
		o.seen[key] = true
		switch posted := o.posted[key]; {
		case len(posted) == 0 && o.mayBeGivenUp(key):
			o.report.gaveUp()
		case len(posted) == 0:
			o.loses("%s is missing", key)
		case posted[0].Sub(at) > time.Duration(len(o.deaths))*(lease+time.Second):
			o.fail("%s came %v late", key, posted[0].Sub(at))
		}
	}
	for key := range o.posted {
		if _, due := o.due[key]; !due {
			o.fail("there is %s, which is not due", key)
		}
	}
}

// mayBeGivenUp tells whether a message may be missing: the program died twice
// without knowing whether it was sent, on a platform that does not tell, and it
// is not one that is better repeated than lost.
func (o *crashCohort) mayBeGivenUp(key string) bool {
	return o.manner == neither && o.unsure[key] > 1 &&
		!strings.HasPrefix(key, "send/summary/") && !strings.HasPrefix(key, "send/announce/")
}

func (o *crashCohort) lookAtMilestones(who string) {
	o.Helper()
	var kept struct{ Milestones []struct{ ID string } }
	if o.export(who, &kept); len(kept.Milestones) != 1 {
		o.fail("%s has the milestones %v", who, kept.Milestones)
	}
}

// lookAtLink looks for n check-ins of somebody's account, or of both where they
// are linked.
func (o *crashCohort) lookAtLink(who string, n int) {
	o.Helper()
	reply := o.sayFar(who, "export")
	if len(reply.Files) == 0 {
		o.fail("the linked account of %s has nothing", who)
		return
	}
	var far, near struct {
		Linked  string `json:"linkedAccount"`
		Entries []checkedIn
	}
	if err := json.Unmarshal(reply.Files[0].Data, &far); err != nil {
		o.Fatal(err)
	}
	o.export(who, &near)
	if len(near.Entries) != n || len(far.Entries) != n || (near.Linked == "") != (n == 1) {
		o.fail("%s has the entries\n%v, and with the other account\n%v", who, near.Entries, far.Entries)
	}
}

// lookForTraces looks for what is left of somebody who was forgotten.
func (o *crashCohort) lookForTraces(who string) {
	o.Helper()
	if o.export(who, new(any)) {
		o.fail("%s is not forgotten", who)
	}
	for state, keys := range o.do(errand{Jobs: true}).Jobs {
		for _, key := range keys {
			if strings.Contains(key+"/", who+"/") {
				o.fail("there is the %s job %s", state, key)
			}
		}
	}
	if o.redis != nil {
		if keys := o.redis.Do("KEYS", "*"+who); keys != "" {
			o.fail("Redis has %s", keys)
		}
	}
}

// lookAtJobs looks for messages that are stuck: none waits, and none has ended
// but those that were given up, each of which can be listed.
func (o *crashCohort) lookAtJobs() {
	o.Helper()
	jobs := o.do(errand{Jobs: true}).Jobs
	for _, key := range jobs[schedule.Waiting] {
		if strings.HasPrefix(key, "send/") {
			o.fail("%s waits", key)
		}
	}
	for _, key := range jobs[schedule.Dead] {
		o.fail("%s is dead", key)
	}
	for _, key := range jobs[schedule.Skipped] {
		if !o.mayBeGivenUp(key) {
			o.fail("%s was skipped", key)
		}
	}
	for key := range o.due {
		if len(o.posted[key]) == 0 && !slices.Contains(jobs[schedule.Skipped], key) {
			o.fail("%s was given up and is not listed", key)
		}
	}
}
