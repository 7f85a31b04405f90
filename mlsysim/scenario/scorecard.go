package scenario

import (
	"errors"
	"math"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/storage"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Scorecard is the verdict with the numbers behind it.
type Scorecard struct {
	Feasibility show.Status `help:"does it fit"`
	Performance show.Status `help:"does it keep its limits on time and throughput"`
	Macro       show.Status `help:"does it keep its limits on cost, carbon, power and water"`

	Mode    Mode                     `help:"what the design does"`
	Devices int                      `help:"devices in all"`
	Pass    compute.Result           `help:"one pass on the device, in mode pass"`
	Step    parallel.TrainingResult  `help:"one training step, in mode train"`
	Split   parallel.Training        `help:"how it lies on the devices, in mode train"`
	Tried   int                      `help:"splits that were tried; 0 if the split was given"`
	Request parallel.InferenceResult `help:"a request, in mode serve"`
	Queue   serving.TailResult       `help:"the queue before the replicas, with arrivals"`
	Supply  storage.IngestionResult  `help:"the way of the data to the devices, where their demand is given"`
	Run     units.Seconds            `help:"time of the whole training run" better:"lower" known:"RunKnown"`
	Duty    float64                  `help:"share of the time in which the device works" better:"lower"`

	Latency    units.Seconds    `help:"time of a pass, a training step or a request" better:"lower"`
	Throughput units.SampleRate `help:"samples, sequences or generated tokens per second" better:"higher"`
	MFU        float64          `help:"share of the peak used" better:"higher"`
	HFU        float64          `help:"the same with what is computed again" better:"higher"`
	Memory     units.Bytes      `help:"what each device holds" better:"lower"`
	Capacity   units.Bytes      `help:"memory of each device"`
	Short      units.Bytes      `help:"what is missing on each device" better:"lower"`
	Fits       bool             `help:"it fits into each device"`
	RunKnown   bool             `help:"it trains, and the tokens of the run are given"`

	Power       units.Watts       `help:"mean power of the devices" better:"lower" known:"PowerKnown"`
	ITEnergy    units.Joules      `help:"energy of the devices over the duration" better:"lower" known:"PowerKnown"`
	Energy      units.Joules      `help:"energy of the facility for it" better:"lower" known:"PowerKnown"`
	Carbon      units.KgCO2e      `help:"emissions of that energy" better:"lower" known:"PowerKnown"`
	Water       units.Litres      `help:"water evaporated on site" better:"lower" known:"WaterKnown"`
	EnergyCost  units.USD         `help:"electricity" better:"lower" known:"PowerKnown"`
	CapEx       units.USD         `help:"share of the price written off over the duration" better:"lower" known:"PriceKnown"`
	Maintenance units.USD         `help:"upkeep over the duration" better:"lower" known:"PriceKnown"`
	TCO         units.USD         `help:"total cost of ownership over the duration" better:"lower" known:"CostKnown"`
	Tariff      units.EnergyPrice `help:"electricity price used"`
	PowerKnown  bool              `help:"the registry knows the device's power"`
	PriceKnown  bool              `help:"the registry knows the device's price"`
	CostKnown   bool              `help:"both are known"`
	WaterKnown  bool              `help:"power and the building's water use are known"`
	walls.Notes

	in Evaluation // for Explain and View
}

// retold words a refusal of an inner solver as one of the evaluation, with the
// field's name here.
func retold(err error) error {
	var field *describe.FieldError
	if !errors.As(err, &field) {
		return err
	}
	told := *field
	told.Input = name
	if told.Field == "Sequence" {
		told.Field = "Context"
	}
	return &told
}

// pass judges one pass on one device.
func (e *Evaluation) pass(s *Scorecard) error {
	r, err := e.node().Solve()
	if err != nil {
		return err
	}
	s.Pass, s.Notes = r, r.Notes
	s.Latency, s.Throughput, s.MFU, s.HFU = r.Latency, r.Throughput, r.MFU, r.HFU
	s.Memory, s.Capacity, s.Short, s.Fits = r.Footprint, r.Capacity, r.Short, r.Fits
	if e.Interval > 0 {
		s.Duty = min(1, r.Latency.Ratio(e.Interval))
		s.Throughput = units.Samples(e.Batch).Per(max(e.Interval, r.Latency))
	}
	return e.queue(s, r.Latency, 1)
}

// queue fills in what those see who arrive at random at some servers.
func (e *Evaluation) queue(s *Scorecard, service units.Seconds, servers int) error {
	if e.Arrivals == 0 {
		return nil
	}
	q, err := serving.Tail{Arrivals: e.Arrivals, Service: service, Replicas: servers, SLA: e.MaxP99}.Solve()
	s.Queue = q
	s.Warnings |= q.Warnings
	return err
}

// node is the pass that the design runs over and over.
func (e *Evaluation) node() compute.SingleNode {
	s := compute.SingleNode{
		Model: e.Model, Hardware: e.Hardware, Phase: e.Phase, Batch: e.Batch, Prompt: e.Prompt,
		Precision: e.Precision, KVPrecision: e.KVPrecision, Efficiency: e.Efficiency,
		MemoryEfficiency: e.MemoryEfficiency, Level: e.Level, Stack: e.Stack,
	}
	if e.Model.Generates() && (e.Phase == compute.Auto || e.Phase == compute.Decode) {
		s.Context = e.Context
	}
	return s
}

// feed asks whether the data arrives as fast as the devices consume it.
func (e *Evaluation) feed(s *Scorecard) error {
	if e.DataRate == 0 {
		return nil
	}
	r, err := storage.Ingestion{Demand: e.DataRate, Accelerators: e.PerNode, Storage: e.Storage, HostLink: e.Hardware.HostLink}.Solve()
	s.Supply = r
	s.Warnings |= r.Warnings
	return err
}

// train judges a training step, on the best split if none is given.
func (e *Evaluation) train(s *Scorecard) error {
	t := e.training()
	if !e.split() {
		best, err := e.search().Solve()
		if err != nil {
			return err
		}
		t, s.Tried = best.Training(), best.Splits
	}
	r, err := t.Solve()
	if err != nil {
		return err
	}
	s.Step, s.Split, s.Notes = r, t, r.Notes
	s.Latency, s.Throughput, s.MFU, s.HFU = r.Step, r.Throughput, r.MFU, r.HFU
	s.Memory, s.Capacity, s.Short, s.Fits = r.Memory, r.Capacity, r.Short, r.Fits
	if s.RunKnown = e.Tokens > 0; s.RunKnown {
		steps := e.Tokens.Ratio(units.Token.Times(float64(e.Batch) * float64(e.Context)))
		s.Run = r.Step.Times(math.Ceil(steps))
	}
	return nil
}

func (e *Evaluation) search() parallel.Plan {
	return parallel.Plan{
		Model: e.Model, Hardware: e.Hardware, Nodes: e.Nodes, PerNode: e.PerNode, NICs: e.NICs, IntraLink: e.IntraLink, Fabric: e.Fabric,
		Oversubscription: e.Oversubscription, Batch: e.Batch, Sequence: e.Context, Optimizer: e.Optimizer, Precision: e.Precision,
		Efficiency: e.Efficiency, MemoryEfficiency: e.MemoryEfficiency, Level: e.Level,
	}
}

func (e *Evaluation) training() parallel.Training {
	return parallel.Training{
		Model: e.Model, Hardware: e.Hardware, Nodes: e.Nodes, PerNode: e.PerNode, NICs: e.NICs, IntraLink: e.IntraLink, Fabric: e.Fabric,
		Oversubscription: e.Oversubscription, Batch: e.Batch, Sequence: e.Context, Optimizer: e.Optimizer, Precision: e.Precision,
		Efficiency: e.Efficiency, MemoryEfficiency: e.MemoryEfficiency, Level: e.Level,
		TP: e.TP, PP: e.PP, EP: e.EP, CP: e.CP, Microbatches: e.Microbatches, ZeRO: e.ZeRO, Checkpointing: e.Checkpointing,
	}
}

// serve judges a request, on the smallest replica that fits if no split is given.
func (e *Evaluation) serve(s *Scorecard) error {
	r, err := e.replica()
	if err != nil {
		return err
	}
	s.Request, s.Notes = r, r.Notes
	s.Latency, s.Throughput, s.MFU, s.HFU = r.Request, units.SampleRate(r.TokensPerSecond), r.MFU, r.MFU // dim: one sample is a token
	s.Memory, s.Capacity, s.Short, s.Fits = r.Memory, r.Capacity, r.Short, r.Fits
	return e.queue(s, r.Request, r.Replicas*e.Batch)
}

// replica tries tensor-parallel groups of one server by doubling, then stages of
// whole servers, and keeps the first that fits, or the last.
func (e *Evaluation) replica() (parallel.InferenceResult, error) {
	if e.split() {
		return e.inference(e.TP, e.PP).Solve()
	}
	var last parallel.InferenceResult
	var refused error
	for tp, pp := 1, 1; tp*pp <= e.devices(); {
		r, err := e.inference(tp, pp).Solve()
		if err == nil && r.Fits {
			return r, nil
		}
		if err == nil {
			last = r
		} else if refused == nil {
			refused = err
		}
		if 2*tp <= e.PerNode {
			tp *= 2
		} else {
			pp *= 2
		}
	}
	if last.Devices == 0 {
		return last, refused
	}
	return last, nil
}

func (e *Evaluation) inference(tp, pp int) parallel.Inference {
	return parallel.Inference{
		Model: e.Model, Hardware: e.Hardware, Nodes: e.Nodes, PerNode: e.PerNode, NICs: e.NICs, IntraLink: e.IntraLink, Fabric: e.Fabric,
		Oversubscription: e.Oversubscription, Prompt: e.Context, Output: e.OutputTokens, Batch: e.Batch, TP: tp, PP: pp, EP: e.EP, CP: e.CP,
		Microbatches: e.Microbatches, Precision: e.Precision, KVPrecision: e.KVPrecision,
		Efficiency: e.Efficiency, MemoryEfficiency: e.MemoryEfficiency, Level: e.Level, Stack: e.Stack,
	}
}
