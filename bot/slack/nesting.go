package slack

// maxNesting is how deep JSON may be nested. Slack's own is at most about
// twenty deep.
const maxNesting = 64

// shallow tells whether JSON is nested no deeper than that. Of what is no JSON
// it tells nothing.
func shallow(b []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxNesting {
				return false
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return true
}
