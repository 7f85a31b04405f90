package show_test

import (
	"math"
	"testing"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/stretchr/testify/require"
)

// line is a line through y at x = 1, 2, 4, ...
func line(name string, y ...float64) show.Series {
	s := show.Series{Name: name, Line: true}
	for i, v := range y {
		s.Points = append(s.Points, show.Point{X: math.Exp2(float64(i)), Y: v})
	}
	return s
}

// bars puts one bar in each row, from its first to its second number.
func bars(name string, ends ...[2]float64) show.Series {
	s := show.Series{Name: name, Form: show.Bars}
	for y, e := range ends {
		s.Points = append(s.Points, show.Point{Y: float64(y), Lo: e[0], Hi: e[1]})
	}
	return s
}

func dots(points ...show.Point) show.Series { return show.Series{Points: points} }

func mute(s show.Series, i int, why string) show.Series {
	s.Points[i].Muted, s.Points[i].Why = true, why
	return s
}

// What each kind of chart says, worked out by hand from a few numbers.
func TestAlt(t *testing.T) {
	batch, rate, time := show.Axis{Label: "Batch", Log: true}, show.Axis{Label: "Throughput", Unit: "tokens/s"}, show.Axis{Label: "Time", Unit: "s"}
	gb := show.Axis{Label: "Memory", Unit: "B"}
	rows := show.Axis{Names: []string{"first", "second"}}
	for name, c := range map[string]struct {
		want string
		show.Chart
	}{
		"nothing":      {"There is nothing to plot.", show.Chart{}},
		"one point":    {"Throughput is 7 tokens/s at batch 1.", show.Chart{X: batch, Y: rate, Series: []show.Series{line("", 7)}}},
		"stays":        {"Throughput stays at 7 tokens/s.", show.Chart{X: batch, Y: rate, Series: []show.Series{line("", 7, 7, 7)}}},
		"flat":         {"Throughput hardly changes, from 100 tokens/s to 101 tokens/s.", show.Chart{X: batch, Y: rate, Series: []show.Series{line("", 100, 101, 100.5)}}},
		"rises":        {"Throughput rises from 10 tokens/s at batch 1 to 40 tokens/s at 4.", show.Chart{X: batch, Y: rate, Series: []show.Series{line("", 10, 20, 40)}}},
		"falls":        {"Throughput falls from 9 tokens/s at batch 1 to 4 tokens/s at 2.", show.Chart{X: batch, Y: rate, Series: []show.Series{line("", 9, 4)}}},
		"peaks":        {"Throughput peaks at 9 tokens/s, at batch 2.", show.Chart{X: batch, Y: rate, Series: []show.Series{line("", 1, 9, 4)}}},
		"lowest":       {"Throughput is lowest, 1 tokens/s, at batch 2.", show.Chart{X: batch, Y: rate, Series: []show.Series{line("", 3, 1, 4)}}},
		"stops":        {"Throughput stops growing at batch 4, at 95 tokens/s, where compute binds.", show.Chart{X: batch, Y: rate, Series: []show.Series{line("", 20, 50, 95, 99, 100)}, Marks: []show.Mark{{Vertical: true, At: 4, Label: "compute binds"}}}},
		"a name stays": {"TokensPerSecond falls from 9 tokens/s at ITL 1 ms to 4 tokens/s at 2 ms.", show.Chart{X: show.Axis{Label: "ITL", Unit: "s"}, Y: show.Axis{Label: "TokensPerSecond", Unit: "tokens/s"}, Series: []show.Series{{Line: true, Points: []show.Point{{X: 1e-3, Y: 9}, {X: 2e-3, Y: 4}}}}}},
		"infeasible":   {"Throughput rises from 10 tokens/s at batch 1 to 20 tokens/s at 2; infeasible at batch 4 (5 GB short).", show.Chart{X: batch, Y: rate, Series: []show.Series{mute(line("", 10, 20, 40), 2, "5 GB short")}}},
		"lines":        {"At batch 4 fp8 is highest, with 80 tokens/s, and fp16 lowest, with 40 tokens/s.", show.Chart{X: batch, Y: rate, Series: []show.Series{line("fp16", 10, 20, 40), line("fp8", 20, 40, 80)}}},
		"beside":       {"P99 is lowest, 2 s, at batch 2.", show.Chart{X: batch, Y: time, Series: []show.Series{line("P99", 9, 2, 4), {Name: "service", Line: true, Dashed: true, Points: []show.Point{{X: 1, Y: 1}, {X: 4, Y: 1}}}}}},
		"cloud":        {"2 points, throughput from 3 tokens/s (b) to 5 tokens/s (a).", show.Chart{X: batch, Y: rate, Series: []show.Series{dots(show.Point{X: 1, Y: 5, Label: "a"}, show.Point{X: 2, Y: 3, Label: "b"})}}},
		"roofline": {"Memory bandwidth binds decode, left of the ridge at 295 FLOP/B; compute binds prefill.", show.Chart{
			Kind: show.Roofline, X: show.Axis{Unit: "FLOP/B", Log: true}, Y: show.Axis{Unit: "FLOP/s", Log: true}, Marks: []show.Mark{{Vertical: true, At: 295.2}},
			Series: []show.Series{dots(show.Point{X: 1, Y: 1e12, Label: "decode"}, show.Point{X: 2000, Y: 1e15, Label: "prefill"})},
		}},
		"two ridges": {"Compute binds from 2 FLOP/B (A) and 4 FLOP/B (B) on, memory bandwidth below.", show.Chart{
			Kind: show.Roofline, X: show.Axis{Unit: "FLOP/B", Log: true}, Marks: []show.Mark{{Vertical: true, At: 2}, {Vertical: true, At: 4}},
			Series: []show.Series{{Name: "A", Line: true, Points: []show.Point{{X: 2, Y: 1}, {X: 9, Y: 1}}}, {Name: "B", Line: true, Points: []show.Point{{X: 4, Y: 2}, {X: 9, Y: 2}}}},
		}},
		"too much": {"The largest part is weights, 140 GB of 160 GB; 80 GB more than the capacity of 80 GB.", show.Chart{
			Kind: show.Breakdown, X: gb, Y: show.Axis{Names: []string{"70B"}}, Marks: []show.Mark{{Vertical: true, At: 80e9, Label: "capacity", Out: show.Above}},
			Series: []show.Series{bars("weights", [2]float64{0, 140e9}), bars("KV cache", [2]float64{140e9, 160e9})},
		}},
		"which fit": {"The largest part is weights, 90 GB of 90 GB in first; within the capacity of 80 GB: second.", show.Chart{
			Kind: show.Breakdown, X: gb, Y: rows, Marks: []show.Mark{{Vertical: true, At: 80e9, Label: "capacity", Out: show.Above}},
			Series: []show.Series{bars("weights", [2]float64{0, 90e9}, [2]float64{0, 30e9})},
		}},
		"waterfall": {"The largest part is second, 3 s of 4 s or 75 %.", show.Chart{Kind: show.Stages, X: time, Y: rows, Series: []show.Series{bars("", [2]float64{0, 1}, [2]float64{1, 4})}}},
		"within": {"Within ITL ≤ 20 ms the most is 50 tokens/s, at batch 2; without it 90 tokens/s.", show.Chart{
			Kind: show.Frontier, X: show.Axis{Label: "ITL", Unit: "s"}, Y: rate, Marks: []show.Mark{{Vertical: true, At: 0.02, Label: "ITL ≤ 20 ms", Out: show.Above}},
			Series: []show.Series{dots(show.Point{X: 0.01, Y: 30, Label: "batch 1"}, show.Point{X: 0.02, Y: 50, Label: "batch 2"}, show.Point{X: 0.03, Y: 90, Label: "batch 4"})},
		}},
		"none within": {"No point keeps to ITL ≤ 5 ms.", show.Chart{
			Kind: show.Frontier, X: show.Axis{Label: "ITL", Unit: "s"}, Y: rate, Marks: []show.Mark{{Vertical: true, At: 0.005, Label: "ITL ≤ 5 ms", Out: show.Above}},
			Series: []show.Series{dots(show.Point{X: 0.01, Y: 30})},
		}},
		"heat": {"Rate reaches from 1 at batch 1 and prompt 8 to 3 at batch 1 and prompt 16; 1 of 3 combinations are infeasible.", show.Chart{
			Kind: show.HeatMap, X: show.Axis{Label: "Batch", Names: []string{"1", "2"}}, Y: show.Axis{Label: "Prompt", Names: []string{"8", "16"}}, Z: show.Axis{Label: "Rate"},
			Series: []show.Series{{Form: show.Cells, Points: []show.Point{{X: 0, Y: 0, Z: 1}, {X: 0, Y: 1, Z: 3}, {X: 1, Y: 1, Z: 9, Muted: true}}}},
		}},
		"scaling": {"At nodes 4 rate is 3, 75 % of the ideal; it falls below 90 % at 4.", show.Chart{
			Kind: show.ScalingCurve, X: show.Axis{Label: "Nodes", Log: true}, Y: show.Axis{Label: "Rate", Log: true},
			Series: []show.Series{line("Rate", 1, 1.9, 3), {Name: "ideal", Line: true, Dashed: true, Points: []show.Point{{X: 1, Y: 1}, {X: 2, Y: 2}, {X: 4, Y: 4}}}},
		}},
		"schedule": {"2 stages take 4 s and are idle for 25 % of it.", show.Chart{
			Kind: show.Schedule, X: time, Y: rows, Series: []show.Series{
				bars("forward", [2]float64{0, 3}, [2]float64{1, 4}),
				{Form: show.Bars, Points: []show.Point{{Y: 0, Lo: 3, Hi: 4, Muted: true}, {Y: 1, Lo: 0, Hi: 1, Muted: true}}},
			},
		}},
		// 3 + x against 1 + 2x: they meet at x = 2
		"crossover": {"Tree is fastest up to 2 B, then ring.", show.Chart{
			Kind: show.Crossover, X: show.Axis{Unit: "B"}, Y: time,
			Series: []show.Series{{Name: "ring", Line: true, Points: []show.Point{{X: 1, Y: 4}, {X: 4, Y: 7}}}, {Name: "tree", Line: true, Points: []show.Point{{X: 1, Y: 3}, {X: 4, Y: 9}}}},
		}},
		"no crossover": {"Ring is fastest over the whole range.", show.Chart{
			Kind: show.Crossover, X: show.Axis{Unit: "B"}, Y: time, Series: []show.Series{line("ring", 1, 2), line("tree", 2, 3)},
		}},
		"tail": {"P99 rises from 1 s at load 1 % to 9 s at 4 %, 9 times as long; it passes limit 3 s at 2 %.", show.Chart{
			Kind: show.QueueTail, X: show.Axis{Label: "Load", Unit: "%"}, Y: time, Series: []show.Series{line("P99", 1, 3, 9)}, Marks: []show.Mark{{At: 3, Label: "limit 3 s"}},
		}},
		"tornado": {"1 % more moves the result most: second by -0.9 %, then first by 0.2 %.", show.Chart{
			Kind: show.Tornado, X: show.Axis{Unit: "%"}, Y: rows, Series: []show.Series{bars("1 % less", [2]float64{0, -0.2}, [2]float64{0, 0.8}), bars("1 % more", [2]float64{0, 0.2}, [2]float64{0, -0.9})},
		}},
		"pareto": {"2 of 3 designs are beaten by no other in both ITL and throughput, from 1 s and 10 tokens/s (a) to 2 s and 30 tokens/s.", show.Chart{
			Kind: show.Pareto, X: show.Axis{Label: "ITL", Unit: "s"}, Y: rate, Series: []show.Series{
				{Line: true, Points: []show.Point{{X: 1, Y: 10, Label: "a"}, {X: 2, Y: 30}}}, dots(show.Point{X: 3, Y: 20}),
			},
		}},
		"ranking": {"First has the least, 2 s; second the most, 8 s, 4 times as much.", show.Chart{Kind: show.Ranking, X: time, Y: rows, Series: []show.Series{bars("", [2]float64{0, 2}, [2]float64{0, 8})}}},
		"waste": {"Lost time is least, 2 %, at 2 min of interval; it is 5 times that at 1 min and 3 times at 4 min.", show.Chart{
			Kind: show.Waste, X: show.Axis{Label: "Interval", Unit: "min"}, Y: show.Axis{Label: "Lost time", Unit: "%"}, Series: []show.Series{line("all", 10, 2, 6)},
		}},
		// errors of 10, 20 and 50 %
		"parity": {"The median error of 3 predictions is 20 %, and 2 lie within 25 % of the measurement.", show.Chart{
			Kind: show.Parity, X: time, Y: time, Series: []show.Series{
				{Form: show.Band, Points: []show.Point{{X: 1, Lo: 0.75, Hi: 1.25}, {X: 9, Lo: 6.75, Hi: 11.25}}},
				dots(show.Point{X: 1, Y: 1.1}, show.Point{X: 2, Y: 1.6}, show.Point{X: 4, Y: 6}),
			},
		}},
	} {
		require.Equal(t, c.want, c.Alt(), name)
	}
}

