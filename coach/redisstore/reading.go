package redisstore

import (
	"cmp"
	"slices"
	"strings"

	"studycoach/coach"
)

// A reading takes what the load script returned apart, in the order in which it
// was asked for. After an error it goes on with nothing.
type reading struct {
	parts []any
	err   error
}

func (r *reading) next() any {
	part := r.parts[0]
	r.parts = r.parts[1:]
	return part
}

// fail keeps the first error.
func (r *reading) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// lists reads what a scope asks for of a learner beside the record.
func (r *reading) lists(sc coach.Scope, s *coach.State) {
	if sc.Entries {
		s.Entries = r.entries("")
	}
	if sc.Cards {
		s.Cards = r.cards()
	}
	if sc.Assessments {
		s.Assessments = r.assessments()
	}
}

// entries reads the log of an account, or of the learner's own where it is empty.
func (r *reading) entries(account coach.UserRef) (entries []coach.Entry) {
	for _, record := range texts(r.next()) {
		e, err := unpackEntry(record)
		if err != nil {
			r.fail(err)
		}
		e.Account = account
		entries = append(entries, e)
	}
	return entries
}

// inOrder puts two logs together; of two entries with the same place, the
// learner's own comes first.
func inOrder(own, linked []coach.Entry) []coach.Entry {
	entries := slices.Concat(own, linked)
	slices.SortStableFunc(entries, func(a, b coach.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	return entries
}

func (r *reading) cards() map[string]coach.Card {
	cards := map[string]coach.Card{}
	for question, record := range pairs(r.next()) {
		card, err := unpackCard(question, record)
		if err != nil {
			r.fail(err)
		}
		cards[question] = card
	}
	return cards
}

func (r *reading) assessments() (assessments []coach.Assessment) {
	for checkpoint, record := range pairs(r.next()) {
		a, err := unpackAssessment(checkpoint, record)
		if err != nil {
			r.fail(err)
		}
		assessments = append(assessments, a)
	}
	slices.SortFunc(assessments, func(a, b coach.Assessment) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), strings.Compare(a.Checkpoint, b.Checkpoint))
	})
	return assessments
}

func (r *reading) announcements(s *coach.State) {
	for id, record := range pairs(r.next()) {
		a, err := unpackAnnouncement(id, record)
		if err != nil {
			r.fail(err)
		}
		s.Announcements = append(s.Announcements, a)
	}
	slices.SortFunc(s.Announcements, func(a, b coach.Announcement) int {
		return cmp.Or(b.Made.Compare(a.Made), strings.Compare(a.ID, b.ID))
	})
}
