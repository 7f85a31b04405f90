package network

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the links across the middle, the bandwidths and the distance.
func (r TopologyResult) Explain() walls.Trace {
	s := &r.in
	n := walls.Term{Symbol: "n", What: "endpoints", Value: s.Nodes}
	t := walls.Trace{
		Title:   fmt.Sprintf("%s of %d endpoints", s.Kind, s.Nodes),
		Omitted: []string{"routing and flows that collide", "switch and cable counts", "latency of switches"},
	}
	if s.Kind.grid() {
		t.Steps = append(t.Steps, walls.Step{
			Name: "endpoints along a dimension", Symbol: "k", Formula: "pow(n, 1 / d)", Terms: []walls.Term{n, r.dims()},
			Value: physics.Radix(s.Nodes, s.dims()), Source: "Dally, Towles 2003",
		})
	}
	t.Steps = append(t.Steps, r.linkStep(n), walls.Step{
		Name: "links per endpoint on one side", Symbol: "beta", Formula: "L / (n / 2)", Field: "Fraction",
		Terms: []walls.Term{{Symbol: "L", What: "links across the middle", Value: r.Links}, n}, Value: r.Fraction,
	})
	t.Steps = append(t.Steps, r.bandwidthSteps()...)
	t.Steps = append(t.Steps, r.hopStep())
	return t
}

func (r *TopologyResult) dims() walls.Term {
	return walls.Term{Symbol: "d", What: "dimensions", Value: r.in.dims()}
}

// linkStep derives the links across the middle.
func (r *TopologyResult) linkStep(n walls.Term) walls.Step {
	s := &r.in
	step := walls.Step{
		Name: "links across the middle, one way", Symbol: "L", Formula: "n / 2", Field: "Links",
		Terms: []walls.Term{n}, Value: r.Links, Source: "Leiserson 1985",
	}
	switch {
	case s.Kind.grid():
		step.Formula, step.Source = "min(2 * n / k, n / 2)", "Dally, Towles 2003"
		step.Terms = append(step.Terms, walls.Term{Symbol: "k", What: "endpoints along a dimension", Value: physics.Radix(s.Nodes, s.dims())})
	case s.Kind == Dragonfly:
		step.Formula, step.Source = "beta_g * n / 2", "Kim 2008, dragonfly"
		step.Terms = append(step.Terms, walls.Term{Symbol: "beta_g", What: "links across the middle per endpoint on one side", Value: s.GlobalFraction})
	}
	return step
}

// bandwidthSteps derive what crosses the middle and what each endpoint gets.
func (r *TopologyResult) bandwidthSteps() []walls.Step {
	s := &r.in
	link := walls.Term{Symbol: "BW_l", What: "link of an endpoint", Value: s.Link}
	leaf := walls.Term{Symbol: "o_l", What: "oversubscription of the leaves", Value: s.Oversubscription}
	top := walls.Term{Symbol: "o_c", What: "oversubscription below the core", Value: s.CoreOversubscription}
	return []walls.Step{
		{
			Name: "oversubscription across the top", Symbol: "o", Formula: "o_l * o_c", Field: "Oversubscription",
			Terms: []walls.Term{leaf, top}, Value: r.Oversubscription,
		},
		{
			Name: "bandwidth across the middle", Symbol: "BW_b", Formula: "BW_l * L / o", Field: "Bisection",
			Terms: []walls.Term{
				link,
				{Symbol: "L", What: "links across the middle", Value: r.Links},
				{Symbol: "o", What: "oversubscription", Value: r.Oversubscription},
			},
			Value: r.Bisection, Source: "Dally, Towles 2003",
		},
		{
			Name: "bandwidth of each endpoint", Symbol: "BW_e", Field: "Effective",
			Formula: "BW_l * beta / max(beta, max(o_l * x_l, o_l * o_c * x_c))",
			Terms: []walls.Term{
				link, leaf, top,
				{Symbol: "beta", What: "links per endpoint on one side", Value: r.Fraction},
				{Symbol: "x_l", What: "share of the traffic that leaves the leaf", Value: s.away()},
				{Symbol: "x_c", What: "share of the traffic that reaches the top", Value: s.core()},
			},
			Value: r.Effective, Source: "Leiserson 1985; Wang 2023, rail-only",
		},
	}
}

// hopStep derives the mean distance.
func (r *TopologyResult) hopStep() walls.Step {
	s := &r.in
	if s.Kind.grid() {
		return walls.Step{
			Name: "mean distance in links", Symbol: "h", Formula: "d * k / 4", Field: "Hops",
			Terms: []walls.Term{r.dims(), {Symbol: "k", What: "endpoints along a dimension", Value: physics.Radix(s.Nodes, s.dims())}},
			Value: r.Hops, Source: "Dally, Towles 2003",
		}
	}
	return walls.Step{
		Name: "mean distance in hops", Symbol: "h", Formula: "x_0 * 1 + x_p * 3 + x_c * (2 * t - 1)", Field: "Hops",
		Terms: []walls.Term{
			{Symbol: "x_0", What: "share of the traffic that stays under a leaf", Value: s.Local},
			{Symbol: "x_p", What: "share that stays in a pod", Value: s.InPod},
			{Symbol: "x_c", What: "share of the traffic that reaches the top", Value: s.core()},
			{Symbol: "t", What: "tiers on the way up", Value: s.top()},
		},
		Value: r.Hops, Source: "Leiserson 1985; Kim 2008",
	}
}

// View describes the result.
func (r TopologyResult) View() show.View {
	return show.View{
		Title:    fmt.Sprintf("%s of %d endpoints", r.Kind, r.Nodes),
		Subtitle: fmt.Sprintf("links of %s, oversubscription %g, binds: %s", r.in.Link, r.Oversubscription, r.Binding),
		Status:   show.Info, Data: r,
		Blocks: []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
}
