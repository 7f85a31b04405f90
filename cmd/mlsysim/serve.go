package main

import (
	"fmt"
	"reflect"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func serveCommand(out *cli.Format) *cobra.Command {
	s := serving.Serving{}
	var explain bool
	cmd := &cobra.Command{
		Use:   "serve MODEL HARDWARE",
		Short: "Answer a batch of requests: time to first token, inter-token latency, cache",
		Long: `serve runs one batch of requests on a device or a tensor-parallel group: the
prefill of the prompt, then the decoding of the output. A plan with mode serve,
judged by eval, adds arrivals, waiting and cost.

Exit codes: 0 it fits, 2 it does not.`,
		Example: `  mlsysim serve Llama3_8B H100 -s 4096 -b 8
  mlsysim serve Llama3_70B H100 --tp 4 --prefill-chunk-tokens 512 -o json`,
		Args: cli.Args("MODEL", "HARDWARE"), ValidArgsFunction: completePair,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if s.Model, err = own(cmd).Model(args[0]); err != nil {
				return cli.Blame("model", err)
			}
			if s.Hardware, err = own(cmd).Device(args[1]); err != nil {
				return cli.Blame("hardware", err)
			}
			serveDefaults(cmd, &s)
			r, err := s.Solve()
			if err != nil {
				return cli.Keyed(err, reflect.TypeOf(s))
			}
			if err := printResult(cmd, *out, served{r, s, r.Warnings}, explain); err != nil {
				return err
			}
			return cli.End(verdict(r.Fits, true))
		},
	}
	keep(cmd)
	serveFlags(cmd, &s)
	cmd.Flags().BoolVar(&explain, "explain", false, "derive every number step by step")
	return cmd
}

// serveFlags are the flags of the solver, with the names that mlsysim in Python has.
func serveFlags(cmd *cobra.Command, s *serving.Serving) {
	bind(cmd, s, "model", "hardware", "output")
	flags := cmd.Flags()
	flags.VarP(flags.Lookup("prompt").Value, "seq-len", "s", "prompt tokens per request (at least 1; default 2048)")
	flags.Var(flags.Lookup("chunk").Value, "prefill-chunk-tokens", "prefill tokens per pass; the whole prompt at once unless given")
	flags.Lookup("prompt").Hidden, flags.Lookup("chunk").Hidden = true, true
	for _, f := range describe.Flags(s) {
		if f.Name == "output" { // which is a format on the command line
			flags.Var(f, "output-tokens", "output tokens per request (at least 0; default 256)")
		}
	}
}

// serveDefaults fills in what was not given, as mlsysim in Python does.
func serveDefaults(cmd *cobra.Command, s *serving.Serving) {
	given := cmd.Flags().Changed
	if !given("seq-len") && !given("prompt") {
		s.Prompt = 2048
	}
	if !given("batch") {
		s.Batch = 1
	}
	if !given("efficiency") {
		s.Efficiency = 0.5
	}
	if !given("output-tokens") {
		s.Output = 256
	}
}

// served is the result of serve with its input.
type served struct {
	result   serving.Result
	in       serving.Serving
	Warnings walls.Warnings
}

// Explain derives the numbers.
func (s served) Explain() walls.Trace { return s.result.Explain() }

// serveAnswer is what programs read: times in ms, sizes in GB.
type serveAnswer struct {
	Model       string            `json:"model" help:"network"`
	Hardware    string            `json:"hardware" help:"device"`
	Prompt      int               `json:"seq_len" help:"prompt tokens per request"`
	Batch       int               `json:"batch_size" help:"requests served together by one replica"`
	Precision   physics.Precision `json:"precision" help:"format it ran in"`
	Efficiency  float64           `json:"efficiency" help:"share of the peak that arithmetic reaches"`
	Fits        bool              `json:"feasible" help:"weights and the longest cache fit into each device"`
	TTFT        float64           `json:"ttft_ms" help:"time to first token"`
	ITL         float64           `json:"itl_ms" help:"inter-token latency in the middle of the output"`
	Rate        float64           `json:"tokens_per_sec" help:"output tokens per second, all replicas"`
	Cache       float64           `json:"kv_cache_gb" help:"cache of the batch at its longest, on each device"`
	Utilization float64           `json:"memory_utilization" help:"share of the memory used"`
	Chunks      int               `json:"prefill_chunks" help:"passes of the prefill" known:"Chunked"`
	ChunkTime   float64           `json:"prefill_chunk_time_ms" help:"mean time of a pass" known:"Chunked"`
	Stall       float64           `json:"decode_stall_bound_ms" help:"longest pass: how long a prefill can stall decoding" known:"Chunked"`
	ITLFirst    float64           `json:"itl_first_ms" help:"inter-token latency of the first output token"`
	ITLLast     float64           `json:"itl_last_ms" help:"inter-token latency of the last output token"`
	Request     float64           `json:"request_ms" help:"prefill and all tokens"`
	Output      int               `json:"output_tokens" help:"output tokens per request"`
	TP          int               `json:"tp" help:"tensor-parallel devices of a replica"`
	Replicas    int               `json:"replicas" help:"tensor-parallel groups"`
	Weights     float64           `json:"weights_gb" help:"weights on each device"`
	Short       float64           `json:"memory_short_gb" help:"what is missing on each device"`
	MFU         float64           `json:"mfu" help:"share of the peak used while decoding"`
	Bottleneck  string            `json:"bottleneck" help:"what binds decoding"`
	Chunked     bool              `json:"chunked" help:"a chunk was given"`
	Warnings    walls.Warnings    `json:"warnings" help:"remarks"`
	Registry    string            `json:"registry" help:"version and hash of the registry"`
}

