package quality

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Privacy is what responsible engineering adds to a training run (wall 20): the
// noise that differential privacy needs, the time that per-example gradients
// cost, and the data that a small group needs to be seen as often as it should.
//
//	σ: ε = min over a of (T·K(a) + ln(1/δ))/(a − 1)
//	time = base·gradients·batch, data = 1/prevalence
//
// The time does not depend on ε: noise costs accuracy, and only clipping each
// example's gradient costs time. It leaves out the loss of accuracy, and
// fairness beyond the number of examples.
//
// Abadi 2016, "Deep learning with differential privacy"; Mironov 2019; Subramani
// 2021, "Enabling fast differentially private SGD"; Ponomareva 2023.
type Privacy struct {
	Time       units.Seconds `help:"training time without privacy" above:"0"`
	Epsilon    float64       `help:"privacy budget ε" above:"0" default:"1"`
	Delta      float64       `help:"chance δ that the budget does not hold" above:"0" below:"1" default:"1e-5"`
	Sampling   float64       `help:"share of the data set in one batch (Abadi 2016, MNIST)" above:"0" max:"1" default:"0.01"`
	Steps      int           `help:"training steps (Abadi 2016, MNIST)" min:"1" default:"10000"`
	Gradients  float64       `help:"time of a step with per-example gradients over one without: 1 to 3 vectorised, 10 to 100 one by one (Subramani 2021)" min:"1" default:"2"`
	Batch      float64       `help:"growth of the batch that keeps accuracy under noise (Ponomareva 2023); 1 is none" min:"1" default:"1"`
	Orders     int           `help:"largest Rényi order tried" min:"2" max:"4096" default:"1024"`
	Prevalence float64       `help:"share of the smallest group in the data" above:"0" max:"1" default:"0.01"`
}

// PrivacyResult is the price.
type PrivacyResult struct {
	Noise    float64       `help:"standard deviation of the noise, in clipping norms" better:"lower"`
	Epsilon  float64       `help:"privacy budget that this noise spends" better:"lower"`
	Delta    float64       `help:"chance that the budget does not hold" better:"lower"`
	Order    int           `help:"Rényi order that shows it"`
	Epochs   float64       `help:"expected passes over the data set"`
	Slowdown float64       `help:"training time over that without privacy" better:"lower"`
	Time     units.Seconds `help:"training time with privacy" better:"lower"`

	Data       float64 `help:"data needed over that of a group as large as the whole" better:"lower"`
	Prevalence float64 `help:"share of the smallest group in the data" better:"higher"`
	walls.Notes

	in Privacy
}

const privacyName = "quality.Privacy"

// Solve fails only if a field is out of range.
func (p Privacy) Solve() (PrivacyResult, error) {
	if err := describe.Check(&p); err != nil {
		return PrivacyResult{}, err
	}
	r := PrivacyResult{Delta: p.Delta, Prevalence: p.Prevalence, in: p}
	var ok bool
	if r.Noise, ok = physics.NoiseFor(p.Epsilon, p.Sampling, p.Steps, p.Delta, p.Orders); !ok {
		floor := -math.Log(p.Delta) / float64(p.Orders-1)
		return PrivacyResult{}, describe.Refuse(privacyName, "Epsilon", p.Epsilon,
			fmt.Sprintf("above %.4g, the least that orders up to %d can show at this Delta", floor, p.Orders))
	}
	r.Epsilon, r.Order = physics.PrivacyLoss(p.Sampling, r.Noise, p.Steps, p.Delta, p.Orders)
	r.Epochs = p.Sampling * float64(p.Steps)
	r.Slowdown = p.Gradients * p.Batch
	r.Time = p.Time.Times(r.Slowdown)
	r.Data = 1 / p.Prevalence
	r.Binding = walls.Compute
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (p Privacy) Run() PrivacyResult { return walls.Must(p.Solve()) }

// Explain derives the result; the noise was found by bisection, so its steps
// evaluate the accountant at the answer.
func (r PrivacyResult) Explain() walls.Trace {
	p := &r.in
	return walls.Trace{
		Title: "privacy and fairness",
		Steps: []walls.Step{
			r.cumulantStep(),
			{
				Name: "budget spent by this noise", Symbol: "epsilon", Formula: "(T * K + ln(1 / delta)) / (a - 1)", Field: "Epsilon",
				Terms: []walls.Term{
					{Symbol: "T", What: "steps", Value: p.Steps},
					{Symbol: "K", What: "cumulant of one step", Value: physics.RenyiCumulant(p.Sampling, r.Noise, r.Order)},
					{Symbol: "delta", What: "chance that it does not hold", Value: p.Delta},
					{Symbol: "a", What: "order that gives the least", Value: r.Order},
				},
				Value: r.Epsilon, Source: "Mironov 2017; Abadi 2016",
			},
			{
				Name: "slow-down", Symbol: "k", Formula: "g * B", Field: "Slowdown",
				Terms: []walls.Term{
					{Symbol: "g", What: "per-example gradients over plain ones", Value: p.Gradients},
					{Symbol: "B", What: "growth of the batch", Value: p.Batch},
				},
				Value: r.Slowdown, Source: "Subramani 2021",
			},
			{
				Name: "training time", Symbol: "t", Formula: "t_0 * k", Field: "Time",
				Terms: []walls.Term{{Symbol: "t_0", What: "without privacy", Value: p.Time}, {Symbol: "k", What: "slow-down", Value: r.Slowdown}},
				Value: r.Time,
			},
			{
				Name: "data factor", Symbol: "f", Formula: "1 / p", Field: "Data",
				Terms: []walls.Term{{Symbol: "p", What: "share of the smallest group", Value: p.Prevalence}},
				Value: r.Data,
			},
		},
		Omitted: []string{"the accuracy that noise costs", "conversions to (ε, δ) tighter than Mironov 2017", "fairness beyond the number of examples"},
	}
}

// cumulantStep derives K = ln(1 + e^s); a small e^s takes the first terms of the
// series, because 1 + e^s would lose its digits.
func (r *PrivacyResult) cumulantStep() walls.Step {
	p := &r.in
	s := physics.RenyiSum(p.Sampling, r.Noise, r.Order)
	formula := "max(s, 0) + ln(1 + exp(min(s, -s)))"
	if s < -11.5 {
		formula = "exp(s) - exp(2 * s) / 2"
	}
	return walls.Step{
		Name: "cumulant of one step", Symbol: "K", Formula: formula,
		Terms: []walls.Term{{
			Symbol: "s", Value: s,
			What: fmt.Sprintf("ln of Σ C(a,k)·(1 − q)^(a−k)·q^k·(exp(k(k−1)/(2σ²)) − 1), k from 2 to a = %d, q = %g, σ = %.4g", r.Order, p.Sampling, r.Noise),
		}},
		Value: physics.RenyiCumulant(p.Sampling, r.Noise, r.Order), Source: "Mironov 2019",
	}
}

// View describes the result.
func (r PrivacyResult) View() show.View {
	return show.View{
		Title:    "privacy and fairness",
		Subtitle: fmt.Sprintf("ε = %.4g, δ = %.4g, %d steps of %.4g of the data", r.Epsilon, r.Delta, r.in.Steps, r.in.Sampling),
		Status:   show.Pass, Data: r,
		Blocks: []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
}
