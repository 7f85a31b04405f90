package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// A Failure is an error as programs read it.
type Failure struct {
	Title       string   // what went wrong, in two words
	Reason      string   // field, value, wanted range, suggestion: one line, or one for each mistake
	Code        string   // unknown_name, out_of_range, bad_value, usage, bad_input or internal
	Field       string   // the input field or flag, if one is to blame
	Suggestions []string // names that were probably meant
}

// Error returns the reason.
func (f *Failure) Error() string { return f.Reason }

// JSON returns the failure as one line.
func (f *Failure) JSON() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.Encode(struct { // strings only: it cannot fail
		Status      string   `json:"status"`
		Title       string   `json:"title"`
		Reason      string   `json:"reason"`
		Code        string   `json:"code"`
		Field       string   `json:"field"`
		Suggestions []string `json:"suggestions"`
	}{"error", f.Title, f.Reason, f.Code, f.Field, append([]string{}, f.Suggestions...)})
	return b.Bytes()
}

// Usage is an error about how a command was called.
func Usage(format string, args ...any) error {
	return &Failure{Title: "wrong usage", Code: "usage", Reason: fmt.Sprintf(format, args...)}
}

// Unknown is the error for a name that is not among the known ones.
func Unknown(kind, name string, known []string) error {
	f := &Failure{Title: "unknown " + kind, Code: "unknown_name", Suggestions: describe.Near(name, known, 3)}
	f.Reason = fmt.Sprintf("unknown %s %q: ", kind, name)
	if len(f.Suggestions) > 0 {
		f.Reason += "did you mean " + strings.Join(f.Suggestions, ", ") + "?"
	} else {
		f.Reason += "want one of " + fewOf(known)
	}
	return f
}

// mostNamed is how many names a line of an error lists.
const mostNamed = 40

// fewOf lists names, the first of them if there are many.
func fewOf(known []string) string {
	if len(known) <= mostNamed {
		return strings.Join(known, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(known[:mostNamed/4], ", "), len(known)-mostNamed/4)
}

// Explain turns any error of a command into a failure.
func Explain(err error) *Failure {
	var known *Failure
	var field *describe.FieldError
	var many interface{ Lines() []string }
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &many):
		f := worded(err.Error(), "")
		f.Reason = strings.Join(many.Lines(), "\n")
		return f
	case errors.As(err, &field):
		reason := fmt.Sprintf("%s = %s: want %s", field.Field, field.Value, field.Want)
		return &Failure{Title: "value out of range", Code: "out_of_range", Field: field.Field, Reason: reason}
	}
	return worded(err.Error(), "")
}

// worded reads what a library's message says about itself.
func worded(reason, field string) *Failure {
	reason = strings.Join(strings.Fields(reason), " ")
	f := &Failure{Title: "bad input", Code: "bad_input", Field: field, Reason: reason, Suggestions: suggested(reason)}
	if strings.Contains(reason, "unknown ") {
		f.Title, f.Code = "unknown name", "unknown_name"
	}
	return f
}

// suggested takes the names out of "did you mean A, B?".
func suggested(reason string) []string {
	_, rest, found := strings.Cut(reason, "did you mean ")
	if !found {
		return nil
	}
	list, _, _ := strings.Cut(rest, "?")
	return strings.Split(list, ", ")
}

// flagFailure words what the flag parser refused.
func flagFailure(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	var value *pflag.InvalidValueError
	var empty *pflag.ValueRequiredError
	switch {
	case errors.As(err, &missing):
		return unknownFlag(cmd, missing)
	case errors.As(err, &value):
		return BadValue(value.GetFlag(), value.GetValue(), value.Unwrap())
	case errors.As(err, &empty):
		f := empty.GetFlag()
		return &Failure{Title: "wrong usage", Code: "usage", Field: f.Name, Reason: fmt.Sprintf("--%s: missing its value", f.Name)}
	}
	return Usage("%s", err)
}

func unknownFlag(cmd *cobra.Command, missing *pflag.NotExistError) error {
	name := missing.GetSpecifiedName()
	var known []string
	see := func(f *pflag.Flag) {
		if !f.Hidden {
			known = append(known, f.Name)
		}
	}
	cmd.LocalFlags().VisitAll(see)
	cmd.InheritedFlags().VisitAll(see)

	f := &Failure{Title: "unknown flag", Code: "usage", Field: name}
	if missing.GetSpecifiedShortnames() != "" {
		f.Reason = fmt.Sprintf("unknown flag -%s: see %s --help", name, cmd.CommandPath())
		return f
	}
	for _, near := range describe.Near(name, known, 3) {
		f.Suggestions = append(f.Suggestions, "--"+near)
	}
	f.Reason = fmt.Sprintf("unknown flag --%s: see %s --help", name, cmd.CommandPath())
	if len(f.Suggestions) > 0 {
		f.Reason = fmt.Sprintf("unknown flag --%s: did you mean %s?", name, strings.Join(f.Suggestions, ", "))
	}
	return f
}

// BadValue is the error for the value of a flag.
func BadValue(flag *pflag.Flag, text string, cause error) error {
	name := flag.Name
	var known *Failure
	if errors.As(cause, &known) {
		return Blame(name, known)
	}
	var field *describe.FieldError
	if errors.As(cause, &field) {
		reason := fmt.Sprintf("--%s = %s: want %s", name, field.Value, field.Want)
		return &Failure{Title: "value out of range", Code: "out_of_range", Field: name, Reason: reason}
	}
	said := cause.Error()
	if flag.Value.Type() == "int" && strings.HasPrefix(said, "strconv") {
		said = fmt.Sprintf("%q: want a whole number", text)
	}
	f := worded("--"+name+": "+said, name)
	if f.Code == "bad_input" {
		f.Title, f.Code = "bad value", "bad_value"
	}
	return f
}

// Blame says which input field an error is about.
func Blame(field string, err error) error {
	f := *Explain(err)
	f.Field = field
	return &f
}

// Keyed names the field of a range error by the JSON key that the input type
// gives it.
func Keyed(err error, input reflect.Type) error {
	var field *describe.FieldError
	if !errors.As(err, &field) {
		return err
	}
	for _, f := range describe.Fields(input) {
		if f.Name == field.Field {
			return Explain(&describe.FieldError{Field: f.Key, Value: field.Value, Want: field.Want})
		}
	}
	return err
}
