package check

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/mlsysim/units"
)

// The directions that answer a question about a trend.
const (
	Rises = "rises"
	Falls = "falls"
	Stays = "stays"
)

// Directions lists them.
func Directions() []string { return []string{Rises, Falls, Stays} }

// Trend (MONO) wants the direction of a metric along a sweep: rises, falls or
// stays. The solver must show one direction over the whole sweep.
type Trend struct {
	ID    string
	What  string // throughput
	Along string // batch
	At    []float64
	Value func(x float64) (float64, error)
	Still float64 // relative change over the sweep that counts as none; zero means 0.1 %
	Cites string
}

// Right is the direction that the solver shows, or an error if there are two.
func (t Trend) Right() (string, error) {
	lo, hi := math.Inf(1), math.Inf(-1)
	up, down, last := false, false, 0.0
	for i, x := range t.At {
		v, err := t.Value(x)
		if err != nil {
			return "", err
		}
		lo, hi = math.Min(lo, v), math.Max(hi, v)
		if i > 0 {
			up, down = up || v > last+1e-12*math.Abs(last), down || v < last-1e-12*math.Abs(last)
		}
		last = v
	}
	still := t.Still
	if still == 0 {
		still = 1e-3
	}
	switch {
	case hi-lo <= still*math.Max(math.Abs(lo), math.Abs(hi)):
		return Stays, nil
	case up && down:
		return "", fmt.Errorf("the %s goes both ways along the %s", t.What, t.Along)
	case up:
		return Rises, nil
	}
	return Falls, nil
}

// Check walks along the sweep with the student's claim.
func (t Trend) Check(c Claims) Verdict {
	law := "MONO: the " + t.What + " goes the claimed way over the whole sweep of " + t.Along + " (" + t.Cites + ")"
	claim, ok := c[t.ID]
	if !ok {
		return fail(law, "", "there is no answer %s", t.ID)
	}
	said := strings.ToLower(strings.TrimSpace(claim.Text))
	if claim.Type != "text" || said != Rises && said != Falls && said != Stays {
		return fail(law, claim.String(), "%s: want %q, %q or %q", claim, Rises, Falls, Stays)
	}
	right, err := t.Right()
	if err != nil {
		return fail(law, "", "the scenario has no trend: %v", err)
	}
	if said == right {
		return pass(law, "the "+t.What+" "+right+" with the "+t.Along)
	}
	return fail(law, t.counter(), "the %s does not do that along the %s", t.What, t.Along)
}

// counter shows the first two neighbours that differ, or the ends.
func (t Trend) counter() string {
	for i := 1; i < len(t.At); i++ {
		a, err1 := t.Value(t.At[i-1])
		b, err2 := t.Value(t.At[i])
		if err1 == nil && err2 == nil && math.Abs(b-a) > 1e-3*math.Abs(a) {
			return fmt.Sprintf("compare the %s at %s %s with that at %s", t.What, t.Along, units.Number(t.At[i-1]), units.Number(t.At[i]))
		}
	}
	return fmt.Sprintf("compare the %s at both ends of the sweep", t.What)
}

// field returns a pointer to an exported field of the struct that s points to.
func field(s any, name string) any {
	v := reflect.ValueOf(s).Elem()
	if v.Kind() != reflect.Struct {
		return nil
	}
	f := v.FieldByName(name)
	if !f.IsValid() || !f.CanAddr() || !f.Addr().CanInterface() {
		return nil
	}
	return f.Addr().Interface()
}
