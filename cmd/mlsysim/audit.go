package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/validate/probe"
)

func auditCommand(out *cli.Format) *cobra.Command {
	var a probe.Audit
	var e auditEffort
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Measure this machine and place it on the roofline",
		Long: `audit measures memory bandwidth (copy and STREAM triad, much larger than the
caches) and float32 arithmetic of all cores, in plain Go: what Go code reaches
here without vector instructions, not the peak of the hardware. It places this
machine on the roofline beside a device of the registry and estimates one pass
of a network; nothing of it is run, and accelerators are not measured.

Exit codes: 0 measured, 2 measured but the network does not fit into the memory.`,
		Example: "  mlsysim audit\n  mlsysim audit --workload ResNet50 --seconds 5 -o html > audit.html",
		Args:    cli.Args(), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error { return e.run(cmd, *out, a) },
	}
	bind(cmd, &a)
	bind(cmd, &e)
	return cmd
}

// auditEffort is how long the measurement may take.
type auditEffort struct {
	Seconds float64 `help:"how long to measure" min:"0.1" max:"600" default:"2"`
}

func (e auditEffort) run(cmd *cobra.Command, f cli.Format, a probe.Audit) error {
	if e.Seconds == 0 {
		e.Seconds = 2
	}
	m := probe.Here()
	// What cannot be estimated is refused before anybody waits.
	if _, err := a.Judge(m, probe.Benchmark{Bandwidth: units.GBps, Rate: units.GFLOPS}); err != nil {
		return cli.Keyed(err, reflect.TypeOf(a))
	}

	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
	defer stop()
	b, err := m.Measure(ctx, probe.Effort{Time: units.Second.Times(e.Seconds), Progress: stages(cmd.ErrOrStderr())})
	switch {
	case errors.Is(err, context.Canceled):
		return cli.Usage("interrupted: nothing was measured")
	case err != nil:
		return err
	}
	r, err := a.Judge(m, b)
	if err != nil {
		return cli.Keyed(err, reflect.TypeOf(a))
	}
	v := r.View()
	if f == cli.HTML || f == cli.Markdown {
		c := auditChart(r)
		v.Blocks = append(v.Blocks, show.Block{Chart: &c})
	}
	if err := cli.Print(cmd, f, v); err != nil {
		return err
	}
	if r.FitKnown && !r.Fits {
		return cli.End(cli.Infeasible)
	}
	return nil
}

// auditChart is the roofline of this machine with the reference's behind it.
func auditChart(r probe.Report) show.Chart {
	c := chart.Roofline(r.Device(), physics.FP32, []chart.RooflinePoint{{
		Name: r.Workload(), Intensity: r.Pass.Intensity, Rate: r.Pass.Work.Per(r.Pass.Latency),
	}})
	peer := r.Reference.Device
	for _, s := range chart.Roofline(peer, physics.Auto, nil).Series {
		if s.Line && !s.Dashed {
			s.Name, s.Dashed, s.Tone = peer.Name+" "+s.Name, true, 2
			c.Series = append(c.Series, s)
		}
	}
	c.Title = fmt.Sprintf("Roofline of this machine, %s dashed", peer.Name)
	stretch(c)
	return c
}

// stretch draws every roof over the whole width of the chart.
func stretch(c show.Chart) {
	lo, hi, _, _, _ := c.Range()
	for _, s := range c.Series {
		if !s.Line {
			continue
		}
		first, last := &s.Points[0], &s.Points[len(s.Points)-1]
		if first.Y < last.Y { // a slope: its throughput is proportional to the intensity
			first.X, first.Y = lo, first.Y*lo/first.X
			continue
		}
		last.X = hi
	}
}

// stages shows how far the measurement is: a bar on a terminal, a line for each
// kernel elsewhere.
func stages(w io.Writer) func(done float64, doing string) {
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		bar := progressbar.NewOptions(100, progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
		return func(done float64, doing string) {
			bar.Describe(doing)
			bar.Set(int(100 * done))
		}
	}
	last := ""
	return func(_ float64, doing string) {
		if doing != last {
			fmt.Fprintln(w, doing)
		}
		last = doing
	}
}
