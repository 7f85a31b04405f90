package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Block is one cell of a lab: code, or text in Markdown. Its source has no line
// end of its own.
type Block struct {
	Text   bool
	Source string
}

// The lines that divide a script into blocks. A script without them is one
// block of code.
const (
	codeLine = "// %%"
	textLine = "// %% [markdown]"
)

// gonbLine is where GoNB starts its main function; elsewhere it is a comment.
const gonbLine = "//gonb:%%"

// ReadScript takes a script apart.
func ReadScript(src string) []Block {
	var out []Block
	cur := Block{}
	begun := false
	flush := func() {
		cur.Source = strings.Trim(cur.Source, "\n")
		if begun || cur.Source != "" {
			if cur.Text {
				cur.Source = uncommented(cur.Source)
			}
			out = append(out, cur)
		}
	}
	for line := range strings.SplitAfterSeq(strings.ReplaceAll(src, "\r\n", "\n"), "\n") {
		switch strings.TrimRight(line, " \n") {
		case codeLine, textLine:
			flush()
			cur, begun = Block{Text: strings.Contains(line, "[markdown]")}, true
		default:
			cur.Source += line
		}
	}
	flush()
	return out
}

// WriteScript puts blocks together as one script.
func WriteScript(blocks []Block) string {
	if len(blocks) == 1 && !blocks[0].Text {
		return blocks[0].Source + "\n"
	}
	var b strings.Builder
	for i, bl := range blocks {
		if i > 0 {
			b.WriteByte('\n')
		}
		if bl.Text {
			b.WriteString(textLine + "\n" + commented(bl.Source) + "\n")
		} else {
			b.WriteString(codeLine + "\n" + bl.Source + "\n")
		}
	}
	return b.String()
}

func commented(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight("// "+l, " ")
	}
	return strings.Join(lines, "\n")
}

func uncommented(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(strings.TrimPrefix(l, "//"), " ")
	}
	return strings.Join(lines, "\n")
}

// notebookCell is a cell as Jupyter stores it.
type notebookCell struct {
	ID       string          `json:"id,omitempty"`
	Type     string          `json:"cell_type"`
	Metadata json.RawMessage `json:"metadata"`
	Source   json.RawMessage `json:"source"`
	Count    *int            `json:"execution_count,omitempty"`
	Outputs  []any           `json:"outputs,omitempty"`
}

// ReadNotebook takes the cells out of a Jupyter notebook, without the lines that
// only GoNB needs.
func ReadNotebook(data []byte) ([]Block, error) {
	var nb struct {
		Cells []notebookCell `json:"cells"`
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		return nil, fmt.Errorf("reading the notebook: %w", err)
	}
	var out []Block
	for i, c := range nb.Cells {
		src, err := cellSource(c.Source)
		if err != nil {
			return nil, fmt.Errorf("reading cell %d: %w", i+1, err)
		}
		switch c.Type {
		case "code":
			out = append(out, Block{Source: fromGoNB(src)})
		case "markdown":
			out = append(out, Block{Text: true, Source: src})
		}
	}
	if len(out) == 0 {
		return nil, errors.New("reading the notebook: no cells")
	}
	return out, nil
}

// cellSource reads text, or a list of lines.
func cellSource(raw json.RawMessage) (string, error) {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return one, nil
	}
	var lines []string
	err := json.Unmarshal(raw, &lines)
	return strings.Join(lines, ""), err
}

// fromGoNB drops the prelude's import and the mark before the statements.
func fromGoNB(src string) string {
	var out []string
	for line := range strings.SplitSeq(strings.ReplaceAll(src, "\r\n", "\n"), "\n") {
		switch bare := strings.TrimRight(line, " "); {
		case bare == gonbLine || bare == "%%" || bare == preludeImport:
		default:
			out = append(out, line)
		}
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}

const preludeImport = `import . "` + preludePath + `"`

// WriteNotebook makes a notebook for our kernel and for GoNB, which compiles
// every cell as a program: declarations come first, values that stand alone are
// shown by Show, and variables that later cells use become declarations.
func WriteNotebook(blocks []Block) ([]byte, error) {
	lab, err := readLab(blocks)
	if err != nil {
		return nil, err
	}
	type object = map[string]any
	var list []object
	first := true
	for i, bl := range blocks {
		src := bl.Source
		o := object{"id": fmt.Sprintf("cell-%d", i+1), "cell_type": "markdown", "metadata": object{}}
		if !bl.Text {
			src = lab.parts[i].gonb()
			if first {
				src, first = preludeImport+"\n\n"+src, false
			}
			o["cell_type"], o["execution_count"], o["outputs"] = "code", nil, []any{}
		}
		o["source"] = strings.SplitAfter(src, "\n")
		list = append(list, o)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err = e.Encode(object{
		"nbformat": 4, "nbformat_minor": 5, "cells": list,
		"metadata": object{
			"kernelspec":    object{"name": "mlsysim", "display_name": "MLSysim (Go)", "language": "go"},
			"language_info": object{"name": "go", "file_extension": ".go", "mimetype": "text/x-go"},
		},
	})
	return b.Bytes(), err
}

// gonb is the source of a cell for GoNB.
func (p *codeBlock) gonb() string {
	var decls, stmts strings.Builder
	for _, s := range p.segments {
		switch {
		case s.kind == importChunk && strings.Contains(s.code, preludePath):
		case s.declares || s.later:
			decls.WriteString(s.lead + s.declared() + s.tail)
		default:
			stmts.WriteString(s.lead + s.statement() + s.tail)
		}
	}
	d, s := strings.Trim(decls.String(), "\n"), strings.Trim(stmts.String()+p.rest, "\n")
	return strings.Join(slices.DeleteFunc([]string{d, mark(s)}, func(s string) bool { return s == "" }), "\n\n")
}

// mark puts GoNB's line before statements; comments alone need none.
func mark(stmts string) string {
	if stmts == "" {
		return ""
	}
	return gonbLine + "\n" + stmts
}
