package coach

import (
	"errors"
	"slices"
)

// maxWhereabouts is how many rooms [Coach] remembers the cohort of, of about 100
// bytes each, so that the many check-ins of a morning need not each look it up.
// Whoever goes by that makes sure, with the cohort before them, that it lives in
// the room.
const maxWhereabouts = 10_000

// errMoved says that a cohort does not live where it was found before.
var errMoved = errors.New("the cohort has left the room")

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
