package parallel

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the memory of a device, a decode step in the middle of the
// output, and the prefill.
func (r InferenceResult) Explain() walls.Trace {
	p, _ := r.in.serve()
	middle := float64(r.in.Prompt) + float64(r.in.Output)/2
	decode := turning{server: &p, turn: p.step(middle), mark: "d", tokens: 1, cached: middle, decode: true}
	prefill := turning{server: &p, turn: p.whole(), mark: "p", tokens: p.tokens(), cached: float64(r.in.Prompt)}

	t := walls.Trace{Title: r.title(), Omitted: []string{
		"queueing, and prefill work mixed into decode steps", "chunks of a prompt", "links that several kinds of messages share",
		"the input and output matrices as layers of their own", "activations in memory",
	}}
	t.Steps = r.memorySteps(&p)
	t.Steps = append(t.Steps, decode.steps([3]string{"DecodeCompute", "DecodeMemory", "Overhead"})...)
	t.Steps = append(t.Steps, r.decodeSteps(&p)...)
	t.Steps = append(t.Steps, prefill.steps([3]string{"PrefillCompute", "PrefillMemory", ""})...)
	t.Steps = append(t.Steps, r.prefillSteps(&prefill)...)
	return t
}

func (r *InferenceResult) title() string {
	return fmt.Sprintf("%s served on %d × %s", r.in.Model.Name, r.Devices, r.in.Hardware.Name)
}

// memorySteps derive weights and cache on a device.
func (r *InferenceResult) memorySteps(p *server) []walls.Step {
	s := &r.in
	longest := float64(s.Prompt) + float64(s.Output)
	split := models.Split{TP: s.TP, PP: s.PP, EP: s.EP}
	shard := s.Model.Shard(s.TP, s.PP, s.EP)
	return []walls.Step{
		pass.State{Model: &s.Model, Split: &split}.ParamStep(),
		{
			Name: "weights on each device", Symbol: "W", Formula: "P_r * b", Field: "Weights",
			Terms: []walls.Term{
				{Symbol: "P_r", What: "parameters of one device", Value: units.Params(shard.Total())},
				{Symbol: "b", What: "bytes per parameter at " + s.Precision.String(), Value: s.Precision.Size()},
			}, Value: r.Weights,
		},
		{
			Name: "cache on each device at its longest", Symbol: "C", Formula: "B_o * (s_m * e + e_0) * b_kv * l / (L * c)", Field: "Cache",
			Terms: append(
				p.stageTerms(),
				walls.Term{Symbol: "B_o", What: "requests that a device attends for", Value: ceil(s.Batch, s.EP)},
				walls.Term{Symbol: "s_m", What: "tokens kept of each", Value: s.Model.Attended(longest)},
				walls.Term{Symbol: "e", What: "elements per token on a tensor-parallel device: " + s.Model.CacheRule(), Value: s.Model.KVElements(s.TP)},
				walls.Term{Symbol: "e_0", What: "elements of the state of a state-space network", Value: s.Model.StateElements(s.TP)},
				walls.Term{Symbol: "b_kv", What: "bytes per element at " + s.KVPrecision.String(), Value: s.KVPrecision.Size()},
				walls.Term{Symbol: "c", What: "devices that a sequence is cut over", Value: s.CP},
			), Value: r.Cache, Source: "Ainslie 2023, GQA",
		},
		{
			Name: "memory needed on each device", Symbol: "M", Formula: "W + C", Field: "Memory",
			Terms: []walls.Term{{Symbol: "W", What: "weights", Value: r.Weights}, {Symbol: "C", What: "cache", Value: r.Cache}}, Value: r.Memory,
		},
	}
}

func (p *server) stageTerms() []walls.Term {
	return []walls.Term{
		{Symbol: "l", What: "layers of the largest stage", Value: p.layers},
		{Symbol: "L", What: "layers", Value: p.Model.Blocks()},
	}
}

// decodeSteps derive latency and rate from the time of a stage.
func (r *InferenceResult) decodeSteps(p *server) []walls.Step {
	return []walls.Step{
		{
			Name: "one decode step of a microbatch in one stage", Symbol: "t_d", Formula: "max(T_cd, T_md) + X_td + X_cd + X_ed + X_pd + O_d", Field: "Stage",
			Terms: []walls.Term{
				{Symbol: "T_cd", What: "arithmetic", Value: r.DecodeCompute},
				{Symbol: "T_md", What: "memory traffic", Value: r.DecodeMemory},
				{Symbol: "X_td", What: "all-reduces", Value: r.TensorPar},
				{Symbol: "X_cd", What: "sums over the parts of a sequence", Value: r.ContextPar},
				{Symbol: "X_ed", What: "all-to-alls", Value: r.ExpertPar},
				{Symbol: "X_pd", What: "message to the next stage", Value: r.Hop},
				{Symbol: "O_d", What: "overhead", Value: r.Overhead},
			}, Value: r.Stage, Source: "Pope 2023",
		},
		{
			Name: "inter-token latency", Symbol: "ITL", Formula: "max(p, m) * t_d", Field: "ITL",
			Terms: []walls.Term{
				{Symbol: "p", What: "stages", Value: p.pp},
				{Symbol: "m", What: "microbatches", Value: r.Microbatches},
				{Symbol: "t_d", What: "one stage", Value: r.Stage},
			}, Value: r.ITL, Source: "Huang 2019, GPipe",
		},
		{
			Name: "output rate of all replicas", Symbol: "X", Formula: "B * R / ITL", Field: "TokensPerSecond",
			Terms: []walls.Term{
				{Symbol: "B", What: "requests per replica", Value: r.in.Batch},
				{Symbol: "R", What: "replicas", Value: r.Replicas},
				{Symbol: "ITL", What: "inter-token latency", Value: r.ITL},
			}, Value: r.TokensPerSecond,
		},
	}
}

