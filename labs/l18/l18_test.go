package l18

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// Other designs than the reference hold too, and any assumption can be named.
func TestOtherDesignsHold(t *testing.T) {
	l := Lab()
	design, breaks := l.Questions[0], l.Questions[4]
	for _, student := range []string{"ada", "bob", "s001", "s007", "s012"} {
		d := l.Draw(student)
		s := draft(d)
		s.TP, s.Precision, s.Batch = 4, physics.FP8, 40
		s.MaxReplicas = s.Run().Replicas + 2
		v := design.Answer(d, spec.Values{"q1": s}.Claims())
		require.True(t, v.OK, "%s: %s %s", d, v.Message, v.CounterExample)

		for name := range assumptions {
			b := broken(d, s, name)
			x, ok := b.Find()
			require.True(t, ok, "%s: %s never breaks it", d, name)
			v := breaks.Answer(d, spec.Values{"q1": s, "q5": name, "q5.value": x}.Claims())
			require.True(t, v.OK, "%s: %s = %v: %s", d, name, x, v.Message)
		}
	}
}

// The draft does not hold everywhere: its fleet costs too much where requests
// are long.
func TestTheDraftCostsTooMuchSomewhere(t *testing.T) {
	tooMuch := 0
	for _, d := range Lab().Draws() {
		s := draft(d)
		s.MaxReplicas = s.Run().Replicas + 1
		if bill(d, s) > budget {
			tooMuch++
		}
	}
	require.NotZero(t, tooMuch)
	require.Less(t, tooMuch, len(Lab().Draws()))
}
