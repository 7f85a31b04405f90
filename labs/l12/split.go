package l12

import (
	"errors"
	"fmt"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/parallel"
)

// fitting is question 1: a split that fits.
func fitting() spec.Question {
	return spec.Question{
		ID: "q1", Title: "What fits?", Points: 10, Shared: true,
		Kinds:   []check.Kind{check.FEAS},
		Claims:  []string{"q1.tp", "q1.pp", "q1.dp"},
		Predict: `// Predict("q1", ...*GB) // what a device holds with TP 4 and no stages`,
		Explore: `Show(Sweep(base, "TP", Pow2(1, 8)).Chart("TP", "Memory"))`,
		Blank: `// Answer("q1.tp", ...) // tensor-parallel devices
// Answer("q1.pp", ...) // stages
// Answer("q1.dp", ...) // replicas, so that all devices are used and each holds its part`,
		Worked: `Predict("q1", 100*GB)
Answer("q1.tp", 8)
Answer("q1.pp", 4)
Answer("q1.dp", servers/4)`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q1.tp": 8, "q1.pp": 4, "q1.dp": d.Int("servers") / 4}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Design{What: "the split", IDs: []string{"q1.tp", "q1.pp", "q1.dp"}, Cites: "parallel.Training", Solve: func(c check.Claims) ([]check.Limit, error) {
				return limits(d, c)
			}}.Check(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "replicas share the memory", Says: "a replica holds the whole network: replicas share the optimizer here (ZeRO 1), not weights, gradients and activations", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.tp": 1, "q1.pp": 1, "q1.dp": perNode * d.Int("servers")}
			}},
			{Name: "replicas come for free", Says: "every replica needs devices of its own: count TP times PP times DP", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.tp": 8, "q1.pp": 8, "q1.dp": d.Int("servers")}
			}},
		},
	}
}

// limits solves the student's split again.
func limits(d spec.Draw, c check.Claims) ([]check.Limit, error) {
	var n [3]int
	devices := perNode * d.Int("servers")
	for i, id := range []string{"q1.tp", "q1.pp", "q1.dp"} {
		x, err := check.Whole(c, id)
		if err != nil {
			return nil, err
		}
		if n[i] = x; x > devices {
			return nil, fmt.Errorf("%s = %d: there are %d devices", id, x, devices)
		}
	}
	used := check.Exactly("TP x PP x DP", n[0]*n[1]*n[2], devices)
	if !used.OK {
		return []check.Limit{used, check.That("memory", false, "not known before all devices are used")}, nil
	}
	s := base(d, d.Int("servers"))
	s.TP, s.PP, s.Microbatches = n[0], n[1], (s.Batch+n[2]-1)/n[2]
	r, err := s.Solve()
	if err != nil {
		return nil, err
	}
	return []check.Limit{used, check.AtMost("memory of a device", r.Memory, r.Capacity)}, nil
}

