package l13

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/units"
)

// share is question 3: where the time of the run goes.
func share() spec.Question {
	return spec.Question{
		ID: "q3", Title: "Where does the time go?", Points: 15,
		Kinds:   []check.Kind{check.SUM, check.ID},
		Claims:  []string{"q3.useful", "q3.write", "q3.restart", "q3.rework"},
		Predict: `// Predict("q3", ...) // the share of the time that is progress`,
		Explore: `Show(fleet.Run().Explain())`,
		Blank: `// Answer("q3.useful", ...)  // progress, at your interval
// Answer("q3.write", ...)   // saving that progress
// Answer("q3.restart", ...) // recovery
// Answer("q3.rework", ...)  // doing lost work again: what is left`,
		Worked: `Predict("q3", 0.9)
run := fleet.Run()
saving := run.Goodput * fleet.Checkpoint.Ratio(run.Interval)
Answer("q3.useful", run.Goodput)
Answer("q3.write", saving)
Answer("q3.restart", recovery.Ratio(run.MTBF))
Answer("q3.rework", 1-run.Goodput-saving-recovery.Ratio(run.MTBF))`,
		Right: func(d spec.Draw) spec.Values {
			p := parts(d, best(d))
			return spec.Values{"q3.useful": p[0], "q3.write": p[1], "q3.restart": p[2], "q3.rework": p[3]}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			ids := []string{"q3.useful", "q3.write", "q3.restart", "q3.rework"}
			what := []string{"progress", "saving", "recovery", "rework"}
			all := func(x float64) check.Check {
				var checks []check.Check
				for i, want := range parts(d, units.Seconds(x)) {
					checks = append(checks, check.Equal{ID: ids[i], What: "share of " + what[i], Want: check.Plain(want), Tolerance: 0.01, Cites: "reliability.Fleet"}.Check)
				}
				return check.All(checks...)
			}
			follow := check.Follow{ID: "q2.interval", Right: float64(best(d)), Min: 1, Max: float64(fleet(d).Run().MTBF), At: all}
			return check.Shares(check.Share{Of: 4, Check: follow.Check}, check.Share{Of: 1, Check: check.Sum{
				Parts: ids, Total: check.Plain(1), What: "time of the run", Tolerance: check.Digits(3), Cites: "reliability.Fleet",
			}.Check})(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "saving is all that is lost", Says: "this leaves the saving out and nothing else: failures cost rework and recovery, too", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.useful": 1 - fleet(d).Run().Saving}
			}},
			{Name: "a failure costs a whole interval", Says: "this is a whole interval for every failure: some strike just after a checkpoint", Wrong: func(d spec.Draw) spec.Values {
				r := fleet(d).Run()
				return spec.Values{"q3.rework": r.Interval.Ratio(r.MTBF)}
			}},
			{Name: "a failure costs only its rework", Says: "before the work can be done again, the run must start again", Wrong: func(d spec.Draw) spec.Values {
				p := parts(d, best(d))
				return spec.Values{"q3.restart": 0, "q3.rework": p[2] + p[3]}
			}},
		},
	}
}

// parts are the shares of progress, saving, recovery and rework.
func parts(d spec.Draw, interval units.Seconds) [4]float64 {
	f := at(d, interval)
	r := f.Run()
	saving, recovery := r.Goodput*f.Checkpoint.Ratio(interval), f.Recovery.Ratio(r.MTBF)
	return [4]float64{r.Goodput, saving, recovery, 1 - r.Goodput - saving - recovery}
}

// The offers of question 4.
const (
	storage = "storage"
	servers = "servers"
)

// reliable is how many times more reliable the servers get.
const reliable = 2

