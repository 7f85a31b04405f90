package assignment

import (
	"crypto/md5"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// A Meta is the nbgrader metadata of a cell, schema version 3.
type Meta struct {
	Version  int      `json:"schema_version"`
	Grade    bool     `json:"grade"`    // counts for points
	Solution bool     `json:"solution"` // the student edits it
	Locked   bool     `json:"locked"`   // restored from the instructor's source
	Task     bool     `json:"task"`     // text with points and no answer of its own
	ID       string   `json:"grade_id,omitempty"`
	Points   *float64 `json:"points,omitempty"`
	Checksum string   `json:"checksum,omitempty"`
	CellType string   `json:"cell_type,omitempty"`
}

// schemaVersion is the newest that nbgrader writes.
const schemaVersion = 3

var gradeID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// A Kind says what a cell is for.
type Kind int

// The kinds of cells.
const (
	Plain    Kind = iota
	Answer        // code of the student that test cells look at
	Tests         // tests by the instructor, with points
	Manual        // an answer that a person grades
	ReadOnly      // given, not to be changed
	Task          // text with points that a person grades
)

// Kind returns what a cell is for.
func (m *Meta) Kind() Kind {
	switch {
	case m == nil:
		return Plain
	case m.Task:
		return Task
	case m.Grade && m.Solution:
		return Manual
	case m.Grade:
		return Tests
	case m.Solution:
		return Answer
	case m.Locked:
		return ReadOnly
	}
	return Plain
}

// readMeta reads the metadata of a cell, and brings older schemas to the newest.
// A cell without nbgrader metadata has none.
func readMeta(cell map[string]any) (*Meta, error) {
	all, _ := cell["metadata"].(map[string]any)
	own, ok := all["nbgrader"].(map[string]any)
	if !ok || len(own) == 0 {
		return nil, nil
	}
	data, err := json.Marshal(own)
	if err != nil {
		return nil, err
	}
	var m Meta
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("nbgrader metadata: %w", err)
	}
	if m.Version > schemaVersion {
		return nil, fmt.Errorf("nbgrader schema_version = %d: want at most %d", m.Version, schemaVersion)
	}
	m.Version = schemaVersion // what older schemas leave out is false
	if !m.Grade && !m.Task {
		m.Points = nil
	}
	if !m.Grade && !m.Solution && !m.Locked && !m.Task {
		return nil, nil
	}
	return &m, m.check(fmt.Sprint(cell["cell_type"]))
}

// check holds the rules of the schema.
func (m *Meta) check(cellType string) error {
	switch kind := m.Kind(); {
	case !gradeID.MatchString(m.ID):
		return fmt.Errorf("grade_id = %q: want letters, digits, - and _", m.ID)
	case m.Grade && m.Points == nil:
		return fmt.Errorf("%s: points: missing", m.ID)
	case m.Points != nil && !(*m.Points >= 0 && *m.Points <= maxPoints):
		return fmt.Errorf("%s: points = %v: want 0 to %d", m.ID, *m.Points, maxPoints)
	case (kind == Tests || kind == Answer) && cellType != code:
		return fmt.Errorf("%s: a %s cell: want code", m.ID, cellType)
	case kind == Task && cellType != markdown:
		return fmt.Errorf("%s: a %s cell: want markdown", m.ID, cellType)
	}
	return nil
}

const (
	code      = "code"
	markdown  = "markdown"
	maxPoints = 10_000
)

// checksum is nbgrader's: it tells whether a student changed a cell.
func checksum(m Meta, cellType, source string) string {
	h := md5.New()
	write := func(parts ...string) {
		for _, p := range parts {
			io.WriteString(h, p) // hashes never fail
		}
	}
	write(source, cellType, python(m.Grade), python(m.Solution), python(m.Locked), m.ID)
	if m.Grade {
		write(pythonFloat(*m.Points))
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func python(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// pythonFloat prints a number as str(float) does.
func pythonFloat(x float64) string {
	s := strconv.FormatFloat(x, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

var errMarkers = errors.New("markers")
