package export

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Gradebook is an instructor's own export of a Canvas gradebook. Fill changes
// one column of it and not a byte elsewhere.
type Gradebook struct {
	sheet   *sheet
	id      int // columns; -1 if there is none
	sis     int
	login   int
	section int
	points  int // row of "Points Possible", -1 if there is none
}

// Filled says what Fill did.
type Filled struct {
	Column  string   // its header
	Scored  int      // students with points
	Blank   int      // students who are not graded
	Kept    []string // students whose cell says excused or not assigned
	Unknown []string // students with a result and no row, or with more than one
	Scaled  string   // how points were scaled to those of the column, if they were
}

// ReadCanvas reads a gradebook.
func ReadCanvas(data []byte) (*Gradebook, error) {
	s, err := readSheet(data)
	if err != nil {
		return nil, fmt.Errorf("canvas gradebook: %w", err)
	}
	if len(s.rows) == 0 {
		return nil, errors.New("canvas gradebook: the file is empty")
	}
	g := &Gradebook{sheet: s, id: headed(s, "ID"), sis: headed(s, "SIS User ID"), login: headed(s, "SIS Login ID"), section: headed(s, "Section"), points: -1}
	first := s.text(0, 0)
	if !strings.Contains(first, "Student") && first != "LastName" || g.id < 0 || g.section < 0 || len(s.rows[0].cells) <= 3 {
		return nil, errors.New("canvas gradebook: the first row is not that of an export: want Student, ID, ..., Section and the assignments")
	}
	for i := range s.rows {
		if strings.HasPrefix(strings.TrimSpace(s.text(i, 0)), "Points Possible") {
			g.points = i
		}
	}
	return g, nil
}

// headed is the column with a header, or -1.
func headed(s *sheet, header string) int {
	return slices.IndexFunc(s.rows[0].cells, func(c sheetCell) bool { return strings.TrimSpace(c.text) == header })
}

var canvasID = regexp.MustCompile(`^(.*\S)\s*\((\d+)\)$`)

// Column finds an assignment by Canvas's number, by the header or by the title.
// It never makes one: Canvas would take that for a new assignment.
func (g *Gradebook) Column(name string) (int, error) {
	var titles []string
	found := -1
	for i := g.section + 1; i < len(g.sheet.rows[0].cells); i++ {
		header := strings.TrimSpace(g.sheet.text(0, i))
		m := canvasID.FindStringSubmatch(header)
		if m == nil {
			continue // totals and notes have no number
		}
		titles = append(titles, fmt.Sprintf("%q", header))
		if name != header && name != m[1] && name != m[2] {
			continue
		}
		if found >= 0 {
			return -1, fmt.Errorf("canvas gradebook: two assignments are named %q: want its number", name)
		}
		found = i
	}
	switch {
	case found < 0:
		return -1, fmt.Errorf("canvas gradebook: no assignment %q: want one of %s", name, strings.Join(titles, ", "))
	case g.points >= 0 && strings.Contains(g.sheet.text(g.points, found), "(read only)"):
		return -1, fmt.Errorf("canvas gradebook: Canvas lets nobody import %q: it is read only", name)
	}
	return found, nil
}

// Columns lists the headers of the assignments that may be filled.
func (g *Gradebook) Columns() []string {
	var out []string
	for i := g.section + 1; i < len(g.sheet.rows[0].cells); i++ {
		header := strings.TrimSpace(g.sheet.text(0, i))
		if at, err := g.Column(header); err == nil && at == i {
			out = append(out, header)
		}
	}
	return out
}

// students lists the rows of students.
func (g *Gradebook) students() []int {
	var out []int
	for i := 1; i < len(g.sheet.rows); i++ {
		if i != g.points && strings.TrimSpace(g.sheet.text(i, g.id)) != "" {
			out = append(out, i)
		}
	}
	return out
}

// Roster maps the number that Canvas puts into file names to the login of a
// student, or the SIS id where there is no login.
func (g *Gradebook) Roster() map[string]string {
	out := map[string]string{}
	for _, i := range g.students() {
		id := strings.TrimSpace(g.sheet.text(i, g.id))
		for _, column := range []int{g.login, g.sis} {
			if name := strings.TrimSpace(g.sheet.text(i, column)); name != "" {
				out[id] = name
				break
			}
		}
	}
	return out
}

// index maps every id of a student to the row; ids of two students to -1, be it in
// the same column or in two: a student may choose a login that is another's number.
func (g *Gradebook) index() map[string]int {
	out := map[string]int{}
	for _, column := range []int{g.id, g.sis, g.login} {
		for _, i := range g.students() {
			id := strings.TrimSpace(g.sheet.text(i, column))
			if id == "" || column < 0 {
				continue
			}
			if other, taken := out[id]; taken && other != i {
				i = -1
			}
			out[id] = i
		}
	}
	return out
}

// Fill enters the final points of a report into a column. Who is not graded gets
// a blank, and whoever has no result keeps what is there.
func (g *Gradebook) Fill(r Report, column int) (Filled, error) {
	f := Filled{Column: g.sheet.text(0, column)}
	scale, decimal := 1.0, "."
	if g.points >= 0 {
		text := strings.TrimSpace(g.sheet.text(g.points, column))
		if strings.Contains(text, ",") {
			decimal = ","
		}
		most, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
		if err == nil && most > 0 && r.Max > 0 && most != r.Max {
			scale = most / r.Max
			f.Scaled = fmt.Sprintf("%s points of the lab are %s points of the column", Points(r.Max), Points(most))
		}
	}
	rows := g.index()
	for s, err := range r.All() {
		if err != nil {
			return f, err
		}
		i, ok := rows[s.Student]
		if !ok || i < 0 {
			f.Unknown = append(f.Unknown, s.Student)
			continue
		}
		f.enter(g.sheet, i, column, s, scale, decimal)
	}
	return f, nil
}

func (f *Filled) enter(sheet *sheet, row, column int, s Submission, scale float64, decimal string) {
	switch old := strings.TrimSpace(sheet.text(row, column)); {
	case strings.EqualFold(old, "EX"), old == "N/A":
		f.Kept = append(f.Kept, s.Student)
	case s.Outcome == NotGraded:
		f.Blank++
		sheet.set(row, column, "")
	default:
		f.Scored++
		score := strconv.FormatFloat(s.Final()*scale, 'f', 2, 64)
		if now, err := strconv.ParseFloat(strings.Replace(old, ",", ".", 1), 64); err == nil && strconv.FormatFloat(now, 'f', 2, 64) == score {
			return // the same number in another spelling
		}
		sheet.set(row, column, strings.Replace(score, ".", decimal, 1))
	}
}

// Bytes is the file to import.
func (g *Gradebook) Bytes() []byte { return g.sheet.bytes() }
