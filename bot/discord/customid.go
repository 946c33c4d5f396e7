package discord

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// errNotOurs says that a component was not made by this bot, or by a version of
// it that wrote other ids.
var errNotOurs = errors.New("a component that this bot did not make")

// A custom_id holds what its component is for, in strings that each follow
// their length: a byte that is idBase more than it. It needs no escaping, so
// that a verb and arguments of 80 bytes, the most that the coach gives, always
// fit with up to eight arguments, whatever is in them.
//
// An id begins with its version and kind and with the component's place, which
// keeps two equal buttons of a message apart, and ends with a mark of its own,
// so that an id whose end was lost is not taken for another one.
const (
	idBase = '!'
	idEnd  = "~" // longer than any string, so never a length
)

// The versions of ids, which are also their kinds. A change of what an id holds
// takes a new letter.
const (
	idButton = "A" // verb and arguments
)

// pack makes a custom_id.
func pack(kind string, place int, parts ...string) string {
	var b strings.Builder
	b.WriteString(kind)
	b.WriteByte(byte(idBase + place))
	for _, p := range parts {
		b.WriteByte(byte(idBase + len(p)))
		b.WriteString(p)
	}
	b.WriteString(idEnd)
	return b.String()
}

// unpack reads a custom_id.
func unpack(id string) (kind string, parts []string, err error) {
	rest, ended := strings.CutSuffix(id, idEnd)
	if !ended || len(rest) < 2 {
		return "", nil, errNotOurs
	}
	kind, rest = rest[:1], rest[2:]
	for rest != "" {
		n := int(rest[0]) - idBase
		if n < 0 || n >= len(rest) {
			return "", nil, errNotOurs
		}
		parts, rest = append(parts, rest[1:n+1]), rest[n+1:]
	}
	return kind, parts, nil
}

// verbParts are the strings that stand for a verb and its arguments.
func verbParts(verb string, args map[string]string) []string {
	parts := []string{verb}
	for _, k := range slices.Sorted(maps.Keys(args)) {
		parts = append(parts, k, args[k])
	}
	return parts
}

// verbOf reads verbParts.
func verbOf(parts []string) (verb string, args map[string]string, err error) {
	if len(parts)%2 == 0 || parts[0] == "" {
		return "", nil, errNotOurs
	}
	args = map[string]string{}
	for i := 1; i < len(parts); i += 2 {
		args[parts[i]] = parts[i+1]
	}
	return parts[0], args, nil
}

// pressed reads the custom_id of a button of a message.
func pressed(customID string) (verb string, args map[string]string, err error) {
	kind, parts, err := unpack(customID)
	if err != nil || kind != idButton {
		return "", nil, errNotOurs
	}
	return verbOf(parts)
}
