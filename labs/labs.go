// Package labs is the list of labs, and what is made of each: the student
// notebook, the script, and the verdict on a student's records.
//
//	lab, err := labs.Find("T0")
//	verdicts := labs.Check(lab, "s123", records)
//
// It runs nothing: package autograder/sandbox does.
package labs

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/labs/l01"
	"github.com/mlsysim/golab/labs/l02"
	"github.com/mlsysim/golab/labs/l03"
	"github.com/mlsysim/golab/labs/l04"
	"github.com/mlsysim/golab/labs/l05"
	"github.com/mlsysim/golab/labs/l06"
	"github.com/mlsysim/golab/labs/l07"
	"github.com/mlsysim/golab/labs/l08"
	"github.com/mlsysim/golab/labs/l09"
	"github.com/mlsysim/golab/labs/l10"
	"github.com/mlsysim/golab/labs/l11"
	"github.com/mlsysim/golab/labs/l12"
	"github.com/mlsysim/golab/labs/l13"
	"github.com/mlsysim/golab/labs/l14"
	"github.com/mlsysim/golab/labs/l15"
	"github.com/mlsysim/golab/labs/l16"
	"github.com/mlsysim/golab/labs/l17"
	"github.com/mlsysim/golab/labs/l18"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/labs/t0"
	"github.com/mlsysim/golab/labs/t1"
)

// Lab is one laboratory exercise.
type Lab = spec.Lab

// Param is one number of the scenario that differs from student to student.
type Param = spec.Param

// Question is one graded step of a lab.
type Question = spec.Question

// All lists the labs in teaching order.
func All() []Lab {
	return []Lab{
		t0.Lab(),
		t1.Lab(),
		l01.Lab(),
		l02.Lab(),
		l03.Lab(),
		l04.Lab(),
		l05.Lab(),
		l06.Lab(),
		l07.Lab(),
		l08.Lab(),
		l09.Lab(),
		l10.Lab(),
		l11.Lab(),
		l12.Lab(),
		l13.Lab(),
		l14.Lab(),
		l15.Lab(),
		l16.Lab(),
		l17.Lab(),
		l18.Lab(),
	}
}

// Find returns a lab by its id, in any case.
func Find(id string) (Lab, error) {
	var ids []string
	for _, l := range All() {
		if strings.EqualFold(l.ID, id) {
			return l, nil
		}
		ids = append(ids, l.ID)
	}
	return Lab{}, fmt.Errorf("unknown lab %q: want one of %s", id, strings.Join(ids, ", "))
}
