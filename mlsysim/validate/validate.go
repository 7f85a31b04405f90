// Package validate scores predictions against published measurements. Its
// points are data with a source; no constant of the library is tied to a single
// one of them.
//
//	score, err := validate.Serving()
//	fmt.Printf("median error %.0f %% of %d points\n", 100*score.Median, score.Count)
package validate

import (
	_ "embed"
	"fmt"
	"math"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed data/serving.yaml
var servingData []byte

// A Point is one published measurement of a serving engine.
type Point struct {
	ID        string
	Model     string
	Hardware  string
	TP        int
	Batch     int
	Prompt    int
	Output    int
	Precision string
	Metric    string // itl, or output_rate: output tokens over the whole request
	Value     string // with its unit
	Source    string
}

// A Row compares one point with the two levels of the model.
type Row struct {
	Point
	Measured   float64 // SI
	Predicted  float64 // calibrated
	Ideal      float64
	Error      float64 // of the calibrated prediction, relative, signed
	IdealError float64
}

// A Score summarises how far predictions are from measurements.
type Score struct {
	Rows   []Row
	Count  int
	Median float64 // of the absolute relative errors
	P90    float64
	Worst  float64
	Ideal  float64 // median at the ideal level
}

// Serving scores the calibrated level of package serving.
func Serving() (Score, error) {
	var file struct {
		Sources map[string]struct{ Title, URL, Date string }
		Points  []Point
	}
	if err := yaml.UnmarshalWithOptions(servingData, &file, yaml.Strict()); err != nil {
		return Score{}, fmt.Errorf("reading the serving measurements: %w", err)
	}
	var s Score
	for _, p := range file.Points {
		if _, ok := file.Sources[p.Source]; !ok {
			return Score{}, fmt.Errorf("%s: unknown source %q", p.ID, p.Source)
		}
		row, err := compare(p)
		if err != nil {
			return Score{}, fmt.Errorf("%s: %w", p.ID, err)
		}
		s.Rows = append(s.Rows, row)
	}
	s.summarise()
	return s, nil
}

// compare predicts one point at both levels.
func compare(p Point) (Row, error) {
	in, err := p.input()
	if err != nil {
		return Row{}, err
	}
	row := Row{Point: p}
	if row.Measured, err = p.measured(); err != nil {
		return Row{}, err
	}
	if row.Ideal, err = p.predict(in); err != nil {
		return Row{}, err
	}
	in.Level = physics.Calibrated
	if row.Predicted, err = p.predict(in); err != nil {
		return Row{}, err
	}
	row.Error = row.Predicted/row.Measured - 1
	row.IdealError = row.Ideal/row.Measured - 1
	return row, nil
}

func (p Point) input() (serving.Serving, error) {
	m, err := models.Find(p.Model)
	if err != nil {
		return serving.Serving{}, err
	}
	h, err := hardware.Find(p.Hardware)
	if err != nil {
		return serving.Serving{}, err
	}
	in := serving.Serving{Model: m, Hardware: h, TP: p.TP, Batch: p.Batch, Prompt: p.Prompt, Output: p.Output}
	return in, in.Precision.UnmarshalText([]byte(p.Precision))
}

func (p Point) measured() (float64, error) {
	if p.Metric == "itl" {
		v, err := units.ParseSeconds(p.Value)
		return float64(v), err
	}
	v, err := units.ParseTokenRate(p.Value)
	return float64(v), err
}

func (p Point) predict(in serving.Serving) (float64, error) {
	r, err := in.Solve()
	if p.Metric == "itl" {
		return float64(r.ITL), err
	}
	return float64(units.Tokens(p.Batch * p.Output).Per(r.Request)), err
}

func (s *Score) summarise() {
	s.Count = len(s.Rows)
	var errors, ideal []float64
	for _, r := range s.Rows {
		errors = append(errors, math.Abs(r.Error))
		ideal = append(ideal, math.Abs(r.IdealError))
	}
	s.Median, s.P90, s.Worst = quantile(errors, 0.5), quantile(errors, 0.9), quantile(errors, 1)
	s.Ideal = quantile(ideal, 0.5)
}

// quantile is the nearest-rank quantile of a sample.
func quantile(sample []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(sample))
	return sorted[max(int(math.Ceil(q*float64(len(sorted))))-1, 0)]
}

// View describes the score: the summary, each point, and predicted against
// measured as a chart.
func (s Score) View() show.View {
	percent := func(v float64) string { return units.Number(100*v) + " %" }
	t := &show.Table{Columns: []show.Column{
		{Name: "model"},
		{Name: "hardware"},
		{Name: "TP", Right: true},
		{Name: "batch", Right: true},
		{Name: "metric"},
		{Name: "measured", Right: true},
		{Name: "predicted", Right: true},
		{Name: "error", Right: true},
	}}
	for _, r := range s.Rows {
		t.Cells = append(t.Cells, []string{r.Model, r.Hardware, fmt.Sprint(r.TP), fmt.Sprint(r.Batch), r.metric(), r.Value, r.text(r.Predicted), percent(r.Error)})
	}
	return show.View{
		Title: "Serving predictions against published measurements",
		Blocks: []show.Block{{Rows: []show.Row{
			{Label: "points", Value: fmt.Sprint(s.Count)},
			{Label: "median error", Value: percent(s.Median), Note: "ideal level " + percent(s.Ideal)},
			{Label: "90 % within", Value: percent(s.P90)},
			{Label: "worst", Value: percent(s.Worst)},
		}}, {Table: t}},
	}
}

// metric is what a row predicts, in words.
func (r Row) metric() string {
	if r.Metric == "itl" {
		return "time between tokens"
	}
	return "output rate"
}

func (r Row) text(v float64) string {
	if r.Metric == "itl" {
		return units.Seconds(v).String()
	}
	return units.TokenRate(v).String()
}
