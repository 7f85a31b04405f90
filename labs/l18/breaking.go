package l18

import (
	"maps"
	"slices"
	"strings"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

// breaking is question 5: an assumption that breaks the student's own design.
func breaking() spec.Question {
	return spec.Question{
		ID: "q5", Title: "Which assumption breaks it?", Points: 15,
		Kinds:   []check.Kind{check.CF, check.WIT},
		Claims:  []string{"q5", "q5.value"},
		Predict: `// Predict("q5", ...) // how many times as much traffic, with a node lost`,
		Explore: `Show(Sweep(draft, "Arrivals", Steps(250, 1500, 125)).Chart("Arrivals", "Devices"))`,
		Blank: `// Answer("q5", ...)       // "Arrivals", "MeanPrompt", "MeanOutput", "Efficiency" or "MemoryEfficiency"
// Answer("q5.value", ...) // the value nearest to the assumed one at which your design of q1, a node lost, breaks a limit`,
		Worked: `Predict("q5", 2)
mine := draft
mine.TP, mine.Precision = 4, FP8
mine.MaxReplicas = mine.Run().Replicas // a node is lost
lo, hi := 500.0, 1500.0
for n := 0; n < 60; n++ {
	mine.Arrivals = RequestRate((lo + hi) / 2)
	if mine.Run().Reached {
		lo = (lo + hi) / 2
	} else {
		hi = (lo + hi) / 2
	}
}
Answer("q5", "Arrivals")
Answer("q5.value", hi)`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q5": "Arrivals", "q5.value": margin(d)}
		},
		Options: map[string][]string{"q5": slices.Sorted(maps.Keys(assumptions))},
		Answer:  judge,
		Survivors: map[string]string{
			"a design has no assumptions": "a fleet may stand within half a per cent of its limit",
			"q5 = MeanPrompt":             "with a prompt of 500 tokens and 500 arrivals a second both may break at the same number",
		},
		Misconceptions: []spec.Misconception{
			{Name: "a design has no assumptions", Says: "at this value nothing has changed: name one at which a limit breaks", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q5.value": 500.0}
			}},
			{Name: "far away is safe to name", Says: "it breaks long before that: the question asks how far the assumption may be off", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q5.value": 1500.0}
			}},
			{Name: "both regions share the traffic", Says: "this is the traffic of both regions: the design is that of one", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q5.value": 2 * margin(d)}
			}},
		},
	}
}

// An assumption is a number of the draft that may be off, and by how much.
type assumption struct {
	set    func(*serving.Capacity, float64)
	at     func(serving.Capacity) float64
	factor float64 // the far end, as a multiple
}

var assumptions = map[string]assumption{
	"Arrivals": {
		func(s *serving.Capacity, x float64) { s.Arrivals = units.RequestRate(x) },
		func(s serving.Capacity) float64 { return float64(s.Arrivals) }, 3,
	},
	"MeanPrompt": {
		func(s *serving.Capacity, x float64) { s.MeanPrompt = units.Tokens(x) },
		func(s serving.Capacity) float64 { return float64(s.MeanPrompt) }, 3,
	},
	"MeanOutput": {
		func(s *serving.Capacity, x float64) { s.MeanOutput = units.Tokens(x) },
		func(s serving.Capacity) float64 { return float64(s.MeanOutput) }, 3,
	},
	"Efficiency": {
		func(s *serving.Capacity, x float64) { s.Efficiency = x },
		func(serving.Capacity) float64 { return 0.5 }, 0.1,
	},
	"MemoryEfficiency": {
		func(s *serving.Capacity, x float64) { s.MemoryEfficiency = x },
		func(serving.Capacity) float64 { return 1 }, 0.1,
	},
}

// broken is the boundary at which a design with a node lost breaks a limit.
func broken(d spec.Draw, s serving.Capacity, name string) check.Boundary {
	a := assumptions[name]
	base := a.at(draft(d))
	rest, _ := lost(s)
	return check.Boundary{
		ID: "q5.value", What: name, Yes: "breaks a limit", No: "breaks no limit", Cites: "serving.Capacity",
		First: a.factor > 1, Low: min(base, base*a.factor), High: max(base, base*a.factor), Slack: 0.005,
		Holds: func(x float64) bool {
			turned := rest
			a.set(&turned, x)
			r, err := turned.Solve()
			return err == nil && !r.Reached
		},
	}
}

// margin is the traffic that breaks the design of holds.
func margin(d spec.Draw) float64 {
	b := broken(d, holds(d), "Arrivals")
	lo, hi := b.Low, b.High
	for range 45 {
		if middle := (lo + hi) / 2; b.Holds(middle) {
			hi = middle
		} else {
			lo = middle
		}
	}
	return hi
}

// judge tries the named assumption on the student's own design.
func judge(d spec.Draw, c check.Claims) check.Verdict {
	law := "CF: with the named assumption at that value a limit breaks, and just before it none does (serving.Capacity)"
	s, err := read(d, c)
	if err != nil {
		return check.Verdict{Invariant: law, Message: "this question is about your design of question 1: " + err.Error()}
	}
	if rest, left := lost(s); !left || !rest.Run().Reached {
		return check.Verdict{Invariant: law, Message: "your design of question 1 breaks a limit as it is"}
	}
	for name := range assumptions {
		if claim := c["q5"]; claim.Type == "text" && strings.EqualFold(strings.TrimSpace(claim.Text), name) {
			return broken(d, s, name).Check(c)
		}
	}
	return check.Verdict{Invariant: law, Message: "q5: want one of " + strings.Join(slices.Sorted(maps.Keys(assumptions)), ", "), CounterExample: c["q5"].String()}
}

// recorded is a design as it is recorded and read again, to compare two.
func recorded(s serving.Capacity) string {
	var again serving.Capacity
	r, err := record.Of(record.Answer, "q1", s)
	if err == nil {
		err = check.Read(check.Claims{"q1": spec.Claim(r)}, "q1", &again)
	}
	if err != nil {
		return err.Error()
	}
	r, _ = record.Of(record.Answer, "q1", again)
	return r.Fields
}
