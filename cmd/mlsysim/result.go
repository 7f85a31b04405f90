package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// printResult prints a result, with its derivation if asked for, and warns on
// stderr of an efficiency that is rarely reached.
func printResult(cmd *cobra.Command, f cli.Format, result any, explain bool) error {
	v := show.Of(result)
	if f == cli.HTML {
		v.Blocks = append(v.Blocks, rooflines(result)...)
	}
	if explain {
		var err error
		if v, err = derived(v, result); err != nil {
			return err
		}
	}
	if w, ok := field[walls.Warnings](result, "Warnings"); ok && w.Has(walls.EfficiencyOptimistic) {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: warning: %s\n", cmd.CommandPath(), walls.EfficiencyOptimistic)
	}
	return cli.Print(cmd, f, v)
}

// derived adds the derivation of a result to its view: as a block for people and
// under the key derivation for programs.
func derived(v show.View, result any) (show.View, error) {
	explainer, ok := result.(interface{ Explain() walls.Trace })
	if !ok {
		return v, cli.Usage("%T has no derivation", result)
	}
	trace := explainer.Explain()
	for _, b := range show.Of(trace).Blocks {
		if b.Heading == "" {
			b.Heading = "Derivation"
		}
		v.Blocks = append(v.Blocks, b)
	}

	data, err := describe.Encode(v.Data)
	if err != nil {
		return v, err
	}
	steps, err := describe.Encode(trace.Steps)
	if err != nil {
		return v, err
	}
	data = bytes.TrimSuffix(data, []byte("}"))
	v.Data = json.RawMessage(fmt.Sprintf(`%s,"derivation":%s}`, data, steps))
	return v, nil
}

// field reads a field that many results have.
func field[T any](result any, name string) (T, bool) {
	var zero T
	f := reflect.ValueOf(result).FieldByName(name)
	if !f.IsValid() {
		return zero, false
	}
	v, ok := f.Interface().(T)
	return v, ok
}

// rooflines draws the roofline of every pass of a result, for pages, which have
// the room.
func rooflines(result any) []show.Block {
	judged, ok := result.(interface{ Passes() []scenario.Scorecard })
	if !ok {
		return nil
	}
	var blocks []show.Block
	for _, card := range judged.Passes() {
		p := &card.Pass
		point := chart.RooflinePoint{Name: card.Model().Name, Intensity: p.Intensity, Rate: p.Work.Per(p.Latency)}
		if !p.Fits {
			point.Why = "does not fit"
		}
		c := chart.Roofline(card.Device(), p.Precision, []chart.RooflinePoint{point})
		blocks = append(blocks, show.Block{Heading: "Roofline", Chart: &c})
	}
	return blocks
}
