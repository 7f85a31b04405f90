package check

import (
	"fmt"
	"math"
	"strings"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Binding (BIND) wants the resource of which ten per cent more helps most. When
// compute and memory time are within Band of each other, either is right. It is
// an invariant of compute.SingleNode at the ideal level, for a design that fits.
type Binding struct {
	ID   string
	Node compute.SingleNode
	Band float64 // of |T_c/T_m - 1|; zero means 5 %
}

const (
	bindLaw     = "BIND: 10 % more of the named resource shortens the pass, more than 10 % of any other does (compute.SingleNode)"
	more        = 1.1
	defaultBand = 0.05
)

// Candidates are the resources that a pass on one device can be short of.
func Candidates() []walls.Resource {
	return []walls.Resource{walls.Compute, walls.MemoryBandwidth, walls.Overhead}
}

// Faster returns the pass on a device with more of one resource.
func Faster(s compute.SingleNode, r walls.Resource, factor float64) compute.SingleNode {
	h := &s.Hardware
	switch r {
	case walls.Compute:
		for _, rate := range []*units.FLOPRate{
			&h.Rates.FP64, &h.Rates.FP32, &h.Rates.TF32, &h.Rates.BF16, &h.Rates.FP16,
			&h.Rates.FP8, &h.Rates.INT8, &h.Rates.FP4, &h.Rates.INT4,
		} {
			*rate = rate.Times(factor)
		}
	case walls.MemoryBandwidth:
		h.Bandwidth = h.Bandwidth.Times(factor)
	case walls.Overhead:
		h.Dispatch, h.Launch = h.Dispatch.Times(1/factor), h.Launch.Times(1/factor)
	}
	return s
}

// Right lists the resources that count as binding, the best first.
func (b Binding) Right() ([]walls.Resource, error) {
	base, err := b.Node.Solve()
	if err != nil {
		return nil, err
	}
	band := b.Band
	if band == 0 {
		band = defaultBand
	}
	// At the ridge neither helps alone: the other holds the pass back at once.
	ridge := math.Abs(base.Compute.Ratio(base.Memory)-1) < band
	if ridge && base.Overhead <= base.Memory {
		return []walls.Resource{walls.Compute, walls.MemoryBandwidth}, nil
	}
	best, gain := walls.Nothing, 0.0
	for _, r := range Candidates() {
		faster, err := Faster(b.Node, r, more).Solve()
		if err != nil {
			return nil, err
		}
		if g := 1 - faster.Latency.Ratio(base.Latency); g > gain {
			best, gain = r, g
		}
	}
	return []walls.Resource{best}, nil
}

// Check tries the named resource on the solver and shows what it changes.
func (b Binding) Check(c Claims) Verdict {
	claim, ok := c[b.ID]
	if !ok {
		return fail(bindLaw, "", "there is no Because for %s", b.ID)
	}
	var named walls.Resource
	if err := named.UnmarshalText([]byte(claim.Text)); err != nil || claim.Type != "text" {
		return fail(bindLaw, claim.String(), "%s does not name a resource", b.ID)
	}
	right, err := b.Right()
	if err != nil {
		return fail(bindLaw, "", "the scenario cannot be solved: %v", err)
	}
	for _, r := range right {
		if r == named {
			return pass(bindLaw, "10 % more "+named.String()+" shortens the pass")
		}
	}
	return fail(bindLaw, b.counter(named), "%s does not bind: more of it hardly changes the latency", named)
}

// counter says what ten per cent more of a resource changes.
func (b Binding) counter(named walls.Resource) string {
	base, err1 := b.Node.Solve()
	faster, err2 := Faster(b.Node, named, more).Solve()
	if err1 != nil || err2 != nil {
		return ""
	}
	gain := 100 * (1 - faster.Latency.Ratio(base.Latency))
	if gain < 0.005 {
		return fmt.Sprintf("with 10 %% more %s the latency does not change", named)
	}
	return fmt.Sprintf("with 10 %% more %s the latency falls by %s %%", named, strings.TrimSpace(units.Number(gain)))
}
