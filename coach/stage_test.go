package coach

import (
	"errors"
	"testing"

	"studycoach/schedule"
)

// A stage keeps what a store would keep, of one cohort, and what was read from
// it belongs to the reader.
func TestStage(t *testing.T) {
	s := &stage{
		state: State{
			Cohort:        &Cohort{ID: "c", Pending: map[string]string{kindPrompt: "a"}},
			Announcements: []Announcement{{ID: "x", Status: announcePlanned}},
		},
		jobs: []schedule.Job{{Key: "a"}, {Key: "b"}},
	}
	failed := errors.New("failed")
	if _, _, err := s.Update(t.Context(), Scope{}, func(st State) (Change, error) {
		st.Cohort.Pending[kindPrompt] = "spoilt"
		st.announcement("x").Status = "spoilt"
		return Change{}, failed
	}); !errors.Is(err, failed) {
		t.Error(err)
	}
	if s.state.Cohort.Pending[kindPrompt] != "a" || s.state.Announcements[0].Status != announcePlanned {
		t.Errorf("a change that failed left %+v", s.state)
	}
	if _, _, err := s.Update(t.Context(), Scope{}, func(st State) (Change, error) {
		st.Cohort.Name = "new"
		return Change{
			Cohort: st.Cohort, Announce: []Announcement{{ID: "x", Status: announcePosted}},
			Cancel: []string{"a", "unknown"}, Add: []schedule.Job{{Key: "c"}},
		}, nil
	}); err != nil {
		t.Error(err)
	}
	if s.state.Cohort.Name != "new" || s.state.Announcements[0].Status != announcePosted {
		t.Errorf("put: %+v", s.state)
	}
	if len(s.jobs) != 2 || s.jobs[0].Key != "b" || s.jobs[1].Key != "c" {
		t.Errorf("jobs: %+v", s.jobs)
	}
}
