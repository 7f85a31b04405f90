package notebook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
)

// A Shown is a cell as a person reads it: every kind, and no line changed.
type Shown struct {
	Name     string // as in Cell
	Type     string // code, markdown, raw; script
	Source   string
	Question string // what the metadata says that it answers: ours, or nbgrader's grade_id
}

// View lists all cells of a submission for a person, text cells too. It takes what
// ReadAs takes; what it refuses can only be shown as a text.
func View(name string, data []byte) ([]Shown, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if filepath.Ext(name) != ".ipynb" {
		s, err := Script(data)
		if err != nil {
			return nil, err
		}
		return []Shown{{Name: "script", Type: "script", Source: s.Cells[0].Source}}, nil
	}
	if err := wellFormed(data); err != nil {
		return nil, err
	}
	var nb struct {
		Cells []struct {
			Type     string          `json:"cell_type"`
			Source   json.RawMessage `json:"source"`
			Metadata struct {
				metadata
				NBGrader json.RawMessage `json:"nbgrader"`
			} `json:"metadata"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		return nil, plain("", err)
	}
	if len(nb.Cells) > MaxCells {
		return nil, fmt.Errorf("cells: %d: want at most %d", len(nb.Cells), MaxCells)
	}
	var out []Shown
	for i, c := range nb.Cells {
		s := Shown{Name: fmt.Sprintf("cell %d", i+1), Type: c.Type, Question: c.Metadata.mark().Question}
		var err error
		if s.Source, err = joined(c.Source); err != nil {
			return nil, fmt.Errorf("%s: source: %w", s.Name, err)
		}
		if s.Question == "" {
			s.Question = gradeID(c.Metadata.NBGrader)
		}
		if strings.TrimSpace(s.Source) != "" {
			out = append(out, s)
		}
	}
	return out, nil
}

// gradeID is nbgrader's name of a cell, or nothing.
func gradeID(raw json.RawMessage) string {
	var m struct {
		ID string `json:"grade_id"`
	}
	if json.Unmarshal(raw, &m) != nil {
		return ""
	}
	return m.ID
}
