// Package l15 is the lab "Sharing the fleet": how long jobs wait for a shared
// cluster, what a hot expert costs, and how much of a fleet to reserve.
//
//	d := l15.Lab().Draw("s123")
//
// It leaves out priorities, preemption, backfill, and jobs of mixed sizes.
package l15

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L15", Slug: "sharing_the_fleet", Title: "Sharing the fleet", Version: 1, Minutes: 40, Week: 11,
		Prerequisites: []string{"L05"},
		Objective:     "See what queueing and imbalance cost on machines that many share.",
		Objectives: []string{
			"say how the wait grows with the utilisation, and how its growth grows",
			"find the highest utilisation that keeps a limit on the wait",
			"tell what a hot expert slows down, and what it does not",
			"choose how much of a fleet to own where demand varies",
		},
		Params: []spec.Param{
			{Name: "accelerators per job", Var: "gang", Choices: []int{16, 32, 64}},
			{Name: "job time", Var: "job", Numbers: []float64{3, 6, 12, 24}, Unit: units.Hour},
			{Name: "variation of job time", Var: "cv", Numbers: []float64{1, 1.5, 2.5}},
			{Name: "wait limit", Var: "limit", Numbers: []float64{0.5, 1, 3}, Unit: units.Hour},
			{Name: "network", Var: "net", Models: []string{"Mixtral_8x7B", "DBRX", "Gpt_oss_20B"}},
			{Name: "tokens of the hottest expert", Var: "hot", Choices: []int{1250, 1600, 2000}},
			{Name: "burst price", Var: "burst", Numbers: []float64{2.3, 2.8, 3.4, 4.6, 7}, Unit: units.DollarPerHour},
			{Name: "written off over", Var: "life", Numbers: []float64{3, 4, 5}, Unit: units.Year},
		},
		Setup: `full = Request.Times(float64(256/gang)).Per(job) // arrivals that keep every slot busy
	cluster = Orchestration{Accelerators: 256, PerJob: gang, Arrivals: full.Times(0.8), Duration: job, CV: cv}
	route = MoERouting{Model: net, Batch: 8, Sequence: 512, EP: 8, Intra: 450*GBps}
	own = Ownership{Hardware: H100, Devices: 64, Duration: Year, Utilization: 0.4, Server: 12000*Dollar, Network: 6000*Dollar, Amortization: life}`,
		First:     "Show(cluster.Run())",
		Text:      text,
		Questions: []spec.Question{wait(), most(), hot(), reserve()},
	}
}

// cluster is the shared cluster at a utilisation.
func cluster(d spec.Draw, utilization float64) parallel.Orchestration {
	gang, job := d.Int("accelerators per job"), units.Seconds(d.Number("job time"))
	full := units.Request.Times(float64(accelerators / gang)).Per(job)
	return parallel.Orchestration{Accelerators: accelerators, PerJob: gang, Arrivals: full.Times(utilization), Duration: job, CV: d.Number("variation of job time")}
}

// accelerators of the cluster.
const accelerators = 256

// route is the routing of 4096 tokens.
func route(d spec.Draw) parallel.MoERouting {
	return parallel.MoERouting{Model: d.Model("network"), Batch: 8, Sequence: tokens / 8, EP: 8, Intra: 450 * units.GBps}
}

// tokens are routed together.
const tokens = 4096

// own is a year of some accelerators that are bought.
func own(d spec.Draw, devices int) cost.Ownership {
	return cost.Ownership{
		Hardware: hardware.H100, Devices: devices, Duration: units.Year, Utilization: 0.4, Server: 12000 * units.Dollar, Network: 6000 * units.Dollar,
		Amortization: units.Seconds(d.Number("written off over")),
	}
}
