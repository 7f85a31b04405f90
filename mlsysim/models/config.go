package models

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/nearest"
	"github.com/mlsysim/golab/mlsysim/units"
)

// The most that a configuration may have: of bytes, of a count and of parameters.
const (
	mostConfigBytes = 2 << 20
	mostCount       = 1_000_000_000

	mostParams units.Params = 1e15
)

const configName = "models.FromConfig"

// FromConfig makes a model from the config.json that Hugging Face publishes beside
// the weights; parameters are counted from the shape. It reads what it needs and
// nothing else: an unknown model_type, a missing key or an odd value is an error
// that names the key and what is wanted. It leaves out the year, and the parts of
// a network that sees or hears beside the text.
//
//	m, err := models.FromConfig([]byte(`{"model_type": "llama", "hidden_size": 4096, ...}`))
func FromConfig(data []byte) (Model, error) {
	if len(data) > mostConfigBytes {
		return Model{}, describe.Refuse(configName, "config.json", fmt.Sprintf("%d B", len(data)), "at most 2 MiB")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return Model{}, describe.Refuse(configName, "config.json", mistake(err), "one JSON object")
	}
	c := &config{fields: fields}
	read, err := c.reader("")
	if err != nil {
		return Model{}, err
	}
	m := read(c)
	c.divisible(&m)
	if c.err != nil {
		return Model{}, c.err
	}
	m.Name = c.name()
	return m.complete()
}

// ReadConfig is FromConfig for a file or a download.
func ReadConfig(r io.Reader) (Model, error) {
	data, err := io.ReadAll(io.LimitReader(r, mostConfigBytes+1))
	if err != nil {
		return Model{}, fmt.Errorf("reading config.json: %w", err)
	}
	return FromConfig(data)
}

// mistake is what is wrong with the text of a configuration.
func mistake(err error) string {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("%v at byte %d", syntax, syntax.Offset)
	case err != nil:
		return "something else"
	default:
		return "null"
	}
}

// complete counts the parameters and checks the result like any other model.
func (m Model) complete() (Model, error) {
	params, active, _ := m.CountParams()
	if params > mostParams {
		return Model{}, describe.Refuse(configName, "parameters", params, "at most 1e15: a width or a count is too large")
	}
	m.Params = params
	if active < params {
		m.Active = active
	}
	var field *describe.FieldError
	if err := describe.Check(&m); errors.As(err, &field) {
		return Model{}, describe.Refuse(configName, field.Field, field.Value, field.Want)
	}
	if name, value, want := m.Inconsistent(); name != "" {
		return Model{}, describe.Refuse(configName, name, value, want)
	}
	return m, nil
}

// A config is a configuration that is being read; the first mistake sticks.
type config struct {
	fields map[string]json.RawMessage
	kind   string
	err    error
}

// reader finds how to read the configuration's model_type, or assumed where it
// has none. A network that also sees or hears has that of its text inside.
func (c *config) reader(assumed string) (func(*config) Model, error) {
	c.kind = c.word("model_type", assumed)
	switch {
	case c.err != nil:
		return nil, c.err
	case c.kind == "":
		return nil, describe.Refuse(configName, "model_type", "absent", wantedKinds(""))
	}
	if inner, ok := composed(c.kind); ok {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(c.fields["text_config"], &fields); err != nil || fields == nil {
			return nil, describe.Refuse(configName, "text_config", "absent", "the text part of "+c.kind)
		}
		c.fields = fields
		return c.reader(inner)
	}
	for _, r := range readers {
		if r.kind == c.kind {
			return r.read, nil
		}
	}
	return nil, describe.Refuse(configName, "model_type", shorten(c.kind), wantedKinds(c.kind))
}

// wantedKinds lists the model types that are known, and those like a given one.
func wantedKinds(given string) string {
	want := "one of " + strings.Join(kinds(), ", ")
	if near := nearest.Hint(given, kinds()); near != "" {
		want += "; " + near
	}
	return want
}

// kinds lists the model types that are known.
func kinds() []string {
	var out []string
	for _, r := range readers {
		out = append(out, r.kind)
	}
	slices.Sort(out)
	return out
}

