package slack

import (
	"github.com/slack-go/slack"

	"studycoach/coach"
)

// home makes the App Home tab from a message.
func home(m coach.Message) slack.HomeTabViewRequest {
	blocks := messageBlocks(m, nil)
	return slack.HomeTabViewRequest{
		Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks[:min(len(blocks), maxViewBlocks)]},
	}
}
