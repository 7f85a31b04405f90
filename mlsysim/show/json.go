package show

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// JSON prints the data of a view as one indented document and a line end; a view
// without data prints its blocks. A number that is not finite is an error.
func JSON(v View) ([]byte, error) {
	data := v.Data
	if data == nil {
		data = plainView(v)
	}
	encode := json.Marshal
	if k := kindOf(data); k == reflect.Struct || k == reflect.Slice {
		encode = describe.Encode
	}
	text, err := encode(data)
	if err != nil {
		return nil, fmt.Errorf("encoding %T: %w", data, err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return nil, fmt.Errorf("encoding %T: %w", data, err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func kindOf(v any) reflect.Kind {
	t := reflect.TypeOf(v)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind()
}

// jsonView is a view as its rows say it: values are the printed texts.
type jsonView struct {
	Title    string
	Subtitle string
	Status   Status
	Blocks   []jsonBlock
}

type jsonBlock struct {
	Heading string
	Status  Status
	Rows    []Row
	Bars    []Bar
	Table   []jsonLine
	Steps   []Step
	Charts  []Chart
	Notes   []string
}

type jsonLine struct {
	Muted bool
	Cells []jsonCell
}

type jsonCell struct{ Column, Unit, Value string }

func plainView(v View) jsonView {
	out := jsonView{Title: v.Title, Subtitle: v.Subtitle, Status: v.Status, Blocks: []jsonBlock{}}
	for _, b := range v.Blocks {
		plain := jsonBlock{Heading: b.Heading, Status: b.Status, Rows: b.Rows, Bars: b.Bars, Steps: b.Steps, Notes: b.Notes}
		if b.Table != nil {
			plain.Table = lines(b.Table)
		}
		if b.Chart != nil {
			plain.Charts = []Chart{*b.Chart}
		}
		out.Blocks = append(out.Blocks, plain)
	}
	return out
}

func lines(t *Table) []jsonLine {
	var out []jsonLine
	for r, cells := range t.Cells {
		line := jsonLine{Muted: r < len(t.Muted) && t.Muted[r]}
		for c, head := range t.Columns {
			line.Cells = append(line.Cells, jsonCell{Column: head.Name, Unit: head.Unit, Value: at(cells, c)})
		}
		out = append(out, line)
	}
	return out
}
