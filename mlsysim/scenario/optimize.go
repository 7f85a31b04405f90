package scenario

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// An Optimum is the best of many ways to build one part of a design.
type Optimum struct {
	Fits    bool // some candidate fits the devices
	Reached bool // some candidate keeps the limits
	view    show.View
	trace   walls.Trace
}

// View describes the answer, the runners-up and why others are out.
func (o Optimum) View() show.View { return o.view }

// Explain derives the numbers of the winner.
func (o Optimum) Explain() walls.Trace { return o.trace }

// OptimizeParallelism finds the split of a training step with the highest MFU. A
// single device is a cluster of one.
func (e Evaluation) OptimizeParallelism() (Optimum, error) {
	if e.Mode == Serve || e.Mode == Pass {
		return Optimum{}, describe.Refuse(name, "Mode", e.Mode, "train or auto: a split is sought for a training step, and eval finds the group of a serving design by itself")
	}
	if err := e.as(Train); err != nil {
		return Optimum{}, err
	}
	r, err := e.search().Solve()
	if err != nil {
		return Optimum{}, retold(err)
	}
	return Optimum{Fits: r.Fits, Reached: r.Fits, view: splitView(&r, splitAnswer(&r)), trace: r.Explain()}, nil
}

// OptimizeBatching finds how many requests a replica should run together, at most
// most of them, so that the arrivals of the design are answered within its limit
// on the 99th percentile, else on the latency. All devices serve, in the smallest
// tensor-parallel groups that hold a request unless a group is given.
func (e Evaluation) OptimizeBatching(most int) (Optimum, error) {
	limit := e.MaxP99
	if limit == 0 {
		limit = e.MaxLatency
	}
	switch {
	case e.Arrivals == 0:
		return Optimum{}, describe.Refuse(name, "Arrivals", e.Arrivals, "above 0: the requests per second that are to be answered, --qps or sla.qps")
	case limit == 0:
		return Optimum{}, describe.Refuse(name, "MaxP99", limit, "above 0: the limit on the 99th percentile of a request, --sla-ms or sla.p99")
	}
	if err := e.as(Serve); err != nil {
		return Optimum{}, err
	}
	station, err := e.station()
	if err != nil {
		return Optimum{}, retold(err)
	}
	station.Batch = most
	r, err := serving.Tuning{Batching: station, Arrivals: e.Arrivals, SLA: limit, Replicas: e.devices() / station.TP}.Solve()
	if err != nil {
		return Optimum{}, retold(err)
	}
	group := fmt.Sprintf("%d of %d × %s", e.devices()/station.TP, station.TP, e.Hardware.Name)
	return Optimum{Fits: r.Fits, Reached: r.Reached, view: batchView(&r, batchAnswer(&r, station, limit), group), trace: r.Explain()}, nil
}

// station is a replica for one request.
func (e *Evaluation) station() (serving.Batching, error) {
	b := serving.Batching{
		Model: e.Model, Hardware: e.Hardware, TP: max(1, e.TP), Longest: e.Context + e.OutputTokens, Batch: 1,
		MeanPrompt: units.Token.Times(float64(e.Context)), MeanOutput: units.Token.Times(float64(e.OutputTokens)),
		Precision: e.Precision, KVPrecision: e.KVPrecision, Efficiency: e.Efficiency, MemoryEfficiency: e.MemoryEfficiency, Level: e.Level, Stack: e.Stack,
	}
	r, err := b.Solve()
	for err == nil && e.TP == 0 && !r.Fits && 2*b.TP <= e.PerNode {
		b.TP *= 2
		var wider serving.BatchingResult
		if wider, err = b.Solve(); err != nil { // the network cannot be cut so finely
			b.TP /= 2
			return b, nil
		}
		r = wider
	}
	return b, err
}

// OptimizePlacement finds the region in which the design costs least over its
// duration, a price on its emissions included. No regions are all of them.
func (e Evaluation) OptimizePlacement(regions []infra.Grid, carbon units.CarbonPrice) (Optimum, error) {
	card, err := e.Solve()
	if err != nil {
		return Optimum{}, err
	}
	p := cost.Placement{Ownership: card.in.ownership(card.HFU * card.Duty), CarbonPrice: carbon}
	for i, g := range regions {
		p.Sites = append(p.Sites, cost.Site{Region: g})
		if i == 0 {
			p.Basis = g.Basis
		} else if p.Basis != g.Basis { // figures that do not compare: those of the usual basis count
			p.Basis = 0
		}
	}
	r, err := p.Solve()
	if err != nil {
		return Optimum{}, retold(err)
	}
	v := placeView(&r, placeAnswer(&r, card.title()))
	if !card.Fits {
		v.Status = show.Fail
		v.Blocks = append(v.Blocks, show.Block{Notes: []string{card.title() + " does not fit: short of " + card.Short.String() + " on each device"}})
	}
	return Optimum{Fits: card.Fits, Reached: r.Reached, view: v, trace: r.Explain()}, nil
}

// as prepares the design for a mode, without the limits that belong to others.
func (e *Evaluation) as(m Mode) error {
	e.Mode, e.Interval, e.MaxP99 = m, 0, 0
	if m == Train {
		e.Arrivals, e.MaxTTFT, e.MaxITL = 0, 0, 0
	} else {
		e.Tokens, e.MaxRun = 0, 0
	}
	return e.prepare()
}

// Limits are the limits of the design as a search writes them, on the numbers of a
// scorecard.
func (e Evaluation) Limits() []string {
	var out []string
	for _, l := range [...]struct {
		given  bool
		metric string
		limit  fmt.Stringer
	}{
		{e.MaxLatency > 0, "Latency <= ", e.MaxLatency},
		{e.MaxTTFT > 0, "Request.TTFT <= ", e.MaxTTFT},
		{e.MaxITL > 0, "Request.ITL <= ", e.MaxITL},
		{e.MaxP99 > 0, "Queue.P99 <= ", e.MaxP99},
		{e.MaxRun > 0, "Run <= ", e.MaxRun},
		{e.MinThroughput > 0, "Throughput >= ", e.MinThroughput},
		{e.MaxCost > 0, "TCO <= ", e.MaxCost},
		{e.MaxCarbon > 0, "Carbon <= ", e.MaxCarbon},
		{e.MaxPower > 0, "Power <= ", e.MaxPower},
		{e.MaxWater > 0, "Water <= ", e.MaxWater},
	} {
		if l.given {
			out = append(out, l.metric+l.limit.String())
		}
	}
	return out
}
