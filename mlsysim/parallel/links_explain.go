package parallel

import (
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// reduceStep derives the time of an all-reduce by the algorithm that it takes.
func (l *links) reduceStep(name, symbol string, message units.Bytes, t *physics.Tiers) walls.Step {
	s := walls.Step{Name: name, Symbol: symbol, Value: l.allReduce(message, t)}
	if t.Ranks == 1 {
		return alone(s)
	}
	algorithm := l.reducing(message, t)
	s.Name += ", " + algorithm.String()
	s.Terms = flatTerms(message, t)
	switch algorithm {
	case physics.Tree:
		s.Formula, s.Source = "2 * V_m / beta + 2 * log2(r) * alpha", "Sanders, Speck, Träff 2009"
	case physics.InSwitch:
		s.Formula, s.Source = "V_m * (1 + 1 / r) / beta + 2 * alpha", "Graham 2016, SHARP"
	case physics.Hierarchical:
		s.Formula, s.Source = "2 * ("+inside(t)+" + (k - 1) / k * V_m / g / beta_e + (k - 1) * alpha_e)", "Thakur, Rabenseifner, Gropp 2005"
		s.Terms = tierTerms(message, t)
	default:
		s.Formula, s.Source = "2 * (r - 1) / r * V_m / beta + 2 * (r - 1) * alpha", "Patarasuk, Yuan 2009"
	}
	return s
}

// halfStep derives the time of a reduce-scatter or an all-gather.
func (l *links) halfStep(name, symbol string, message units.Bytes, t *physics.Tiers) walls.Step {
	s := walls.Step{Name: name, Symbol: symbol, Value: l.half(message, t), Source: "Thakur, Rabenseifner, Gropp 2005"}
	if t.Ranks == 1 {
		return alone(s)
	}
	link, latency := t.Flat()
	if s.Value == any(physics.ReduceScatter(message, t.Ranks, link, latency)) {
		s.Formula, s.Terms = "(r - 1) / r * V_m / beta + (r - 1) * alpha", flatTerms(message, t)
		return s
	}
	s.Formula, s.Terms = inside(t)+" + (k - 1) / k * V_m / g / beta_e + (k - 1) * alpha_e", tierTerms(message, t)
	return s
}

// alone is the step of a group of one.
func alone(s walls.Step) walls.Step {
	s.Formula, s.Source = "0 * alpha", ""
	s.Terms = []walls.Term{{Symbol: "alpha", What: "a lone device exchanges nothing", Value: units.Seconds(0)}}
	return s
}

// inside is the half of a hierarchical operation within a server; the link of a
// lone rank may be unknown.
func inside(t *physics.Tiers) string {
	if t.Local() == 1 {
		return "(g - 1) * alpha_i"
	}
	return "(g - 1) / g * V_m / beta_i + (g - 1) * alpha_i"
}

func flatTerms(message units.Bytes, t *physics.Tiers) []walls.Term {
	link, latency := t.Flat()
	return []walls.Term{
		{Symbol: "V_m", What: "message of each device", Value: message},
		{Symbol: "r", What: "devices of the group", Value: t.Ranks},
		{Symbol: "beta", What: "slowest link on the way, one way", Value: link},
		{Symbol: "alpha", What: "latency of a step on it", Value: latency},
	}
}

func tierTerms(message units.Bytes, t *physics.Tiers) []walls.Term {
	terms := []walls.Term{
		{Symbol: "V_m", What: "message of each device", Value: message},
		{Symbol: "g", What: "devices of the group in a server", Value: t.Local()},
		{Symbol: "alpha_i", What: "latency of a step inside the server", Value: t.IntraLatency},
		{Symbol: "k", What: "servers", Value: t.Nodes()},
		{Symbol: "beta_e", What: "link of a device to other servers", Value: t.Inter},
		{Symbol: "alpha_e", What: "latency of a step on it", Value: t.InterLatency},
	}
	if t.Local() > 1 {
		terms = append(terms, walls.Term{Symbol: "beta_i", What: "link inside the server", Value: t.Intra})
	}
	return terms
}

// sendStep derives the time of messages one after another.
func sendStep(name, symbol, source string, sent units.Bytes, messages float64, link units.ByteRate, latency, value units.Seconds) walls.Step {
	return walls.Step{
		Name: name, Symbol: symbol, Formula: "V_m / beta + k * alpha", Source: source,
		Terms: []walls.Term{
			{Symbol: "V_m", What: "bytes that a device sends", Value: sent},
			{Symbol: "beta", What: "slowest link on the way, one way", Value: link},
			{Symbol: "k", What: "messages", Value: messages},
			{Symbol: "alpha", What: "latency of one", Value: latency},
		}, Value: value,
	}
}
