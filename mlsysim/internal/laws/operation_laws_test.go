package laws_test

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/units"
)

func operationLaws() []law {
	return []law{
		{
			id: "I-16", says: "no interval has more goodput than the optimum; goodput falls with servers, saving time and recovery", holds: goodput,
			mutants: []mutant{
				{"rework left out (D-26)", func(b *bench) {
					wrong(&b.fleet, nil, func(s *reliability.Fleet, r *reliability.FleetResult) {
						if s.Interval > 0 {
							r.Goodput = math.Max(0, 1-orMinute(s.Checkpoint).Ratio(s.Interval)-orRecovery(s.Recovery).Ratio(r.MTBF))
						}
					})
				}},
				{"recovery counted as progress", func(b *bench) {
					wrong(&b.fleet, nil, func(s *reliability.Fleet, r *reliability.FleetResult) {
						r.Goodput = math.Min(1, r.Goodput+orRecovery(s.Recovery).Ratio(r.MTBF))
					})
				}},
				{"failures of one server", func(b *bench) {
					wrong(&b.fleet, nil, func(s *reliability.Fleet, r *reliability.FleetResult) {
						r.Goodput = physics.Goodput(r.Interval.Times(1/math.Sqrt(float64(s.Nodes))), orMinute(s.Checkpoint), orRecovery(s.Recovery), r.MTBF.Times(float64(s.Nodes)*float64(s.Nodes)))
					})
				}},
			},
		},
		{
			id: "I-17", says: "emissions are energy times intensity; a lower product of intensity and PUE emits less", holds: cleaner,
			mutants: []mutant{
				{"region ignored (D-02)", func(b *bench) {
					wrong(&b.sustain, func(s *power.Sustainability) { s.Region = infra.US_Avg }, nil)
				}},
				{"PUE ignored", func(b *bench) {
					wrong(&b.sustain, nil, func(_ *power.Sustainability, r *power.SustainabilityResult) {
						r.Operational = r.Operational.Times(1 / r.PUE)
					})
				}},
				{"owner in another region", func(b *bench) {
					wrong(&b.own, func(s *cost.Ownership) { s.Region.Carbon = s.Region.Carbon.Times(2) }, nil)
				}},
			},
		},
		{
			id: "I-18", says: "the cost of ownership is linear in devices and in duration", holds: linear,
			mutants: []mutant{
				{"volume discount", func(b *bench) {
					wrong(&b.own, nil, func(o *cost.Ownership, r *cost.OwnershipResult) {
						r.TCO = r.TCO.Times(math.Pow(float64(max(o.Devices, 1)), -0.05))
					})
				}},
				{"machines bought whole for any duration", func(b *bench) {
					wrong(&b.own, nil, func(_ *cost.Ownership, r *cost.OwnershipResult) { r.TCO += r.Capital - r.CapEx })
				}},
			},
		},
		{
			id: "I-19", says: "ratio times compressed size is the size before; fewer bits per weight speed decode up by at most the ratio of bytes", holds: compresses,
			mutants: []mutant{
				{"scales of the groups are free", func(b *bench) {
					wrong(&b.compress, nil, func(c *quality.Compression, r *quality.CompressionResult) {
						if c.Group > 0 {
							r.Ratio = r.Ratio * r.EffectiveBits / orEight(c.Bits)
						}
					})
				}},
				{"the cache shrinks with the weights", func(b *bench) {
					wrong(&b.compress, nil, func(_ *quality.Compression, r *quality.CompressionResult) {
						if r.Ratio > 1 {
							r.Speedup *= math.Sqrt(r.Ratio)
						}
					})
				}},
			},
		},
	}
}

func orMinute(save units.Seconds) units.Seconds {
	if save == 0 {
		return units.Minute
	}
	return save
}

func orRecovery(t units.Seconds) units.Seconds {
	if t == 0 {
		return 5 * units.Minute
	}
	return t
}

func orEight(bits float64) float64 {
	if bits == 0 {
		return 8
	}
	return bits
}

