package schedule

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // so that zones load on a machine without a zone database
)

// zoneList names the zones of the compiled-in database, one a line, sorted.
//
//go:generate go test -run ^TestZones$ -update .
//go:embed zones.txt
var zoneList string

// zone is a named zone, loaded when it is first asked for.
type zone struct {
	name string
	load func() (*time.Location, error)
}

// zones finds a zone by its name in lower case.
var zones = sync.OnceValue(func() map[string]zone {
	index := make(map[string]zone)
	for _, name := range Zones() {
		index[strings.ToLower(name)] = zone{name, sync.OnceValues(func() (*time.Location, error) {
			return time.LoadLocation(name)
		})}
	}
	return index
})

// Zones returns the names of all time zones, sorted.
func Zones() []string { return strings.Fields(zoneList) }

// LoadZone returns the time zone of a name such as Europe/Berlin, written in
// any case and with spaces or underscores; the location's String is the name as
// the database spells it. Unlike [time.LoadLocation] it knows no "" and no
// "Local", which would mean something else on another machine, and takes no
// path. The error can be shown to whoever typed the name.
func LoadZone(name string) (*time.Location, error) {
	if strings.TrimSpace(name) == "" {
		return nil, fmt.Errorf("a time zone is needed, like Europe/Berlin")
	}
	plain := strings.ToLower(strings.Join(strings.Fields(name), "_"))
	z, ok := zones()[plain]
	if !ok {
		return nil, fmt.Errorf("there is no time zone %s; %s", quoted(name), nearZones(plain))
	}
	loc, err := z.load()
	if err != nil {
		return nil, fmt.Errorf("load time zone %s: %w", z.name, err)
	}
	return loc, nil
}

// nearZones advises someone who meant a zone by a part of its name.
func nearZones(part string) string {
	var near []string
	for _, name := range Zones() {
		if len(part) > 2 && strings.Contains(strings.ToLower(name), part) {
			near = append(near, name)
		}
	}
	if len(near) == 0 || len(near) > 4 {
		return "write one like Europe/Berlin or America/New_York"
	}
	return "did you mean " + strings.Join(near, " or ") + "?"
}
