package console

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/ledger"
)

// The states of a submission: its outcome, or why there is none.
const (
	isGraded    = "graded"
	isFailed    = "failed"
	isNotGraded = "not graded"
	needsPerson = "needs a person"
	isWaiting   = "waiting"
	isStuck     = "machine fault"
)

// states lists them in the order of the page.
var states = []string{isGraded, isFailed, needsPerson, isNotGraded, isWaiting, isStuck}

// mostRemark is how long the remark in the table may be.
const mostRemark = 120

// A row is one submission in the table. It is not changed once it is made.
type row struct {
	Student   string
	Anchor    string // for the page's own links
	State     string
	Cells     []rowCell
	Score     string
	Remark    string
	ByHand    bool
	Late      bool
	Requested bool // a regrade request is open

	stamp  string
	points float64
	max    float64
}

type rowCell struct {
	ID, Title, Text string
	Standing        export.Standing
	Max             float64
	points          float64
	known           bool
}

// A list is the table, kept up to date.
type list struct {
	mu    sync.Mutex
	rows  map[string]*row
	open  map[string]bool // students with an open request
	asked int             // open requests
	stamp string          // of all rows
	order []*row          // by student
}

// openRequests counts the regrade requests without a decision; 0 if the ledger
// cannot be read, which every page says by itself.
func (c *Console) openRequests() int {
	if _, _, err := c.rows(); err != nil {
		return 0
	}
	c.list.mu.Lock()
	defer c.list.mu.Unlock()
	return c.list.asked
}

// rows brings the table up to date: only what changed is read again.
func (c *Console) rows() ([]*row, string, error) {
	t := &c.list
	t.mu.Lock()
	defer t.mu.Unlock()
	stamps, err := c.read.Stamps(c.assignment())
	if err != nil {
		return nil, "", err
	}
	var all strings.Builder
	for _, s := range stamps {
		fmt.Fprintf(&all, "%q %s\n", s.Student, s.Value)
	}
	if all.String() == t.stamp && t.order != nil {
		return t.order, t.stamp, nil
	}
	if err := t.readRequests(c); err != nil {
		return nil, "", err
	}
	order := make([]*row, 0, len(stamps))
	for _, s := range stamps {
		if old := t.rows[s.Student]; old == nil || old.stamp != s.Value {
			g, err := c.read.Grade(c.assignment(), s.Student)
			if err != nil {
				return nil, "", err
			}
			t.rows[s.Student] = rowOf(g, grade.Submission(c.read, c.subject, g), s.Value, t.open[s.Student])
		}
		order = append(order, t.rows[s.Student])
	}
	t.order, t.stamp = order, all.String()
	return t.order, t.stamp, nil
}

func (t *list) readRequests(c *Console) error {
	all, err := c.read.Requests(c.assignment())
	if err != nil {
		return err
	}
	t.open, t.asked = map[string]bool{}, 0
	for _, r := range all {
		if r.Decision == "" {
			t.open[r.Student] = true
			t.asked++
		}
	}
	return nil
}

func rowOf(g ledger.Grade, s export.Submission, stamp string, requested bool) *row {
	r := &row{
		Student: s.Student, Anchor: "s-" + anchor(s.Student), State: stateOf(g, s), Score: s.Score(), Remark: seen(s.Remark(mostRemark)),
		ByHand: len(g.Overrides) > 0, Late: s.Penalty() > 0, Requested: requested, stamp: stamp, points: s.Final(), max: s.Max,
	}
	for _, q := range s.Questions {
		standing := q.Standing()
		r.Cells = append(r.Cells, rowCell{
			ID: q.ID, Title: q.Title, Text: q.Cell(), Standing: standing, Max: q.Max,
			points: q.Points, known: standing != export.Unjudged && standing != export.Pending,
		})
	}
	return r
}

func stateOf(g ledger.Grade, s export.Submission) string {
	switch {
	case s.Outcome != export.NotGraded:
		return string(s.Outcome)
	case g.State == ledger.Waiting:
		return isWaiting
	case g.State == ledger.Stuck:
		return isStuck
	case slices.ContainsFunc(s.Questions, func(q export.Question) bool { return q.Standing() == export.Pending }):
		return needsPerson
	}
	return isNotGraded
}

// scored reports whether a row has points.
func (r *row) scored() bool { return r.Score != "" }

// cell is the one of a question, or none.
func (r *row) cell(id string) (rowCell, bool) {
	i := slices.IndexFunc(r.Cells, func(c rowCell) bool { return c.ID == id })
	if i < 0 {
		return rowCell{}, false
	}
	return r.Cells[i], true
}

// keeps reports whether a row passes the filters.
func (q query) keeps(r *row) bool {
	switch q.State {
	case "":
	case byHand:
		if !r.ByHand {
			return false
		}
	case isLate:
		if !r.Late {
			return false
		}
	case hasRequest:
		if !r.Requested {
			return false
		}
	default:
		if r.State != q.State {
			return false
		}
	}
	if q.Find != "" && !strings.Contains(strings.ToLower(r.Student), strings.ToLower(q.Find)) {
		return false
	}
	if q.Standing == "" {
		return true
	}
	return slices.ContainsFunc(r.Cells, func(c rowCell) bool {
		return (q.Question == "" || c.ID == q.Question) && string(c.Standing) == q.Standing
	})
}

// apply filters and sorts; the student also, if named, is kept.
func (q query) apply(all []*row, also string) []*row {
	var out []*row
	for _, r := range all {
		if q.keeps(r) || r.Student == also {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b *row) int {
		order, missing := q.compare(a, b)
		if q.Down && !missing {
			order = -order
		}
		return cmp.Or(order, cmp.Compare(a.Student, b.Student))
	})
	return out
}

// compare orders two rows; what has no points comes last in both directions.
func (q query) compare(a, b *row) (order int, missing bool) {
	number := func(x, y float64, hasX, hasY bool) (int, bool) {
		if hasX != hasY {
			return map[bool]int{true: -1, false: 1}[hasX], true
		}
		return cmp.Compare(x, y), false
	}
	switch q.Sort {
	case "", "student":
		return cmp.Compare(a.Student, b.Student), false
	case "state":
		return cmp.Compare(slices.Index(states, a.State), slices.Index(states, b.State)), false
	case "points":
		return number(a.points, b.points, a.scored(), b.scored())
	}
	x, _ := a.cell(strings.TrimPrefix(q.Sort, "question "))
	y, _ := b.cell(strings.TrimPrefix(q.Sort, "question "))
	return number(x.points, y.points, x.known, y.known)
}
