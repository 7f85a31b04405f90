package lab

import (
	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/compose"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/storage"
	"github.com/mlsysim/golab/mlsysim/training"
	"github.com/mlsysim/golab/mlsysim/validate"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// The solvers beyond a single pass and one batch of requests. Each is an input
// with Run; what it returns shows, explains and sweeps like the others.
type (
	Tail           = serving.Tail
	Batching       = serving.Batching
	Capacity       = serving.Capacity
	Tuning         = serving.Tuning
	Streaming      = serving.Streaming
	Speculation    = serving.Speculation
	Disaggregated  = serving.Disaggregated
	Reasoning      = serving.Reasoning
	TrainingMemory = training.Memory
	TrainingStep   = parallel.Training
	MoERouting     = parallel.MoERouting
	Orchestration  = parallel.Orchestration
	Collective     = network.Collective
	Topology       = network.Topology
	Reliability    = reliability.Fleet
	Checkpoint     = reliability.Checkpoint
	Sustainability = power.Sustainability
	Ownership      = cost.Ownership
	Placement      = cost.Placement
	Site           = cost.Site
	Ingestion      = storage.Ingestion
	Transformation = storage.Transformation
	Compression    = quality.Compression
	Scaling        = quality.Scaling
	Kernels        = quality.Efficiency
	Privacy        = quality.Privacy
	Goal           = search.Goal
	Needed         = search.Needed
	Sensitivity    = search.Sensitivity
	Space          = search.Space
	Axis           = search.Axis
	Cloud          = search.Cloud
	Candidate      = search.Candidate
	Pipeline       = compose.Pipeline
	Stage          = compose.Stage
	Bind           = compose.Bind
	PipelineResult = compose.Result
	Roofline       = compute.Roofline
	Workload       = compute.Workload
)

// Choices that these solvers offer.
const (
	Adam            = physics.Adam
	SGD             = physics.SGD
	Adam8Bit        = physics.Adam8Bit
	Selective       = physics.Selective
	KeepAll         = physics.KeepAll
	Full            = physics.Full
	RingAlgorithm   = physics.Ring
	TreeAlgorithm   = physics.Tree
	InSwitch        = physics.InSwitch
	Hierarchical    = physics.Hierarchical
	AllReduce       = network.AllReduce
	ReduceScatter   = network.ReduceScatter
	AllGather       = network.AllGather
	AllToAll        = network.AllToAll
	FatTree         = network.FatTree
	Torus3D         = network.Torus3D
	RingTopology    = network.Ring
	Dragonfly       = network.Dragonfly
	RailOptimised   = network.RailOptimised
	Quantization    = quality.Quantization
	Pruning         = quality.Pruning
	Unstructured    = quality.Unstructured
	Structured      = quality.Structured
	TwoOfFour       = quality.TwoOfFour
	AttentionKernel = quality.Attention
	ConvKernel      = quality.Conv
)

// Elasticities says by how many per cent a metric changes with one per cent more
// of each field, on both sides of a kink; without fields, those of the device that
// matter.
func Elasticities(solver any, metric string, fields ...string) Sensitivity {
	return walls.Must(search.Elasticities(catalog.Compiled(solver), metric, fields))
}

// Accuracy sets the predictions of serving against published measurements.
func Accuracy() validate.Score { return walls.Must(validate.Serving()) }
