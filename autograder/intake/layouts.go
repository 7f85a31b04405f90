package intake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

var (
	canvasName = regexp.MustCompile(`^([^/]+?)_(LATE_)?(\d+)_(\d+)_([^/]+)$`)
	moodleName = regexp.MustCompile(`^([^/]+)_(\d+)_assignsubmission_(?:file|onlinetext)_?(?:/(.+)|([^/]*))$`)
	again      = regexp.MustCompile(`-(\d+)$`) // Canvas marks a name that is used again
)

const (
	metadataJSON = "submission_metadata.json"
	metadataYAML = "submission_metadata.yml"
	timestamp    = "timestamp.txt"
)

// detect tells the layout by its names.
func detect(t *tree) Layout {
	canvas, other, deep, shallow, stamps := 0, 0, 0, 0, 0
	for _, f := range t.files {
		base, depth := path.Base(f.name), strings.Count(f.name, "/")
		switch {
		case f.dir:
		case base == metadataJSON || f.name == metadataYAML || depth == 1 && base == metadataYAML:
			return Gradescope
		case moodleName.MatchString(f.name):
			return Moodle
		case base == timestamp && depth >= 2:
			stamps++
		case !wanted(f.name):
		case depth == 0 && canvasName.MatchString(f.name):
			canvas++
		case depth >= 2:
			deep++
		case depth == 1:
			shallow++
		default:
			other++
		}
	}
	switch {
	case canvas > 0 && other+shallow+deep == 0:
		return Canvas
	case stamps > 0 || deep > 0 && other+shallow == 0 && canvas == 0:
		return NBGrader
	}
	return Plain
}

// plain reads files named after the student, and folders with one file inside.
func plain(t *tree) []Item {
	inside := map[string]int{}
	var out []Item
	for _, f := range t.files {
		dir, base, nested := strings.Cut(f.name, "/")
		switch {
		case f.dir && !nested:
			inside[dir] += 0
			if f.problem != "" {
				inside[dir]++
				out = append(out, Item{Student: dir, File: dir, Problem: f.problem, tree: t})
			}
		case f.problem != "" && !nested:
			out = append(out, Item{Student: stem(f.name), File: f.name, Problem: f.name + ": " + f.problem, order: seconds(f), tree: t})
		case f.dir || !wanted(base) && nested || !wanted(f.name):
		case !nested:
			out = append(out, Item{Student: stem(f.name), File: f.name, order: seconds(f), tree: t})
		case !strings.Contains(base, "/"):
			inside[dir]++
			out = append(out, Item{Student: dir, File: f.name, order: seconds(f), tree: t})
		}
	}
	for dir, n := range inside {
		if n == 0 {
			out = append(out, Item{Student: dir, File: dir, Problem: "the folder has no notebook and no script", tree: t})
		}
	}
	return out
}

// close together are two times that a copy of a folder may have made; they say
// nothing about which file is the later one.
const together = 10 * time.Second

// seconds orders files by their time, coarsely.
func seconds(f file) int64 { return f.modified.Unix() / int64(together/time.Second) }

// canvas reads a Canvas download: the student is Canvas's own number, and the
// number of the upload grows with time.
func canvas(t *tree) []Item {
	var out []Item
	for _, f := range t.files {
		m := canvasName.FindStringSubmatch(f.name)
		if f.dir || m == nil || !wanted(f.name) {
			continue
		}
		upload, _ := strconv.ParseInt(m[4], 10, 64) // digits; too many of them count as the highest
		i := Item{Student: m[3], File: f.name, order: upload, tree: t}
		if m[2] != "" {
			i.Notes = append(i.Notes, "Canvas marks it as late")
		}
		if a := again.FindStringSubmatch(stem(m[5])); a != nil {
			i.Notes = append(i.Notes, "Canvas numbers it as upload "+a[1]+" of that name")
		}
		out = append(out, i)
	}
	return out
}

// moodle reads a Moodle download: the student is the participant's number.
func moodle(t *tree) []Item {
	var out []Item
	for _, f := range t.files {
		m := moodleName.FindStringSubmatch(f.name)
		if f.dir || m == nil || !wanted(f.name) {
			continue
		}
		out = append(out, Item{Student: m[2], File: f.name, order: f.modified.Unix(), tree: t})
	}
	return out
}

// nbgrader reads the tree submitted/STUDENT/ASSIGNMENT/NAME.ipynb, from the
// course folder or from submitted itself.
func nbgrader(t *tree, assignment string) ([]Item, error) {
	prefix := ""
	if f, ok := t.find("submitted"); ok && f.dir {
		prefix = "submitted/"
	}
	all := map[string]bool{}
	by := map[[2]string][]file{} // student, assignment
	for _, f := range t.files {
		rest, ok := strings.CutPrefix(f.name, prefix)
		parts := strings.Split(rest, "/")
		if !ok || len(parts) < 2 || len(parts) == 2 != f.dir || len(parts) > 3 {
			continue
		}
		all[parts[1]] = true
		k := [2]string{parts[0], parts[1]}
		if by[k] = append(by[k], nil...); !f.dir && wanted(f.name) {
			by[k] = append(by[k], f)
		}
	}
	if assignment == "" && len(all) > 1 {
		return nil, fmt.Errorf("%d assignments: want the name of one of %s", len(all), list(all))
	}
	if assignment != "" && !all[assignment] {
		return nil, fmt.Errorf("no assignment %q: want one of %s", assignment, list(all))
	}
	var out []Item
	for k, files := range by {
		if assignment == "" || k[1] == assignment {
			out = append(out, handedIn(t, prefix+k[0]+"/"+k[1], k[0], files))
		}
	}
	return out, nil
}

