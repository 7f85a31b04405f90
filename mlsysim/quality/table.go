package quality

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// Published is a table of the quality that compression was measured to cost:
// up to five rows in increasing order of At. Unused rows stay zero. Between rows
// the drop is interpolated linearly; beyond them it is unknown.
type Published struct {
	Source string `help:"where the table was published; rows without a source are refused"`
	Metric string `help:"what dropped, such as points of accuracy"`

	Row1 Row `help:"first row"`
	Row2 Row `help:"second row"`
	Row3 Row `help:"third row"`
	Row4 Row `help:"fourth row"`
	Row5 Row `help:"fifth row"`
}

// Row is one measurement.
type Row struct {
	At   float64 `help:"bits per weight of a quantised network, or share of weights removed; 0 is no row" min:"0"`
	Drop float64 `help:"quality lost, in the unit of the metric; below 0 is a gain"`
}

// rows returns the rows in order; those with At = 0 are not used.
func (p *Published) rows() [5]Row { return [...]Row{p.Row1, p.Row2, p.Row3, p.Row4, p.Row5} }

// refuse checks the order of the rows and that they have a source. All of them
// lie below most: all weights, or the bits of the baseline.
func (p *Published) refuse(most float64) error {
	last := 0.0
	for i, row := range p.rows() {
		switch {
		case row.At == 0:
			continue
		case p.Source == "":
			return describe.Refuse(compressionName, "Quality.Source", `""`, "the publication that the rows are from")
		case row.At >= most:
			return describe.Refuse(compressionName, rowNames[i], row.At, fmt.Sprintf("below %g", most))
		case row.At <= last:
			return describe.Refuse(compressionName, rowNames[i], row.At, "above that of the row before")
		}
		last = row.At
	}
	return nil
}

var rowNames = [...]string{"Quality.Row1.At", "Quality.Row2.At", "Quality.Row3.At", "Quality.Row4.At", "Quality.Row5.At"}

// drop finds the rows around x. at is where nothing is lost and the table starts
// or ends: no weight removed, or all the bits of the baseline.
func (p *Published) drop(x, at float64) (low, high Row, known bool) {
	known = x == at
	low, high = Row{At: at}, Row{At: at}
	rows := 0
	previous := Row{At: at}
	for _, row := range p.rows() {
		if row.At == 0 {
			continue
		}
		rows++
		if x == row.At {
			return row, row, true
		}
		if (rows > 1 || at == 0) && previous.At <= x && x < row.At {
			return previous, row, true
		}
		previous = row
	}
	if rows > 0 && previous.At < x && x <= at { // only bits
		return previous, Row{At: at}, true
	}
	return low, high, known
}

// between interpolates two rows.
func between(low, high Row, x float64) float64 {
	if high.At == low.At {
		return low.Drop
	}
	return low.Drop + (high.Drop-low.Drop)*(x-low.At)/(high.At-low.At)
}
