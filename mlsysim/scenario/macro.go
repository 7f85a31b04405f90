package scenario

import (
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/show"
)

// operate fills in power, energy, emissions and cost of running all the time.
func (e *Evaluation) operate(s *Scorecard) error {
	mean := s.HFU * s.Duty
	use, err := e.sustainability(mean).Solve()
	if err != nil {
		return err
	}
	own, err := e.ownership(mean).Solve()
	if err != nil {
		return err
	}
	s.Power = physics.Draw(e.Hardware.Idle, e.Hardware.TDP, mean).Times(float64(s.Devices))
	s.ITEnergy, s.Energy = use.ITEnergy, use.Energy
	s.Carbon, s.Water = use.Operational, use.OnSiteWater
	s.EnergyCost, s.CapEx, s.Maintenance, s.TCO = own.EnergyCost, own.CapEx, own.Maintenance, own.TCO
	s.Tariff = own.Tariff
	s.PowerKnown, s.PriceKnown, s.CostKnown = use.PowerKnown, own.PriceKnown, own.CostKnown
	s.WaterKnown = use.WaterKnown
	s.Warnings |= use.Warnings | own.Warnings
	return nil
}

// sustainability is the devices, used as the design uses them.
func (e *Evaluation) sustainability(mfu float64) power.Sustainability {
	return power.Sustainability{
		Hardware: e.Hardware, Devices: e.devices(), Duration: e.Duration, Utilization: mfu, Region: e.Region, Facility: e.Facility,
	}
}

// ownership is the price of the same.
func (e *Evaluation) ownership(mfu float64) cost.Ownership {
	return cost.Ownership{
		Hardware: e.Hardware, Devices: e.devices(), Duration: e.Duration, Utilization: mfu, Region: e.Region, Facility: e.Facility, Tariff: e.Tariff,
		Amortization: e.Amortization, Upkeep: e.Upkeep, Period: e.UpkeepPeriod,
	}
}

// judge sets the three statuses.
func (e *Evaluation) judge(s *Scorecard) {
	s.Feasibility, s.Performance, s.Macro = show.Pass, show.Info, show.Info
	if !s.Fits {
		s.Feasibility = show.Fail
	}
	performance := func(limited, isKnown, kept bool) { s.Performance = judged(s.Performance, limited, isKnown, kept) }
	performance(e.MaxLatency > 0, true, s.Latency <= e.MaxLatency)
	performance(e.Interval > 0, true, s.Latency <= e.Interval)
	performance(s.Supply.Known, true, !s.Supply.Stalled)
	performance(e.MaxRun > 0, true, s.Run <= e.MaxRun)
	performance(e.MinThroughput > 0, true, s.Throughput >= e.MinThroughput)
	performance(e.MaxTTFT > 0, true, s.Request.TTFT <= e.MaxTTFT)
	performance(e.MaxITL > 0, true, s.Request.ITL <= e.MaxITL)
	performance(e.MaxP99 > 0, true, s.Queue.Stable && s.Queue.P99 <= e.MaxP99)

	macro := func(limited, isKnown, kept bool) { s.Macro = judged(s.Macro, limited, isKnown, kept) }
	macro(e.MaxCost > 0, s.CostKnown, s.TCO <= e.MaxCost)
	macro(e.MaxCarbon > 0, s.PowerKnown, s.Carbon <= e.MaxCarbon)
	macro(e.MaxPower > 0, s.PowerKnown, s.Power <= e.MaxPower)
	macro(e.MaxWater > 0, s.WaterKnown, s.Water <= e.MaxWater)
}

// judged joins the verdict on one more limit to a status, if there is a limit.
// Where the number behind it is not known the verdict is Unknown, never a pass.
func judged(so show.Status, limited, isKnown, kept bool) show.Status {
	switch {
	case !limited:
		return so
	case !isKnown:
		return worse(so, show.Unknown)
	case kept:
		return worse(so, show.Pass)
	default:
		return show.Fail
	}
}

// worse joins the verdicts on two limits.
func worse(a, b show.Status) show.Status {
	for _, s := range [...]show.Status{show.Fail, show.Unknown, show.Pass} {
		if a == s || b == s {
			return s
		}
	}
	return a
}

// Passed reports whether no lens failed or stayed unknown.
func (s Scorecard) Passed() bool {
	for _, status := range [...]show.Status{s.Feasibility, s.Performance, s.Macro} {
		if status == show.Fail || status == show.Unknown {
			return false
		}
	}
	return true
}
