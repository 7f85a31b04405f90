package grade

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mlsysim/golab/autograder/notebook"
)

// An entry is one student of the folder. The student's id is the name of the
// file or folder, never anything inside it.
type entry struct {
	student, file, path string
	problem             string // why there is nothing to read
}

// find lists the submissions: files such as s123.ipynb or s123.lab, and folders
// such as s123 with one of them inside. Hidden files and others are passed over.
func find(dir string) ([]entry, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the folder of submissions: %w", err)
	}
	byStudent := map[string][]entry{}
	for _, f := range list {
		e := entry{file: f.Name(), path: filepath.Join(dir, f.Name())}
		switch {
		case strings.HasPrefix(f.Name(), "."):
			continue
		case f.IsDir():
			e = inside(e)
		case slices.Contains(notebook.Extensions(), filepath.Ext(f.Name())):
			e.student = strings.TrimSuffix(f.Name(), filepath.Ext(f.Name()))
		}
		if e.student != "" {
			byStudent[e.student] = append(byStudent[e.student], e)
		}
	}
	var out []entry
	for student, es := range byStudent {
		e := es[0]
		if len(es) > 1 {
			e = entry{student: student, file: names(es), problem: "more than one submission: " + names(es)}
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b entry) int { return cmp.Compare(a.student, b.student) })
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: %w", dir, errNone)
	}
	return out, nil
}

var errNone = errors.New("no submissions: want files such as s123.ipynb or s123.lab, or a folder for each student")

// inside finds the one submission in a student's folder.
func inside(e entry) entry {
	e.student = e.file
	list, err := os.ReadDir(e.path)
	if err != nil {
		e.problem = "the folder cannot be read"
		return e
	}
	var found []entry
	for _, f := range list {
		if !f.IsDir() && !strings.HasPrefix(f.Name(), ".") && slices.Contains(notebook.Extensions(), filepath.Ext(f.Name())) {
			found = append(found, entry{student: e.student, file: e.file + "/" + f.Name(), path: filepath.Join(e.path, f.Name())})
		}
	}
	switch len(found) {
	case 0:
		e.problem = "the folder has no notebook and no script"
	case 1:
		return found[0]
	default:
		e.problem = "more than one submission: " + names(found)
	}
	return e
}

func names(es []entry) string {
	var out []string
	for _, e := range es {
		out = append(out, e.file)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
