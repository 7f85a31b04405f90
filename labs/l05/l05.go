// Package l05 is the lab "Tail at utilisation": how many replicas a launch needs
// when one request in a hundred may miss the limit, and no more.
//
//	d := l05.Lab().Draw("s123")
//
// It leaves out bursts, retries, timeouts, and replicas that batch requests.
package l05

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L05", Slug: "tail_at_utilisation", Title: "Tail at utilisation", Version: 1, Minutes: 40, Week: 5,
		Prerequisites: []string{"L02"},
		Objective:     "Size a service for its 99th percentile, not for its mean.",
		Objectives: []string{
			"check a queue with Little's law",
			"tell the 99th percentile from the mean, at any load",
			"find the fewest replicas that keep a limit, and prove it",
			"say what variation of the requests costs, and what one shared queue saves",
		},
		Params: []spec.Param{
			{Name: "arrivals", Var: "arrivals", Numbers: []float64{1.7, 2.3, 3.1, 4.4}, Unit: units.RequestRate(1)},
			{Name: "service time", Var: "service", Numbers: []float64{400, 500, 600, 750}, Unit: units.Millisecond},
			{Name: "coefficient of variation", Var: "cv", Numbers: []float64{0.5, 0.8, 1, 1.2}},
			{Name: "P99 limit", Var: "slo", Numbers: []float64{4.5, 5.5, 7}, Unit: units.Second},
			{Name: "fleet", Var: "fleet", Choices: []int{4, 6, 8}},
		},
		Setup:     "today = Tail{Arrivals: arrivals, Service: service, CV: cv, SLA: slo, Replicas: fleet}",
		First:     "Show(today.Run())",
		Text:      text,
		Questions: []spec.Question{little(), ratio(), replicas(), load(), pool()},
	}
}

// queue is the scenario's requests at some rate, in front of some replicas.
func queue(d spec.Draw, rate units.RequestRate, n int) serving.Tail {
	return serving.Tail{Arrivals: rate, Service: service(d), CV: cv(d), SLA: slo(d), Replicas: n}
}

func service(d spec.Draw) units.Seconds      { return units.Seconds(d.Number("service time")) }
func slo(d spec.Draw) units.Seconds          { return units.Seconds(d.Number("P99 limit")) }
func arrivals(d spec.Draw) units.RequestRate { return units.RequestRate(d.Number("arrivals")) }
func cv(d spec.Draw) float64                 { return d.Number("coefficient of variation") }

// busy is the rate that keeps a share of n replicas busy.
func busy(d spec.Draw, share float64, n int) units.RequestRate {
	return units.Requests(share * float64(n)).Per(service(d))
}

// keeps reports whether 99 % of the requests end within the limit.
func keeps(s serving.Tail) bool {
	r := s.Run()
	return r.Stable && r.P99 <= s.SLA
}