// best is question 2: the split with the shortest step.
func best() spec.Question {
	return spec.Question{
		ID: "q2", Title: "What is fastest?", Points: 20,
		Kinds:   []check.Kind{check.OPT, check.FEAS, check.CF},
		Claims:  []string{"q2", "q2.twice"},
		Predict: `// Predict("q2", ...) // TP of the fastest split`,
		Explore: `Show(Sweep(base, "TP", Pow2(1, 16)).Chart("TP", "Step"))`,
		Blank: `// Answer("q2", ...)       // base with TP, PP and Microbatches of your own: it fits, and its step is within 2 % of the shortest
// Answer("q2.twice", ...) // shortest step of the grid, divided by the shortest with twice the servers`,
		Worked: `Predict("q2", 8)
fastest, steps := base, []float64{0, 0}
for i, n := range []int{servers, 2 * servers} {
	for _, tp := range []int{1, 2, 4, 8, 16} {
		for _, pp := range []int{1, 2, 4, 8, 16} {
			if tp*pp > 8*n || batch%(8*n/(tp*pp)) != 0 {
				continue
			}
			try := base
			try.Nodes, try.TP, try.PP, try.Microbatches = n, tp, pp, batch/(8*n/(tp*pp))
			r := try.Run()
			if r.Fits && (steps[i] == 0 || float64(r.Step) < steps[i]) {
				steps[i] = float64(r.Step)
				if i == 0 {
					fastest = try
				}
			}
		}
	}
}
Answer("q2", fastest)
Answer("q2.twice", steps[0]/steps[1])`,
		Right: func(d spec.Draw) spec.Values {
			s, _ := shortest(d, d.Int("servers"))
			return spec.Values{"q2": s, "q2.twice": twice(d).Right().Value}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(fastest(d).Check, twice(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "TP = 8 is always best", Says: "all-reduces in every layer have their price: fewer tensor-parallel devices and more stages may cost less", Wrong: eight},
			{Name: "twice the devices, half the step", Says: "the batch stays the same, so every replica gets less of it, and exchanges and bubbles take a larger share", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q2.twice": 2}
			}},
		},
	}
}

// grid is the values of TP and PP that are tried.
var grid = [...]int{1, 2, 4, 8, 16}

// shortest is the fastest split of the grid that fits.
func shortest(d spec.Draw, servers int) (parallel.Training, parallel.TrainingResult) {
	var best parallel.Training
	var result parallel.TrainingResult
	for _, tp := range grid {
		for _, pp := range grid {
			s, ok := split(d, servers, tp, pp)
			if !ok {
				continue
			}
			if r := s.Run(); r.Fits && (result.Step == 0 || r.Step < result.Step) {
				best, result = s, r
			}
		}
	}
	return best, result
}

// fastest is the choice of the split: any that the student gives is solved again.
func fastest(d spec.Draw) check.Best {
	s, r := shortest(d, d.Int("servers"))
	return check.Best{
		ID: "q2", What: "split", Objective: "step", Lower: true, Cites: "parallel.Training",
		Options: []check.Option{{Name: fmt.Sprintf("TP %d, PP %d", s.TP, s.PP), Value: float64(r.Step), Fits: true}},
		Judge: func(claim check.Claim) (check.Option, error) {
			var own parallel.Training
			if err := check.Read(check.Claims{"q2": claim}, "q2", &own); err != nil {
				return check.Option{}, err
			}
			want := base(d, d.Int("servers"))
			want.TP, want.PP, want.Microbatches = own.TP, own.PP, own.Microbatches
			if own != want {
				return check.Option{}, errors.New("want base, with other values for TP, PP and Microbatches only")
			}
			r, err := own.Solve()
			return check.Option{Name: claim.Text, Value: float64(r.Step), Fits: r.Fits, Why: "it lacks " + r.Short.String() + " on each device"}, err
		},
	}
}

// twice is what twice the servers gain.
func twice(d spec.Draw) check.Change {
	_, was := shortest(d, d.Int("servers"))
	_, is := shortest(d, 2*d.Int("servers"))
	return check.Change{
		ID: "q2.twice", What: "gain of twice the servers", As: check.SpeedUp, Cites: "parallel.Training", Low: 1, High: 2, Tolerance: check.Digits(3),
		Before: check.Seconds(was.Step), After: check.Seconds(is.Step),
	}
}

// eight is the best split with eight tensor-parallel devices, where it is not good
// enough.
func eight(d spec.Draw) spec.Values {
	var chosen parallel.Training
	var step parallel.TrainingResult
	for _, pp := range grid {
		s, ok := split(d, d.Int("servers"), perNode, pp)
		if !ok {
			continue
		}
		if r := s.Run(); r.Fits && (step.Step == 0 || r.Step < step.Step) {
			chosen, step = s, r
		}
	}
	if _, r := shortest(d, d.Int("servers")); step.Step <= r.Step.Times(1.02) {
		return nil
	}
	return spec.Values{"q2": chosen}
}
