package schedule

import (
	"archive/zip"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write zones.txt anew from the toolchain's zone database")

// The list is that of the database which the toolchain compiles in.
func TestZones(t *testing.T) {
	archive, err := zip.OpenReader(zoneinfo)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var want []string
	for _, f := range archive.File {
		// Factory is what a clock is set to before somebody sets it.
		if !strings.HasSuffix(f.Name, "/") && f.Name != "Factory" {
			want = append(want, f.Name)
		}
	}
	slices.Sort(want)
	if *update {
		if err := os.WriteFile("zones.txt", []byte(strings.Join(want, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, Zones()); diff != "" {
		t.Errorf("zones.txt is not of this toolchain; run go generate (-database +list):\n%s", diff)
	}
}

func TestEveryZoneLoads(t *testing.T) {
	for _, name := range Zones() {
		loc, err := LoadZone(name)
		if err != nil || loc.String() != name {
			t.Errorf("LoadZone(%q) = %v, %v", name, loc, err)
		}
	}
}

func TestLoadZoneForgivesSpelling(t *testing.T) {
	for text, want := range map[string]string{
		"europe/berlin": "Europe/Berlin", "AMERICA/new york": "America/New_York", " Asia/Kolkata ": "Asia/Kolkata", "utc": "UTC",
	} {
		if got := mustZone(t, text).String(); got != want {
			t.Errorf("LoadZone(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestLoadZoneRefuses(t *testing.T) {
	const advice = "write one like Europe/Berlin or America/New_York"
	for text, want := range map[string]string{
		"":                         "a time zone is needed, like Europe/Berlin",
		" \t":                      "a time zone is needed, like Europe/Berlin",
		"Local":                    `there is no time zone "Local"; ` + advice,
		"Berlin":                   `there is no time zone "Berlin"; did you mean Europe/Berlin?`,
		"new york":                 `there is no time zone "new york"; did you mean America/New_York?`,
		"Louisville":               `there is no time zone "Louisville"; did you mean America/Kentucky/Louisville or America/Louisville?`,
		"America":                  `there is no time zone "America"; ` + advice,
		"../../etc/passwd":         `there is no time zone "../../etc/passwd"; ` + advice,
		"/etc/localtime":           `there is no time zone "/etc/localtime"; ` + advice,
		"Europe/../Europe/Berlin":  `there is no time zone "Europe/../Europe/Berlin"; ` + advice,
		"right/Europe/Berlin":      `there is no time zone "right/Europe/Berlin"; ` + advice,
		"Factory":                  `there is no time zone "Factory"; ` + advice,
		"Mars\x00/Base":            `there is no time zone "Mars\x00/Base"; ` + advice,
		strings.Repeat("é", 5_000): `there is no time zone "` + strings.Repeat("é", 40) + `…"; ` + advice,
	} {
		if loc, err := LoadZone(text); err == nil || err.Error() != want {
			t.Errorf("LoadZone(%q) = %v, %v\nwant the error %s", text, loc, err, want)
		}
	}
}
