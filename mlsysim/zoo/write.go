package zoo

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
)

// ModelEntry writes a network as a file that AddModels reads back to the same
// values; each number names the document that it is from.
func ModelEntry(key string, m models.Model, from source.Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "documents:\n  %s: {title: %s, date: %s", from.ID, strconv.Quote(from.Title), strconv.Quote(from.Date))
	if from.URL != "" {
		fmt.Fprintf(&b, ", url: %s", strconv.Quote(from.URL))
	}
	fmt.Fprintf(&b, "}\n%s:\n  %s:\n", groupOf(m.Family), key)
	v := reflect.ValueOf(m)
	for _, f := range describe.Fields(v.Type()) {
		field := v.FieldByIndex(f.Index)
		if field.IsZero() && f.Name != "Family" {
			continue
		}
		fmt.Fprintf(&b, "    %s: %s\n", f.Key, written(f, field, from.ID))
	}
	return b.String()
}

// written is a value as the reader wants it: numbers with unit and source, words
// as they are.
func written(f describe.Field, v reflect.Value, document string) string {
	number := ""
	switch v.Kind() {
	case reflect.Int:
		number = strconv.FormatInt(v.Int(), 10)
	case reflect.Float64:
		number = strings.TrimSpace(strconv.FormatFloat(v.Float(), 'g', -1, 64) + " " + f.Unit)
	case reflect.String:
		return strconv.Quote(v.String())
	default:
		return describe.Text(v.Interface())
	}
	return fmt.Sprintf("{value: %s, source: %s, confidence: high}", number, document)
}

// groupOf is the group of the registry that a family is found in.
func groupOf(f models.Family) string {
	switch f {
	case models.SSM:
		return "StateSpace"
	case models.CNN, models.ViT:
		return "Vision"
	case models.TinyML:
		return "Tiny"
	case models.Diffusion:
		return "GenerativeVision"
	case models.Recommendation:
		return "Recommendation"
	default:
		return "Language"
	}
}
