package vectors

import (
	"github.com/mlsysim/golab/mlsysim/compose"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/units"
)

// pipeline is one of the two that the vectors have: a pass and what it is sensitive
// to, or a training step, its cost and its emissions.
func pipeline(in *inputs) (answer, any, error) {
	if in.Inputs["fleet"] != nil {
		return operation(in)
	}
	s := nodeInput(in)
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := stage(s).Solve()
	if err != nil {
		return nil, nil, err
	}
	node := r.Of("node").(compute.Result)
	s.Batch = 1 // the second stage of theirs takes no batch
	e, err := search.Elasticities(stage(s), "node.Latency", levers("node.", s.Precision))
	a := nodeAnswer(&node)
	a["memory_footprint"] = num(float64(node.Weights)) // theirs holds no cache
	return merge(under("SingleNodeModel", a), under("SensitivitySolver", sensitivityAnswer(e))), r, err
}

func stage(s compute.SingleNode) compose.Pipeline {
	return compose.Pipeline{Stages: []compose.Stage{{Name: "node", Solver: s}}}
}

// operation binds the devices of the step to what they cost and emit, which theirs
// computes for machines that are always busy.
func operation(in *inputs) (answer, any, error) {
	f, place := in.cluster("fleet"), in.site()
	step := onCluster(in, f)
	in.set(&step, "Batch", "batch_size", 1)
	own := cost.Ownership{Hardware: f.Device, Utilization: 1, Region: place.Grid, Facility: place.Facility, Tariff: units.DollarPerKWh.Times(0.12)}
	in.set(&own, "Duration", "duration_days", day)
	use := power.Sustainability{Hardware: f.Device, Utilization: 1, Region: place.Grid, Facility: place.Facility, Duration: own.Duration}
	if err := in.done(&step); err != nil {
		return nil, nil, err
	}
	p := compose.Pipeline{
		Stages: []compose.Stage{{Name: "step", Solver: step}, {Name: "cost", Solver: own}, {Name: "carbon", Solver: use}},
		Binds:  []compose.Bind{{From: "step.Devices", To: "cost.Devices"}, {From: "step.Devices", To: "carbon.Devices"}},
	}
	r, err := p.Solve()
	if err != nil {
		return nil, nil, err
	}
	trained := r.Of("step").(parallel.TrainingResult)
	return merge(
		under("DistributedModel", distributedAnswer(&step, &trained)),
		under("EconomicsModel", ownershipAnswer(r.Of("cost").(cost.OwnershipResult))),
		under("SustainabilityModel", sustainabilityAnswer(r.Of("carbon").(power.SustainabilityResult))),
	), r, nil
}
