package laws_test

import (
	"slices"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/training"
)

// laws lists all invariants in the order of their numbers.
func laws() []law {
	return slices.Concat(nodeLaws(), servingLaws(), trainingLaws(), networkLaws(), operationLaws(), searchLaws(), everywhere())
}

// A bench holds the solvers that laws speak about.
type bench struct {
	node      func(compute.SingleNode) (compute.Result, error)
	serving   func(serving.Serving) (serving.Result, error)
	draft     func(serving.Speculation) (serving.SpeculationResult, error)
	tail      func(serving.Tail) (serving.TailResult, error)
	memory    func(training.Memory) (training.MemoryResult, error)
	step      func(parallel.Training) (parallel.TrainingResult, error)
	collect   func(network.Collective) (network.CollectiveResult, error)
	route     func(parallel.MoERouting) (parallel.MoERoutingResult, error)
	fleet     func(reliability.Fleet) (reliability.FleetResult, error)
	sustain   func(power.Sustainability) (power.SustainabilityResult, error)
	own       func(cost.Ownership) (cost.OwnershipResult, error)
	compress  func(quality.Compression) (quality.CompressionResult, error)
	needed    func(search.Needed) (search.NeededResult, error)
	best      func(search.Space, string) (float64, error)
	solvers   func() []catalog.Solver
	looksAt   string                                 // fields whose names begin so, of the law about fields
	any       func(catalog.Solver, any) (any, error) // every solver of the catalog; the input is a pointer
	dimension func(example any) any                  // what the rescale test gets to see
}

// honest is the bench of our solvers.
func honest() *bench {
	return &bench{
		node: compute.SingleNode.Solve, serving: serving.Serving.Solve, draft: serving.Speculation.Solve, tail: serving.Tail.Solve,
		memory: training.Memory.Solve, step: parallel.Training.Solve, collect: network.Collective.Solve, route: parallel.MoERouting.Solve,
		fleet: reliability.Fleet.Solve, sustain: power.Sustainability.Solve, own: cost.Ownership.Solve, compress: quality.Compression.Solve,
		needed: search.Needed.Solve, best: bestOf, solvers: catalog.All, any: catalog.Solver.Solve, dimension: func(example any) any { return example },
	}
}

// wrong is a solver that changes its input or its answer.
func wrong[I, R any](solve *func(I) (R, error), before func(*I), after func(*I, *R)) {
	right := *solve
	*solve = func(in I) (R, error) {
		asked := in
		if before != nil {
			before(&in)
		}
		r, err := right(in)
		if err == nil && after != nil {
			after(&asked, &r)
		}
		return r, err
	}
}
