package describe

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/nearest"
)

// setter is implemented by every type of package units.
type setter interface{ Set(string) error }

// Names finds the registry entries that a caller knows beside those that a type
// knows itself, such as those of a user's file. It stores the entry called text
// into what into points to; false is a type that it has no names for.
type Names func(into any, text string) (bool, error)

// setText stores text into v: a unit value, a name of an enum or a registry
// entry, or a plain number, bool or string.
func setText(v reflect.Value, text string, names Names) error {
	if names != nil {
		if ok, err := names(v.Addr().Interface(), text); ok || err != nil {
			return err
		}
	}
	switch x := v.Addr().Interface().(type) {
	case setter:
		return x.Set(text)
	case encoding.TextUnmarshaler:
		return x.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%q: want a number", text)
		}
		v.SetFloat(f)
	case reflect.Int:
		n, err := strconv.Atoi(strings.ReplaceAll(text, "_", ""))
		if err != nil {
			return fmt.Errorf("%q: want a whole number", text)
		}
		v.SetInt(int64(n))
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q: want true or false", text)
		}
		v.SetBool(b)
	case reflect.String:
		v.SetString(text)
	case reflect.Slice:
		return setList(v, text, names)
	default:
		return errors.New("cannot be given as text")
	}
	return nil
}

// ParseEnum finds text among the names of an enum, whatever its case and
// punctuation, and returns its value.
func ParseEnum(kind, text string, names []string) (uint8, error) {
	for i, n := range names {
		if nearest.Fold(n) == nearest.Fold(text) && text != "" {
			return uint8(i), nil
		}
	}
	hint := "want one of " + strings.Join(names, ", ")
	if near := nearest.Names(text, names, 1); len(near) > 0 {
		hint += "; did you mean " + near[0] + "?"
	}
	return 0, fmt.Errorf("unknown %s %q: %s", kind, text, hint)
}

// Count prints how many there are of a thing: 1 replica, 2 replicas.
func Count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}

// ReadEnum stores the value that text names; an enum's UnmarshalText is this line.
func ReadEnum[E interface {
	~uint8
	Names() []string
}](into *E, kind string, text []byte) error {
	v, err := ParseEnum(kind, string(text), (*into).Names())
	if err == nil {
		*into = E(v)
	}
	return err
}

// Near returns up to n of the known names that a mistyped one probably meant,
// the most similar first.
func Near(text string, known []string, n int) []string { return nearest.Names(text, known, n) }

func listed(t reflect.Type) string {
	return strings.Join(reflect.Zero(t).Interface().(Enum).Names(), ", ")
}
