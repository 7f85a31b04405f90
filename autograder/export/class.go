package export

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"

	"github.com/mlsysim/golab/mlsysim/units"
)

// A class gathers what the class report shows, one submission after the other.
type class struct {
	report    Report
	count     map[Outcome]int
	points    []float64   // of those that have any
	questions []questions // in the order of the lab
	slips     map[string]*misconception
	rows      []studentRow
	sketches  [][]uint32
	max       float64
}

// questions gathers one question.
type questions struct {
	id, title                string
	right, zero, failed, not int
	share                    []float64 // of the points, by student; NaN if not graded
}

type misconception struct {
	Question, Text string
	Count          int
}

type studentRow struct {
	Student, Page, Outcome string
	Cells                  []string
	Score, Remark          string
}

func newClass(r Report) *class {
	r.Submissions, r.Stream = nil, nil
	return &class{report: r, count: map[Outcome]int{}, slips: map[string]*misconception{}, max: r.Max}
}

func (c *class) add(s Submission) {
	c.count[s.Outcome]++
	if s.Outcome != NotGraded {
		c.points = append(c.points, s.Final())
	}
	row := studentRow{Student: s.Student, Page: PageName(s.Student), Outcome: string(s.Outcome), Score: s.Score(), Remark: s.Remark(tableRemark)}
	for n, q := range s.Questions {
		if n == len(c.questions) {
			c.questions = append(c.questions, questions{id: q.ID, title: q.Title})
		}
		c.questions[n].add(q)
		c.learn(q)
		row.Cells = append(row.Cells, q.Cell())
	}
	c.rows = append(c.rows, row)
	c.sketches = append(c.sketches, s.Sketch)
}

func (c *questions) add(q Question) {
	share := math.NaN()
	switch {
	case q.Outcome == NotGraded, q.Outcome == NeedsManual:
		c.not++
	case q.Outcome == Failed:
		c.failed++
		share = 0
	default:
		if q.Max > 0 {
			share = q.Points / q.Max
		}
		if q.Manual == nil && q.OK() || share >= 1 {
			c.right++
		} else if q.Points == 0 {
			c.zero++
		}
	}
	c.share = append(c.share, share)
}

var number = regexp.MustCompile(`\d[\d.,]*(?:e[+-]?\d+)?`)

// learn counts what the checks found wrong. Two remarks that differ in their
// numbers only are one.
func (c *class) learn(q Question) {
	if q.Outcome != Graded || !q.Answered {
		return
	}
	for _, p := range q.Parts {
		if p.Verdict.OK || p.Name == "prediction" || p.Verdict.Message == "" {
			continue
		}
		key := q.ID + "\x00" + number.ReplaceAllString(p.Verdict.Message, "#")
		if c.slips[key] == nil {
			c.slips[key] = &misconception{Question: q.ID, Text: p.Verdict.Message}
		}
		c.slips[key].Count++
	}
}

// mostSlips is how many misconceptions a report lists.
const mostSlips = 20

func (c *class) ranked() []misconception {
	var out []misconception
	for _, m := range c.slips {
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b misconception) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Question, b.Question), cmp.Compare(a.Text, b.Text))
	})
	return out[:min(len(out), mostSlips)]
}

type tile struct{ Value, Label string }

type questionRow struct {
	ID, Title, Mean, Separates string
	Percent                    float64
	Right, Zero, Failed, Not   int
}

// page prints the class report.
func (c *class) page(w io.Writer) error {
	data := struct {
		R              Report
		Summary        string
		Tiles          []tile
		Bars           []bar
		BarsText       string
		Questions      []questionRow
		Misconceptions []misconception
		Pairs          []pair
		Heads          []string
		Rows           []studentRow
	}{
		R: c.report, Summary: c.report.summary(c.count), Tiles: c.tiles(), Bars: histogram(c.points, c.max),
		Misconceptions: c.ranked(), Pairs: similar(c.rows, c.sketches), Rows: c.rows,
	}
	for _, b := range data.Bars {
		data.BarsText += fmt.Sprintf("%s points: %d students. ", b.Label, b.Count)
	}
	for n, q := range c.questions {
		data.Questions = append(data.Questions, c.row(n, q))
		data.Heads = append(data.Heads, q.id)
	}
	return templates.ExecuteTemplate(w, "class.html", data)
}

func (c *class) tiles() []tile {
	out := []tile{
		{fmt.Sprint(c.count[Graded]), "graded"},
		{fmt.Sprint(c.count[Failed]), "failed"},
		{fmt.Sprint(c.count[NotGraded]), "not graded"},
	}
	if len(c.points) == 0 {
		return out
	}
	sorted := slices.Sorted(slices.Values(c.points))
	middle := (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
	return append(out, tile{Points(mean(c.points)), "mean of " + Points(c.max)}, tile{Points(middle), "median"})
}

func (c *class) row(n int, q questions) questionRow {
	r := questionRow{ID: q.id, Title: q.title, Right: q.right, Zero: q.zero, Failed: q.failed, Not: q.not, Mean: "-", Separates: "-"}
	var own, others []float64
	for i, share := range q.share {
		if math.IsNaN(share) {
			continue
		}
		rest := 0.0
		for m, o := range c.questions {
			if m != n && i < len(o.share) && !math.IsNaN(o.share[i]) {
				rest += o.share[i]
			}
		}
		own, others = append(own, share), append(others, rest)
	}
	if len(own) == 0 {
		return r
	}
	r.Percent = math.Round(100 * math.Max(0, math.Min(1, mean(own))))
	r.Mean = fmt.Sprintf("%.0f %%", 100*mean(own))
	if v, ok := correlation(own, others); ok {
		r.Separates = fmt.Sprintf("%.2f", v)
	}
	return r
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

// correlation is Pearson's; there is none where one side does not vary.
func correlation(xs, ys []float64) (float64, bool) {
	mx, my := mean(xs), mean(ys)
	var xy, xx, yy float64
	for i := range xs {
		xy += (xs[i] - mx) * (ys[i] - my)
		xx += (xs[i] - mx) * (xs[i] - mx)
		yy += (ys[i] - my) * (ys[i] - my)
	}
	if len(xs) < 3 || xx < 1e-12 || yy < 1e-12 {
		return 0, false
	}
	return xy / math.Sqrt(xx*yy), true
}

// A bar is one column of the histogram, in the units of its picture.
type bar struct {
	X, Y, W, H, Mid, Above float64
	Label                  string
	Count                  int
}

// histogram counts points in ten equal ranges; the last holds the maximum too.
func histogram(points []float64, most float64) []bar {
	const bins, width, height, floor = 10, 64.0, 110.0, 140.0
	if len(points) == 0 || most <= 0 {
		return nil
	}
	var counts [bins]int
	for _, p := range points {
		counts[max(0, min(bins-1, int(p/most*bins)))]++
	}
	highest := slices.Max(counts[:])
	var out []bar
	for i, n := range counts {
		h := math.Round(height * float64(n) / float64(highest))
		x := float64(i) * width
		label := units.Number(most*float64(i)/bins) + " to " + units.Number(most*float64(i+1)/bins)
		out = append(out, bar{X: x + 6, Y: floor - h, W: width - 12, H: h, Mid: x + width/2, Above: floor - h - 5, Label: label, Count: n})
	}
	return out
}