func goodput(c *trial, b *bench) {
	s := drawFleet(c)
	s.Interval = 0
	best := solved(c, b.fleet, s)
	atMost(c, "zero over goodput", 0, best.Goodput)
	atMost(c, "goodput", best.Goodput, 1)

	s.Interval = best.Optimal.Times(c.decades("interval", 1e-4, 1e4))
	r := solved(c, b.fleet, s)
	atMost(c, "goodput over the optimum", r.Goodput, best.Goodput)

	more := s
	larger(c, "servers", &more.Nodes)
	atMost(c, "goodput of more servers", solved(c, b.fleet, more).Goodput, r.Goodput)
	more = s
	more.Checkpoint = orMinute(s.Checkpoint).Times(c.decades("slower", 1, 100))
	atMost(c, "goodput with slower saving", solved(c, b.fleet, more).Goodput, r.Goodput)
	more = s
	more.Recovery = orRecovery(s.Recovery).Times(c.decades("recovery", 1, 100))
	atMost(c, "goodput with slower recovery", solved(c, b.fleet, more).Goodput, r.Goodput)
}

func cleaner(c *trial, b *bench) {
	s := drawSustainability(c)
	r := solved(c, b.sustain, s)
	if r.PowerKnown {
		same(c, "emissions", r.Operational, r.Energy.Carbon(s.Region.Carbon))
		same(c, "energy of the building", r.Energy, r.ITEnergy.Times(s.Facility.PUE))
	}
	other := s
	other.Region, other.Facility = copied(c, "region", infra.Grids()), copied(c, "facility", infra.Facilities())
	there := solved(c, b.sustain, other)
	here, away := s.Region.Carbon.Times(s.Facility.PUE), other.Region.Carbon.Times(other.Facility.PUE)
	if here <= away {
		atMost(c, "emissions at the cleaner place", r.Operational, there.Operational)
	} else {
		atMost(c, "emissions at the cleaner place", there.Operational, r.Operational)
	}
	own := solved(c, b.own, cost.Ownership{
		Hardware: s.Hardware, Devices: s.Devices, Duration: s.Duration, Utilization: s.Utilization, Region: s.Region, Facility: s.Facility,
		NodeFactor: r.Factor,
	})
	same(c, "emissions that the owner sees", own.Carbon, r.Operational)
}

func linear(c *trial, b *bench) {
	o := drawOwnership(c)
	o.Devices, o.Duration = upTo(c, "devices", 100_000), units.Day.Times(c.decades("days", 1, 1e4))
	one := solved(c, b.own, o)
	longer, more := o, o
	longer.Duration = o.Duration.Times(3)
	more.Devices *= 3
	same(c, "cost of thrice the time", solved(c, b.own, longer).TCO, one.TCO.Times(3))
	same(c, "cost of thrice the devices, with the same staff", solved(c, b.own, more).TCO+fixed(one).Times(2), one.TCO.Times(3))
}

// fixed is the part of a known cost that does not depend on the devices.
func fixed(r cost.OwnershipResult) units.USD {
	if !r.CostKnown {
		return 0
	}
	return r.Staff
}

func compresses(c *trial, b *bench) {
	s := drawQuantization(c)
	r := solved(c, b.compress, s)
	same(c, "ratio times compressed", r.Compressed.Times(r.Ratio), r.Original)
	atMost(c, "speed-up of a pass", r.Speedup, math.Max(1, r.Ratio))
	if s.Model.Generates() && s.Prompt > 0 {
		atMost(c, "speed-up of a prefill", r.PrefillSpeedup, math.Max(1, r.Ratio))
	}

	s.Method, s.Bits, s.Sparsity = quality.Pruning, 0, c.even("sparsity")
	pruned := solved(c, b.compress, s)
	same(c, "ratio times pruned", pruned.Compressed.Times(pruned.Ratio), pruned.Original)
	if s.Pattern != quality.TwoOfFour { // whose speed-up is the device's own rate
		atMost(c, "speed-up of pruning", pruned.Speedup, pruned.Ratio)
	}
}
