package l14

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/units"
)

// growth is question 1: how time and cost grow with the steps.
func growth() spec.Question {
	return spec.Question{
		ID: "q1", Title: "How does the price grow with thinking?", Points: 15,
		Kinds:   []check.Kind{check.EXP, check.ID, check.UNIT},
		Claims:  []string{"q1.price", "q1.time", "q1.cost"},
		Predict: `// Predict("q1", ...) // price of a question with twice the steps, divided by its price`,
		Explore: `Show(Sweep(serve, "MeanOutput", Steps(500, 4500, 500)).Chart("MeanOutput", "PerReplica"))`,
		Blank: `// Answer("q1.price", ...*Dollar) // rent for the time in which a full replica ends one question
// Answer("q1.time", ...)         // the k of time ~ steps^k for think, from half to twice your steps
// Answer("q1.cost", ...)         // the same for the price, from half to twice your MeanOutput`,
		Worked: `Predict("q1", 2)
Answer("q1.price", rent.For(Request.Over(serve.Run().PerReplica)))
little, lots := think, think
little.Steps, lots.Steps = steps/2, 2*steps
Answer("q1.time", math.Log2(lots.Run().Time.Ratio(little.Run().Time))/2)
short, long := serve, serve
short.MeanOutput, long.MeanOutput = serve.MeanOutput.Times(0.5), serve.MeanOutput.Times(2)
Answer("q1.cost", math.Log2(short.Run().PerReplica.Ratio(long.Run().PerReplica))/2)`,
		Right: func(d spec.Draw) spec.Values {
			time, _ := timeSlope(d).Right()
			cost, _ := costSlope(d).Right()
			return spec.Values{"q1.price": price(own(d)), "q1.time": time, "q1.cost": cost}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(
				check.Equal{ID: "q1.price", What: "price of a question", Want: check.Quantity(price(own(d))), Tolerance: check.Digits(3), Cites: "serving.Capacity"}.Check,
				timeSlope(d).Check, costSlope(d).Check,
			)(c)
		},
		Survivors: map[string]string{"q1.time inverse": "an exponent close to 1 is its own inverse"},
		Misconceptions: []spec.Misconception{
			{Name: "a question has the device to itself", Says: "this is the rent of a whole device for one question: a replica answers many together", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.price": rent.For(think(d, d.Int("reasoning steps")).Run().Time)}
			}},
			{Name: "the price is linear in the tokens", Says: "an exponent of 1 forgets the cache: in a full replica each further token reads what all the earlier ones have left, for every question", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q1.cost": 1.0}
			}},
			{Name: "attention makes time quadratic", Says: "the work of attention grows with the square, but a single question mostly waits for the weights, once for each token", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q1.time": 2.0}
			}},
		},
	}
}

// timeSlope is the exponent of the time of one question alone.
func timeSlope(d spec.Draw) check.Slope {
	return check.Slope{
		ID: "q1.time", What: "time", Along: "number of steps", At: float64(d.Int("reasoning steps")), Step: 4, Tolerance: 0.01, Cites: "serving.Reasoning",
		Value: func(x float64) (float64, error) {
			r, err := think(d, int(x+0.5)).Solve()
			return float64(r.Time), err
		},
	}
}

// costSlope is the exponent of the price in a full replica.
func costSlope(d spec.Draw) check.Slope {
	return check.Slope{
		ID: "q1.cost", What: "price", Along: "number of tokens", At: thought * float64(d.Int("reasoning steps")), Step: 4, Tolerance: 0.01, Cites: "serving.Capacity",
		Value: func(x float64) (float64, error) { return float64(price(serve(d, x))), nil },
	}
}

// breakEven is question 3: when serving has cost as much as training.
func breakEven() spec.Question {
	return spec.Question{
		ID: "q3", Title: "When has serving cost as much as training?", Points: 15,
		Kinds:   []check.Kind{check.WIT, check.UNIT},
		Claims:  []string{"q3", "q3.days"},
		Predict: `// Predict("q3", ...*Day)`,
		Explore: `Show(train.Run())`,
		Blank: `// Answer("q3", ...)          // questions after which serving has cost as much as training on 15e12 tokens
// Answer("q3.days", ...*Day) // the time until then`,
		Worked: `Predict("q3", 1000*Day)
once := rent.For(train.Run().Step).Times(256 * 15e12 / (1024 * 4096)) // 256 accelerators, one step for each 1024 sequences
each := rent.For(Request.Over(serve.Run().PerReplica))
Answer("q3", once.Ratio(each))
Answer("q3.days", Request.Times(once.Ratio(each)).Over(serve.Arrivals))`,
		Right: func(d spec.Draw) spec.Values {
			n := training(d).Ratio(price(own(d)))
			return spec.Values{"q3": n, "q3.days": units.Request.Times(n).Over(own(d).Arrivals)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			once, each := training(d), price(own(d))
			days := units.Request.Times(once.Ratio(each)).Over(own(d).Arrivals)
			return check.All(check.Boundary{
				ID: "q3", What: "number of questions", Yes: "costs as much as the training", No: "costs less than the training", Cites: "serving.Capacity, parallel.Training",
				First: true, Low: 1, High: 1e15, Slack: 0.002,
				Holds: func(x float64) bool { return each.Times(x) >= once },
			}.Check, check.Equal{ID: "q3.days", What: "time until then", Want: check.Seconds(days), Tolerance: check.Digits(3), Cites: "serving.Capacity, parallel.Training"}.Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "training dominates the bill", Says: "you priced a question as if a replica answered one of them after the other: they run together", Wrong: func(d spec.Draw) spec.Values {
				n := training(d).Ratio(rent.For(own(d).Run().Base))
				return spec.Values{"q3": n, "q3.days": units.Request.Times(n).Over(own(d).Arrivals)}
			}},
			{Name: "training is one forward pass", Says: "this is two operations for each parameter and token: the backward pass takes twice as many again", Wrong: func(d spec.Draw) spec.Values {
				n := training(d).Ratio(price(own(d))) / 3
				return spec.Values{"q3": n, "q3.days": units.Request.Times(n).Over(own(d).Arrivals)}
			}},
			{Name: "training runs at the peak", Says: "you divided the operations by the peak: a training step reaches less than half of it", Wrong: func(d spec.Draw) spec.Values {
				n := training(d).Ratio(price(own(d))) * train(d).Run().MFU
				return spec.Values{"q3": n, "q3.days": units.Request.Times(n).Over(own(d).Arrivals)}
			}},
		},
	}
}

// training is the rent of the whole training run.
func training(d spec.Draw) units.USD {
	s := train(d)
	r := s.Run()
	return rent.For(r.Step).Times(float64(r.Devices) * 15e12 / float64(s.Batch*s.Sequence))
}
