package coach

import (
	"encoding/json"
	"fmt"
	"time"

	"studycoach/schedule"
)

// Delivery is one message for one room: the payload of a job of kind Deliver.
type Delivery struct {
	Key     string        `json:"-"` // the job's key; a platform finds an earlier send by it
	Due     time.Time     `json:"-"` // when the job was due: it was not sent before; zero: not known
	Room    RoomID        `json:"room"`
	Class   Class         `json:"class"`
	Message Message       `json:"message"`
	Thread  string        `json:"thread,omitempty"`  // what a thread to begin below it is called, where threads are begun by the bot; empty: none
	Ping    GroupRef      `json:"ping,omitempty"`    // whom it pings, of the room's workspace; empty: nobody
	Expires time.Duration `json:"expires,omitempty"` // how late it may go out, see schedule.Late; 0: never too late
}

// Deliver is the kind of jobs that put a message into a room.
const Deliver = "send"

// NudgeMemory is how long the key of a nudge that was done is remembered, from
// its job and from its delivery. They are most of all jobs. A day is more than a
// job that was handed out twice can take; from then on [Learner.Nudged] alone
// keeps a date from being nudged again.
const NudgeMemory = 24 * time.Hour

// Class says what a delivery is, and so what to do when it may or may not have
// been sent already.
type Class string

// The classes of deliveries.
const (
	ClassPrompt       Class = "prompt"
	ClassNudge        Class = "nudge"
	ClassSummary      Class = "summary"
	ClassAnnouncement Class = "announcement"
	ClassNotice       Class = "notice" // welcome, checkpoint, help for a lead
)

// Job makes the job that carries d out from due on.
func (d Delivery) Job(part int, due time.Time) (schedule.Job, error) {
	payload, err := json.Marshal(d)
	if err != nil {
		return schedule.Job{}, fmt.Errorf("delivery %s: %w", d.Key, err)
	}
	return schedule.Job{Key: d.Key, Kind: Deliver, Part: part, Due: due, Payload: payload}, nil
}

// DeliveryOf reads the delivery that a job of kind Deliver carries.
func DeliveryOf(j schedule.Job) (Delivery, error) {
	d := Delivery{}
	if err := json.Unmarshal(j.Payload, &d); err != nil {
		return d, fmt.Errorf("delivery %s: %w", j.Key, err)
	}
	d.Key, d.Due = j.Key, j.Due
	return d, nil
}

// deliver adds to the change a delivery like d for each of the cohort's rooms;
// its key is d's and the room. A group is pinged in the rooms of its workspace. A closed room is not sent prompts, which are of
// no use once it is open again; the others wait on the list of what did not go
// out.
func (ch *Change) deliver(co *Cohort, d Delivery, due time.Time) error {
	prefix, ping := d.Key, d.Ping
	for _, room := range co.Rooms {
		if d.Class == ClassPrompt && co.closed(room) != "" {
			continue
		}
		d.Key, d.Room, d.Ping = prefix+"/"+string(room), room, ""
		if ping.Workspace() == room.Workspace() {
			d.Ping = ping
		}
		job, err := d.Job(co.ID.Part(), due)
		if err != nil {
			return err
		}
		ch.Add = append(ch.Add, job)
	}
	return nil
}
