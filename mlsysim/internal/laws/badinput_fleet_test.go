package laws_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/storage"
	"github.com/mlsysim/golab/mlsysim/training"
	"github.com/mlsysim/golab/mlsysim/units"
)

func fleetAbuses() []abuse {
	job := func(change func(*parallel.Training)) func() error { return changed(step, change) }
	memory := func(change func(*training.Memory)) func() error { return changed(training.Memory.Solve, change) }
	return []abuse{
		{id: "V-07", want: "parallel.Training: Sequence = -5: want at least 1 and at most 1e+09", in: job(func(s *parallel.Training) { s.Sequence = -5 })},
		{id: "V-07", want: "training.Memory: Sequence = -5: want at least 1 and at most 1e+09", in: memory(func(s *training.Memory) { s.Sequence = -5 })},
		{id: "V-07", want: "compute.SingleNode: Prompt = -5: want at least 0", in: changed(pass, func(s *compute.SingleNode) { s.Phase, s.Prompt = compute.Train, -5 })},
		{id: "V-08", want: "training.Memory: ZeRO = 7: want at least 0 and at most 3", in: memory(func(s *training.Memory) { s.ZeRO = 7 })},
		{id: "V-08", want: "training.Memory: DP = 0: want at least 1 and at most 1e+06", in: written[training.Memory](`{"dp": 0}`)},
		{id: "V-09", want: "parallel.Training: Congestion = -1: want at least 1 and at most 1e+06", in: job(func(s *parallel.Training) { s.Congestion = -1 })},
		{id: "V-10", want: "parallel.Training: Congestion = NaN: want at least 1 and at most 1e+06", in: job(func(s *parallel.Training) { s.Congestion = nan })},
		{id: "V-11", want: "parallel.Training: Straggler = 0.5: want at least 1 and at most 1e+06", in: job(func(s *parallel.Training) { s.Straggler = 0.5 })},
		{id: "V-12", want: "parallel.Training: Oversubscription = 0: want at least 1", in: written[parallel.Training](`{"oversubscription": 0}`)},
		{id: "V-12", want: "parallel.Training: Oversubscription = -2: want at least 1", in: job(func(s *parallel.Training) { s.Oversubscription = -2 })},
		{id: "V-13", want: "parallel.Training: Parts = 0: want at least 1 and at most 1e+06", in: written[parallel.Training](`{"parts": 0}`)},
		{id: "V-14", want: "parallel.Training: TP = 3: want a divisor of the model's attention heads", in: job(func(s *parallel.Training) { s.Nodes, s.TP, s.PP = 2, 3, 1 })},
		{id: "V-14", want: "parallel.Training: TP·PP·EP·CP = 32: want a divisor of the cluster's devices, Nodes·PerNode", in: job(func(s *parallel.Training) { s.Nodes = 3 })},
		{id: "V-37", want: "parallel.MoERouting: Model = Llama-3.1-8B: want a mixture of experts: this one is dense and routes nothing", in: changed(parallel.MoERouting.Solve, func(s *parallel.MoERouting) { s.Model = models.Llama3_8B })},
		{id: "V-39", want: `training.Memory: Batch = "NaN": want a whole number`, in: written[training.Memory](`{"batch": "NaN"}`)},
		{id: "V-39", want: "training.Memory: Batch = -1: want at least 1 and at most 1e+09", in: memory(func(s *training.Memory) { s.Batch = -1 })},
	}
}

