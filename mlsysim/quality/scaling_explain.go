package quality

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the three networks: rule, least loss, least cost.
func (r ScalingResult) Explain() walls.Trace {
	t := walls.Trace{Title: r.title(), Omitted: []string{
		"arithmetic of attention", "repeated data and its quality", "budgets far from 1e18 to 1e22 operations, where the fits extrapolate",
	}}
	t.Steps = append(r.budgetSteps(), r.ruleSteps()...)
	t.Steps = append(t.Steps, r.bestSteps()...)
	if r.in.Served > 0 {
		t.Steps = append(t.Steps, r.servedSteps()...)
	}
	return t
}

func (r *ScalingResult) title() string {
	return fmt.Sprintf("how to spend %v of training", r.Budget)
}

// budgetSteps turns accelerator time into operations.
func (r *ScalingResult) budgetSteps() []walls.Step {
	s := &r.in
	if s.Time == 0 {
		return nil
	}
	return []walls.Step{{
		Name: "training operations", Symbol: "C", Formula: "P_hw * u * t", Field: "Budget",
		Terms: []walls.Term{
			{Symbol: "P_hw", What: "peak of one accelerator", Value: s.Peak},
			{Symbol: "u", What: "share of the peak reached", Value: s.Utilization},
			{Symbol: "t", What: "accelerator time", Value: s.Time},
		},
		Value: r.Budget,
	}}
}

// budget and ops are terms that several steps put in.
func (r *ScalingResult) budget() walls.Term {
	return walls.Term{Symbol: "C", What: "training operations", Value: r.Budget}
}

func (r *ScalingResult) ops() walls.Term {
	return walls.Term{Symbol: "c_t", What: "training operations per parameter and token", Value: r.in.TrainOps}
}

// lossStep evaluates the law for one network.
func (r *ScalingResult) lossStep(name, loss, n, d, field string, params, tokens, value any) walls.Step {
	law := r.in.Fit.Law()
	return walls.Step{
		Name: name, Symbol: loss, Formula: "E + A / pow(" + n + ", alpha) + B / pow(" + d + ", beta)", Field: field,
		Terms: append([]walls.Term{
			{Symbol: n, What: "parameters", Value: params},
			{Symbol: d, What: "training tokens", Value: tokens},
			{Symbol: "E", What: "loss of the text itself", Value: law.E},
		}, constants(&law)...),
		Value: value, Source: r.in.Fit.String(),
	}
}

func constants(law *physics.ScalingLaw) []walls.Term {
	return []walls.Term{
		{Symbol: "A", What: "size of the parameter term", Value: law.A},
		{Symbol: "alpha", What: "exponent of the parameter term", Value: law.Alpha},
		{Symbol: "B", What: "size of the data term", Value: law.B},
		{Symbol: "beta", What: "exponent of the data term", Value: law.Beta},
	}
}

// ruleSteps derives the network of the rule, or the data of the one given.
func (r *ScalingResult) ruleSteps() []walls.Step {
	var steps []walls.Step
	if r.in.Params == 0 {
		steps = append(steps, walls.Step{
			Name: "parameters by the rule", Symbol: "P", Formula: "sqrt(C / (c_t * r))", Field: "Params",
			Terms: []walls.Term{r.budget(), r.ops(), {Symbol: "r", What: "tokens per parameter", Value: r.in.Ratio}},
			Value: r.Params, Source: "Hoffmann 2022",
		})
	}
	return append(steps,
		walls.Step{
			Name: "training tokens", Symbol: "D", Formula: "C / (c_t * P)", Field: "Tokens",
			Terms: []walls.Term{r.budget(), r.ops(), {Symbol: "P", What: "parameters", Value: r.Params}},
			Value: r.Tokens, Source: "Kaplan 2020",
		},
		r.lossStep("predicted loss", "L", "P", "D", "Loss", r.Params, r.Tokens, r.Loss))
}

// bestSteps derives the network with the least loss.
func (r *ScalingResult) bestSteps() []walls.Step {
	law := r.in.Fit.Law()
	return []walls.Step{
		{
			Name: "parameters with the least loss", Symbol: "N", Field: "BestParams",
			Formula: "pow(alpha * A / (beta * B), 1 / (alpha + beta)) * pow(C / c_t, beta / (alpha + beta))",
			Terms:   append([]walls.Term{r.budget(), r.ops()}, constants(&law)...),
			Value:   r.BestParams, Source: "Hoffmann 2022, approach 3",
		},
		{
			Name: "their training tokens", Symbol: "D_N", Formula: "C / (c_t * N)", Field: "BestTokens",
			Terms: []walls.Term{r.budget(), r.ops(), {Symbol: "N", What: "parameters", Value: r.BestParams}},
			Value: r.BestTokens,
		},
		r.lossStep("least loss", "L_N", "N", "D_N", "BestLoss", r.BestParams, r.BestTokens, r.BestLoss),
	}
}

// servedSteps evaluates, at the network that bisection found, the loss it has to
// reach and the condition of least cost.
func (r *ScalingResult) servedSteps() []walls.Step {
	s, law := &r.in, r.in.Fit.Law()
	extra := float64(s.Served) * s.ServeOps.Ratio(s.TrainOps)
	d := walls.Term{Symbol: "D_s", What: "its training tokens", Value: r.ServedTokens}
	n := walls.Term{Symbol: "N_s", What: "parameters of the cheapest network", Value: r.ServedParams}
	return []walls.Step{
		r.lossStep("its loss is the same", "L_s", "N_s", "D_s", "BestLoss", r.ServedParams, r.ServedTokens, r.BestLoss),
		{
			Name: "and no exchange of parameters for tokens is cheaper", Symbol: "D_eq", Formula: "D_s * alpha * (1 - u) / (beta * u)",
			Terms: []walls.Term{
				d,
				{Symbol: "alpha", What: "exponent of the parameter term", Value: law.Alpha},
				{Symbol: "beta", What: "exponent of the data term", Value: law.Beta},
				{Symbol: "u", What: "share of the reducible loss left to the data, by bisection", Value: r.share},
			},
			Value: r.ServedTokens.Times(1 + extra/float64(r.ServedTokens)), Source: "Sardana 2023",
		},
		{
			Name: "training and serving operations", Symbol: "C_s", Formula: "c_t * N_s * D_s + c_i * N_s * D_inf", Field: "ServedTotal",
			Terms: []walls.Term{
				r.ops(), n, d,
				{Symbol: "c_i", What: "serving operations per parameter and token", Value: s.ServeOps},
				{Symbol: "D_inf", What: "tokens of its life", Value: s.Served},
			},
			Value: r.ServedTotal,
		},
	}
}

// View describes the result.
func (r ScalingResult) View() show.View {
	return show.View{
		Title:    r.title(),
		Subtitle: fmt.Sprintf("%v on %v; constants of %s", r.Params, r.Tokens, r.in.Fit),
		Status:   show.Pass, Data: r,
		Blocks: []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
}
