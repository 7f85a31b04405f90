package console

import (
	"hash/fnv"
	"net/http"
	"path/filepath"
	"strconv"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/ledger"
)

// pageRows is how many submissions a page lists.
const pageRows = 100

// A classPage is the page of the class; a livePage the part that renews itself.
type classPage struct {
	frame
	Query     query
	States    []string
	Standings []export.Standing
	Questions []string
	Live      livePage
}

type livePage struct {
	Token   string
	Address string // of this part, with what it shows now
	Sort    string // for the filter form
	Down    bool
	Run     runView
	CanStop bool
	Folder  string // its name; empty: what the ledger holds
	Path    string
	Done    int
	Total   int
	Counts  []count
	Heads   []head
	Rows    []line
	Shown   int
	From    int
	Before  string // addresses of other pages
	After   string
	Stuck   bool
	Max     string
}

// A count is a state with its number of submissions.
type count struct {
	Name, Class, Address string
	Number               int
	Chosen               bool
}

// A head is a column that sorts.
type head struct {
	Name, Title, ID string
	Address, Live   string // of the page sorted so, and of its part that renews itself
	Number          bool   // a number of points
	Order           string // for aria-sort
}

type line struct {
	*row
	Address string
}

// class shows the class.
func (c *Console) class(w http.ResponseWriter, r *http.Request) {
	q := readQuery(r.URL.Query())
	live, heads, _, err := c.livePage(r, q)
	if err != nil {
		c.trouble(w, r, http.StatusInternalServerError, err)
		return
	}
	show(w, http.StatusOK, "class.html", classPage{
		frame: c.frame(r, "Submissions"), Query: q, States: append(append([]string{}, states...), byHand, isLate, hasRequest),
		Standings: export.Standings(), Questions: heads, Live: live,
	})
}

