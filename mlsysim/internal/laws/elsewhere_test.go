package laws_test

import (
	"maps"
	"reflect"
	"slices"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/parallel"
)

// total is the time that a solver of several passes is about. Continuous batching
// has none: with more memory it runs more requests at once, each of them slower.
var total = map[string]string{
	"speculation": "ITL", "disaggregated": "Request", "streaming": "FirstPass", "reasoning": "Time",
	"distributed-inference": "Request", "network-roofline": "Step", "parallelism": "Step",
}

// totalOf solves an input of one of them; zero is a time that means nothing.
func totalOf(c *trial, b *bench, s catalog.Solver, in any) float64 {
	c.asked = append(c.asked, reflect.ValueOf(in).Elem().Interface())
	r, err := b.any(s, in)
	if err != nil {
		c.Skip(err)
	}
	if plan, ok := r.(parallel.PlanResult); ok && !plan.Fits {
		return 0 // of the design that lacks least, not of the fastest
	}
	return reflect.ValueOf(r).FieldByName(total[s.Name]).Float()
}

func moreElsewhere(c *trial, b *bench) {
	s := found(pick(c, "solver", slices.Sorted(maps.Keys(total))...))
	in := base(c, s)
	before := totalOf(c, b, s, in)
	h := reflect.ValueOf(in).Elem().FieldByName("Hardware").Addr().Interface().(*hardware.Device)
	faster(c, "rate", &h.Rates.FP16)
	faster(c, "memory", &h.Memory)
	faster(c, "bandwidth", &h.Bandwidth)
	faster(c, "link", &h.HostLink)
	faster(c, "links", &h.ScaleUp)
	if after := totalOf(c, b, s, in); before > 0 {
		atMost(c, s.Name+" with more", after, before)
	}
}

// biggerElsewhere makes one length larger. A plan has whole microbatches, so that a
// batch with more divisors can take less time.
func biggerElsewhere(c *trial, b *bench) {
	s := found(pick(c, "solver", slices.Sorted(maps.Keys(total))...))
	if s.Name == "parallelism" {
		return
	}
	in := base(c, s)
	before := totalOf(c, b, s, in)
	v := reflect.ValueOf(in).Elem()
	for _, name := range []string{"Batch", "Prompt", "Output", "Tokens", "Steps", "Sequence"} {
		if f := v.FieldByName(name); f.IsValid() && chance(c, name) {
			larger(c, name, f.Addr().Interface().(*int))
		}
	}
	if after := totalOf(c, b, s, in); before > 0 {
		atMost(c, s.Name+" of the smaller job", before, after)
	}
}
