package scenario

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/mlsysim/golab/mlsysim/internal/datafile"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// mostBytes is the largest plan that is read: a person writes one of a few
// kilobytes.
const mostBytes = 1 << 20

// mostIncludes is how deep plans may include one another.
const mostIncludes = 8

// ReadPlan reads a plan and what it includes from files, YAML or JSON. The error
// lists everything that is wrong with the file, each with its line and column.
func ReadPlan(path string) (*Plan, error) { return readPlan(path, nil, nil) }

// ReadPlanOf is ReadPlan for a plan that may name entries of the user.
func ReadPlanOf(path string, own *zoo.Zoo) (*Plan, error) { return readPlan(path, nil, own) }

func readPlan(path string, from []string, own *zoo.Zoo) (*Plan, error) {
	if len(from) >= mostIncludes {
		return nil, fmt.Errorf("%s: included %d deep: want at most %d", path, len(from), mostIncludes)
	}
	data, err := readSmall(path)
	if err != nil {
		return nil, err
	}
	p, doc, err := parsePlan(path, data)
	if err != nil {
		return nil, err
	}
	p.locate(filepath.Dir(path))
	whole := append(append([]string{}, from...), filepath.Clean(path))
	base := &Plan{files: true}
	for i, name := range p.Include {
		at := fmt.Sprintf("include.%d", i)
		name = filepath.Join(filepath.Dir(path), name)
		if slices.Contains(whole, name) {
			doc.Refuse(at, "include: %s includes itself", name)
			return nil, doc.Err()
		}
		part, err := readPlan(name, whole, own)
		var placed datafile.Mistakes
		switch {
		case errors.As(err, &placed): // which say where they stand
			return nil, err
		case err != nil:
			doc.Refuse(at, "include: %s", err)
			return nil, doc.Err()
		}
		overlay(base, part)
	}
	overlay(base, p)
	base.doc, base.own = doc, own
	if len(from) > 0 {
		return base, nil
	}
	base.check()
	return base, doc.Err()
}

// readSmall reads a regular file of bounded size.
func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, plain(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, plain(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: want a file", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err != nil {
		return nil, plain(path, err)
	}
	if len(data) > mostBytes {
		return nil, fmt.Errorf("%s: want a file of at most 1 MiB", path)
	}
	return data, nil
}

// plain words what the system said of a file without its verb.
func plain(path string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// ParsePlan reads a plan that includes nothing; name stands in its errors.
func ParsePlan(name string, data []byte) (*Plan, error) {
	p, doc, err := parsePlan(name, data)
	if err != nil {
		return nil, err
	}
	if len(p.Include) > 0 {
		doc.Refuse("include", "include: only a plan in a file can include others")
	}
	p.check()
	return p, doc.Err()
}

func parsePlan(name string, data []byte) (*Plan, *datafile.Reading, error) {
	p := &Plan{}
	doc, err := datafile.Decode(name, data, p)
	if err != nil {
		return nil, nil, err
	}
	p.doc = doc
	return p, doc, nil
}
