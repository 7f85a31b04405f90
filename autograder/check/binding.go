package check

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Binding (BIND) wants the resource of which ten per cent more helps most. Near
// a ridge, where another resource takes over within Band, that one is right too.
//
// Metric solves a design that has factor times as much of a resource. For a
// solver with a Hardware field, Faster makes that design:
//
//	func(r walls.Resource, factor float64) (float64, error) {
//		out, err := check.Faster(s, r, factor).Solve()
//		return float64(out.ITL), err
//	}
type Binding struct {
	ID         string
	What       string // latency: the metric in words
	Cites      string
	Candidates []walls.Resource // that may bind; nil: those of one device
	Metric     func(r walls.Resource, factor float64) (float64, error)
	Higher     bool    // the metric is better when it is higher
	Band       float64 // relative distance of a ridge; zero means 5 %
}

// Pass is the attribution of the latency of one pass on one device.
func Pass(id string, s compute.SingleNode) Binding {
	return Binding{ID: id, What: "latency", Cites: "compute.SingleNode", Metric: func(r walls.Resource, factor float64) (float64, error) {
		out, err := Faster(s, r, factor).Solve()
		return float64(out.Latency), err
	}}
}

const (
	more        = 1.1
	defaultBand = 0.05
	tied        = 0.9 // share of the largest effect that counts as equal
)

// Candidates are the resources that a pass on one device can be short of.
func Candidates() []walls.Resource {
	return []walls.Resource{walls.Compute, walls.MemoryBandwidth, walls.Overhead}
}

// Faster returns a solver input whose Hardware field has more of one resource.
// It panics if the input has no such field.
func Faster[S any](s S, r walls.Resource, factor float64) S {
	h := deviceOf(&s)
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
	case walls.MemoryCapacity:
		h.Memory = h.Memory.Times(factor)
	case walls.Overhead:
		h.Dispatch, h.Launch = h.Dispatch.Times(1/factor), h.Launch.Times(1/factor)
	}
	return s
}

// An effect is what more and less of one resource does to a metric, as a share.
type effect struct {
	resource           walls.Resource
	gain, loss         float64 // with ten per cent more, and ten per cent less
	nearGain, nearMiss float64 // the same within the band
}

// effects lists the effect of every candidate.
func (b Binding) effects() ([]effect, error) {
	base, err := b.Metric(walls.Nothing, 1)
	if err != nil {
		return nil, err
	}
	band := b.Band
	if band == 0 {
		band = defaultBand
	}
	candidates := b.Candidates
	if candidates == nil {
		candidates = Candidates()
	}
	var out []effect
	for _, r := range candidates {
		e := effect{resource: r}
		for factor, into := range map[float64]*float64{more: &e.gain, 1 / more: &e.loss, 1 + band: &e.nearGain, 1 / (1 + band): &e.nearMiss} {
			v, err := b.Metric(r, factor)
			if err != nil {
				return nil, err
			}
			*into = math.Abs(v/base - 1)
			if better := (v < base) != b.Higher; better != (factor > 1) {
				*into = 0 // more of it makes matters worse, or nothing changes
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// kinked reports whether less of a resource hurts but more hardly helps: another
// takes over within the band.
func (e effect) kinked() bool { return e.nearMiss > 1e-6 && e.nearMiss > 3*e.nearGain }

// Right lists the resources that count as binding, the best first.
func (b Binding) Right() ([]walls.Resource, error) {
	effects, err := b.effects()
	if err != nil {
		return nil, err
	}
	worst := slices.MaxFunc(effects, func(x, y effect) int { return compare(x.loss, y.loss) })
	if worst.loss == 0 {
		worst = slices.MaxFunc(effects, func(x, y effect) int { return compare(x.gain, y.gain) })
		if worst.gain == 0 {
			return []walls.Resource{walls.Nothing}, nil
		}
	}
	out := []walls.Resource{worst.resource}
	for _, e := range effects {
		level := e.loss >= tied*worst.loss && e.gain >= tied*worst.gain
		ridge := e.kinked() && e.loss >= 0.3*worst.loss
		if e.resource != worst.resource && (level || ridge) {
			out = append(out, e.resource)
		}
	}
	return out, nil
}

func compare(a, b float64) int {
	switch {
	case a < b*(1-1e-9):
		return -1
	case a > b*(1+1e-9):
		return 1
	}
	return 0
}

// Check tries the named resource on the solver and shows what it changes.
func (b Binding) Check(c Claims) Verdict {
	law := "BIND: 10 % more of the named resource improves the " + b.What + ", and more than 10 % of any other does (" + b.Cites + ")"
	named, bad := resource(c, b.ID, law)
	if bad != nil {
		return *bad
	}
	right, err := b.Right()
	if err != nil {
		return fail(law, "", "the scenario cannot be solved: %v", err)
	}
	if slices.Contains(right, named) {
		return pass(law, "10 % more "+named.String()+" improves the "+b.What)
	}
	return fail(law, b.counter(named), "%s does not bind: more of it hardly changes the %s", named, b.What)
}

// counter says what ten per cent more of a resource changes.
func (b Binding) counter(named walls.Resource) string {
	base, err1 := b.Metric(walls.Nothing, 1)
	faster, err2 := b.Metric(named, more)
	if err1 != nil || err2 != nil {
		return ""
	}
	change := 100 * (faster/base - 1)
	if math.Abs(change) < 0.005 {
		return fmt.Sprintf("with 10 %% more %s the %s does not change", named, b.What)
	}
	verb := "rises"
	if change < 0 {
		verb = "falls"
	}
	return fmt.Sprintf("with 10 %% more %s the %s %s by %s %%", named, b.What, verb, strings.TrimSpace(units.Number(math.Abs(change))))
}

// deviceOf finds the device of a solver input.
func deviceOf(s any) *hardware.Device {
	if h, ok := field(s, "Hardware").(*hardware.Device); ok {
		return h
	}
	panic(fmt.Errorf("check.Faster: %T has no field Hardware of type hardware.Device", s))
}