// live shows the part that renews itself, or nothing if nothing changed.
func (c *Console) live(w http.ResponseWriter, r *http.Request) {
	q := readQuery(r.URL.Query())
	live, _, version, err := c.livePage(r, q)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if r.URL.Query().Get("version") == version {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if !r.URL.Query().Has("version") { // asked by a person: the address says what is shown
		w.Header().Set("HX-Replace-Url", q.list())
	}
	show(w, http.StatusOK, "live", live)
}

func (c *Console) livePage(r *http.Request, q query) (p livePage, questions []string, version string, err error) {
	all, stamp, err := c.rows()
	if err != nil {
		return p, nil, "", err
	}
	run, changes := c.run.view()
	h := fnv.New64a()
	h.Write([]byte(stamp))
	version = strconv.FormatUint(h.Sum64(), 36) + "." + strconv.Itoa(changes)
	v := q.values()
	v.Set("version", version)
	p = livePage{
		Token: sessionOf(r).token, Address: address("/live", v), Sort: q.Sort, Down: q.Down, Run: run,
		CanStop: run.Going, Folder: c.folder(), Path: c.options.Grade.Dir, Total: len(all),
	}
	p.count(all, q)
	kept := q.apply(all, "")
	p.Shown = len(kept)
	p.turn(&q, len(kept))
	for _, one := range kept[p.From:min(p.From+pageRows, len(kept))] {
		p.Rows = append(p.Rows, line{one, q.submission(one.Student)})
	}
	questions = p.columns(all, q)
	return p, questions, version, nil
}

// folder is the name of what is graded.
func (c *Console) folder() string {
	if c.options.Grade.Dir == "" {
		return ""
	}
	return filepath.Base(c.options.Grade.Dir)
}

// count counts the states.
func (p *livePage) count(all []*row, q query) {
	number := map[string]int{}
	for _, r := range all {
		number[r.State]++
		if r.State != isWaiting {
			p.Done++
		}
	}
	p.Stuck = number[isStuck] > 0
	for _, s := range states {
		if number[s] == 0 && q.State != s {
			continue
		}
		to := q.in(s)
		if q.State == s {
			to = q.in("")
		}
		p.Counts = append(p.Counts, count{Name: s, Class: stateClass(s), Address: to.list(), Number: number[s], Chosen: q.State == s})
	}
}

// turn finds the page among pages.
func (p *livePage) turn(q *query, rows int) {
	last := max(0, (rows-1)/pageRows)
	q.Page = min(q.Page, last)
	p.From = q.Page * pageRows
	if q.Page > 0 {
		p.Before = q.at(q.Page - 1).list()
	}
	if q.Page < last {
		p.After = q.at(q.Page + 1).list()
	}
}

// columns makes the heads, and returns the ids of the questions.
func (p *livePage) columns(all []*row, q query) []string {
	var longest *row
	for _, r := range all {
		if longest == nil || len(r.Cells) > len(longest.Cells) {
			longest = r
		}
	}
	add := func(name, title, column string, number bool) {
		to := q.by(column)
		h := head{Name: name, Title: title, ID: "sort-" + anchor(column), Address: to.list(), Live: address("/live", to.values()), Number: number, Order: "none"}
		if q.Sort == column || q.Sort == "" && column == "student" {
			h.Order = map[bool]string{true: "descending", false: "ascending"}[q.Down]
		}
		p.Heads = append(p.Heads, h)
	}
	add("student", "", "student", false)
	add("state", "", "state", false)
	var ids []string
	if longest != nil {
		for _, c := range longest.Cells {
			ids = append(ids, c.ID)
			add(c.ID, c.Title, "question "+c.ID, true)
		}
		p.Max = export.Points(longest.max)
	}
	add("points", "", "points", true)
	return ids
}

// StateClass names the state of a row for the style sheet.
func (r *row) StateClass() string { return stateClass(r.State) }

func stateClass(state string) string {
	switch state {
	case isGraded:
		return "plain" // it may be graded with nothing
	case isFailed, isStuck:
		return "failed"
	case needsPerson:
		return "partly"
	}
	return "none"
}

// requests lists the regrade requests.
func (c *Console) requests(w http.ResponseWriter, r *http.Request) {
	c.showRequests(w, r, http.StatusOK, "")
}

func (c *Console) showRequests(w http.ResponseWriter, r *http.Request, status int, wrong string) {
	all, err := c.read.Requests(c.assignment())
	if err != nil {
		c.trouble(w, r, http.StatusInternalServerError, err)
		return
	}
	data := struct {
		frame
		Waiting, Closed []ledger.Request
	}{frame: c.frame(r, "Regrade requests")}
	data.Wrong = wrong
	for _, one := range all {
		if one.Decision == "" {
			data.Waiting = append(data.Waiting, one)
		} else {
			data.Closed = append(data.Closed, one)
		}
	}
	show(w, status, "requests.html", data)
}

// history lists everything that happened, newest first.
func (c *Console) history(w http.ResponseWriter, r *http.Request) {
	var all []ledger.Event
	for e, err := range c.read.History(c.assignment(), "") {
		if err != nil {
			c.trouble(w, r, http.StatusInternalServerError, err)
			return
		}
		all = append(all, e)
	}
	page := readQuery(r.URL.Query()).Page
	page = min(page, max(0, (len(all)-1)/pageRows))
	data := struct {
		frame
		Events        []event
		Total         int
		Before, After int // pages; -1: none
	}{frame: c.frame(r, "History"), Total: len(all), Before: page - 1, After: -1}
	for i := len(all) - 1 - page*pageRows; i >= 0 && len(data.Events) < pageRows; i-- {
		data.Events = append(data.Events, eventOf(all[i]))
	}
	if (page+1)*pageRows < len(all) {
		data.After = page + 1
	}
	show(w, http.StatusOK, "history.html", data)
}

// An event is a line of the history.
type event struct {
	ledger.Event
	Number string // points, as they are read
}

func eventOf(e ledger.Event) event {
	out := event{Event: e}
	if e.Points != nil && e.Kind != ledger.Extended {
		out.Number = export.Points(*e.Points)
	}
	return out
}
