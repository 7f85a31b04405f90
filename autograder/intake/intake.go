// Package intake finds the submissions in what an instructor has: a folder or a
// zip file, laid out by hand, by Canvas, Moodle, nbgrader or Gradescope.
//
//	found, err := intake.Open("submissions.zip", intake.Options{})
//	defer found.Close()
//	for _, i := range found.Items { name, data, err := i.Read() }
//
// Who handed in is told by the names of files and folders, which the learning
// platform wrote, never by what is inside a student's file. Nothing is unpacked
// to the disk, and links are not followed. Of several submissions of a student
// the latest counts and the others are named. Reading notebooks is not done here.
package intake

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/mlsysim/golab/autograder/notebook"
)

// A Layout is a way to lay out the submissions of a class.
type Layout string

// The layouts.
const (
	Plain      Layout = "plain"      // s123.ipynb, s123.lab, or a folder s123 with one of them
	Canvas     Layout = "canvas"     // Download Submissions: doeada_LATE_4711_90210_lab.ipynb
	Moodle     Layout = "moodle"     // Download all submissions: Ada Doe_4711_assignsubmission_file/lab.ipynb
	NBGrader   Layout = "nbgrader"   // submitted/s123/lab/lab.ipynb with timestamp.txt
	Gradescope Layout = "gradescope" // a folder with submission_metadata.json, or many; an export with submission_metadata.yml
)

// Layouts lists the layouts.
func Layouts() []Layout { return []Layout{Plain, Canvas, Moodle, NBGrader, Gradescope} }

// Options say how to read a class.
type Options struct {
	Layout     Layout            // default: by looking
	Assignment string            // nbgrader: the assignment's folder; default the only one
	Roster     map[string]string // the id in the layout -> the student's id in the course
}

// An Item is one submission of one student.
type Item struct {
	Student   string
	File      string    // below the folder or inside the zip file
	Submitted time.Time // as the platform says it; zero if unknown
	Problem   string    // why there is nothing to read
	Notes     []string  // what the instructor should know

	order int64 // among one student's: the higher is the later
	tree  *tree
}

// Found is a class.
type Found struct {
	Layout Layout
	Items  []Item   // by student
	Notes  []string // what was passed over
	tree   *tree
}

// Close ends the reading.
func (f *Found) Close() error { return f.tree.close() }

// Open finds the submissions of a folder or zip file.
func Open(name string, o Options) (*Found, error) {
	if o.Layout != "" && !slices.Contains(Layouts(), o.Layout) {
		return nil, fmt.Errorf("layout %q: want one of %v", o.Layout, Layouts())
	}
	t, err := openTree(name)
	if err != nil {
		return nil, err
	}
	f := &Found{Layout: o.Layout, tree: t, Notes: t.notes}
	if f.Layout == "" {
		f.Layout = detect(t)
	}
	items, err := read(t, f.Layout, o)
	if err == nil && len(items) == 0 {
		err = fmt.Errorf("%s: %w", name, errNone)
	}
	if err != nil {
		t.close()
		return nil, err
	}
	f.Items = one(identified(items, o.Roster))
	return f, nil
}

var errNone = errors.New("no submissions: want files such as s123.ipynb or s123.lab, or a folder for each student")

func read(t *tree, l Layout, o Options) ([]Item, error) {
	switch l {
	case Canvas:
		return canvas(t), nil
	case Moodle:
		return moodle(t), nil
	case NBGrader:
		return nbgrader(t, o.Assignment)
	case Gradescope:
		return gradescope(t)
	}
	return plain(t), nil
}

// wanted reports whether a name is that of a submission.
func wanted(name string) bool {
	base := path.Base(name)
	return !strings.HasPrefix(base, ".") && (slices.Contains(notebook.Extensions(), path.Ext(base)) || isZip(base))
}

func isZip(name string) bool { return strings.EqualFold(path.Ext(name), ".zip") }

// stem is a name without its folder and extension.
func stem(name string) string {
	base := path.Base(name)
	return strings.TrimSuffix(base, path.Ext(base))
}

// identified puts the ids into one form: the roster's, composed Unicode, nothing
// invisible.
func identified(items []Item, roster map[string]string) []Item {
	for n := range items {
		i := &items[n]
		if !utf8.ValidString(i.Student) {
			i.Notes = append(i.Notes, "the name of the file is not UTF-8")
			i.Student = strings.ToValidUTF8(i.Student, "\uFFFD")
		}
		i.Student = norm.NFC.String(strings.TrimSpace(i.Student))
		if id, ok := roster[i.Student]; ok {
			i.Student = norm.NFC.String(strings.TrimSpace(id))
		}
		if strings.ContainsFunc(i.Student, invisible) {
			i.Notes = append(i.Notes, fmt.Sprintf("the id has characters that do not show: %+q", i.Student))
			i.Student = strings.Map(func(r rune) rune {
				if invisible(r) {
					return '\uFFFD'
				}
				return r
			}, i.Student)
		}
	}
	return items
}

// invisible holds for control characters, and for those that turn the direction
// of a text or take no room, by which one id looks like another.
func invisible(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// one keeps the latest submission of each student and names the others. Where no
// order is known none is picked.
func one(items []Item) []Item {
	slices.SortStableFunc(items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Student, b.Student), cmp.Compare(b.order, a.order), cmp.Compare(a.File, b.File))
	})
	var out []Item
	for len(items) > 0 {
		n := 1
		for n < len(items) && items[n].Student == items[0].Student {
			n++
		}
		out = append(out, latest(items[:n]))
		items = items[n:]
	}
	return out
}

func latest(same []Item) Item {
	first := same[0]
	if len(same) == 1 {
		return first
	}
	if first.order == same[1].order {
		return Item{
			Student: first.Student, File: files(same), Notes: first.Notes, tree: first.tree,
			Problem: "more than one submission: " + files(same),
		}
	}
	first.Notes = append(first.Notes, fmt.Sprintf("the latest of %d submissions counts: %s, not %s", len(same), first.File, files(same[1:])))
	return first
}

func files(items []Item) string {
	var out []string
	for _, i := range items {
		out = append(out, i.File)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
