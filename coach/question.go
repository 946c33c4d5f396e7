package coach

import "studycoach/content/say"

// timeLine is the question that a time which was not understood is answered
// with.
func timeLine(e *TimeError) any {
	text := quoted(e.Text, 40)
	switch e.Kind {
	case TimeTooLong:
		return say.TimeTooLong{Text: text, Max: MaxMinutes}
	case TimeTooShort:
		return say.TimeTooShort{Text: text}
	case TimeAmbiguous:
		return say.TimeAmbiguous{Times: e.Minutes}
	case TimeBare:
		line := say.TimeBare{Text: text}
		if len(e.Minutes) > 0 {
			line.Minutes = e.Minutes[0]
		}
		return line
	case TimeTwoDays:
		return say.TimeTwoDays{Text: text}
	default:
		return say.TimeUnclear{Text: text}
	}
}
