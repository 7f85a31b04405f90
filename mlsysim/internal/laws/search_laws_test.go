package laws_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

func searchLaws() []law {
	return []law{
		{
			id: "I-20", says: "the device that synthesis asks for meets the target in the forward model", holds: synthesis,
			mutants: []mutant{
				{"weights and one token, no overhead (P-38)", func(b *bench) {
					wrong(&b.needed, nil, func(n *search.Needed, r *search.NeededResult) {
						if s, ok := n.Solver.(serving.Serving); ok {
							r.Bandwidth = s.Model.Weights(physics.FP16).Per(n.Target)
						}
					})
				}},
				{"memory for the weights alone", func(b *bench) {
					wrong(&b.needed, nil, func(n *search.Needed, r *search.NeededResult) {
						if s, ok := n.Solver.(compute.SingleNode); ok {
							r.Capacity = s.Model.Weights(physics.FP4)
						}
					})
				}},
			},
		},
		{
			id: "I-22", says: "the order of the axes does not change the best value of a space", holds: axesCommute,
			mutants: []mutant{
				{"the first design that fits", func(b *bench) { b.best = firstOf }},
				{"the last axis is not searched", func(b *bench) {
					right := b.best
					b.best = func(s search.Space, metric string) (float64, error) {
						s.Axes = slices.Clone(s.Axes)
						last := &s.Axes[len(s.Axes)-1]
						if len(last.Values) > 0 {
							last.Values = last.Values[:1]
						} else {
							last.Names = last.Names[:1]
						}
						return right(s, metric)
					}
				}},
			},
		},
	}
}

// synthesis asks for a device and then builds it. The design has to be one that
// fits some device.
func synthesis(c *trial, b *bench) {
	if chance(c, "request") {
		s := drawServing(c)
		n := search.Needed{Solver: s, Metric: pick(c, "metric", "TTFT", "ITL", "Request")}
		before := solved(c, b.serving, s)
		n.Target = map[string]units.Seconds{"TTFT": before.TTFT, "ITL": before.ITL, "Request": before.Request}[n.Metric].Times(c.decades("factor", 0.01, 10))
		r := solved(c, b.needed, n)
		if !r.Reached {
			return
		}
		build(&s.Hardware, before.Precision, r)
		after := solved(c, b.serving, s)
		c.claim(after.Fits, "what was asked for is short of %v", after.Short)
		atMost(c, n.Metric+" on the device asked for", map[string]units.Seconds{"TTFT": after.TTFT, "ITL": after.ITL, "Request": after.Request}[n.Metric], n.Target)
		return
	}
	s := drawDecode(c)
	s.Hardware = device(c, server)
	s.Precision = format(c, &s.Hardware)
	before := solved(c, b.node, s)
	n := search.Needed{Solver: s, Metric: "Latency", Target: before.Latency.Times(c.decades("factor", 0.01, 10))}
	r := solved(c, b.needed, n)
	if !r.Reached {
		return
	}
	build(&s.Hardware, before.Precision, r)
	after := solved(c, b.node, s)
	c.claim(after.Fits, "what was asked for is short of %v", after.Short)
	atMost(c, "latency on the device asked for", after.Latency, n.Target)
}

// build gives a device what synthesis asked for; what does not matter is next to
// nothing.
func build(h *hardware.Device, p physics.Precision, r search.NeededResult) {
	h.Memory, h.Bandwidth = r.Capacity, max(r.Bandwidth, 1)
	*rateOf(h, p) = max(r.Rate, 1)
}

// rateOf is where a device keeps its rate at a precision.
func rateOf(h *hardware.Device, p physics.Precision) *units.FLOPRate {
	return reflect.ValueOf(&h.Rates).Elem().FieldByName(strings.ToUpper(p.String())).Addr().Interface().(*units.FLOPRate)
}

// axesCommute searches a space of three axes in every order.
func axesCommute(c *trial, b *bench) {
	c.wild = false
	s := drawServing(c)
	s.TP, s.Devices, s.Cached, s.Chunk, s.Precision = 1, 0, 0, 0, physics.Auto
	metric := pick(c, "metric", "TTFT", "ITL", "TokensPerSecond", "Utilization", "MFU")
	axes := []search.Axis{
		{Field: "Batch", Values: several(c, "batch", 512)},
		{Field: "Prompt", Values: several(c, "prompt", 8192)},
		{Field: "Hardware", Names: rapid.Permutation([]string{"A100", "H100", "H200", "B200", "T4"}).Draw(c.T, "hardware")[:3]},
	}
	want, err := b.best(search.Space{Solver: s, Axes: axes, Workers: 1}, metric)
	order := rapid.Permutation(axes).Draw(c.T, "order")
	got, again := b.best(search.Space{Solver: s, Axes: order, Workers: 1}, metric)
	c.claim((err == nil) == (again == nil), "one order finds a design, the other none: %v, %v", err, again)
	if err == nil && again == nil {
		same(c, "best "+metric+" in another order", got, want)
	}
}

func several(c *trial, name string, most int) []float64 {
	out := make([]float64, 3)
	for i := range out {
		out[i] = float64(upTo(c, name, most))
	}
	return out
}

// bestOf is the best value of a metric in a space.
func bestOf(s search.Space, metric string) (float64, error) {
	s.Objective = metric
	cloud, err := s.Solve(context.Background())
	if err != nil {
		return 0, err
	}
	best, err := cloud.Best()
	if err != nil {
		return 0, err
	}
	return best.Value(metric), nil
}

// firstOf is a search that stops at the first design that fits.
func firstOf(s search.Space, metric string) (float64, error) {
	cloud, err := s.Solve(context.Background())
	if err != nil {
		return 0, err
	}
	for i := range cloud.Total {
		if p := cloud.At(i); p.Fits {
			return p.Value(metric), nil
		}
	}
	return 0, errors.New("nothing fits")
}
