package catalog

import (
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// reliabilitySolvers lists what queues and failures do to requests and jobs.
func reliabilitySolvers() []Solver {
	return []Solver{
		{
			Name: "tail", Summary: "requests at a shared queue: quantiles of the time with waiting, headroom below a limit",
			Walls:   []walls.Wall{7},
			Example: serving.Tail{Arrivals: 350, Service: 10 * units.Millisecond, Replicas: 4, SLA: 125 * units.Millisecond},
		},
		{
			Name: "orchestration", Summary: "jobs at a shared cluster: gang slots, waiting time, queue",
			Walls: []walls.Wall{16},
			Example: parallel.Orchestration{
				Accelerators: 64, PerJob: 16, Arrivals: units.Requests(1.6).Per(units.Day), Duration: 2 * units.Day,
			},
		},
		{
			Name: "reliability", Summary: "failures of a fleet: time between them, best checkpoint interval, goodput with rework",
			Walls:   []walls.Wall{15},
			Example: reliability.Fleet{Nodes: 2048, Job: 54 * units.Day},
		},
		{
			Name: "checkpoint", Summary: "one checkpoint: size, write time, share of the time it takes, bandwidth required",
			Walls: []walls.Wall{19},
			Example: reliability.Checkpoint{
				Model: models.Llama3_70B, Storage: 7 * units.GBps, Writers: 16, Stall: 10 * units.Second,
			},
		},
	}
}
