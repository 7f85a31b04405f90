package attack

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mlsysim/golab/autograder/export"
)

// Platform are attacks by way of what a learning platform hands over: zip files
// in the class, and names in its folders.
func Platform() []Case { return append(packed(), named()...) }

// An entry is one file in a zip file.
type entry struct {
	name, text string
	mode       os.FileMode
}

// pack makes a zip file.
func pack(entries ...entry) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(e.mode | 0o644)
		f, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := f.Write([]byte(e.text)); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// handIn lets a student hand in a zip file.
func handIn(make func(student, key string) []entry) func(class, student, secret string) error {
	return func(class, student, _ string) error {
		list := make(student, filepath.Join(filepath.Dir(class), "key.txt"))
		b, err := pack(list...)
		if err != nil {
			return err
		}
		return write(class, student+".zip", string(b))
	}
}

func work(student string) string { return notebook(good(student), nil) }

// packed are zip files of students.
func packed() []Case {
	none := func(id, name string, list func(student, key string) []entry) Case {
		return Case{ID: id, Name: name, None: true, Make: handIn(list)}
	}
	return []Case{
		{ID: "z01", Name: "zip: right work beside names that lead out", True: 30, Make: handIn(func(s, _ string) []entry {
			return []entry{{name: "lab.ipynb", text: work(s)}, {name: "../../key.txt", text: "x"}, {name: "/etc/cron.d/x", text: "x"}}
		}), Also: nothingOutside},
		none("z02", "zip: the notebook leads out of the zip file", func(s, _ string) []entry { return []entry{{name: "../!first.ipynb", text: work(s)}} }),
		none("z03", "zip: a link to the key in place of the notebook", func(_, key string) []entry {
			return []entry{{name: "lab.ipynb", text: key, mode: os.ModeSymlink}}
		}),
		none("z04", "zip: 64 MB of blanks that pack to 64 kB", func(_, _ string) []entry { return []entry{{name: "lab.ipynb", text: strings.Repeat(" ", 64<<20)}} }),
		none("z05", "zip: two thousand files", func(s, _ string) []entry {
			list := []entry{{name: "lab.ipynb", text: work(s)}}
			for i := range 2000 {
				list = append(list, entry{name: fmt.Sprint("a", i)})
			}
			return list
		}),
		none("z06", "zip: two notebooks, one for each taste", func(s, _ string) []entry {
			return []entry{{name: "a.ipynb", text: work(s)}, {name: "b.ipynb", text: notebook(wrongAnd()(s), nil)}}
		}),
		none("z07", "zip: a zip file in a zip file", func(s, _ string) []entry {
			inner, err := pack(entry{name: "lab.ipynb", text: work(s)})
			if err != nil {
				return nil
			}
			return []entry{{name: "lab.zip", text: string(inner)}}
		}),
		{ID: "z08", Name: "zip: a directory that is cut off", None: true, Make: func(class, student, _ string) error {
			b, err := pack(entry{name: "lab.ipynb", text: work(student)})
			if err != nil {
				return err
			}
			return write(class, student+".zip", string(b[:len(b)-20]))
		}},
		{ID: "z09", Name: "zip: a header that promises 4 GB", Maybe: true, True: 30, Make: func(class, student, _ string) error {
			b, err := pack(entry{name: "lab.ipynb", text: work(student)})
			if err != nil {
				return err
			}
			at := bytes.LastIndex(b, []byte("PK\x01\x02"))
			copy(b[at+24:], []byte{0xfe, 0xff, 0xff, 0xff})
			return write(class, student+".zip", string(b))
		}},
	}
}

// named are names that mean something else to a platform or a spreadsheet.
func named() []Case {
	return []Case{
		{ID: "n01", As: "+1+cmd|' C'!A0", Name: "an id that starts a command in a spreadsheet", True: 30, Cells: good, Also: noFormula},
		{ID: "n02", As: "@SUM(1,2)\t=3", Name: "an id with a second formula behind a tab", None: true, Make: func(class, student, _ string) error {
			return write(class, student+".ipynb", "{")
		}, Also: noFormula},
		{ID: "n03", As: "n03\",\"30\",\"graded", Name: "an id that closes its cell of the table and opens others", True: 0, Cells: wrongAnd(), Also: oneLineEach},
		{ID: "n04", As: "M\u2011middle", Name: "an id that looks like a neighbour's", True: 0, Cells: wrongAnd()},
		{ID: "n05", As: "\u202eelddim-M", Name: "an id that reads backwards as a neighbour's", None: true, Make: func(class, student, _ string) error {
			return write(class, student+".ipynb", "{")
		}, Also: noMarkup},
		{ID: "n06", As: "neighbour_LATE_1_2_lab", Name: "a name in Canvas's form among plain ones", True: 0, Cells: wrongAnd()},
	}
}

// nothingOutside looks for files that only a zip file could have written.
func nothingOutside(_ export.Report, out string) string {
	for _, name := range []string{"x", "cron.d"} {
		if _, err := os.Lstat(filepath.Join(filepath.Dir(out), name)); err == nil {
			return name + " was written beside the class"
		}
	}
	if b, err := os.ReadFile(filepath.Join(filepath.Dir(out), "key.txt")); err != nil || string(b) == "x" {
		return "the key was overwritten"
	}
	return ""
}

// oneLineEach holds that a name makes no line and no cell of its own.
func oneLineEach(r export.Report, out string) string {
	b, err := os.ReadFile(filepath.Join(out, "grades.csv"))
	if err != nil {
		return err.Error()
	}
	book, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		return "grades.csv cannot be read: " + err.Error()
	}
	if len(book) != len(r.Submissions)+1 {
		return fmt.Sprintf("grades.csv has %d lines for %d students", len(book)-1, len(r.Submissions))
	}
	return ""
}
