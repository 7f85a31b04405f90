package search

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// A trial is a runner whose axes turn and whose metrics are read: what one
// worker needs to judge one combination after another.
type trial struct {
	*runner
	plan   *plan
	wheels odometer
	judge  judge
	gauges []gauge

	// Of the last combination.
	values  []float64
	known   []bool
	verdict verdict
	err     error
}

func (p *plan) trial() *trial {
	t := &trial{runner: p.runner(), plan: p, values: make([]float64, len(p.metrics)), known: make([]bool, len(p.metrics))}
	for i := range p.axes {
		t.wheels = append(t.wheels, p.axes[i].on(t.in))
	}
	for _, m := range p.metrics {
		t.gauges = append(t.gauges, m.on(t.out))
	}
	t.judge = p.judge(t.out)
	return t
}

// run solves the combination that the wheels show.
func (t *trial) run() {
	if t.err = t.solve(); t.err != nil {
		t.verdict = refused
		clear(t.known)
		return
	}
	t.verdict = t.judge.verdict()
	for i := range t.gauges {
		t.values[i], t.known[i] = t.gauges[i].read()
	}
	if t.verdict != fitting {
		return
	}
	for i := range t.plan.limits {
		k := t.plan.limited[i]
		if !t.known[k] || !t.plan.limits[i].holds(t.values[k]) {
			t.verdict = limited + verdict(i)
			return
		}
	}
}

// why words the verdict of the last combination.
func (t *trial) why() string {
	switch {
	case t.verdict == fitting:
		return ""
	case t.verdict == refused:
		return t.err.Error()
	case t.verdict < limited:
		return t.judge.why(t.verdict)
	}
	i := int(t.verdict - limited)
	l, k := t.plan.limits[i], t.plan.limited[i]
	if !t.known[k] {
		return l.metric.path + " is unknown: want " + l.text
	}
	return fmt.Sprintf("%s = %s: want %s", l.metric.path, describe.Text(l.metric.typed(t.values[k])), l.text)
}

// A visitor is told of every combination that its worker solved, and of the end
// of each block of them.
type visitor interface {
	point(i int)
	block(first int) error
}

// blocks of combinations are what workers take; small ones so that the last
// worker is not waited for, large ones so that taking them costs nothing.
const (
	perWorker    = 64
	largestBlock = 4096
)

func (p *plan) blockSize() int {
	return min(max(p.total/(p.workers()*perWorker), 1), largestBlock)
}

// walk solves every combination; each worker has its own visitor, and takes the
// next block that is left. It returns when all workers are done.
func (p *plan) walk(ctx context.Context, visitor func(*trial) visitor) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer bound(stop)()
	size := p.blockSize()
	var next atomic.Int64
	var wait sync.WaitGroup
	done := progress{report: p.space.Progress, total: p.total}
	for range min(p.workers(), (p.total+size-1)/size) {
		wait.Go(func() {
			t := p.trial()
			v := visitor(t)
			for {
				first := int(next.Add(int64(size))) - size
				if first >= p.total {
					return
				}
				whole := t.block(ctx, first, min(first+size, p.total), v)
				if err := v.block(first); err != nil {
					stop(err)
					return
				}
				if !whole {
					return
				}
				done.add(min(size, p.total-first))
			}
		})
	}
	wait.Wait()
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("search of %s: %w", p.name, err)
	}
	return nil
}

// block solves one block; it reports false if the context ended before.
func (t *trial) block(ctx context.Context, first, end int, v visitor) bool {
	t.wheels.moveTo(first)
	ended := ctx.Done()
	for i := first; i < end; i++ {
		select {
		case <-ended:
			return false
		default:
		}
		t.run()
		v.point(i)
		t.wheels.next()
	}
	return true
}

// progress counts what is done for a report.
type progress struct {
	sync.Mutex
	report func(done, total int)
	done   int
	total  int
}

func (p *progress) add(n int) {
	if p.report == nil {
		return
	}
	p.Lock()
	defer p.Unlock()
	p.done += n
	p.report(p.done, p.total)
}
