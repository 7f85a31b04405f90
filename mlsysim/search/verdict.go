package search

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// A verdict is what became of one candidate: it fits, or why not. Verdicts from
// limited on are the limits that the search states, in their order.
type verdict uint8

const (
	fitting verdict = iota
	refused
	tooLarge
	unstable
	outOfReach
	missed // the search ended before
	limited
)

// mostLimits leaves room for the other verdicts in a byte.
const mostLimits = 200

// A judge reads the verdict that a result gives about itself.
type judge struct {
	flags []flag
}

// A flag is a bool field of a result, or of one stage of a composed one.
type flag struct {
	value   reflect.Value
	verdict verdict
	stage   string
	result  reflect.Value
}

func (p Program) judge(result reflect.Value) judge {
	var j judge
	for _, s := range stages(p.result) {
		r := result.FieldByIndex(s.index)
		for name, v := range map[string]verdict{"Fits": tooLarge, "Stable": unstable, "Reached": outOfReach} {
			if f := r.FieldByName(name); f.IsValid() && f.Kind() == reflect.Bool {
				j.flags = append(j.flags, flag{f, v, s.label(), r})
			}
		}
	}
	return j
}

// label is what the stage's remarks begin with.
func (s stage) label() string {
	if s.prefix == "" {
		return ""
	}
	return strings.TrimSuffix(s.prefix, ".") + ": "
}

// verdict reports what the last result says; one that says nothing fits. Of
// several things that are wrong the first in the order of the verdicts counts: a
// target is out of reach because the candidate does not fit or is unstable.
func (j *judge) verdict() verdict {
	worst := fitting
	for i := range j.flags {
		f := &j.flags[i]
		if !f.value.Bool() && (worst == fitting || f.verdict < worst) {
			worst = f.verdict
		}
	}
	return worst
}

// why words the verdict of the last result.
func (j *judge) why(v verdict) string {
	for _, f := range j.flags {
		if f.verdict != v || f.value.Bool() {
			continue
		}
		switch v {
		case unstable:
			return f.stage + "unstable: the queue grows without bound"
		case outOfReach:
			return f.stage + "target out of reach"
		}
		if short := f.result.FieldByName("Short"); short.IsValid() {
			return f.stage + "does not fit: short of " + describe.Text(short.Interface())
		}
		return f.stage + "does not fit"
	}
	return ""
}

// reasons are what rejections are counted by.
var reasons = [limited]string{"", "refused", "does not fit", "unstable", "target out of reach", "not reached"}

// reason is a refusal without the value that was refused.
func reason(err error) string {
	var f *describe.FieldError
	if errors.As(err, &f) {
		return f.Input + ": " + f.Field + ": want " + f.Want
	}
	return err.Error()
}

// A limit is a bound on a metric.
type limit struct {
	metric metric
	text   string
	op     string
	bound  float64
}

// ops are the comparisons, longer ones before their prefixes.
var ops = [...]string{"<=", ">=", "==", "<", ">"}

// limit reads "ITL <= 20 ms". The quantity has to be of the metric's dimension.
func (p Program) limit(text string) (limit, error) {
	for _, op := range ops {
		name, quantity, found := strings.Cut(text, op)
		if !found {
			continue
		}
		m, err := p.metric(strings.TrimSpace(name))
		if err != nil {
			return limit{}, fmt.Errorf("limit %q: %w", text, err)
		}
		v, err := m.field.Parse(strings.TrimSpace(quantity))
		if err != nil {
			return limit{}, fmt.Errorf("limit %q: %s: %w", text, m.path, err)
		}
		bound := number(v)
		if bound-bound != 0 {
			return limit{}, fmt.Errorf("limit %q: want a finite number", text)
		}
		return limit{m, m.path + " " + op + " " + describe.Text(v.Interface()), op, bound}, nil
	}
	return limit{}, fmt.Errorf("limit %q: want a metric, one of %s, and a quantity, such as \"ITL <= 20 ms\"", text, strings.Join(ops[:], " "))
}

func (l *limit) holds(x float64) bool {
	switch l.op {
	case "<=":
		return x <= l.bound
	case ">=":
		return x >= l.bound
	case "<":
		return x < l.bound
	case ">":
		return x > l.bound
	default:
		return x == l.bound
	}
}

// An aim is a metric and which way is better.
type aim struct {
	metric metric
	sign   float64 // times the metric is a cost: lower is better
}

// aim reads "TokensPerSecond", whose better direction the result type declares,
// or "minimize Devices" and "maximize: HitRatio".
func (p Program) aim(text string) (aim, error) {
	name, sign := text, 0.0
	for word, s := range map[string]float64{"minimize": 1, "maximize": -1} {
		if rest, found := strings.CutPrefix(text, word); found {
			name, sign = strings.Trim(rest, " :()"), s
		}
	}
	m, err := p.metric(strings.TrimSpace(name))
	if err != nil {
		return aim{}, fmt.Errorf("objective %q: %w", text, err)
	}
	switch {
	case sign != 0:
	case m.field.Better == "lower":
		sign = 1
	case m.field.Better == "higher":
		sign = -1
	default:
		return aim{}, fmt.Errorf("objective %q: %s has no better direction: want \"minimize %s\" or \"maximize %s\"", text, m.path, m.path, m.path)
	}
	return aim{m, sign}, nil
}
