package serving

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the result step by step: memory of both models, a step of the
// draft, the pass that verifies, and the round they make.
func (r SpeculationResult) Explain() walls.Trace {
	s, target, draft := &r.in, &r.target.in, &r.draft.in
	gamma := s.Gamma + 1
	t := walls.Trace{Title: s.Model.Name + " with " + s.Draft.Name + " as draft on " + s.Hardware.Name, Omitted: speculationOmitted[:]}

	t.Steps = []walls.Step{
		weightStep("W", "weights of the target on each device", "Weights", s.Model.Params, target.Precision, s.TP, r.Weights),
		weightStep("W_d", "weights of the draft on each device", "DraftWeights", s.Draft.Params, draft.Precision, s.TP, r.DraftWeights),
		r.memoryStep(),
	}
	roof := r.draft.roof.Streaming()
	work := draft.Model.DecodePass(s.Batch, r.middle(), draft.layout())
	t.Steps = append(t.Steps, passStep("T_d", "one step of the draft", "DraftStep", "Pope 2023",
		&roof, &work, draft.communication(1), draft.overhead(&roof)))
	roof = r.target.roof.Streaming()
	t.Steps = append(t.Steps, passStep("T_v", "pass of the target over the proposals", "Verify", "Leviathan 2023",
		&roof, &r.verify, target.communication(gamma), target.overhead(&roof)))
	t.Steps = append(t.Steps, r.roundSteps()...)
	return t
}

var speculationOmitted = [...]string{
	"trees of proposals, and acceptance that depends on the position",
	"sampling time and the prefill of the draft, which follows the first token",
	"queueing",
}

func (r *SpeculationResult) memoryStep() walls.Step {
	return walls.Step{
		Name: "memory needed on each device", Symbol: "M", Formula: "W + C + W_d + C_d", Field: "Memory",
		Terms: []walls.Term{
			{Symbol: "W", What: "weights of the target", Value: r.Weights},
			{Symbol: "C", What: "cache of the target", Value: r.Cache},
			{Symbol: "W_d", What: "weights of the draft", Value: r.DraftWeights},
			{Symbol: "C_d", What: "cache of the draft", Value: r.DraftCache},
		},
		Value: r.Memory,
	}
}

// roundSteps derives the tokens of a round and the latency.
func (r *SpeculationResult) roundSteps() []walls.Step {
	gamma := walls.Term{Symbol: "gamma", What: "tokens proposed", Value: r.in.Gamma}
	expected := walls.Step{
		Name: "tokens that a round yields", Symbol: "E", Formula: "(1 - pow(alpha, gamma + 1)) / (1 - alpha)", Field: "Expected",
		Terms: []walls.Term{{Symbol: "alpha", What: "share accepted", Value: r.in.Acceptance}, gamma},
		Value: r.Expected, Source: "Leviathan 2023",
	}
	if r.in.Acceptance == 1 {
		expected.Formula, expected.Terms = "gamma + 1", []walls.Term{gamma}
	}
	return []walls.Step{
		expected,
		{
			Name: "inter-token latency", Symbol: "ITL", Formula: "(gamma * T_d + T_v) / E", Field: "ITL",
			Terms: []walls.Term{
				gamma,
				{Symbol: "T_d", What: "one step of the draft", Value: r.DraftStep},
				{Symbol: "T_v", What: "pass of the target over the proposals", Value: r.Verify},
				{Symbol: "E", What: "tokens that a round yields", Value: r.Expected},
			},
			Value: r.ITL, Source: "Leviathan 2023",
		},
		{
			Name: "gain of speculation", Symbol: "G", Formula: "ITL_0 / ITL", Field: "Speedup",
			Terms: []walls.Term{
				{Symbol: "ITL_0", What: "latency without speculation", Value: r.PlainITL},
				{Symbol: "ITL", What: "latency with it", Value: r.ITL},
			},
			Value: r.Speedup,
		},
	}
}

// View describes the result.
func (r SpeculationResult) View() show.View {
	return view(r, r.in.Model.Name+" with "+r.in.Draft.Name+" as draft on "+r.in.Hardware.Name,
		fmt.Sprintf("batch %d, %d proposed, best %d, %s, binds: %s", r.in.Batch, r.in.Gamma, r.BestGamma, r.Precision, r.Binding), r.Fits, r.Warnings)
}
