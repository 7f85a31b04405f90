package check

import "github.com/mlsysim/golab/mlsysim/describe"

// Kind is the kind of invariant that a question is judged by.
type Kind uint8

// The eleven kinds, each with the check of this package that judges it.
const (
	ID   Kind = iota // identity: the solver's own value (Equal)
	WIT              // witness: it holds here and not at the next value (Boundary)
	OPT              // optimality: within a tolerance of the best of a list (Best)
	FEAS             // feasible design: every limit holds when solved again (Design)
	BIND             // attribution: more of the named resource helps (Binding)
	MONO             // direction: a metric rises, falls or stays (Trend)
	EXP              // scaling: an exponent (Slope)
	SUM              // conservation: parts add up (Sum, Split)
	CF               // counterfactual: two solves that differ in one knob (Change)
	UNIT             // dimension: the right number of the right unit (Unit, Equal)
	LAW              // closed form: a law at parameters that the student picks (Law)
)

var kindNames = [...]string{"ID", "WIT", "OPT", "FEAS", "BIND", "MONO", "EXP", "SUM", "CF", "UNIT", "LAW"}

// Kinds lists the kinds in order.
func Kinds() []Kind { return []Kind{ID, WIT, OPT, FEAS, BIND, MONO, EXP, SUM, CF, UNIT, LAW} }

// String returns the short name.
func (k Kind) String() string { return kindNames[min(int(k), len(kindNames)-1)] }

// Names lists the short names in order of their values.
func (Kind) Names() []string { return kindNames[:] }

// MarshalText writes the short name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a short name in any case.
func (k *Kind) UnmarshalText(text []byte) error {
	v, err := describe.ParseEnum("kind", string(text), k.Names())
	if err == nil {
		*k = Kind(v)
	}
	return err
}
