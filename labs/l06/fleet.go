package l06

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/quality"
)

// fleet is question 4: the devices of a replica, and of all replicas.
func fleet() spec.Question {
	return spec.Question{
		ID: "q4", Title: "How many devices do you save?", Points: 15,
		Kinds:   []check.Kind{check.WIT, check.ID},
		Claims:  []string{"q4.fp16", "q4.int4", "q4.fleet"},
		Predict: `// Predict("q4", ...) // devices of a replica with four bits a weight`,
		Explore: `Show(Compression{Model: model, Hardware: gpu, Baseline: FP16, Bits: 4, Group: 128, Batch: batch, Context: tokens}.Run()) // on one device`,
		Blank: `// Answer("q4.fp16", ...)  // the fewest devices of a replica that hold weights and caches in fp16
// Answer("q4.int4", ...)  // the same with four bits a weight; the caches stay in fp16
// Answer("q4.fleet", ...) // devices of all replicas with four bits a weight, for all users`,
		Worked: `Predict("q4", 1)
pool := four
pool.Batch = batch
n16, n4 := 0, 0
for n := 16; n >= 1; n-- {
	pool.Hardware.Memory = gpu.Memory.Times(float64(n))
	if pool.Run().FitsBefore {
		n16 = n
	}
	if pool.Run().Fits {
		n4 = n
	}
}
Answer("q4.fp16", n16)
Answer("q4.int4", n4)
Answer("q4.fleet", (users+batch-1)/batch*n4)`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q4.fp16": devices(d, "q4.fp16"), "q4.int4": devices(d, "q4.int4"), "q4.fleet": replicas(d) * devices(d, "q4.int4")}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			all := check.Follow{ID: "q4.int4", Right: float64(devices(d, "q4.int4")), Min: 1, Max: 16, At: func(n float64) check.Check {
				return check.Equal{
					ID: "q4.fleet", What: "number of devices", Want: check.Plain(float64(replicas(d)) * n), Tolerance: 1e-9, Cites: "quality.Compression",
				}.Check
			}}
			return check.All(enough(d, "q4.fp16").Check, enough(d, "q4.int4").Check, all.Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "only the weights have to fit", Says: "a replica that is full of weights has no room for the caches of its conversations", Wrong: func(d spec.Draw) spec.Values {
				r := four(d).Run()
				n := int(r.Original.Ratio(d.Device("device").Memory)) + 1
				if n == devices(d, "q4.fp16") {
					return nil
				}
				return spec.Values{"q4.fp16": n}
			}},
			{Name: "replicas are devices", Says: "this is the number of replicas: each has more than one device", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.fleet": replicas(d)}
			}},
			{Name: "a replica that is not full needs no device", Says: "the last users need a replica as well: round up", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.fleet": d.Int("users") / d.Int("batch") * devices(d, "q4.int4")}
			}},
		},
	}
}

// replicas is how many replicas serve all users.
func replicas(d spec.Draw) int { return (d.Int("users") + d.Int("batch") - 1) / d.Int("batch") }

// enough is the boundary of the devices whose memories a replica pools.
func enough(d spec.Draw, id string) check.Boundary {
	c := four(d)
	c.Batch = d.Int("batch")
	fits := func(r quality.CompressionResult) bool { return r.Fits }
	if id == "q4.fp16" {
		fits = func(r quality.CompressionResult) bool { return r.FitsBefore }
	}
	return check.Boundary{
		ID: id, What: "number of devices", Yes: "holds weights and caches", No: "has too little memory", Cites: "quality.Compression",
		First: true, Low: 1, High: 16, Step: 1,
		Holds: func(x float64) bool {
			c.Hardware.Memory = d.Device("device").Memory.Times(x)
			return fits(c.Run())
		},
	}
}

func devices(d spec.Draw, id string) int {
	x, _ := enough(d, id).Find()
	return int(x)
}
