package zoo

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/systems"
)

// A Problem is why a value deserves a second look.
type Problem string

// The problems. Missing is a number that the kind of entry should have, Stale a
// price of more than a year ago or a yearly figure of more than three, Doubtful
// a number with low confidence.
const (
	Missing  Problem = "missing"
	Stale    Problem = "stale"
	Doubtful Problem = "low confidence"
)

// A Finding is one value with a problem.
type Finding struct {
	Registry string // hardware
	Kind     string // Device
	Entry    string // H100
	Field    string // Price
	Problem  Problem
	Value    string // as the registry writes it; empty if missing
	Why      string // the date of a stale value, the note of a doubtful one
}

// A Count says how far the numbers of one registry can be trusted.
type Count struct {
	Registry          string
	Entries, Values   int
	High, Medium, Low int
}

// A Checkup is what is known about the numbers of some registries.
type Checkup struct {
	Counts   []Count
	Findings []Finding
}

// Checkup looks at every value of the registries, those of the user included.
// What is stale depends on the day.
func (z *Zoo) Checkup(day time.Time, kinds ...string) Checkup {
	var c Checkup
	for _, kind := range kinds {
		all := z.Entries(kind)
		c.Counts = append(c.Counts, Tally(kind, all))
		for i := range all {
			c.Findings = append(c.Findings, findings(kind, &all[i], day)...)
		}
	}
	return c
}

// Tally counts the numbers of some entries by confidence.
func Tally(registry string, entries []Entry) Count {
	c := Count{Registry: registry, Entries: len(entries)}
	for i := range entries {
		for _, f := range entries[i].Facts {
			c.Values++
			switch f.Confidence {
			case source.High:
				c.High++
			case source.Medium:
				c.Medium++
			default:
				c.Low++
			}
		}
	}
	return c
}

func findings(registry string, e *Entry, day time.Time) []Finding {
	var out []Finding
	v := *e.Value
	found := func(p Problem, field, value, why string) {
		out = append(out, Finding{registry, reflect.TypeOf(v).Name(), e.Key, field, p, value, why})
	}
	for _, field := range wants(v) {
		if field == "Rates" || reflect.ValueOf(v).FieldByName(field).IsZero() {
			found(Missing, field, "", "")
		}
	}
	for _, f := range e.Facts {
		if why := stale(v, f, day); why != "" {
			found(Stale, f.Field, f.Text, why)
		}
		if f.Confidence == source.Low {
			found(Doubtful, f.Field, f.Text, f.Note)
		}
	}
	return out
}

// wants lists the fields that the kind of entry should have.
func wants(v any) []string {
	switch x := v.(type) {
	case hardware.Device:
		return wantsOfDevice(x)
	case models.Model:
		want := []string{"Year", "Params", "Layers"}
		if x.Family == models.Transformer || x.Family == models.MoE {
			want = append(want, "Hidden", "Heads", "KVHeads", "HeadDim", "FFN", "Vocab", "Context")
		}
		return want
	case infra.Grid:
		return []string{"Carbon", "Year", "Price"}
	case infra.Facility:
		want := []string{"PUE", "Year"}
		if !x.Dry {
			want = append(want, "WUE")
		}
		return want
	case infra.Instance:
		want := []string{"Price", "Date"}
		if x.Devices > 0 {
			want = append(want, "PerDevice")
		}
		return want
	case systems.Node:
		return []string{"Devices", "IntraLink", "NICs", "NICRate", "Power"}
	case systems.Fabric:
		return []string{"Bandwidth", "LatencyLow", "LatencyHigh"}
	case systems.Pod:
		return []string{"Devices", "Memory", "Power"}
	case systems.Storage:
		return []string{"Bandwidth", "Latency"}
	default:
		return nil
	}
}

func wantsOfDevice(d hardware.Device) []string {
	want := []string{"Year", "TDP", "Price"}
	if d.Rates.At(d.Best()) == 0 {
		want = append(want, "Rates")
	}
	if d.Capacity() == 0 {
		want = append(want, "Memory")
	}
	if d.MainBandwidth() == 0 {
		want = append(want, "Bandwidth")
	}
	if d.NodeSize > 1 {
		want = append(want, "ScaleUp")
	}
	return want
}

const (
	priceAge  = 1 // years after which a price is old
	figureAge = 3 // and a yearly figure of a grid or a building
)

// stale returns the date of a value that is too old, else "". A launch price is
// history and does not age.
func stale(v any, f source.Fact, day time.Time) string {
	switch x := v.(type) {
	case infra.Grid:
		return old(f.Field, "Carbon", x.Year, day)
	case infra.Facility:
		return old(f.Field, "PUE", x.Year, day)
	case infra.Cooling:
		return old(f.Field, "PUE", x.Year, day)
	case infra.Instance:
		if f.Field == "Price" || f.Field == "PerDevice" {
			return expired(x.Date, day)
		}
	case hardware.Device, infra.Tariff, systems.Storage:
		if (f.Field == "Price" || f.Field == "Rent") && !strings.Contains(f.Note, "launch") {
			return expired(f.Note, day)
		}
	}
	return ""
}

// old returns the year of a yearly figure that is too old.
func old(field, figure string, year int, day time.Time) string {
	if field != figure || year == 0 || day.Year()-year <= figureAge {
		return ""
	}
	return fmt.Sprint(year)
}

var dated = regexp.MustCompile(`\b(?:19|20)\d\d(?:-\d\d)?\b`)

// expired returns the last date in a text if a price of that day is too old. A
// year without a month is taken to be its last day.
func expired(text string, day time.Time) string {
	all := dated.FindAllString(text, -1)
	if len(all) == 0 {
		return ""
	}
	date := all[len(all)-1]
	end, err := time.Parse("2006-01", date)
	if err != nil {
		if end, err = time.Parse("2006", date); err != nil {
			return ""
		}
		end = end.AddDate(0, 11, 0)
	}
	if end.AddDate(priceAge, 1, 0).After(day) {
		return ""
	}
	return date
}
