package quality

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Scaling divides a training budget between parameters and tokens (wall 11): by
// the rule of a fixed number of tokens per parameter, by the least predicted
// loss, and by the least cost of training and serving at that loss.
//
//	C = c_t·P·D;  rule: P = √(C/(c_t·r)), D = r·P
//	L(N, D) = E + A/N^α + B/D^β;  least loss: N = G·(C/c_t)^(β/(α+β))
//	served:  min c_t·N·D + c_i·N·D_inf at equal L
//
// It leaves out attention's arithmetic, repeated data and everything that makes
// one loss more useful than another. The fits hold where they were measured,
// about 1e18 to 1e22 operations.
//
// Hoffmann 2022, "Training compute-optimal large language models"; Besiroglu
// 2024; Sardana 2023, "Beyond Chinchilla-optimal".
type Scaling struct {
	Budget      units.FLOP         `help:"training operations; 0 takes them from Time" min:"0"`
	Time        units.Seconds      `help:"accelerator time, summed over devices, instead of Budget" min:"0"`
	Peak        units.FLOPRate     `help:"peak of one accelerator, for Time (H100, dense fp16, NVIDIA datasheet)" above:"0" default:"989 TFLOP/s"`
	Utilization float64            `help:"share of that peak reached over the whole run (Chowdhery 2022)" above:"0" max:"1" default:"0.4"`
	Params      units.Params       `help:"parameters to train; 0 takes those of the rule" min:"0"`
	Ratio       float64            `help:"tokens per parameter of the rule (Hoffmann 2022)" above:"0" default:"20"`
	Fit         physics.ScalingFit `help:"published constants of the loss; the refit agrees with the rule, the first paper's do not"`
	Served      units.Tokens       `help:"tokens that the network will process in its life after training" min:"0"`
	TrainOps    units.FLOP         `help:"training operations per parameter and token (Kaplan 2020)" above:"0" default:"6 FLOP"`
	ServeOps    units.FLOP         `help:"serving operations per parameter and token (Kaplan 2020)" above:"0" default:"2 FLOP"`
}

// ScalingResult is how to spend the budget.
type ScalingResult struct {
	Params units.Params `help:"parameters, by the rule or as given"`
	Tokens units.Tokens `help:"training tokens that use up the budget"`
	Ratio  float64      `help:"tokens per parameter"`
	Budget units.FLOP   `help:"training operations"`
	Loss   float64      `help:"predicted loss, nats per token" better:"lower"`

	BestParams units.Params `help:"parameters with the least predicted loss"`
	BestTokens units.Tokens `help:"training tokens with the least predicted loss"`
	BestRatio  float64      `help:"tokens per parameter of that network"`
	BestLoss   float64      `help:"least predicted loss of this budget, nats per token" better:"lower"`

	ServedParams units.Params `help:"parameters that reach the least loss at the least cost of training and serving"`
	ServedTokens units.Tokens `help:"training tokens of that network"`
	ServedRatio  float64      `help:"tokens per parameter of that network"`
	ServedTrain  units.FLOP   `help:"training operations of that network" better:"lower"`
	ServedTotal  units.FLOP   `help:"training and serving operations of that network" better:"lower"`
	BestTotal    units.FLOP   `help:"training and serving operations of the network with the least loss" better:"lower"`
	Saving       float64      `help:"share of those operations that the smaller network saves" better:"higher"`
	walls.Notes

	in    Scaling
	share float64 // of the reducible loss that the served network leaves to its data
}

const scalingName = "quality.Scaling"

// Solve fails only if a field is out of range.
func (s Scaling) Solve() (ScalingResult, error) {
	if err := describe.Check(&s); err != nil {
		return ScalingResult{}, err
	}
	switch {
	case s.Budget == 0 && s.Time == 0:
		return ScalingResult{}, describe.Refuse(scalingName, "Budget", s.Budget, "above 0 FLOP, or Time above 0 s")
	case s.Budget > 0 && s.Time > 0:
		return ScalingResult{}, describe.Refuse(scalingName, "Time", s.Time, "0 s where Budget is given")
	}
	r := ScalingResult{in: s, Budget: s.Budget}
	if s.Time > 0 {
		r.Budget = s.Peak.Times(s.Utilization).For(s.Time)
	}
	s.rule(&r)
	s.best(&r)
	s.serve(&r)
	r.Binding = walls.Compute
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Scaling) Run() ScalingResult { return walls.Must(s.Solve()) }

// rule fills in the network of the rule, or the one that was given.
func (s *Scaling) rule(r *ScalingResult) {
	r.Params = s.Params
	if s.Params == 0 {
		r.Params = physics.RuleParams(r.Budget.Ratio(s.TrainOps), s.Ratio)
	}
	law := s.Fit.Law()
	r.Tokens = r.tokens(r.Params)
	r.Ratio = float64(r.Tokens) / float64(r.Params)
	r.Loss = law.Loss(r.Params, r.Tokens)
}

// tokens is the data that uses up the budget with a number of parameters.
func (r *ScalingResult) tokens(n units.Params) units.Tokens {
	return units.Tokens(r.Budget.Ratio(r.in.TrainOps) / float64(n))
}

// best fills in the network with the least predicted loss.
func (s *Scaling) best(r *ScalingResult) {
	law := s.Fit.Law()
	r.BestParams = law.Optimum(r.Budget.Ratio(s.TrainOps))
	r.BestTokens = r.tokens(r.BestParams)
	r.BestRatio = float64(r.BestTokens) / float64(r.BestParams)
	r.BestLoss = law.Loss(r.BestParams, r.BestTokens)
	r.BestTotal = r.Budget + s.serving(r.BestParams)
}

// serve fills in the network of that loss which is cheapest over its life.
func (s *Scaling) serve(r *ScalingResult) {
	law := s.Fit.Law()
	reducible := law.Reducible(r.BestParams, r.BestTokens)
	r.share = law.ServedShare(reducible, float64(s.Served)*s.ServeOps.Ratio(s.TrainOps))
	r.ServedParams, r.ServedTokens = law.Split(reducible, r.share)
	r.ServedRatio = float64(r.ServedTokens) / float64(r.ServedParams)
	r.ServedTrain = s.TrainOps.Times(float64(r.ServedParams) * float64(r.ServedTokens))
	r.ServedTotal = r.ServedTrain + s.serving(r.ServedParams)
	r.Saving = max(0, 1-r.ServedTotal.Ratio(r.BestTotal)) // rounding, without serving
}

// serving is the arithmetic of a life of inference.
func (s *Scaling) serving(n units.Params) units.FLOP {
	return s.ServeOps.Times(float64(n) * float64(s.Served))
}
