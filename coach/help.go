package coach

import (
	"context"

	"studycoach/content/say"
)

// help lists the commands; a lead's own come at the end.
func (c *Coach) help(_ context.Context, _ request) (Reply, error) {
	m := Say(helpBlocks(true)...)
	m.Blocks = append(m.Blocks, Actions(press(say.ButtonCheckIn, "checkin"), press(say.ButtonToday, "today"), press(say.ButtonMe, "me")))
	return Reply{Message: m}, nil
}

// helpBlocks list the commands, those for leads only where they are of use.
func helpBlocks(lead bool) []Block {
	line := say.Help{}
	for _, cmd := range Commands() {
		row := say.HelpRow{Name: cmd.Name, Usage: cmd.Usage, Summary: cmd.Summary}
		if cmd.Lead {
			line.Leads = append(line.Leads, row)
		} else {
			line.Learners = append(line.Learners, row)
		}
	}
	blocks := []Block{Text(say.Text(line))}
	if lead {
		blocks = append(blocks, Text(say.Text(say.HelpLeads{Leads: line.Leads})))
	}
	return blocks
}
