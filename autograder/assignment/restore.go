package assignment

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/mlsysim/golab/autograder/notebook"
)

// A Work is a student's answers within the instructor's notebook.
type Work struct {
	Cells   []Step
	Missing []string // grade_ids of answers that the student's file lacks
	Notes   []string
}

// A Step is one code cell to run, or an answer in words.
type Step struct {
	ID     string // grade_id; empty for the student's own cells
	Kind   Kind
	Source string
	Own    bool // written by the student
	Points float64
}

// handedIn is a student's cell as far as it is read: its code, and which cell of
// the source it says to be. Flags, points and checksums are not read.
type handedIn struct{ kind, id, source string }

// readStudent reads a student's file.
func readStudent(data []byte) ([]handedIn, error) {
	if len(data) > notebook.MaxFile {
		return nil, fmt.Errorf("too large: want at most %d MiB", notebook.MaxFile>>20)
	}
	var nb struct {
		Cells []json.RawMessage `json:"cells"`
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		return nil, errors.New("not a notebook: it may be cut off")
	}
	if len(nb.Cells) == 0 {
		return nil, errors.New("the notebook has no cells")
	}
	if len(nb.Cells) > notebook.MaxCells {
		return nil, fmt.Errorf("%d cells: want at most %d", len(nb.Cells), notebook.MaxCells)
	}
	var out []handedIn
	size := 0
	for _, raw := range nb.Cells {
		h := readHanded(raw)
		if size += len(h.source); size > notebook.MaxSource {
			return nil, fmt.Errorf("too much text: want at most %d KiB in all", notebook.MaxSource>>10)
		}
		out = append(out, h)
	}
	return out, nil
}

// readHanded reads one cell; what is of a wrong type is left out, so that one bad
// cell costs itself.
func readHanded(raw json.RawMessage) handedIn {
	var c map[string]any
	if json.Unmarshal(raw, &c) != nil {
		return handedIn{}
	}
	h := handedIn{source: joined(c["source"])}
	h.kind, _ = c["cell_type"].(string)
	meta, _ := c["metadata"].(map[string]any)
	own, _ := meta["nbgrader"].(map[string]any)
	h.id, _ = own["grade_id"].(string)
	return h
}

// Restore puts a student's answers into the instructor's notebook. An answer is
// found by its grade_id; of several cells with the same one all run, in their
// order, as they did for the student. Cells that the student added run where
// they stand. Everything else is the instructor's: a test cell that was edited,
// copied, deleted or given other points is what it was.
func (n *Notebook) Restore(data []byte) (Work, error) {
	cells, err := readStudent(data)
	if err != nil {
		return Work{}, err
	}
	kinds := map[string]Kind{}
	for _, c := range n.Cells {
		if c.Meta != nil {
			kinds[c.Meta.ID] = c.Meta.Kind()
		}
	}
	answers, extras := map[string][]string{}, map[string][]string{}
	anchor := "" // the last cell of the source before this one
	given := n.given()
	for _, h := range cells {
		kind, known := kinds[h.id]
		switch {
		case known && (kind == Answer || kind == Manual):
			answers[h.id] = append(answers[h.id], h.source)
			anchor = h.id
		case known:
			anchor = h.id
		case h.kind == code && h.source != "" && !given[h.source]:
			extras[anchor] = append(extras[anchor], h.source)
		}
	}
	return n.merge(answers, extras), nil
}

// given is the code that every student has without a grade_id.
func (n *Notebook) given() map[string]bool {
	out := map[string]bool{}
	for _, c := range n.Cells {
		if c.Meta == nil && c.Type == code {
			out[c.Source] = true
		}
	}
	return out
}

// step is a cell as the instructor has it.
func (c Cell) step() Step {
	s := Step{Kind: c.Meta.Kind(), Source: c.Source}
	if c.Meta == nil {
		return s
	}
	s.ID = c.Meta.ID
	if c.Meta.Points != nil {
		s.Points = *c.Meta.Points
	}
	return s
}

// merge puts answers and a student's own cells, by the cell before them, into the
// source.
func (n *Notebook) merge(answers, extras map[string][]string) Work {
	var w Work
	add := func(list []string) {
		for _, source := range list {
			w.Cells = append(w.Cells, Step{Source: source, Own: true})
		}
	}
	add(extras[""])
	for _, c := range n.Cells {
		s := c.step()
		if c.Meta == nil {
			if c.Type == code {
				w.Cells = append(w.Cells, s)
			}
			continue
		}
		own, handed := answers[s.ID]
		switch {
		case s.Kind != Answer && s.Kind != Manual:
			if c.Type == code || s.Points > 0 {
				w.Cells = append(w.Cells, s)
			}
		case !handed:
			w.Missing = append(w.Missing, s.ID)
			s.Source, s.Own = "", true
			w.Cells = append(w.Cells, s)
		default:
			if len(own) > 1 {
				w.Notes = append(w.Notes, fmt.Sprintf("there are %d cells %s: all of them run", len(own), s.ID))
			}
			add(own[:len(own)-1])
			s.Source, s.Own = own[len(own)-1], true
			w.Cells = append(w.Cells, s)
		}
		add(extras[s.ID])
	}
	return w
}