// spend is question 4: what to buy.
func spend() spec.Question {
	return spec.Question{
		ID: "q4", Title: "Faster storage or better servers?", Points: 15,
		Kinds:   []check.Kind{check.OPT, check.CF, check.EXP},
		Claims:  []string{"q4", "q4.lost", "q4.slope"},
		Predict: `// Predict("q4", ...) // "storage" or "servers": which loses less`,
		Explore: `Show(Elasticities(fleet, "BestGoodput", "Checkpoint", "Recovery", "AcceleratorMTTF"))`,
		Blank: `// Answer("q4", ...)       // "storage" that is factor times as fast, or "servers" that fail half as often: the one that loses less time
// Answer("q4.lost", ...)  // the share that is lost with it, each at its own best interval
// Answer("q4.slope", ...) // if recovery took a second: the lost share goes as the time of a checkpoint to the power of ...`,
		Worked: `Predict("q4", "storage")
quick, sound := fleet, fleet
quick.Checkpoint = fleet.Checkpoint.Times(1 / factor)
sound.MTBF = fleet.Run().MTBF.Times(2)
if quick.Run().BestGoodput > sound.Run().BestGoodput {
	Answer("q4", "storage")
} else {
	Answer("q4", "servers")
}
Answer("q4.lost", 1-max(quick.Run().BestGoodput, sound.Run().BestGoodput))
less, more := fleet, fleet
less.Recovery, more.Recovery = Second, Second
less.Checkpoint, more.Checkpoint = fleet.Checkpoint.Times(0.5), fleet.Checkpoint.Times(2)
Answer("q4.slope", math.Log((1-more.Run().BestGoodput)/(1-less.Run().BestGoodput))/math.Log(4))`,
		Right: func(d spec.Draw) spec.Values {
			best, _ := choice(d).Right()
			power, _ := slope(d).Right()
			return spec.Values{"q4": best.Name, "q4.lost": best.Value, "q4.slope": power}
		},
		Options: map[string][]string{"q4": {storage, servers}},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(choice(d).Check, loses(d), slope(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "the larger factor wins", Says: "only the saving and the rework go as the square root of the checkpoint: recovery stays, and it goes with the failures", Wrong: named(storage)},
			{Name: "failures are the evil", Says: "half the failures are not half of the loss: saving and rework go as the square root", Wrong: named(servers)},
			{Name: "twice the checkpoint, twice the loss", Says: "with slower checkpoints one saves less often: the loss grows more slowly than they do", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q4.slope": 1}
			}},
		},
	}
}

// named answers with an offer where it is wrong.
func named(name string) func(spec.Draw) spec.Values {
	return func(d spec.Draw) spec.Values {
		if best, _ := choice(d).Right(); best.Name == name {
			return nil
		}
		return spec.Values{"q4": name}
	}
}

// choice is the choice between the offers.
func choice(d spec.Draw) check.Best {
	quick, sound := fleet(d), fleet(d)
	quick.Checkpoint = quick.Checkpoint.Times(1 / d.Number("storage factor"))
	sound.MTBF = sound.Run().MTBF.Times(reliable)
	option := func(name string, f reliability.Fleet) check.Option {
		return check.Option{Name: name, Value: 1 - f.Run().BestGoodput, Fits: true}
	}
	return check.Best{
		ID: "q4", What: "offer", Objective: "share of lost time", Lower: true, Cites: "reliability.Fleet",
		Options: []check.Option{option(storage, quick), option(servers, sound)},
	}
}

// loses is the check of the loss with the better offer, or with the other one
// where both are as good.
func loses(d spec.Draw) check.Check {
	var checks []check.Check
	for _, o := range choice(d).Options {
		if choice(d).Regret(o) <= 0.02 {
			checks = append(checks, check.Equal{ID: "q4.lost", What: "share that is lost", Want: check.Plain(o.Value), Tolerance: check.Digits(3), Cites: "reliability.Fleet"}.Check)
		}
	}
	return check.Any(checks...)
}

// slope is the exponent of the loss along the time of a checkpoint, without
// recovery.
func slope(d spec.Draw) check.Slope {
	mine := float64(write(d))
	return check.Slope{
		ID: "q4.slope", What: "lost share", Along: "time of a checkpoint", At: mine, Step: 4, Tolerance: 0.01, Cites: "reliability.Fleet",
		Value: func(x float64) (float64, error) {
			f := fleet(d)
			f.Recovery, f.Checkpoint = units.Second, units.Seconds(x)
			r, err := f.Solve()
			return 1 - r.BestGoodput, err
		},
	}
}
