package attack

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/intake"
	"github.com/mlsysim/golab/autograder/ledger"
)

// A download is one class as a platform hands it over, with what must come of it.
type download struct {
	id, name string
	entries  []entry
	want     map[string]float64 // points by student; -1: no grade
	after    func(r export.Report) string
}

// Downloads grades whole classes from zip files into a ledger: what is in them
// tries to take over a neighbour's grade, by the zip file, by the roster, by the
// gradebook or by the ledger.
func Downloads(ctx context.Context, o Options) ([]Row, error) {
	var rows []Row
	for _, d := range downloads() {
		row, err := d.run(ctx, o)
		if err != nil {
			return rows, fmt.Errorf("case %s: %w", d.id, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (d download) run(ctx context.Context, o Options) (Row, error) {
	row := Row{ID: d.id, Name: d.name, Tier: o.Tier, Outcome: export.Graded}
	dir := filepath.Join(o.Dir, d.id)
	b, err := pack(d.entries...)
	if err == nil {
		err = write(dir, "class.zip", string(b))
	}
	if err != nil {
		return row, err
	}
	l, err := ledger.Open(filepath.Join(dir, "class.db"))
	if err != nil {
		return row, err
	}
	defer l.Close()
	g := grade.Options{
		Lab: "T0", Dir: filepath.Join(dir, "class.zip"), Out: filepath.Join(dir, "out"), Limits: limits(o.Tier), Ledger: l,
		Intake: intake.Options{Roster: map[string]string{"11": "!first", "12": "~last", "14": "11"}},
	}
	r, err := grade.Run(ctx, g)
	if err != nil {
		return row, err
	}
	return row, d.judge(&row, r, o.Secret, g.Out)
}

func (d download) judge(row *Row, r export.Report, secret, out string) error {
	say := func(format string, args ...any) { row.Problems = append(row.Problems, fmt.Sprintf(format, args...)) }
	seen := map[string]bool{}
	for s, err := range r.All() {
		if err != nil {
			return err
		}
		seen[s.Student] = true
		want, ok := d.want[s.Student]
		got := s.Points
		if s.Outcome == export.NotGraded {
			got = -1
		}
		switch neighbour := s.Student == "!first" || s.Student == "~last"; {
		case neighbour && got < want-slip:
			row.Lost++
			say("%s got %g: want %g", s.Student, got, want)
		case !ok || got > want+slip:
			row.Gained += max(0, got-max(0, want))
			say("%s got %g: want %g", s.Student, got, want)
		case got < want-slip:
			say("%s got %g: want %g", s.Student, got, want)
		}
		row.True, row.Got = row.True+max(0, want), row.Got+max(0, got)
	}
	for student := range d.want {
		if !seen[student] {
			say("%s has no result", student)
		}
	}
	if d.after != nil {
		if problem := d.after(r); problem != "" {
			say("%s", problem)
		}
	}
	leaks, err := search(out, secret)
	row.Leaks = len(leaks)
	return err
}

// downloads are classes with two right neighbours and one who deserves nothing.
func downloads() []download {
	first, last, bad := work("!first"), work("~last"), notebook(wrongAnd()("13"), nil)
	with := func(form string, more ...entry) []entry {
		return append([]entry{{name: fmt.Sprintf(form, "first", "11"), text: first}, {name: fmt.Sprintf(form, "last", "12"), text: last}}, more...)
	}
	want := func(student string, points float64) map[string]float64 {
		return map[string]float64{"!first": 30, "~last": 30, student: points}
	}
	const canvas, moodle, nbgrader = "%s_%s_500_lab.ipynb", "%s X_%s_assignsubmission_file/lab.ipynb", "submitted/%.0[1]s%[2]s/T0/lab.ipynb"
	return []download{
		{
			id: "d01", name: "Canvas: a file named like another's upload", want: want("13", 0),
			entries: with(canvas, entry{name: "mallory_13_600_x_11_999_lab.ipynb", text: bad}),
		},
		{
			id: "d02", name: "Canvas: a neighbour's entry twice, the second is mine", want: want("13", 0),
			entries: with(canvas, entry{name: "first_11_500_lab.ipynb", text: bad}, entry{name: "mallory_13_600_lab.ipynb", text: bad}),
		},
		{
			id: "d03", name: "Canvas: right first, wrong later, the number too long to read", want: want("13", 0),
			entries: with(canvas, entry{name: "mallory_13_600_lab.ipynb", text: work("13")}, entry{name: "mallory_13_99999999999999999999999_lab-1.ipynb", text: bad}),
		},
		{
			id: "d04", name: "Canvas: entries that lead out, onto a neighbour", want: want("13", 0),
			entries: with(canvas, entry{name: "../class.db", text: "x"}, entry{name: "x/../first_11_900_lab.ipynb", text: bad}, entry{name: "mallory_13_600_lab.ipynb", text: bad}),
		},
		{
			id: "d05", name: "Moodle: a folder like a neighbour's inside mine", want: want("13", 0),
			entries: with(moodle, entry{name: "M_13_assignsubmission_file/first X_11_assignsubmission_file/lab.ipynb", text: bad}),
		},
		{
			id: "d06", name: "Moodle: a display name like a neighbour's folder", want: want("13", 0),
			entries: with(moodle, entry{name: "first X_11_assignsubmission_file_13_assignsubmission_file/lab.ipynb", text: bad}),
		},
		{
			id: "d07", name: "nbgrader: a second assignment and a time stamp of the year 1", want: want("13", 0),
			entries: with(nbgrader, entry{name: "submitted/13/T0/lab.ipynb", text: bad}, entry{name: "submitted/13/T0/timestamp.txt", text: "0001-01-01 00:00:00 UTC; DROP TABLE grade"}),
		},
		{
			id: "d08", name: "gradebook: a login that is a neighbour's number", want: want("11", 0), after: ownRow,
			entries: with(canvas, entry{name: "mallory_14_600_lab.ipynb", text: notebook(wrongAnd()("11"), nil)}),
		},
		{
			id: "d09", name: "gradebook: names that are formulas stay as they were", want: want("13", 0), after: sameBook,
			entries: with(canvas, entry{name: "mallory_13_600_lab.ipynb", text: bad}),
		},
	}
}

// book is a Canvas export in which the last student chose a neighbour's number as
// a login and a formula as a name.
const book = "Student,ID,SIS User ID,SIS Login ID,Section,T0 (1)\r\n    Points Possible,,,,,30\r\n" +
	"First,11,s1,!first,A,\r\nLast,12,s2,~last,A,\r\n\"=HYPERLINK(\"\"http:evil\"\")\",14,s3,11,A,5\r\n"

// filled is the book with the points of a report.
func filled(r export.Report) (string, export.Filled, error) {
	g, err := export.ReadCanvas([]byte(book))
	if err != nil {
		return "", export.Filled{}, err
	}
	column, err := g.Column("1")
	if err != nil {
		return "", export.Filled{}, err
	}
	f, err := g.Fill(r, column)
	return string(g.Bytes()), f, err
}

// ownRow holds that the points of a neighbour stay in the neighbour's row.
func ownRow(r export.Report) string {
	text, f, err := filled(r)
	switch {
	case err != nil:
		return err.Error()
	case !strings.Contains(text, "First,11,s1,!first,A,30.00\r\n"):
		return "a neighbour's row of the gradebook was overwritten"
	case len(f.Unknown) != 1:
		return fmt.Sprintf("the instructor is told of unknown students %v: want 11", f.Unknown)
	}
	return ""
}

// sameBook holds that filling a column changes no other cell.
func sameBook(r export.Report) string {
	text, _, err := filled(r)
	want := strings.NewReplacer("!first,A,", "!first,A,30.00", "~last,A,", "~last,A,30.00").Replace(book)
	if err != nil || text != want {
		return fmt.Sprintf("the gradebook is %q (%v): want %q", text, err, want)
	}
	return ""
}
