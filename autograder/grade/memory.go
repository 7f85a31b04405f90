package grade

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/intake"
	"github.com/mlsysim/golab/autograder/queue"
)

// inMemory grades a folder and remembers nothing; the results keep the order of
// the students.
func (g *grader) inMemory(ctx context.Context) error {
	found, err := g.open()
	if err != nil {
		return err
	}
	defer found.Close()
	g.total = len(found.Items)
	out := make([]export.Submission, g.total)
	for i, item := range found.Items {
		out[i] = g.subject.unjudged(g.subject.blank(item.Student, item.File), errCancelled.Error())
	}
	var mu sync.Mutex
	err = queue.Run(ctx, g.Workers, numbers(g.total), func(ctx context.Context, i int) error {
		s := g.item(ctx, found.Items[i])
		mu.Lock()
		defer mu.Unlock()
		out[i] = s
		g.finished(s, false)
		return nil
	})
	g.report.Submissions = out
	return err
}

var errCancelled = errors.New("grading was cancelled before it ran")

// open finds the submissions and says what was passed over.
func (g *grader) open() (*intake.Found, error) {
	found, err := intake.Open(g.Dir, g.Intake)
	if err != nil {
		return nil, err
	}
	for _, n := range found.Notes {
		g.notice(n)
	}
	for _, i := range found.Items {
		for _, n := range i.Notes {
			g.notice(fmt.Sprintf("%s: %s", i.Student, n))
		}
	}
	return found, nil
}

// item grades one submission as it was found. A fault of the machine is not
// tried again: without a ledger the instructor runs it once more.
func (g *grader) item(ctx context.Context, i intake.Item) export.Submission {
	file, data, err := i.Read()
	s := g.subject.blank(i.Student, file)
	if err == nil {
		s, _, err = g.one(ctx, i.Student, file, data)
		if err != nil && ctx.Err() != nil {
			err = errCancelled
		}
	}
	if err != nil {
		s = g.subject.unjudged(g.subject.blank(i.Student, file), err.Error())
	}
	s.Submitted = i.Submitted
	return s
}

func numbers(n int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
	}
}
