package parallel

import (
	"fmt"
	"strconv"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain counts the candidates and derives the winner's step.
func (r PlanResult) Explain() walls.Trace {
	best := r.best.Explain()
	t := walls.Trace{Title: "Best split of " + best.Title, Omitted: best.Omitted}
	t.Steps = append(t.Steps, walls.Step{
		Name: "candidates that were worked out", Symbol: "N_t", Formula: "N_c - N_x", Field: "Tried",
		Terms: []walls.Term{
			{Symbol: "N_c", What: "candidates of the splits that the model allows", Value: r.Candidates},
			{Symbol: "N_x", What: "candidates that a bound ruled out", Value: r.Cut},
		}, Value: r.Tried,
	})
	for _, s := range best.Steps {
		switch s.Field {
		case "Memory", "Step", "Throughput", "MFU":
		default:
			s.Field = ""
		}
		t.Steps = append(t.Steps, s)
	}
	return t
}

// View describes the winner, the runners-up, the front and why others are out.
func (r PlanResult) View() show.View {
	v := show.View{
		Title:    fmt.Sprintf("Best split of %d × %s for %s", r.Devices, r.in.Hardware.Name, r.in.Model.Name),
		Subtitle: fmt.Sprintf("batch %d, %d candidates of %d splits, %d tried", r.in.Batch, r.Candidates, r.Splits, r.Tried),
		Status:   show.Pass, Data: r,
	}
	rows := append(show.Rows(r.Choice), show.Row{Label: "Throughput", Value: r.Throughput.String(), Help: "sequences or samples per second, whole cluster"})
	if !r.Fits {
		v.Status = show.Fail
		rows = append(rows, show.Row{Label: "Short", Value: r.Short.String(), Help: "memory that is missing on each device"})
	}
	v.Blocks = []show.Block{{Rows: rows, Notes: r.Warnings.Texts()}}
	if r.Fits {
		v.Blocks = append(v.Blocks, show.Block{Heading: "Best candidates", Table: choices(r.Top)}, show.Block{Chart: r.chart()})
	}
	return reasons(v, r.Rejected)
}

// reasons adds the reasons, if there are any.
func reasons(v show.View, rejected []Rejection) show.View {
	if len(rejected) == 0 {
		return v
	}
	t := &show.Table{Columns: []show.Column{{Name: "Want"}, {Name: "Splits", Right: true}, {Name: "Candidates", Right: true}, {Name: "Least short", Right: true}}}
	for _, x := range rejected {
		short := ""
		if x.Candidates > 0 {
			short = x.Short.String()
		}
		t.Cells = append(t.Cells, []string{x.Why, strconv.Itoa(x.Splits), strconv.Itoa(x.Candidates), short})
	}
	v.Blocks = append(v.Blocks, show.Block{Heading: "Why others are out", Table: t})
	return v
}

// choices is a table of candidates.
func choices(list []Choice) *show.Table {
	t := &show.Table{}
	for _, f := range show.Rows(list[0]) {
		t.Columns = append(t.Columns, show.Column{Name: f.Label, Right: true, Help: f.Help})
	}
	for _, c := range list {
		var row []string
		for _, f := range show.Rows(c) {
			row = append(row, f.Value)
		}
		t.Cells = append(t.Cells, row)
	}
	return t
}

// chart draws the front.
func (r *PlanResult) chart() *show.Chart {
	s := show.Series{Line: true}
	for _, c := range r.Front {
		s.Points = append(s.Points, show.Point{
			X: float64(c.Memory), Y: c.MFU,
			Label: fmt.Sprintf("tp %d, pp %d, cp %d, ep %d, ZeRO %d, %s", c.TP, c.PP, c.CP, c.EP, c.ZeRO, describe.Text(c.Checkpointing)),
		})
	}
	return &show.Chart{
		Title: "candidates that no other beats", Note: "More memory buys speed along the line.",
		X: show.Axis{Label: "Memory", Unit: r.Memory.Symbol(), Log: true}, Y: show.Axis{Label: "MFU"}, Series: []show.Series{s},
	}
}
