package attack

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mlsysim/golab/autograder/export"
)

// files attack the reader of the folder.
func files() []Case {
	return []Case{
		{ID: "f01", Name: "a link to the instructor's key", None: true, Make: func(class, student, _ string) error {
			return os.Symlink(filepath.Join(filepath.Dir(class), "key.txt"), filepath.Join(class, student+".lab"))
		}},
		{ID: "f02", Name: "a folder that is a link to the grader's", None: true, Make: func(class, student, _ string) error {
			return os.Symlink(filepath.Dir(class), filepath.Join(class, student))
		}},
		{ID: "f03", Name: "a link to a neighbour's work", None: true, Make: func(class, student, _ string) error {
			return os.Symlink(neighbours[0]+".ipynb", filepath.Join(class, student+".ipynb"))
		}},
		{ID: "f04", Name: "a link to an endless device", None: true, Make: func(class, student, _ string) error {
			return os.Symlink("/dev/zero", filepath.Join(class, student+".ipynb"))
		}},
		{ID: "f05", Name: "a pipe that nobody writes to", None: true, Make: pipe},
		{ID: "f06", Name: "a file of 40 MB", None: true, Make: func(class, student, _ string) error {
			f, err := os.Create(filepath.Join(class, student+".ipynb"))
			if err != nil {
				return err
			}
			defer f.Close()
			return f.Truncate(40 << 20)
		}},
		{ID: "f07", Name: "a million cells", None: true, Make: func(class, student, _ string) error {
			cell := `{"cell_type":"code","source":""}`
			return write(class, student+".ipynb", `{"nbformat":4,"cells":[`+strings.Repeat(cell+",", 450_000)+cell+`]}`)
		}},
		{ID: "f08", Name: "nesting of 100,000 levels", None: true, Make: func(class, student, _ string) error {
			return write(class, student+".ipynb", `{"nbformat":4,"cells":[],"x":`+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+"}")
		}},
		{ID: "f09", Name: "keys that occur twice", None: true, Make: func(class, student, _ string) error {
			return write(class, student+".ipynb", `{"nbformat":4,"cells":[],`+notebook(good(student), nil)[1:])
		}},
		{ID: "f10", Name: "a number too large for any type", None: true, Make: func(class, student, _ string) error {
			return write(class, student+".ipynb", `{"nbformat":1e999,"cells":[{"cell_type":"code","source":"1"}]}`)
		}},
		{ID: "f11", Name: "text that is not UTF-8", None: true, Make: func(class, student, _ string) error {
			return write(class, student+".ipynb", "{\"nbformat\":4,\"cells\":[{\"cell_type\":\"code\",\"source\":\"\xff\xfe\"}]}")
		}},
		{ID: "f12", Name: "two submissions of one student", None: true, Make: func(class, student, _ string) error {
			if err := write(class, student+".lab", "1"); err != nil {
				return err
			}
			return write(class, student+".ipynb", notebook(good(student), nil))
		}},
		{ID: "f13", As: "=HYPERLINK(\"http:evil\",\"A\")", Name: "a student id that is a formula", True: 30, Cells: good, Also: noFormula},
		{ID: "f14", As: "<script>alert(3)<", Name: "a student id that is markup", True: 30, Cells: good, Also: noMarkup},
		{ID: "f15", As: "студент é", Name: "a student id of other alphabets", True: 30, Cells: good},
		{ID: "f16", As: "cafe\u0301", Name: "an id in other code points than the student types", True: 30, Cells: func(string) []string { return good("caf\u00e9") }},
		{ID: "f17", As: "x.ipynb", Name: "an id with a second extension", True: 30, Cells: good},
		{ID: "f18", As: "Z1 ", Name: "an id that ends in a space", True: 30, Cells: good},
		{ID: "f19", As: "a..%2f..%2fresults", Name: "an id that is a path", True: 30, Cells: good},
		{ID: "f20", As: "CON", Name: "an id that is a device elsewhere", True: 30, Cells: good},
		{ID: "f21", As: "index", Name: "an id that is a file of the report", True: 30, Cells: good},
		{ID: "f22", As: "M-MIDDLE", Name: "an id that differs from a neighbour's by case", True: 30, Cells: good},
		{ID: "f23", Name: "a file that changes into a link while it is read", True: 30, Maybe: true, Cells: good, While: flip("f23")},
		{ID: "f24", Name: "NUL bytes and controls in code", Cells: wrongAnd("x := 1\x00\nx", "y := \"\x1b[2J\"\ny", "\u202ez := 1"), Also: noMarkup},
		{ID: "f25", Name: "a script with the wrong line ends and a mark of order", True: 30, Make: func(class, student, _ string) error {
			return write(class, student+".lab", strings.ReplaceAll(strings.Join(good(student), "\n"), "\n", "\r\n"))
		}},
	}
}

// flip swaps a submission for a link to the key and back, as fast as it can. A
// reader that looks first and opens later can be caught between.
func flip(student string) func(class string, stop <-chan struct{}) {
	return func(class string, stop <-chan struct{}) {
		path := filepath.Join(class, student+".ipynb")
		text, err := os.ReadFile(path)
		if err != nil {
			return
		}
		key := filepath.Join(filepath.Dir(class), "key.txt")
		side := filepath.Join(filepath.Dir(class), "side")
		for range 200 {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
			if os.Symlink(key, side) == nil && os.Rename(side, path) == nil {
				_ = os.WriteFile(side, text, 0o644)
				_ = os.Rename(side, path)
			}
		}
	}
}

// noMarkup looks for markup and control characters of a submission in what the
// grader wrote.
func noMarkup(_ export.Report, out string) string {
	for _, bad := range []string{"<script>alert", "<img src=x", "\x1b", "\u202e\x07"} {
		found, err := search(out, bad)
		for _, f := range found {
			if filepath.Ext(f) == ".html" || bad == "\x1b" {
				return "markup or controls of a submission in " + f
			}
		}
		if err != nil {
			return err.Error()
		}
	}
	return ""
}

// noFormula looks for cells of a spreadsheet that would be computed.
func noFormula(_ export.Report, out string) string {
	b, err := os.ReadFile(filepath.Join(out, "grades.csv"))
	if err != nil {
		return err.Error()
	}
	for line := range strings.Lines(string(b)) {
		for cell := range strings.SplitSeq(line, ",") {
			if cell = strings.TrimLeft(cell, "\""); cell != "" && strings.ContainsRune("=+@\t", rune(cell[0])) {
				return "grades.csv has a formula: " + cell
			}
		}
	}
	return ""
}
