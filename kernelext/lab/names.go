package lab

import (
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// The types of results and inputs.
type (
	Device        = hardware.Device
	Rates         = hardware.Rates
	Model         = models.Model
	Grid          = infra.Grid
	Facility      = infra.Facility
	Cooling       = infra.Cooling
	Rack          = infra.Rack
	Tariff        = infra.Tariff
	Instance      = infra.Instance
	Stack         = systems.Stack
	Node          = systems.Node
	Fabric        = systems.Fabric
	Cluster       = systems.Cluster
	Pod           = systems.Pod
	StorageTier   = systems.Storage
	Failure       = systems.Failure
	Platform      = systems.Platform
	SingleNode    = compute.SingleNode
	PassResult    = compute.Result
	Serving       = serving.Serving
	ServingResult = serving.Result
	Evaluation    = scenario.Evaluation
	Scorecard     = scenario.Scorecard
	Front         = search.Front
	Point         = search.Point
	Trace         = walls.Trace
	Chart         = show.Chart
	Resource      = walls.Resource
	Phase         = compute.Phase
	Precision     = physics.Precision
	Level         = physics.Level
)

// The types of quantities.
type (
	Bytes           = units.Bytes
	ByteRate        = units.ByteRate
	FLOP            = units.FLOP
	FLOPRate        = units.FLOPRate
	Intensity       = units.Intensity
	Seconds         = units.Seconds
	Hertz           = units.Hertz
	Watts           = units.Watts
	Joules          = units.Joules
	USD             = units.USD
	USDRate         = units.USDRate
	EnergyPrice     = units.EnergyPrice
	KgCO2e          = units.KgCO2e
	CarbonIntensity = units.CarbonIntensity
	CarbonPrice     = units.CarbonPrice
	Litres          = units.Litres
	WaterIntensity  = units.WaterIntensity
	Tokens          = units.Tokens
	TokenRate       = units.TokenRate
	Samples         = units.Samples
	SampleRate      = units.SampleRate
	Requests        = units.Requests
	RequestRate     = units.RequestRate
	Params          = units.Params
)

// What can bind.
const (
	Compute         = walls.Compute
	MemoryBandwidth = walls.MemoryBandwidth
	MemoryCapacity  = walls.MemoryCapacity
	SRAMBandwidth   = walls.SRAMBandwidth
	FlashBandwidth  = walls.FlashBandwidth
	HostLink        = walls.HostLink
	Network         = walls.Network
	Overhead        = walls.Overhead
	Storage         = walls.Storage
	HostCPU         = walls.HostCPU
)

// What a pass does, in which format, and how closely it is predicted.
const (
	Decode     = compute.Decode
	Prefill    = compute.Prefill
	Sample     = compute.Sample
	Train      = compute.Train
	FP16       = physics.FP16
	BF16       = physics.BF16
	TF32       = physics.TF32
	FP32       = physics.FP32
	FP64       = physics.FP64
	FP8        = physics.FP8
	INT8       = physics.INT8
	FP4        = physics.FP4
	INT4       = physics.INT4
	Ideal      = physics.Ideal
	Calibrated = physics.Calibrated
)

// The units. Write 80 * GB, 3.35 * TBps, 5 * Millisecond.
const (
	KB             = units.KB
	MB             = units.MB
	GB             = units.GB
	TB             = units.TB
	PB             = units.PB
	KiB            = units.KiB
	MiB            = units.MiB
	GiB            = units.GiB
	TiB            = units.TiB
	PiB            = units.PiB
	MBps           = units.MBps
	GBps           = units.GBps
	TBps           = units.TBps
	Gbps           = units.Gbps
	MFLOP          = units.MFLOP
	GFLOP          = units.GFLOP
	TFLOP          = units.TFLOP
	PFLOP          = units.PFLOP
	EFLOP          = units.EFLOP
	MFLOPS         = units.MFLOPS
	GFLOPS         = units.GFLOPS
	TFLOPS         = units.TFLOPS
	PFLOPS         = units.PFLOPS
	FLOPPerByte    = units.FLOPPerByte
	Nanosecond     = units.Nanosecond
	Microsecond    = units.Microsecond
	Millisecond    = units.Millisecond
	Second         = units.Second
	Minute         = units.Minute
	Hour           = units.Hour
	Day            = units.Day
	Year           = units.Year
	MHz            = units.MHz
	GHz            = units.GHz
	Milliwatt      = units.Milliwatt
	Watt           = units.Watt
	Kilowatt       = units.Kilowatt
	Megawatt       = units.Megawatt
	Joule          = units.Joule
	KWh            = units.KWh
	MWh            = units.MWh
	Dollar         = units.Dollar
	DollarPerHour  = units.DollarPerHour
	DollarPerKWh   = units.DollarPerKWh
	DollarPerTonne = units.DollarPerTonne
	Gram           = units.Gram
	Kilogram       = units.Kilogram
	Tonne          = units.Tonne
	GramPerKWh     = units.GramPerKWh
	Litre          = units.Litre
	LitrePerKWh    = units.LitrePerKWh
	Token          = units.Token
	Request        = units.Request
	Million        = units.Million
	Billion        = units.Billion
)
