package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
)

func solveCommand(out *cli.Format) *cobra.Command {
	var list bool
	cmd := cli.Group(&cobra.Command{
		Use:   "solve NAME",
		Short: "Run any solver of the catalog, from flags or JSON",
		Long: `solve runs one solver. Its input comes from flags, or as one JSON object from a
file (--input FILE) or from stdin (--input -, or no input flag at all and
something piped in). Flags beside --input win over what the file says.

Exit codes: 0 solved, 2 solved but the design does not fit, 3 it fits but a
target is out of reach.`,
		Example: `  mlsysim solve --list
  mlsysim solve serving --model Llama3_8B --hardware H100 --prompt 2048 --output 256 --batch 32
  echo '{"model": "ResNet50", "hardware": "A100", "batch": 1}' | mlsysim solve single-node -o json
  mlsysim solve serving --schema`,
	}, "solver")
	help := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if list {
			return cli.Print(cmd, *out, listing())
		}
		return help(cmd, args)
	}
	cmd.Flags().BoolVar(&list, "list", false, "list the solvers with walls and fields")
	keep(cmd)
	for _, s := range catalog.All() {
		cmd.AddCommand(solverCommand(out, s))
	}
	return cmd
}

// A request is one call of a solver.
type request struct {
	solver                   catalog.Solver
	in                       any // what the flags said
	input                    string
	explain, schema, example bool
}

func solverCommand(out *cli.Format, s catalog.Solver) *cobra.Command {
	r := &request{solver: s, in: s.New()}
	flat := strings.ReplaceAll(s.Name, "-", "")
	cmd := &cobra.Command{
		Use: s.Name, Short: s.Summary, Args: cli.Args(), ValidArgsFunction: cobra.NoFileCompletions,
		Aliases: []string{flat, strings.ReplaceAll(s.Name, "-", "_"), reflect.TypeOf(s.Example).Name()},
		Example: fmt.Sprintf("  mlsysim solve %[1]s --example | mlsysim solve %[1]s --explain", s.Name),
		RunE:    func(cmd *cobra.Command, _ []string) error { return r.run(cmd, *out) },
	}
	bind(cmd, r.in)
	cmd.Flags().StringVar(&r.input, "input", "", "read the input as JSON from a `file`, - is stdin")
	cmd.Flags().BoolVar(&r.explain, "explain", false, "derive every number step by step")
	cmd.Flags().BoolVar(&r.schema, "schema", false, "print the JSON Schema of input and result")
	cmd.Flags().BoolVar(&r.example, "example", false, "print an input that works, as JSON")
	return cmd
}

func (r *request) run(cmd *cobra.Command, f cli.Format) error {
	switch {
	case r.schema:
		return cli.Print(cmd, cli.JSON, show.View{Data: schemas(r.solver)})
	case r.example:
		return cli.Print(cmd, cli.JSON, show.View{Data: example(r.solver)})
	}
	if err := r.read(cmd); err != nil {
		return cli.Keyed(err, reflect.TypeOf(r.solver.Example))
	}
	if err := r.complete(); err != nil {
		return err
	}
	result, err := r.solver.Solve(r.in)
	if err != nil {
		return r.refused(err)
	}
	if err := printResult(cmd, f, result, r.explain); err != nil {
		return err
	}
	if fits, ok := field[bool](result, "Fits"); ok && !fits {
		return cli.End(cli.Infeasible)
	}
	if reached, ok := field[bool](result, "Reached"); ok && !reached {
		return cli.End(cli.Broken)
	}
	return nil
}

// read joins the JSON, where there is one, with the flags.
func (r *request) read(cmd *cobra.Command) error {
	given := false
	for _, f := range r.solver.Inputs() {
		given = given || cmd.Flags().Changed(f.Flag)
	}
	if r.input == "" && given {
		return nil
	}
	text, err := r.document(cmd)
	if err != nil {
		return err
	}

	in := r.solver.New()
	if err := describe.DecodeNamed(text, in, own(cmd).Name); err != nil {
		return err
	}
	from, to := reflect.ValueOf(r.in).Elem(), reflect.ValueOf(in).Elem()
	for _, f := range r.solver.Inputs() {
		if cmd.Flags().Changed(f.Flag) {
			to.FieldByIndex(f.Index).Set(from.FieldByIndex(f.Index))
		}
	}
	r.in = in
	return nil
}

