package coach

import (
	"studycoach/content/say"
)

// Refusal is an error that is meant for the person who caused it: Handle shows
// it as it is. Nothing was changed.
type Refusal struct {
	Line    any      // a line of package say
	Actions []Action // a way out
	Form    *Form    // the form to show again, with the errors at its fields; Line is not shown then
}

func (r *Refusal) Error() string { return say.Unmarked(say.Text(r.Line)) }

// reply is what the person sees.
func (r *Refusal) reply() Reply {
	if r.Form != nil {
		return Reply{Form: r.Form}
	}
	m := Say(Text(say.Text(r.Line)))
	if len(r.Actions) > 0 {
		m.Blocks = append(m.Blocks, Actions(r.Actions...))
	}
	return Reply{Message: m}
}

// refuse is a Refusal with a line and ways out.
func refuse(line any, actions ...Action) error {
	return &Refusal{Line: line, Actions: actions}
}

// quoted is what a person typed, as a line shows it back: cut, and in one line,
// so that the marks around it hold.
func quoted(s string, n int) say.Literal { return say.Literal(clip(oneLine(s), n)) }