// prefillSteps derive the time to first token and of a request.
func (r *InferenceResult) prefillSteps(t *turning) []walls.Step {
	return []walls.Step{
		{
			Name: "prefill of a microbatch in one stage", Symbol: "t_p", Formula: "max(T_cp, T_mp) + X_tp + X_cp + X_ep + X_pp + O_p", Field: "PrefillStage",
			Terms: []walls.Term{
				{Symbol: "T_cp", What: "arithmetic", Value: t.compute},
				{Symbol: "T_mp", What: "memory traffic", Value: t.memory},
				{Symbol: "X_tp", What: "all-reduces", Value: t.tensor},
				{Symbol: "X_cp", What: "keys and values passed round, exposed", Value: t.context},
				{Symbol: "X_ep", What: "all-to-alls", Value: t.expert},
				{Symbol: "X_pp", What: "message to the next stage", Value: t.handed},
				{Symbol: "O_p", What: "overhead", Value: t.overhead},
			}, Value: r.PrefillStage, Source: "Pope 2023",
		},
		{
			Name: "time to first token", Symbol: "TTFT", Formula: "(p + m - 1) * t_p", Field: "TTFT",
			Terms: []walls.Term{
				{Symbol: "p", What: "stages", Value: t.pp},
				{Symbol: "m", What: "microbatches", Value: r.Microbatches},
				{Symbol: "t_p", What: "one stage", Value: r.PrefillStage},
			}, Value: r.TTFT, Source: "Huang 2019, GPipe",
		},
		{
			Name: "time of a request", Symbol: "T_req", Formula: "TTFT + max(n_o - 1, 0) * ITL", Field: "Request",
			Terms: []walls.Term{
				{Symbol: "TTFT", What: "time to first token", Value: r.TTFT},
				{Symbol: "n_o", What: "output tokens", Value: r.in.Output},
				{Symbol: "ITL", What: "inter-token latency", Value: r.ITL},
			}, Value: r.Request,
		},
	}
}

// View describes the result.
func (r InferenceResult) View() show.View {
	s := &r.in
	v := show.View{
		Title: r.title(),
		Subtitle: fmt.Sprintf("batch %d on each of %s, tp %d, pp %d, cp %d, ep %d, %s, %s, binds: %s",
			s.Batch, describe.Count(r.Replicas, "replica"), s.TP, s.PP, s.CP, s.EP, r.Precision, s.Level, r.Binding),
		Status: show.Pass, Data: r,
		Blocks: []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
	if !r.Fits {
		v.Status = show.Fail
	}
	return v
}

// A turning is a turn to be explained; the mark tells its symbols from those of
// the other one.
type turning struct {
	*server
	turn
	mark           string
	tokens, cached float64
	decode         bool
}

// steps derive work and times of the turn.
func (t *turning) steps(fields [3]string) []walls.Step {
	steps := append(t.workSteps(), t.timeSteps(fields)...)
	return append(steps, t.sendSteps()...)
}

// timeSteps derive the times from the work.
func (t *turning) timeSteps(fields [3]string) []walls.Step {
	roof := t.roof
	if t.decode {
		roof = roof.Streaming()
	}
	steps := pass.TimeSteps(&roof, &t.turn.pass, int(t.layers), t.own, fields)
	for i, symbol := range [...]string{"T_c", "T_m", "O_"} {
		steps[i].Symbol = symbol + t.mark
	}
	renamed(steps, map[string]string{"F_lin": "F_" + t.mark, "F_att": "A_" + t.mark, "Q": "Q_" + t.mark}, t)
	return steps
}

// renamed gives the symbols of the shared steps the mark of the turn.
func renamed(steps []walls.Step, symbols map[string]string, t *turning) {
	formulas := [...]string{
		"F_" + t.mark + " / (P * eta) + A_" + t.mark + " / (P * eta_a)", "Q_" + t.mark + " / (BW * eta_m)", steps[2].Formula,
	}
	for i := range steps {
		steps[i].Formula = formulas[i]
		for j := range steps[i].Terms {
			if to, ok := symbols[steps[i].Terms[j].Symbol]; ok {
				steps[i].Terms[j].Symbol = to
			}
		}
	}
}
