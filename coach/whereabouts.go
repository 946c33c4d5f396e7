package coach

import (
	"errors"
	"slices"
	"sync"
)

// whereabouts remembers which cohort was found in a room, so that the many
// check-ins of a morning need not each look it up. It may be out of date: whoever
// goes by it makes sure, with the cohort before them, that it lives in the room.
type whereabouts struct {
	mu    sync.Mutex
	found map[RoomID]CohortID
}

// maxWhereabouts is how many rooms are remembered, of about 100 bytes each.
const maxWhereabouts = 10_000

// errMoved says that a cohort does not live where it was found before.
var errMoved = errors.New("the cohort has left the room")

func (w *whereabouts) get(room RoomID) (id CohortID, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id, ok = w.found[room]
	return id, ok
}

func (w *whereabouts) put(room RoomID, id CohortID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.found == nil || len(w.found) >= maxWhereabouts {
		w.found = map[RoomID]CohortID{}
	}
	w.found[room] = id
}

// remembered is the cohort that a check-in may be about, as the room was when it
// was last looked up. Other commands are too few to need that.
func (c *Coach) remembered(r request) (id CohortID, ok bool) {
	if r.command.name != "checkin" || r.Arg("cohort") != "" || r.Room.IsDirect() {
		return "", false
	}
	return c.rooms.get(r.Room)
}

// settled makes sure that a remembered cohort still lives in the room. It fails
// with errMoved.
func (r request) settled(s State) error {
	if r.remembered && (s.Cohort == nil || !slices.Contains(s.Cohort.Rooms, r.Room)) {
		return errMoved
	}
	return nil
}
