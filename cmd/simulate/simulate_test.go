package main

import (
	"testing"

	"studycoach/coach/storetest"
)

// TestSimulate lives through a small week.
func TestSimulate(t *testing.T) {
	storetest.NeedRedis(t)
	o := options{Group: 10, Clients: 8, Workers: 8}
	f, err := simulate(t.Context(), o, 60)
	if err != nil {
		t.Fatal(err)
	}
	if f.missing+f.doubled+f.lost != 0 {
		t.Errorf("of %d posts %d are missing and %d too many; %d learners have other hours", f.posts, f.missing, f.doubled, f.lost)
	}
	if want := 6*studyDays + 6; f.posts < want {
		t.Errorf("%d posts went out, fewer than the %d prompts and summaries", f.posts, want)
	}
	if f.bytes <= 0 || f.perCheckIn.wall <= 0 || f.perPost.wall <= 0 {
		t.Errorf("nothing was measured: %+v", f)
	}
}

// TestTheVerdictSeesFaults takes posts away and adds some.
func TestTheVerdictSeesFaults(t *testing.T) {
	p, err := newPlan(40, 10)
	if err != nil {
		t.Fatal(err)
	}
	f := newPlatform(p)
	missing, doubled, spared := f.verdict(p, 0)
	// Nothing was posted: 24 prompts, 4 summaries, and the nudges of those who
	// had not checked in by 19:00.
	if nudges := missing - 28; nudges < 40*studyDays*3/10 || nudges > 40*studyDays || doubled != 0 || spared != 0 {
		t.Errorf("of nothing, %d are missing, %d doubled, %d spared", missing, doubled, spared)
	}
	f.prompts[2][1] = 2
	f.summaries[3] = 1
	f.nudges[6][0] = 1 // on a Sunday
	f.early = 1
	again, doubled, _ := f.verdict(p, 0)
	if again != missing-2 || doubled != 3 {
		t.Errorf("%d are missing and %d doubled, want %d and 3", again, doubled, missing-2)
	}
}
