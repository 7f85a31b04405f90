package network

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the time from the message and the links, phase by phase.
func (r CollectiveResult) Explain() walls.Trace {
	c := &r.in
	t := walls.Trace{
		Title:   fmt.Sprintf("%s of %s over %d ranks", c.Operation, c.Message, c.Ranks),
		Omitted: []string{"the arithmetic of the sums", "links shared with other jobs, and routing", "start-up of the library's kernels"},
	}
	switch {
	case c.Ranks == 1:
		t.Steps = append(t.Steps, r.loneStep())
	case r.Algorithm == physics.Hierarchical:
		t.Steps = append(t.Steps, r.phaseSteps()...)
	default:
		t.Steps = append(t.Steps, r.flatStep())
	}
	if r.TreeKnown && c.Ranks > 2 {
		t.Steps = append(t.Steps, r.crossoverStep())
	}
	if r.BusKnown {
		t.Steps = append(t.Steps, r.busStep())
	}
	return t
}

func (r *CollectiveResult) ranks() walls.Term {
	return walls.Term{Symbol: "n", What: "ranks", Value: r.in.Ranks}
}

func (r *CollectiveResult) message() walls.Term {
	return walls.Term{Symbol: "M", What: "message of each rank", Value: r.in.Message}
}

// flatTerms are the symbols of an algorithm that does not tell the tiers apart.
func (r *CollectiveResult) flatTerms() []walls.Term {
	tiers := r.in.tiers()
	link, latency := tiers.Flat()
	return []walls.Term{
		r.ranks(),
		{Symbol: "beta", What: "slowest link on the way, one way", Value: link},
		{Symbol: "alpha", What: "latency of a step on it", Value: latency},
	}
}

func (r *CollectiveResult) loneStep() walls.Step {
	return walls.Step{
		Name: "a lone rank exchanges nothing", Symbol: "T", Formula: "(n - 1) * alpha", Field: "Time",
		Terms: []walls.Term{r.ranks(), {Symbol: "alpha", What: "latency of a step", Value: r.in.IntraLatency}},
		Value: r.Time,
	}
}

// flatStep derives the time of ring, tree, in-switch or pairwise exchange.
func (r *CollectiveResult) flatStep() walls.Step {
	s := walls.Step{
		Name: r.in.Operation.String() + ", " + r.Algorithm.String(), Symbol: "T", Field: "Time",
		Terms: append(r.flatTerms(), r.message()), Value: r.Time,
	}
	switch {
	case r.Algorithm == physics.Tree:
		s.Formula, s.Source = "2 * M / beta + 2 * log2(n) * alpha", "Sanders, Speck, Träff 2009"
	case r.Algorithm == physics.InSwitch:
		s.Formula, s.Source = "M * (1 + 1 / n) / beta + 2 * alpha", "Graham 2016, SHARP"
	case r.in.Operation == AllReduce:
		s.Formula, s.Source = "2 * (n - 1) * M / (n * beta) + 2 * (n - 1) * alpha", "Patarasuk, Yuan 2009"
	default:
		s.Formula, s.Source = "(n - 1) * M / (n * beta) + (n - 1) * alpha", "Thakur, Rabenseifner, Gropp 2005"
	}
	return s
}

// phaseSteps derives the phases of a hierarchical operation and their sum.
func (r *CollectiveResult) phaseSteps() []walls.Step {
	c := &r.in
	formula := "(g - 1) * alpha_i" // of a lone rank, whose link may be unknown
	local := []walls.Term{
		{Symbol: "g", What: "ranks in a node", Value: c.PerNode},
		{Symbol: "alpha_i", What: "latency of a step on it", Value: c.IntraLatency},
	}
	if c.PerNode > 1 {
		formula = "(g - 1) * M / (g * beta_i) + (g - 1) * alpha_i"
		local = append(local, r.message(), walls.Term{Symbol: "beta_i", What: "link inside the node", Value: c.Intra})
	}
	inside := func(name, symbol, field string, value units.Seconds) walls.Step {
		return walls.Step{Name: name, Symbol: symbol, Formula: formula, Terms: local, Value: value, Field: field, Source: "Thakur, Rabenseifner, Gropp 2005"}
	}
	steps := []walls.Step{r.shareStep()}
	sum := walls.Step{Name: "time of the operation", Symbol: "T", Field: "Time", Value: r.Time}
	term := func(s walls.Step) {
		steps = append(steps, s)
		sum.Terms = append(sum.Terms, walls.Term{Symbol: s.Symbol, What: s.Name, Value: s.Value})
		if sum.Formula != "" {
			sum.Formula += " + "
		}
		sum.Formula += s.Symbol
	}
	if c.Operation != AllGather {
		term(inside("reduce-scatter inside the node", "T_s", "Scatter", r.Scatter))
	}
	term(r.exchangeStep())
	if c.Operation != ReduceScatter {
		term(inside("all-gather inside the node", "T_g", "Gather", r.Gather))
	}
	return append(steps, sum)
}

func (r *CollectiveResult) shareStep() walls.Step {
	return walls.Step{
		Name: "message between nodes: the share of one device", Symbol: "V", Formula: "M / g", Field: "Exchanged",
		Terms: []walls.Term{r.message(), {Symbol: "g", What: "ranks in a node", Value: r.in.PerNode}},
		Value: r.Exchanged,
	}
}

func (r *CollectiveResult) exchangeStep() walls.Step {
	s := walls.Step{
		Name: "exchange between nodes", Symbol: "T_e", Formula: "(m - 1) * V / (m * beta_e) + (m - 1) * alpha_e", Field: "Exchange",
		Terms: []walls.Term{
			{Symbol: "m", What: "nodes", Value: r.Nodes},
			{Symbol: "V", What: "message between nodes", Value: r.Exchanged},
			{Symbol: "beta_e", What: "link of a rank to other nodes", Value: r.in.Inter},
			{Symbol: "alpha_e", What: "latency of a step on it", Value: r.in.InterLatency},
		},
		Value: r.Exchange, Source: "Patarasuk, Yuan 2009",
	}
	if r.in.Operation == AllReduce {
		s.Formula = "2 * (m - 1) * V / (m * beta_e) + 2 * (m - 1) * alpha_e"
	}
	return s
}

func (r *CollectiveResult) crossoverStep() walls.Step {
	return walls.Step{
		Name: "message at which ring and tree are equal", Symbol: "M_x", Field: "Crossover",
		Formula: "n * beta * alpha * (n - 1 - log2(n))", Terms: r.flatTerms(), Value: r.Crossover,
	}
}

func (r *CollectiveResult) busStep() walls.Step {
	s := walls.Step{
		Name: "bus bandwidth", Symbol: "BW_bus", Formula: "(n - 1) * M / (n * T)", Field: "BusBandwidth",
		Terms: []walls.Term{r.ranks(), r.message(), {Symbol: "T", What: "time", Value: r.Time}},
		Value: r.BusBandwidth, Source: "NVIDIA nccl-tests, PERFORMANCE.md",
	}
	if r.in.Operation == AllReduce {
		s.Formula = "2 * (n - 1) * M / (n * T)"
	}
	return s
}

// View describes the result.
func (r CollectiveResult) View() show.View {
	return show.View{
		Title:    fmt.Sprintf("%s of %s over %d ranks", r.in.Operation, r.in.Message, r.in.Ranks),
		Subtitle: fmt.Sprintf("%s, %d per node, binds: %s", r.Algorithm, r.in.PerNode, r.Binding),
		Status:   show.Info, Data: r,
		Blocks: []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
}