func operationAbuses() []abuse {
	fleet := func(change func(*reliability.Fleet)) func() error { return changed(reliability.Fleet.Solve, change) }
	saved := func(change func(*reliability.Checkpoint)) func() error {
		return changed(reliability.Checkpoint.Solve, change)
	}
	green := func(change func(*power.Sustainability)) func() error {
		return changed(power.Sustainability.Solve, change)
	}
	own := func(change func(*cost.Ownership)) func() error { return changed(cost.Ownership.Solve, change) }
	queue := func(change func(*parallel.Orchestration)) func() error {
		return changed(parallel.Orchestration.Solve, change)
	}
	scale := func(change func(*quality.Scaling)) func() error { return changed(quality.Scaling.Solve, change) }
	return []abuse{
		{id: "V-23", want: "reliability.Fleet: Job = -5 h: want at least 0", in: fleet(func(s *reliability.Fleet) { s.Job = -5 * units.Hour })},
		{id: "V-24", want: "reliability.Checkpoint: Writers = -3: want at least 1", in: saved(func(s *reliability.Checkpoint) { s.Writers = -3 })},
		{id: "V-24", want: "reliability.Checkpoint: Writers = 0: want at least 1", in: written[reliability.Checkpoint](`{"writers": 0}`)},
		{id: "V-25", want: "reliability.Checkpoint: Model.Params = 0 params: want above 0: a network with parameters to save", in: saved(func(s *reliability.Checkpoint) { s.Model.Params = 0 })},
		{id: "V-26", want: "power.Sustainability: Duration = -30 days: want above 0", in: green(func(s *power.Sustainability) { s.Duration = -30 * units.Day })},
		{id: "V-26", want: "power.Sustainability: Utilization = NaN: want at least 0 and at most 1", in: green(func(s *power.Sustainability) { s.Utilization = nan })},
		{id: "V-27", want: "cost.Ownership: Tariff = -1 USD/kWh: want at least 0", in: own(func(o *cost.Ownership) { o.Tariff = -1 * units.DollarPerKWh })},
		{id: "V-27", want: "cost.Ownership: Amortization = -3 years: want above 0", in: own(func(o *cost.Ownership) { o.Amortization = -3 * 365 * units.Day })},
		{id: "V-27", want: "cost.Ownership: Amortization = 0 s: want above 0", in: written[cost.Ownership](`{"amortization": 0}`)},
		{id: "V-28", want: "parallel.Orchestration: Arrivals = -1 requests/s: want at least 0", in: queue(func(s *parallel.Orchestration) { s.Arrivals = -1 })},
		{id: "V-28", want: "parallel.Orchestration: Duration = 0 s: want above 0", in: queue(func(s *parallel.Orchestration) { s.Duration = 0 })},
		{id: "V-29", want: "quality.Privacy: Epsilon = -5: want above 0", in: changed(quality.Privacy.Solve, func(s *quality.Privacy) { s.Epsilon = -5 })},
		{id: "V-30", want: "storage.Ingestion: Demand = -5 GB/s: want at least 0", in: changed(storage.Ingestion.Solve, func(s *storage.Ingestion) { s.Demand = -5 * units.GBps })},
		{id: "V-33", want: "quality.Scaling: Params = -1B params: want at least 0", in: scale(func(s *quality.Scaling) { s.Params = -1e9 })},
		{id: "V-33", want: "quality.Scaling: Budget = -100 EFLOP: want at least 0", in: scale(func(s *quality.Scaling) { s.Budget = -1e20 })},
		{id: "V-35", want: `unknown method "banana": want one of quantization, pruning`, in: func() error { var m quality.Method; return m.UnmarshalText([]byte("banana")) }},
		{id: "V-35", want: "quality.Compression: Method = 9: want one of quantization, pruning", in: changed(quality.Compression.Solve, func(s *quality.Compression) { s.Method = 9 })},
		{id: "V-44", want: "storage.Transformation: Batch = 0: want at least 1", in: changed(storage.Transformation.Solve, func(s *storage.Transformation) { s.Batch = 0 })},
	}
}

// searchAbuses are those of synthesis and sensitivity. Ours differentiates, so that
// there is no step to get wrong; less by a hundred percent is a field at zero.
func searchAbuses() []abuse {
	node := example[compute.SingleNode]()
	needed := func(target units.Seconds, efficiency float64) func() error {
		return func() error {
			s := node
			s.Efficiency = efficiency
			_, err := search.Needed{Solver: s, Metric: "Latency", Target: target}.Solve()
			return err
		}
	}
	return []abuse{
		{id: "V-31", want: "compute.SingleNode: target of Latency = -5 ms: want a time above 0 s", in: needed(-5*units.Millisecond, 0.5)},
		{id: "V-31", want: "compute.SingleNode: target of Latency = 0 s: want a time above 0 s", in: needed(0, 0.5)},
		{id: "V-31", want: "needed: compute.SingleNode: Efficiency = 7: want above 0 and at most 1", in: needed(5*units.Millisecond, 7)},
		{id: "V-32", want: "compute.SingleNode: Batch = 0: want at least 1", in: func() error {
			s := search.Space{Solver: node, Axes: []search.Axis{{Field: "Batch", Values: []float64{0}}}}
			cloud, err := s.Solve(context.Background())
			if err != nil {
				return err
			}
			return errors.New(cloud.At(0).Why)
		}},
		{id: "V-32", answer: func(t *testing.T) {
			s, err := search.Elasticities(node, "Latency", []string{"Hardware.Flash"})
			require.NoError(t, err)
			require.False(t, s.Fields[0].LeftKnown || s.Fields[0].RightKnown)
			require.Equal(t, "the field is zero or negative", s.Fields[0].Why)
		}},
	}
}
