package catalog

import (
	"reflect"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/storage"
	"github.com/mlsysim/golab/mlsysim/training"
)

// programs has a line for every solver, so that a search calls it without
// reflection; a test wants every entry of the catalogue to have one.
func programs() []search.Program {
	return []search.Program{
		search.Compile(compute.SingleNode{}),
		search.Compile(serving.Serving{}),
		search.Compile(serving.Speculation{}),
		search.Compile(serving.Disaggregated{}),
		search.Compile(serving.Batching{}),
		search.Compile(serving.Capacity{}),
		search.Compile(serving.Tuning{}),
		search.Compile(serving.Streaming{}),
		search.Compile(serving.Reasoning{}),
		search.Compile(serving.Tail{}),
		search.Compile(training.Memory{}),
		search.Compile(parallel.Training{}),
		search.Compile(parallel.Plan{}),
		search.Compile(parallel.NetworkRoofline{}),
		search.Compile(parallel.Inference{}),
		search.Compile(parallel.MoERouting{}),
		search.Compile(parallel.Orchestration{}),
		search.Compile(network.Topology{}),
		search.Compile(network.Collective{}),
		search.Compile(quality.Efficiency{}),
		search.Compile(quality.Scaling{}),
		search.Compile(quality.Compression{}),
		search.Compile(quality.Privacy{}),
		search.Compile(storage.Ingestion{}),
		search.Compile(storage.Transformation{}),
		search.Compile(cost.Ownership{}),
		search.Compile(cost.Placement{}),
		search.Compile(power.Sustainability{}),
		search.Compile(reliability.Fleet{}),
		search.Compile(reliability.Checkpoint{}),
	}
}

// Compiled returns a solver ready for searches that take a million points a
// second; one that the catalogue does not know comes back as it is, and is
// called by reflection.
func Compiled(solver any) any {
	t := reflect.TypeOf(solver)
	for _, p := range programs() {
		if p.Input() != t {
			continue
		}
		if program, err := p.From(solver); err == nil {
			return program
		}
	}
	return solver
}

// Entry returns the catalogue's entry for a solver of that type, and false if
// there is none.
func Entry(input reflect.Type) (Solver, bool) {
	for _, s := range All() {
		if reflect.TypeOf(s.Example) == input {
			return s, true
		}
	}
	return Solver{}, false
}
