package l04

import (
	"fmt"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

// groups are the sizes of a replica that are for sale.
var groups = []int{1, 2, 4, 8}

// point is question 4: an operating point that no other beats.
func point() spec.Question {
	return spec.Question{
		ID: "q4", Title: "Which operating point for the fast tier?", Points: 15,
		Kinds:   []check.Kind{check.FEAS},
		Claims:  []string{"q4"},
		Predict: `// Predict("q4", ...) // devices per replica`,
		Explore: `wide := chat
wide.TP = 2
Show(Sweep(wide, "Batch", Pow2(1, 256)).Chart("ITL", "TokensPerSecond")) // of two devices`,
		Blank: `// fast := chat // set fast.TP to 1, 2, 4 or 8, and fast.Batch
// Answer("q4", fast)`,
		Worked: `Predict("q4", 2)
fast := chat
most := 0.0
for _, tp := range []int{1, 2, 4, 8} {
	for _, b := range []int{1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256} {
		try := chat
		try.TP, try.Batch = tp, b
		r := try.Run()
		each := float64(r.TokensPerSecond) / float64(tp)
		if r.ITL <= limit.Times(0.5) && r.Active == b && each > most {
			most, fast = each, try
		}
	}
}
Answer("q4", fast)`,
		Right: func(d spec.Draw) spec.Values { return spec.Values{"q4": fastest(d)} },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Design{
				What: "the operating point", IDs: []string{"q4"}, Cites: "serving.Batching", Front: places(d),
				Solve: func(c check.Claims) ([]check.Limit, error) { return keeps(d, c) },
				Costs: func(c check.Claims) []float64 {
					s, _ := claimed(d, c)
					return costs(s.TP, s.Run())
				},
			}.Check(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "one device, small batch", Says: "a small batch on one device may keep the limit, but two devices that share the weights do it with a larger batch and more tokens from each", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4": with(d, 1, 1)}
			}},
			{Name: "a bigger batch is free", Says: "the limit of the fast tier is half of the other: this batch takes longer", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4": with(d, 1, sizes[len(sizes)-1])}
			}},
		},
	}
}

func with(d spec.Draw, tp, batch int) serving.Batching {
	s := chat(d, batch)
	s.TP = tp
	return s
}

// costs are the two objectives: time between tokens, and devices for a rate.
func costs(tp int, r serving.BatchingResult) []float64 {
	return []float64{float64(r.ITL), -float64(r.TokensPerSecond) / float64(tp)}
}

// half is the limit of the fast tier.
func half(d spec.Draw) units.Seconds { return limit(d).Times(0.5) }

// fastest is the point of most tokens per device that keeps the limit; so no
// other beats it.
func fastest(d spec.Draw) serving.Batching {
	out, most := chat(d, 1), 0.0
	for _, tp := range groups {
		for _, b := range sizes {
			r := with(d, tp, b).Run()
			if each := float64(r.TokensPerSecond) / float64(tp); r.ITL <= half(d) && r.Active == b && each > most {
				most, out = each, with(d, tp, b)
			}
		}
	}
	return out
}

// places are all points, for what beats what.
func places(d spec.Draw) []check.Place {
	var out []check.Place
	for _, tp := range groups {
		for _, b := range sizes {
			if r := with(d, tp, b).Run(); r.Active == b {
				out = append(out, check.Place{Name: fmt.Sprintf("TP %d with batch %d", tp, b), Costs: costs(tp, r)})
			}
		}
	}
	return out
}

// claimed is the student's point on the student's own endpoint.
func claimed(d spec.Draw, c check.Claims) (own, said serving.Batching) {
	if err := check.Read(c, "q4", &said); err != nil {
		return chat(d, 1), said
	}
	return with(d, said.TP, said.Batch), said
}

// keeps solves the point again.
func keeps(d spec.Draw, c check.Claims) ([]check.Limit, error) {
	if err := check.Read(c, "q4", &serving.Batching{}); err != nil {
		return nil, err
	}
	own, said := claimed(d, c)
	r, err := own.Solve()
	if err != nil {
		return nil, err
	}
	return []check.Limit{
		check.That("device", said.Hardware == own.Hardware, "want the device of your scenario as it is"),
		check.That("requests", said.MeanPrompt == own.MeanPrompt && said.MeanOutput == own.MeanOutput && said.Longest == own.Longest, "want those of your scenario: copy chat and change TP and Batch"),
		check.That("TP", own.TP <= groups[len(groups)-1], "a server has eight devices"),
		check.That("batch", r.Active == own.Batch, "the memory has no room for so many requests"),
		check.AtMost("ITL", r.ITL, half(d)),
	}, nil
}
