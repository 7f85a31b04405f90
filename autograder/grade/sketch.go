package grade

import (
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"text/scanner"

	"github.com/mlsysim/golab/autograder/notebook"
	"github.com/mlsysim/golab/labs"
)

// A sketch is made of hashes of every run of gram tokens; the lowest of them
// stand for all.
const (
	gram       = 8
	sketchSize = 200
)

// handout is the sketch of what every student starts from.
func handout(lab labs.Lab) map[uint32]bool {
	sub, err := notebook.ReadAs("handout.ipynb", labs.Notebook(lab))
	if err != nil {
		return nil
	}
	return grams(sub)
}

// sketch stands for a student's own code when submissions are compared. The
// handout is left out.
func sketch(sub notebook.Submission, known map[uint32]bool) []uint32 {
	own := grams(sub)
	maps.DeleteFunc(own, func(h uint32, _ bool) bool { return known[h] })
	all := slices.Sorted(maps.Keys(own))
	return all[:min(len(all), sketchSize)]
}

// grams hashes the tokens of each cell, comments included: layout does not
// matter.
func grams(sub notebook.Submission) map[uint32]bool {
	out := map[uint32]bool{}
	for _, c := range sub.Cells {
		var s scanner.Scanner
		s.Init(strings.NewReader(c.Source))
		s.Mode = scanner.ScanIdents | scanner.ScanFloats | scanner.ScanStrings | scanner.ScanRawStrings
		s.Error = func(*scanner.Scanner, string) {} // a broken text has tokens too
		var tokens []string
		for t := s.Scan(); t != scanner.EOF; t = s.Scan() {
			tokens = append(tokens, s.TokenText())
		}
		for i := 0; i+gram <= len(tokens); i++ {
			h := fnv.New32a()
			for _, t := range tokens[i : i+gram] {
				h.Write([]byte(t + "\x00"))
			}
			out[h.Sum32()] = true
		}
	}
	return out
}
