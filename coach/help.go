package coach

import (
	"context"

	"studycoach/content/say"
)

// help lists the commands; a lead's own come at the end.
func (c *Coach) help(_ context.Context, _ request) (Reply, error) {
	line := say.Help{}
	for _, cmd := range Commands() {
		row := say.HelpRow{Name: cmd.Name, Usage: cmd.Usage, Summary: cmd.Summary}
		if cmd.Lead {
			line.Leads = append(line.Leads, row)
		} else {
			line.Learners = append(line.Learners, row)
		}
	}
	return Reply{Message: Say(
		Text(say.Text(line)),
		Text(say.Text(say.HelpLeads{Leads: line.Leads})),
		Actions(press(say.ButtonCheckIn, "checkin"), press(say.ButtonToday, "today"), press(say.ButtonMe, "me")),
	)}, nil
}
