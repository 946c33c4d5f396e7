package slack

import (
	"github.com/slack-go/slack"

	"studycoach/coach"
	"studycoach/content/say"
)

// home makes the App Home tab from a message. What does not fit is left out,
// and the last block says so. Pictures are shown by their descriptions, and heat
// maps in characters too.
func home(m coach.Message) slack.HomeTabViewRequest {
	var blocks []coach.Block
	for _, b := range m.Blocks {
		if b.Image != nil && b.Image.Heat != nil {
			blocks = append(blocks, coach.Code(squares(*b.Image.Heat)))
		}
		blocks = append(blocks, b)
	}
	return slack.HomeTabViewRequest{
		Type: slack.VTHomeTab, CallbackID: prefix + "home",
		Blocks: slack.Blocks{BlockSet: view(parts(coach.Message{Blocks: blocks}, nil))},
	}
}

// view is as many blocks as a view takes.
func view(all []part) []slack.Block {
	if len(all) > maxViewBlocks {
		all = append(all[:maxViewBlocks-1:maxViewBlocks-1], paragraphs([]say.Span{{Text: say.LeftOut.String(), Style: say.Italic}})...)
	}
	var out []slack.Block
	for _, p := range all {
		out = append(out, p.block)
	}
	return out
}
