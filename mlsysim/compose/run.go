package compose

import (
	"fmt"
	"reflect"

	"github.com/mlsysim/golab/mlsysim/search"
)

// pair returns an input that starts as the pipeline was given, and a result.
func (f *flow) pair() (in, out reflect.Value) {
	in, out = reflect.New(f.start.Type()).Elem(), reflect.New(f.result).Elem()
	in.Set(f.start)
	return in, out
}

// program joins the stages for a search: their fields by the names of the
// stages, those that are bound left alone.
func (f *flow) program() search.Program {
	return search.Compose(f.name, f.start.Interface(), f.result, f.bound(), func(in, out any) func() error {
		runs := f.runs(reflect.ValueOf(in).Elem(), reflect.ValueOf(out).Elem())
		return func() error {
			for _, run := range runs {
				if err := run(); err != nil {
					return err
				}
			}
			return nil
		}
	})
}

// runs returns what runs each stage, the pipes into it first.
func (f *flow) runs(in, out reflect.Value) []func() error {
	var runs []func() error
	for i, s := range f.stages {
		var pipes []func() error
		for _, p := range f.pipes {
			if p.to.stage == i {
				pipes = append(pipes, p.on(in, out))
			}
		}
		solve := s.program.Bind(in.Field(i).Addr().Interface(), out.Field(i).Addr().Interface())
		runs = append(runs, func() error {
			for _, pour := range pipes {
				if err := pour(); err != nil {
					return err
				}
			}
			if err := solve(); err != nil {
				return fmt.Errorf("stage %s: %w", s.name, err)
			}
			return nil
		})
	}
	return runs
}

// on returns what carries the number from a result to an input; a result that is
// not known is an error.
func (p pipe) on(in, out reflect.Value) func() error {
	from := out.Field(p.from.stage).FieldByIndex(p.from.index)
	to := in.Field(p.to.stage).FieldByIndex(p.to.index)
	known := reflect.ValueOf(true)
	if len(p.from.known) > 0 {
		known = out.Field(p.from.stage).FieldByIndex(p.from.known)
	}
	return func() error {
		switch {
		case !known.Bool():
			return fmt.Errorf("%s, which is bound to %s, is unknown", p.from.path, p.to.path)
		case to.Kind() == reflect.Float64:
			to.SetFloat(number(from) * p.times)
		default:
			to.Set(from)
		}
		return nil
	}
}