// handedIn is the submission in an nbgrader folder: the only notebook, or the one
// that bears the name of the assignment.
func handedIn(t *tree, dir, student string, files []file) Item {
	i := Item{Student: student, File: dir, tree: t}
	if f, ok := t.find(dir + "/" + timestamp); ok {
		if data, err := t.read(f, 1<<10); err == nil {
			i.Submitted = parseStamp(strings.TrimSpace(string(data)))
		}
	}
	if n := slices.IndexFunc(files, func(f file) bool { return stem(f.name) == path.Base(dir) }); n >= 0 {
		files = files[n : n+1]
	}
	switch len(files) {
	case 0:
		i.Problem = "the folder has no notebook and no script"
	case 1:
		i.File = files[0].name
	default:
		i.Problem = fmt.Sprintf("%d notebooks and scripts, and none is named %s", len(files), path.Base(dir))
	}
	return i
}

// parseStamp reads the time that nbgrader writes: with the name of a zone, or
// with an offset. It is zero if it is neither.
func parseStamp(text string) time.Time {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at
	}
	day, rest, _ := strings.Cut(text, " ")
	clock, zone, _ := strings.Cut(rest, " ")
	where, err := time.LoadLocation(cmp.Or(zone, "UTC"))
	if err != nil {
		return time.Time{}
	}
	at, _ := time.ParseInLocation("2006-01-02 15:04:05", day+" "+clock, where) // fractions are read too
	return at
}

func list(names map[string]bool) string {
	var out []string
	for n := range names {
		out = append(out, n)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// A submitter is one student of a Gradescope submission.
type submitter struct {
	ID    any    `json:"id" yaml:":id"`
	Email string `json:"email" yaml:":email"`
	Name  string `json:"name" yaml:":name"`
	SID   string `json:"sid" yaml:":sid"`
}

// gradescope reads what Gradescope gives an autograder, or its export of all
// submissions. Each member of a group gets the group's submission.
func gradescope(t *tree) ([]Item, error) {
	var out []Item
	for _, f := range t.files {
		var items []Item
		var err error
		switch path.Base(f.name) {
		case metadataJSON:
			items, err = harness(t, f)
		case metadataYAML:
			items, err = exported(t, f)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		out = append(out, items...)
	}
	return out, nil
}

func harness(t *tree, f file) ([]Item, error) {
	data, err := t.read(f, 4<<20)
	if err != nil {
		return nil, err
	}
	var m struct {
		CreatedAt time.Time   `json:"created_at"`
		Users     []submitter `json:"users"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, err
	}
	dir := path.Dir(f.name)
	sub := path.Join(dir, "submission")
	if s, ok := t.find(sub); !ok || !s.dir {
		sub = dir
	}
	return members(t, sub, m.Users, m.CreatedAt), nil
}

func exported(t *tree, f file) ([]Item, error) {
	data, err := t.read(f, 64<<20)
	if err != nil {
		return nil, err
	}
	var all map[string]struct {
		Submitters []submitter `yaml:":submitters"`
		CreatedAt  any         `yaml:":created_at"`
	}
	if err := yaml.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	var out []Item
	for folder, s := range all {
		at, _ := s.CreatedAt.(time.Time)
		if text, ok := s.CreatedAt.(string); ok {
			at = parseYAMLTime(text)
		}
		out = append(out, members(t, path.Join(path.Dir(f.name), folder), s.Submitters, at)...)
	}
	return out, nil
}

// parseYAMLTime reads the times of the export: 2026-11-02 12:00:00.5 Z.
func parseYAMLTime(text string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05 -07:00"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	return parseStamp(text)
}

func members(t *tree, dir string, users []submitter, at time.Time) []Item {
	i := Item{File: dir, Submitted: at, order: at.UnixNano(), tree: t}
	var found []string
	for _, f := range t.files {
		rest, ok := strings.CutPrefix(f.name, dir+"/")
		if dir == "." {
			rest, ok = f.name, true
		}
		if ok && !f.dir && wanted(rest) && !strings.HasPrefix(rest, "results/") && !strings.HasPrefix(rest, "source/") {
			found = append(found, f.name)
		}
	}
	switch len(found) {
	case 0:
		i.Problem = "no notebook and no script was handed in"
	case 1:
		i.File = found[0]
	default:
		i.Problem = "more than one notebook or script: " + strings.Join(found, ", ")
	}
	var out []Item
	for _, u := range users {
		i.Student = cmp.Or(u.SID, u.Email, fmt.Sprint(u.ID))
		out = append(out, i)
	}
	return out
}
