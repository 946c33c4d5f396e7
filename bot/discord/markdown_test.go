package discord

import "strings"

// read is markdown as people see it.
type read struct {
	text  string
	links []string
	rooms []string
}

// readMarkdown shows markdown as Discord does, as far as the bot writes it:
// escapes, styles, code, links, channels, small print.
func readMarkdown(s string) (r read) {
	var b strings.Builder
	begins := true
	for s != "" {
		switch {
		case begins && strings.HasPrefix(s, "-# "):
			s = s[3:]
		case strings.HasPrefix(s, "```"):
			body, rest, _ := strings.Cut(s[3:], "```")
			if first, more, ok := strings.Cut(body, "\n"); ok && !strings.ContainsAny(first, " \t") {
				body = more
			}
			b.WriteString(body)
			s = rest
		case s[0] == '`':
			ticks := len(s) - len(strings.TrimLeft(s, "`"))
			mark := s[:ticks]
			if body, rest, closed := strings.Cut(s[ticks:], mark); closed {
				b.WriteString(strings.TrimSpace(body))
				s = rest
			} else {
				b.WriteString(mark)
				s = s[ticks:]
			}
		case s[0] == '\\' && len(s) > 1 && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[1]) >= 0:
			b.WriteByte(s[1])
			s = s[2:]
		case s[0] == '*' || s[0] == '_' || strings.HasPrefix(s, "~~") || strings.HasPrefix(s, "||"):
			s = s[1:]
		case s[0] == '[':
			title, rest, ok := strings.Cut(s[1:], "](")
			url, after, closed := strings.Cut(rest, ")")
			if !ok || !closed {
				b.WriteByte('[')
				s = s[1:]
				break
			}
			if strings.ContainsAny(title, "*~|`") {
				title = readMarkdown(title).text
			}
			b.WriteString(title) // in which a backslash is one
			r.links = append(r.links, strings.Trim(url, "<>"))
			s = after
		case strings.HasPrefix(s, "<#"):
			id, rest, closed := strings.Cut(s[2:], ">")
			if !closed || !isSnowflake(id) {
				b.WriteString("<#")
				s = s[2:]
				break
			}
			b.WriteString("#" + id)
			r.rooms = append(r.rooms, id)
			s = rest
		default:
			begins = s[0] == '\n'
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		begins = false
	}
	r.text = b.String()
	return r
}
