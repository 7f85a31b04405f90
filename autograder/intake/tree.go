package intake

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The caps on a class.
const (
	maxFiles = 200_000
	maxDepth = 8
)

// A file is one entry of a tree.
type file struct {
	name     string // with slashes
	dir      bool
	modified time.Time
	problem  string // why it cannot be read
	packed   *zip.File
}

// A tree is the list of files of a folder or zip file, by name.
type tree struct {
	files []file
	notes []string
	root  *os.Root
	zip   *zip.ReadCloser
}

func openTree(name string) (*tree, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("reading the folder of submissions: %w", relabel(err))
	}
	t := &tree{}
	if info.IsDir() {
		err = t.walkFolder(name)
	} else {
		err = t.walkZip(name)
	}
	if err != nil {
		t.close()
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	slices.SortFunc(t.files, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	return t, nil
}

// relabel says open where the system says stat.
func relabel(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return &os.PathError{Op: "open", Path: at.Path, Err: at.Err}
	}
	return err
}

func (t *tree) close() error {
	if t.zip != nil {
		return t.zip.Close()
	}
	if t.root != nil {
		return t.root.Close()
	}
	return nil
}

func (t *tree) walkFolder(name string) error {
	root, err := os.OpenRoot(name)
	if err != nil {
		return err
	}
	t.root = root
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case name == ".":
			return err
		case strings.HasPrefix(path.Base(name), "."):
			return skip(d)
		case len(t.files) == maxFiles:
			return fmt.Errorf("more than %d files", maxFiles)
		}
		f := file{name: name, dir: d.IsDir()}
		switch {
		case err != nil:
			f.problem = "the folder cannot be read"
		case d.Type()&fs.ModeSymlink != 0:
			f.problem = "a symbolic link: links are not followed"
		case !d.IsDir() && !d.Type().IsRegular():
			f.problem = "not a regular file"
		}
		if info, err := d.Info(); err == nil {
			f.modified = info.ModTime()
		}
		t.files = append(t.files, f)
		if err != nil || d.IsDir() && strings.Count(name, "/") >= maxDepth {
			return skip(d)
		}
		return nil
	})
}

func skip(d fs.DirEntry) error {
	if d != nil && d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// walkZip lists a zip file. Names that lead out of it, links and the same name
// twice are passed over with a note.
func (t *tree) walkZip(name string) error {
	r, err := zip.OpenReader(name)
	if err != nil {
		return errors.New("want a folder or a zip file")
	}
	t.zip = r
	if len(r.File) > maxFiles {
		return fmt.Errorf("more than %d files", maxFiles)
	}
	seen, folders := map[string]bool{}, map[string]bool{}
	for _, z := range r.File {
		name, problem := plainName(z)
		if problem == "" && seen[name] {
			problem = "the same name again"
		}
		if problem != "" {
			t.notes = append(t.notes, fmt.Sprintf("%q is passed over: %s", z.Name, problem))
			continue
		}
		if hidden(name) {
			continue
		}
		seen[name] = true
		if z.FileInfo().IsDir() {
			folders[name] = true
		} else {
			t.files = append(t.files, file{name: name, modified: z.Modified, packed: z})
		}
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	for dir := range folders {
		t.files = append(t.files, file{name: dir, dir: true})
	}
	t.unwrap()
	return nil
}

// unwrap takes off the one folder that holds everything, as in a zip file made of
// a folder. A folder with one submission in it is a student's.
func (t *tree) unwrap() {
	top, inside := "", 0
	for _, f := range t.files {
		dir, rest, nested := strings.Cut(f.name, "/")
		if !nested && !f.dir || top != "" && dir != top {
			return
		}
		if top = dir; nested && !strings.Contains(rest, "/") && (f.dir || wanted(rest)) {
			inside++
		}
	}
	if inside < 2 {
		return
	}
	t.files = slices.DeleteFunc(t.files, func(f file) bool { return f.name == top })
	for i := range t.files {
		t.files[i].name = strings.TrimPrefix(t.files[i].name, top+"/")
	}
}

// plainName is the name of an entry, or why it is no plain file or folder.
func plainName(z *zip.File) (string, string) {
	name := strings.TrimSuffix(z.Name, "/")
	mode := z.Mode()
	switch {
	case strings.Contains(name, "\\"), strings.ContainsRune(name, 0), !filepath.IsLocal(name), path.Clean(name) != name:
		return name, "its name leads out of the zip file or is not plain"
	case strings.Count(name, "/") > maxDepth:
		return name, "too many folders inside each other"
	case mode&fs.ModeSymlink != 0:
		return name, "a symbolic link"
	case !mode.IsDir() && !mode.IsRegular():
		return name, "not a regular file"
	case z.Flags&1 != 0:
		return name, "it is encrypted"
	}
	return name, ""
}

// hidden holds for what operating systems add to a zip file.
func hidden(name string) bool {
	return strings.HasPrefix(path.Base(name), ".") || name == "__MACOSX" || strings.HasPrefix(name, "__MACOSX/")
}

// find returns a file by its name.
func (t *tree) find(name string) (file, bool) {
	i, ok := slices.BinarySearchFunc(t.files, name, func(f file, name string) int { return cmp.Compare(f.name, name) })
	if !ok {
		return file{}, false
	}
	return t.files[i], true
}

// read returns the content of a file up to a size.
func (t *tree) read(f file, most int64) ([]byte, error) {
	base := path.Base(f.name)
	if f.problem != "" {
		return nil, fmt.Errorf("%s: %s", base, f.problem)
	}
	var r io.ReadCloser
	var err error
	if f.packed != nil {
		r, err = f.packed.Open()
	} else {
		r, err = t.open(filepath.FromSlash(f.name))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", base, err)
	}
	defer r.Close()
	return capped(base, r, most)
}

// open opens a regular file of the folder. What became a link or a pipe since the
// folder was listed is refused: the file that is open must be the one that was
// looked at.
func (t *tree) open(name string) (*os.File, error) {
	before, err := t.root.Lstat(name)
	if err != nil {
		return nil, bare(err)
	}
	if !before.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := t.root.OpenFile(name, os.O_RDONLY|nonBlock, 0)
	if err != nil {
		return nil, bare(err)
	}
	if after, err := f.Stat(); err != nil || !os.SameFile(before, after) {
		f.Close()
		return nil, errors.New("it was changed while it was read")
	}
	return f, nil
}

// bare is a file error without the path of the instructor's folder.
func bare(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func capped(name string, r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case int64(len(data)) > most:
		return nil, fmt.Errorf("%s: too large: want at most %d MiB", name, most>>20)
	}
	return data, nil
}
