package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"path"

	"github.com/mlsysim/golab/autograder/notebook"
)

// maxPacked caps the number of files in a zip file that a student hands in.
const maxPacked = 1000

// Read returns the name and content of a submission: that of the notebook or
// script inside, if a student handed in a zip file. The error is for the student
// to read.
func (i Item) Read() (name string, data []byte, err error) {
	if i.Problem != "" {
		return i.File, nil, errors.New(i.Problem)
	}
	f, ok := i.tree.find(i.File)
	if !ok {
		return i.File, nil, fmt.Errorf("%s is gone", i.File)
	}
	if data, err = i.tree.read(f, notebook.MaxFile); err != nil || !isZip(i.File) {
		return i.File, data, err
	}
	inner, data, err := unpack(data)
	if err != nil {
		return i.File, nil, fmt.Errorf("%s: %w", path.Base(i.File), err)
	}
	return i.File + "/" + inner, data, nil
}

// unpack returns the one submission in a student's zip file. It is read in
// memory up to the size of a submission, whatever its headers promise.
func unpack(data []byte) (string, []byte, error) {
	// Every entry of the directory has this mark, so a zip file of a million
	// names is known before any memory is spent on it.
	if bytes.Count(data, []byte("PK\x01\x02")) > maxPacked {
		return "", nil, fmt.Errorf("more than %d files", maxPacked)
	}
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", nil, errors.New("not a zip file that can be read")
	}
	var found []*zip.File
	for _, z := range r.File {
		name, problem := plainName(z)
		if hidden(name) || !wanted(name) || isZip(name) || z.FileInfo().IsDir() {
			continue
		}
		if problem != "" {
			return "", nil, fmt.Errorf("%q: %s", z.Name, problem)
		}
		found = append(found, z)
	}
	switch {
	case len(found) == 0:
		return "", nil, errors.New("no notebook and no script inside")
	case len(found) > 1:
		return "", nil, fmt.Errorf("%d notebooks and scripts inside: want one", len(found))
	}
	c, err := found[0].Open()
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", path.Base(found[0].Name), err)
	}
	defer c.Close()
	data, err = capped(path.Base(found[0].Name), c, notebook.MaxFile)
	return found[0].Name, data, err
}