// A kind whose data are not what it expects still says something, and nothing
// ends in a panic.
func TestAltNeverFails(t *testing.T) {
	odd := []show.Series{
		line("l", 1, 2), line("", math.NaN(), -1), dots(show.Point{X: 1, Y: 1}), bars("b", [2]float64{0, 1}),
		{Form: show.Cells, Points: []show.Point{{Z: 1}}},
		{Form: show.Band, Points: []show.Point{{X: 0, Lo: 0, Hi: 0}}},
		{Line: true, Points: []show.Point{{X: 1, Y: 1, Muted: true}}},
		{},
	}
	for kind := show.Plot; kind <= show.Parity+1; kind++ {
		for i, a := range odd {
			for _, b := range odd[i:] {
				for _, axis := range []show.Axis{{}, {Log: true}, {Names: []string{"only"}}} {
					c := show.Chart{Kind: kind, X: axis, Y: axis, Series: []show.Series{a, b}, Marks: []show.Mark{{At: 1, Label: "m", Out: show.Above}, {Vertical: true, At: 1}}}
					require.Regexp(t, `\.$`, c.Alt())
					require.NotContains(t, c.Alt(), "%!")
					show.Text(show.Of(c), show.Options{})
					show.HTML(show.Of(c))
				}
			}
		}
	}
}
