package validate_test

import (
	"testing"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/validate"
	"github.com/stretchr/testify/require"
)

// Every measurement of the metric is a point, and the band is the error that 90 %
// of the set keep to.
func TestChartHasEveryPoint(t *testing.T) {
	score, err := validate.Serving()
	require.NoError(t, err)
	total := 0
	for _, metric := range []string{"itl", "output_rate"} {
		c := score.Chart(metric)
		for _, s := range c.Series {
			for _, p := range s.Points {
				switch {
				case s.Form == show.Band:
					require.InEpsilon(t, 1+score.P90, p.Hi/p.X, 1e-9)
				case s.Line:
					require.Equal(t, p.X, p.Y)
				default:
					total++
				}
			}
		}
	}
	require.Equal(t, score.Count, total)
	require.Empty(t, score.Chart("nonsense").Series)
}