// complete reports the first field that is declared as required and is not given.
// A zero that was given never comes this far.
func (r *request) complete() error {
	in := reflect.ValueOf(r.in).Elem()
	for _, f := range r.solver.Inputs() {
		if !in.FieldByIndex(f.Index).IsZero() || !f.Required() {
			continue
		}
		return missing(f, wanted(f))
	}
	return nil
}

// wanted is what a field asks for that was left out.
func wanted(f describe.Field) string {
	if f.Type.Kind() == reflect.Struct {
		return "a name of the registry"
	}
	return f.Want()
}

func missing(f describe.Field, want string) error {
	return cli.Blame(f.Key, cli.Usage("missing %s: want %s", f.Key, want))
}

// refused words what the solver refuses: what it asks for and was left out is
// missing.
func (r *request) refused(err error) error {
	var field *describe.FieldError
	if f, ok := leftOut(r.solver, r.in, err); ok && errors.As(err, &field) {
		return missing(f, field.Want)
	}
	return cli.Keyed(err, reflect.TypeOf(r.solver.Example))
}

// mostInput is more than any input needs.
const mostInput = 1 << 20

// document reads the input as text.
func (r *request) document(cmd *cobra.Command) ([]byte, error) {
	from := cmd.InOrStdin()
	switch file, isFile := from.(*os.File); {
	case r.input != "" && r.input != "-":
		opened, err := os.Open(r.input)
		if err != nil {
			return nil, cli.Blame("input", err)
		}
		defer opened.Close()
		from = opened
	case r.input == "" && isFile && !piped(file):
		return nil, r.nothing(cmd)
	}

	text, err := io.ReadAll(io.LimitReader(from, mostInput+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the input: %w", err)
	case len(text) > mostInput:
		return nil, cli.Usage("input is longer than 1 MiB: want one JSON object")
	case r.input == "" && strings.TrimSpace(string(text)) == "":
		return nil, r.nothing(cmd)
	}
	return text, nil
}

func (r *request) nothing(cmd *cobra.Command) error {
	return cli.Usage("no input: want flags or JSON on stdin, see %s --help", cmd.CommandPath())
}

// piped reports whether a file is neither a terminal nor a device.
func piped(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice == 0
}

// example is the solver's example without the fields it leaves to defaults.
func example(s catalog.Solver) object { return given(reflect.ValueOf(s.Example)) }

// given is a struct without its zero fields, quantities with their units; lists
// of structs become lists of such objects.
func given(v reflect.Value) object {
	var o object
	for _, f := range describe.Fields(v.Type()) {
		value := v.FieldByIndex(f.Index)
		switch {
		case value.IsZero():
			continue
		case value.Kind() == reflect.Slice && value.Type().Elem().Kind() == reflect.Struct:
			entries := make([]object, value.Len())
			for i := range entries {
				entries[i] = given(value.Index(i))
			}
			o = append(o, pair{f.Key, entries})
		default:
			o = append(o, pair{f.Key, spelt(value)})
		}
	}
	return o
}

// spelt is a quantity as text with its unit: as people read it where that is the
// same quantity, else exactly. Any other value stays as it is.
func spelt(v reflect.Value) any {
	exact, ok := v.Interface().(interface{ MarshalYAML() (any, error) })
	if !ok || v.Kind() != reflect.Float64 {
		return v.Interface()
	}
	text := describe.Text(v.Interface())
	back := reflect.New(v.Type())
	if read, ok := back.Interface().(interface{ Set(string) error }); ok && read.Set(text) == nil {
		if math.Abs(back.Elem().Float()-v.Float()) <= 1e-12*math.Abs(v.Float()) {
			return text
		}
	}
	if text, err := exact.MarshalYAML(); err == nil {
		return text
	}
	return v.Interface()
}

// schemas describes input and result of a solver to other programs.
func schemas(s catalog.Solver) any {
	result := reflect.ValueOf(s.Example).MethodByName("Solve").Type().Out(0)
	return map[string]any{
		"name":   s.Name,
		"input":  describe.Schema(reflect.TypeOf(s.Example)),
		"result": describe.Schema(result),
	}
}