// refuse keeps the first mistake.
func (c *config) refuse(key string, value any, want string) {
	if c.err == nil {
		c.err = describe.Refuse(configName, key, value, want)
	}
}

// find returns the value of the first of some keys that is there and not null.
func (c *config) find(keys ...string) (key string, raw json.RawMessage) {
	for _, key := range keys {
		if raw := bytes.TrimSpace(c.fields[key]); len(raw) > 0 && !bytes.Equal(raw, []byte("null")) {
			return key, raw
		}
	}
	return keys[0], nil
}

// count reads a whole number of at least 1 that has to be there.
func (c *config) count(keys ...string) int {
	key, raw := c.find(keys...)
	if raw == nil {
		c.refuse(key, "absent", "a whole number from 1 to 1e9 for a network of type "+c.kind+c.hint(key))
		return 0
	}
	n := c.whole(key, raw)
	if n == 0 {
		c.refuse(key, 0, "a whole number from 1 to 1e9")
	}
	return n
}

// countOr reads a whole number, or returns what the network has without it.
func (c *config) countOr(missing int, keys ...string) int {
	key, raw := c.find(keys...)
	if raw == nil {
		return missing
	}
	return c.whole(key, raw)
}

func (c *config) whole(key string, raw json.RawMessage) int {
	n, err := strconv.Atoi(string(raw))
	if err != nil || n < 0 || n > mostCount {
		c.refuse(key, shorten(string(raw)), "a whole number from 1 to 1e9")
		return 0
	}
	return n
}

// hint suggests a key that is there under a name like the missing one.
func (c *config) hint(key string) string {
	var there []string
	for k := range c.fields {
		there = append(there, k)
	}
	slices.Sort(there)
	if near := nearest.Hint(key, there); strings.HasPrefix(near, "did you mean") {
		return "; " + near
	}
	return ""
}

// flag reads true or false.
func (c *config) flag(key string, missing bool) bool {
	_, raw := c.find(key)
	switch string(raw) {
	case "":
		return missing
	case "true", "false":
		return string(raw) == "true"
	default:
		c.refuse(key, shorten(string(raw)), "true or false")
		return missing
	}
}

// must is the rule that a flag has the value that the style's count assumes.
func (c *config) must(key string, want bool) {
	if c.flag(key, want) != want {
		c.refuse(key, !want, fmt.Sprintf("%t: no other network of type %s can be counted", want, c.kind))
	}
}

// mustCount is the same for a number.
func (c *config) mustCount(key string, want int) {
	if n := c.countOr(want, key); n != want {
		c.refuse(key, n, fmt.Sprintf("%d: no other network of type %s can be counted", want, c.kind))
	}
}

// word reads a text.
func (c *config) word(key, missing string) string {
	_, raw := c.find(key)
	if raw == nil {
		return missing
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		c.refuse(key, shorten(string(raw)), "a text")
	}
	return text
}

// words reads a list of texts.
func (c *config) words(key string) []string {
	_, raw := c.find(key)
	if raw == nil {
		return nil
	}
	var texts []string
	if json.Unmarshal(raw, &texts) != nil {
		c.refuse(key, shorten(string(raw)), "a list of texts")
	}
	return texts
}

// divisible checks that heads share evenly.
func (c *config) divisible(m *Model) {
	switch {
	case c.err != nil || m.Heads == 0:
	case m.KVHeads > 0 && m.Heads%m.KVHeads != 0:
		c.refuse("num_key_value_heads", m.KVHeads, fmt.Sprintf("a divisor of the %d attention heads", m.Heads))
	case m.Experts > 0 && m.TopK > m.Experts:
		c.refuse("num_experts_per_tok", m.TopK, fmt.Sprintf("at most the %d experts", m.Experts))
	}
}

// name is what the configuration calls the network, else its type.
func (c *config) name() string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, c.word("_name_or_path", ""))
	if name = strings.TrimSpace(name); name == "" {
		return c.kind
	}
	return shorten(name)
}

// shorten keeps a hostile value from filling the screen.
func shorten(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
