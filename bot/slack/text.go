package slack

import "strings"

// unescape turns back what Slack escapes in the texts that it hands over
// (https://docs.slack.dev/messaging/formatting-message-text#escaping).
func unescape(s string) string { return entities.Replace(s) }

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// typed is the text of a message as its writer has typed it: its links are
// their words, or else their addresses, and its mentions their names, or else
// their ids (https://docs.slack.dev/messaging/formatting-message-text#parsing).
func typed(s string) string {
	var b strings.Builder
	for {
		plain, rest, ok := strings.Cut(s, "<")
		b.WriteString(plain)
		if !ok {
			break
		}
		inside, after, ok := strings.Cut(rest, ">")
		if !ok {
			b.WriteString("<" + rest)
			break
		}
		b.WriteString(reference(inside))
		s = after
	}
	return clean(unescape(b.String()))
}

// reference is what people see of <...>.
func reference(s string) string {
	target, label, labelled := strings.Cut(s, "|")
	mark, id := "", target
	switch {
	case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"):
		mark, id = target[:1], target[1:]
	case strings.HasPrefix(target, "!subteam^"):
		mark, id = "@", strings.TrimPrefix(target, "!subteam^")
	case strings.HasPrefix(target, "!date^"):
		return label
	case strings.HasPrefix(target, "!"):
		mark, id = "@", target[1:]
	}
	if labelled && label != "" {
		return mark + strings.TrimPrefix(label, mark)
	}
	return mark + strings.TrimPrefix(id, "mailto:")
}
