package content

import (
	"fmt"

	"studycoach/content/say"
)

// spent is planned time in minutes.
type spent struct{ deep, delegate int }

func spentOn(units []Unit) (s spent) {
	for _, u := range units {
		s = s.plus(spent{u.Deep, u.Delegate})
	}
	return s
}

func (p Phase) spent() (s spent) {
	for _, w := range p.Weeks {
		s = s.plus(spentOn(w.Units))
	}
	return s
}

func (s spent) plus(t spent) spent { return spent{s.deep + t.deep, s.delegate + t.delegate} }
func (s spent) total() int         { return s.deep + s.delegate }

// share is the per cent of the time that is deep, rounded, or 0.
func (s spent) share() int { return (s.deep*100 + s.total()/2) / max(1, s.total()) }

// String says the time and its split.
func (s spent) String() string {
	return fmt.Sprintf("%s (%s deep, %s directing AI)", say.Minutes(s.total()), say.Minutes(s.deep), say.Minutes(s.delegate))
}