func (s served) answer() serveAnswer {
	ms := func(t units.Seconds) float64 { return t.Ratio(units.Millisecond) }
	r, in := &s.result, &s.in
	return serveAnswer{
		Model: in.Model.Name, Hardware: in.Hardware.Name, Prompt: in.Prompt, Batch: in.Batch, Precision: r.Precision, Efficiency: in.Efficiency, Fits: r.Fits,
		TTFT: ms(r.TTFT), ITL: ms(r.ITL), Rate: float64(r.TokensPerSecond), Cache: r.Cache.Ratio(units.GB), Utilization: r.Utilization,
		Chunks: r.Chunks, ChunkTime: ms(r.TTFT) / float64(max(1, r.Chunks)), Stall: ms(r.ChunkTime), ITLFirst: ms(r.ITLFirst), ITLLast: ms(r.ITLLast),
		Request: ms(r.Request), Output: in.Output, TP: max(1, in.TP), Replicas: r.Replicas, Weights: r.Weights.Ratio(units.GB), Short: r.Short.Ratio(units.GB),
		MFU: r.MFU, Bottleneck: r.Binding.String(), Chunked: in.Chunk > 0, Warnings: r.Warnings, Registry: source.Stamp(),
	}
}

// View shows what a request sees and what lies in the memory.
func (s served) View() show.View {
	r, in := &s.result, &s.in
	v := s.result.View()
	v.Subtitle = fmt.Sprintf("batch %d, %d + %d tokens, %s, %s level", in.Batch, in.Prompt, in.Output, r.Precision, in.Level)
	v.Data, v.Why = s.answer(), s.result.Explain()
	memory := show.Block{Heading: "Memory", Status: v.Status, Lens: true, Full: "capacity " + r.Capacity.String(), Rows: []show.Row{{
		Label: "memory", Value: r.Memory.String(), Note: fmt.Sprintf("of %s, %s", r.Capacity, show.Percent(r.Utilization)), Help: "what must lie in each device",
	}}}
	if !r.Fits {
		memory.Rows = append(memory.Rows, show.Row{Label: "missing", Value: r.Short.String(), Help: "what does not fit in each device"})
	}
	for _, p := range [...]struct {
		label string
		size  units.Bytes
	}{{"weights", r.Weights}, {"cache", r.Cache}} {
		memory.Bars = append(memory.Bars, show.Bar{Label: p.label, Value: p.size.String(), Share: p.size.Ratio(r.Capacity)})
	}
	memory.Bars = show.Waterfall(memory.Bars)
	v.Blocks = []show.Block{memory, s.times()}
	if texts := r.Warnings.Texts(); len(texts) > 0 {
		v.Blocks = append(v.Blocks, show.Block{Heading: "Remarks", Notes: texts})
	}
	return v
}

func (s served) times() show.Block {
	r := &s.result
	b := show.Block{Heading: "Request", Lens: true, Full: r.Request.String() + " in all", Rows: []show.Row{
		{Label: "TTFT", Value: r.TTFT.String(), Note: "binds: " + r.PrefillBinding.String(), Help: "time to first token: the whole prefill"},
		{Label: "ITL", Value: r.ITL.String(), Note: fmt.Sprintf("first %s, last %s", r.ITLFirst, r.ITLLast), Help: "inter-token latency in the middle of the output"},
		{Label: "request", Value: r.Request.String(), Help: "prefill and all tokens"},
		{Label: "throughput", Value: r.TokensPerSecond.String(), Note: r.PerUser.String() + " for one user", Help: "output tokens while decoding, all replicas"},
		{Label: "MFU", Value: show.Percent(r.MFU), Help: "share of the peak used while decoding"},
		{Label: "binds", Value: r.Binding.String(), Help: "the resource to buy more of"},
	}}
	if s.in.Chunk > 0 {
		b.Rows = append(b.Rows, show.Row{Label: "prefill", Value: fmt.Sprintf("%d passes", r.Chunks), Note: "the longest stalls decoding for " + r.ChunkTime.String()})
	}
	for _, p := range [...]struct {
		label string
		time  units.Seconds
	}{{"prefill", r.TTFT}, {"decode", r.Request - r.TTFT}} {
		b.Bars = append(b.Bars, show.Bar{Label: p.label, Value: p.time.String(), Share: p.time.Ratio(r.Request)})
	}
	b.Bars = show.MarkLongest(show.Waterfall(b.Bars))
	return b
}
