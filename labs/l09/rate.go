package l09

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/units"
)

// most is the end of the search for a rate.
const most = 3000

// rate is question 1: how often the camera may look.
func rate() spec.Question {
	return spec.Question{
		ID: "q1", Title: "How often may it look?", Points: 15,
		Kinds:   []check.Kind{check.WIT},
		Claims:  []string{"q1"},
		Predict: `// Predict("q1", ...) // images a minute`,
		Explore: `Show(Sweep(Sustainability{Hardware: board}, "Utilization", Steps(0, 1, 0.1)).Chart("Utilization", "Power")) // of a board that is awake for a share of the time`,
		Blank:   `// Answer("q1", ...) // the most images a minute whose mean power keeps the budget, or "none"`,
		Worked: `Predict("q1", 100)
alert := sent.Times(share)
awake := wake + look.Run().Serial + alert
images := 0
for n := 1; awake.Times(float64(n)) <= Minute; n++ {
	power := Sustainability{Hardware: board, Utilization: awake.Times(float64(n)).Ratio(Minute)}.Run().Power
	power += (radio - board.TDP).For(alert).Times(float64(n)).Per(Minute)
	if power <= budget {
		images = n
	}
}
Answer("q1", images)`,
		Right:  func(d spec.Draw) spec.Values { return spec.Values{"q1": images(d)} },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return within(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "the peak must keep the budget", Says: "the board draws more than the budget while it is awake, but it is awake for a part of the time: the mean counts", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q1": check.None}
			}},
			{Name: "what is fast enough is frugal enough", Says: "this is how many images there is time for: then the board never sleeps", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1": int(units.Minute.Ratio(awake(d)))}
			}},
			{Name: "only the network costs energy", Says: "this counts the network alone: the board is awake for the camera and for the radio, too", Wrong: func(d spec.Draw) spec.Values {
				left := budget - board(d).Idle
				return spec.Values{"q1": int(left.For(units.Minute).Ratio(board(d).TDP.For(look(d).Run().Serial)))}
			}},
			{Name: "sleep is free", Says: "you left out the sleep power: it is drawn all day and all night", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1": int(budget.For(units.Minute).Ratio(image(d)))}
			}},
		},
	}
}

// within is the boundary that the question is about.
func within(d spec.Draw) check.Boundary {
	return check.Boundary{
		ID: "q1", What: "number of images a minute", Yes: "keeps the budget", No: "breaks the budget", Cites: "power.Sustainability",
		Low: 1, High: most, Step: 1,
		Holds: func(x float64) bool {
			p, ok := mean(d, x)
			return ok && p <= budget
		},
	}
}

func images(d spec.Draw) int {
	x, _ := within(d).Find()
	return int(x)
}

// energy is question 2: what one image costs.
func energy() spec.Question {
	return spec.Question{
		ID: "q2", Title: "Where does the energy of an image go?", Points: 15,
		Kinds:   []check.Kind{check.SUM, check.ID},
		Claims:  []string{"q2.compute", "q2.memory", "q2.wake", "q2.radio"},
		Predict: `// Predict("q2", ...) // the largest part: "compute", "memory", "wake" or "radio"`,
		Explore: `Show(look.Run())`,
		Blank: `// Answer("q2.compute", ...*Joule) // arithmetic
// Answer("q2.memory", ...*Joule)  // waiting for weights and activations
// Answer("q2.wake", ...*Joule)    // waking up, the camera, and the overhead of the pass
// Answer("q2.radio", ...*Joule)   // sending, averaged over all images`,
		Worked: `Predict("q2", "radio")
parts, draw := look.Run(), board.TDP
Answer("q2.compute", draw.For(parts.Compute))
Answer("q2.memory", draw.For(parts.Memory))
Answer("q2.wake", draw.For(wake+parts.Overhead))
Answer("q2.radio", radio.For(sent.Times(share)))`,
		Right: func(d spec.Draw) spec.Values {
			p := split(d)
			return spec.Values{"q2.compute": p[0], "q2.memory": p[1], "q2.wake": p[2], "q2.radio": p[3]}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			p := split(d)
			part := func(id, what string, want units.Joules) check.Check {
				return check.Equal{ID: id, What: "energy of " + what, Want: check.Quantity(want), Tolerance: check.Digits(3), Cites: "compute.SingleNode"}.Check
			}
			return check.All(
				part("q2.compute", "the arithmetic", p[0]), part("q2.memory", "the memory", p[1]), part("q2.wake", "the wake-up", p[2]), part("q2.radio", "the radio", p[3]),
				check.Sum{Parts: []string{"q2.compute", "q2.memory", "q2.wake", "q2.radio"}, Total: check.Quantity(image(d)), What: "energy of an image", Tolerance: check.Digits(3), Cites: "compute.SingleNode"}.Check,
			)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "every image is sent", Says: "this sends every photo: only the images that show a person are sent", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.radio": radio.For(sent(d, units.Bytes(d.Number("photo"))))}
			}},
			{Name: "the camera is free", Says: "this is the overhead of the pass alone: the board is awake for the camera, too", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.wake": board(d).TDP.For(look(d).Run().Overhead)}
			}},
			{Name: "a chip that waits draws nothing", Says: "this is the Energy of the pass, which counts the share of the peak that the arithmetic reaches: a microcontroller that is awake draws its power whatever it reaches", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.compute": look(d).Run().Energy}
			}},
		},
	}
}

// split is the energy of arithmetic, memory, wake-up and radio.
func split(d spec.Draw) [4]units.Joules {
	r, awake := look(d).Run(), board(d).TDP
	return [4]units.Joules{awake.For(r.Compute), awake.For(r.Memory), awake.For(wake + r.Overhead), radio.For(alert(d))}
}

// image is the energy of one image.
func image(d spec.Draw) units.Joules {
	p := split(d)
	return p[0] + p[1] + p[2] + p[3]
}
