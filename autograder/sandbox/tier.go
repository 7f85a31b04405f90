package sandbox

import (
	"fmt"
	"strings"
	"sync"

	"github.com/mlsysim/golab/mlsysim/show"
)

// The tiers, in the order in which they are chosen for the lab language.
const (
	Wasm   = "wasm"
	Native = "native"
)

// A Tier is one way to hold a submission, as far as this machine has it.
type Tier struct {
	Name     string
	For      string   // the languages it can run here
	Provides []string // what holds a submission
	Missing  []string // what this machine lacks of it
	Why      string   // why the tier is not to be had; empty if it is
}

// String is the tier in one line, for reports.
func (t Tier) String() string {
	if t.Why != "" {
		return t.Name + ": not here: " + t.Why
	}
	s := t.Name + ": " + strings.Join(t.Provides, ", ")
	if len(t.Missing) > 0 {
		s += "; without " + strings.Join(t.Missing, ", ")
	}
	return s
}

// Probe tries what this machine has, once per process.
func Probe() []Tier { return probe() }

var probe = sync.OnceValue(func() []Tier { return []Tier{probeWasm(), native()} })

// native is probed by itself where no module is needed: preparing that takes
// seconds the first time.
var native = sync.OnceValue(probeNative)

// Isolation names what holds a submission unless told otherwise.
func Isolation() string { return Limits{}.Isolation() }

// Isolation names what holds a submission under these limits.
func (l Limits) Isolation() string {
	if l.Tier == Native {
		return native().String()
	}
	name, err := choose(Probe(), l.Tier)
	for _, t := range Probe() {
		if err == nil && t.Name == name {
			return t.String()
		}
	}
	return fmt.Sprint(err)
}

// View is the table of the tiers.
func View() show.View {
	t := &show.Table{Columns: []show.Column{{Name: "tier"}, {Name: "here"}, {Name: "for"}, {Name: "holds by"}, {Name: "lacks"}}}
	for _, tier := range Probe() {
		here := "yes"
		if tier.Why != "" {
			here = "no: " + tier.Why
		}
		t.Cells = append(t.Cells, []string{tier.Name, here, tier.For, strings.Join(tier.Provides, "; "), strings.Join(tier.Missing, "; ")})
	}
	return show.View{Title: "What can hold a submission on this machine", Data: Probe(), Blocks: []show.Block{{Table: t}}}
}
