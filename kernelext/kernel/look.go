package kernel

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/mlsysim/golab/kernelext/script"
)

// place is what a front end wants to know about a place in a cell.
type place struct {
	Code   string `json:"code"`
	Cursor int    `json:"cursor_pos"` // in characters
}

// offset is the cursor in bytes.
func (p place) offset() int {
	n := 0
	for i := range p.Code {
		if n == p.Cursor {
			return i
		}
		n++
	}
	return len(p.Code)
}

// characters counts those before a byte offset.
func (p place) characters(offset int) int {
	return utf8.RuneCountInString(p.Code[:min(max(offset, 0), len(p.Code))])
}

// source is the cell as the interpreter reads it; nothing has moved.
func (p place) source() string {
	src, _ := commands(p.Code)
	return strings.ReplaceAll(src, "\r", " ")
}

// span is a list of completions for a part of a cell, in bytes.
type span struct {
	Start int                 `json:"start"`
	End   int                 `json:"end"`
	Items []script.Completion `json:"items"`
}

// mostMatches are sent; a longer list helps nobody.
const mostMatches = 500

// complete answers what the word at the cursor may become.
func (k *kernel) complete(req request) object {
	var at place
	if err := json.Unmarshal(req.content, &at); err != nil {
		f := failure{Name: "BadRequest", Value: err.Error()}
		return withDefaults(f.reply(), at.Cursor)
	}
	var found span
	e, err := k.interp.do(order{Op: opComplete, Source: at.source(), Cursor: at.offset()})
	if err != nil || json.Unmarshal(e.Data, &found) != nil {
		return withDefaults(object{"status": "ok"}, at.Cursor)
	}
	start, end := at.characters(found.Start), at.characters(found.End)
	matches, rich := []string{}, []object{}
	for _, c := range found.Items {
		matches = append(matches, c.Text)
		rich = append(rich, object{"start": start, "end": end, "text": c.Text, "type": label(c), "signature": c.Type, "doc": c.Doc})
	}
	return object{
		"status": "ok", "matches": matches, "cursor_start": start, "cursor_end": end,
		"metadata": object{"_jupyter_types_experimental": rich},
	}
}

func withDefaults(o object, cursor int) object {
	o["matches"], o["metadata"], o["cursor_start"], o["cursor_end"] = []string{}, object{}, cursor, cursor
	return o
}

// longestLabel keeps the list of completions narrow.
const longestLabel = 24

// label is what a front end writes behind a completion: the type of a value, and
// of other names what they are, in the words of IPython.
func label(c script.Completion) string {
	switch c.Kind {
	case "var", "const", "field":
		if c.Type != "" && len(c.Type) <= longestLabel {
			return c.Type
		}
		return "value"
	case "text":
		return "value"
	case "func":
		return "function"
	case "type":
		return "class"
	case "package":
		return "module"
	}
	return c.Kind // method, keyword
}

// inspect answers what is known about the name at the cursor.
func (k *kernel) inspect(req request) object {
	var at place
	if err := json.Unmarshal(req.content, &at); err != nil {
		f := failure{Name: "BadRequest", Value: err.Error()}
		return f.reply()
	}
	bundle := k.about(at.source(), at.offset())
	if bundle == nil {
		return object{"status": "ok", "found": false, "data": object{}, "metadata": object{}}
	}
	return object{"status": "ok", "found": true, "data": bundle, "metadata": object{}}
}

// about is the page of the name at a byte offset, or nil.
func (k *kernel) about(src string, offset int) map[string]json.RawMessage {
	e, err := k.interp.do(order{Op: opInspect, Source: src, Cursor: offset})
	if err != nil || len(e.Bundle) == 0 {
		return nil
	}
	return e.Bundle
}

// page is the payload by which a front end opens help about a name, or nil.
func (k *kernel) page(name string) any {
	bundle := k.about(name, len(name))
	if bundle == nil {
		return nil
	}
	return object{"source": "page", "data": bundle, "start": 0}
}

// variables lists the session's variables with their types.
func (k *kernel) variables() string {
	e, err := k.interp.do(order{Op: opList})
	if err != nil {
		return ""
	}
	return e.Text
}
