package console

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/mlsysim/golab/autograder/export"
)

// Filters that are no states.
const (
	byHand     = "points by hand"
	isLate     = "late"
	hasRequest = "regrade request"
)

// A query is which rows are shown, in which order. It travels in addresses, so
// that the way back and the next submission keep it.
type query struct {
	State, Question, Standing, Find string
	Sort                            string // student, state, points, or question and its id
	Down                            bool
	Page                            int // from 0
}

func readQuery(v url.Values) query {
	page, _ := strconv.Atoi(v.Get("page")) // anything else is the first
	return query{
		State: v.Get("state"), Question: v.Get("question"), Standing: v.Get("standing"), Find: v.Get("find"),
		Sort: v.Get("sort"), Down: v.Get("down") != "", Page: max(0, page),
	}
}

// values writes a query; what is not set is left out.
func (q query) values() url.Values {
	v := url.Values{}
	for key, text := range map[string]string{"state": q.State, "question": q.Question, "standing": q.Standing, "find": q.Find, "sort": q.Sort} {
		if text != "" {
			v.Set(key, text)
		}
	}
	if q.Down {
		v.Set("down", "1")
	}
	if q.Page > 0 {
		v.Set("page", strconv.Itoa(q.Page))
	}
	return v
}

// list is the address of the list.
func (q query) list() string { return address("/", q.values()) }

// submission is the address of a submission in the list.
func (q query) submission(student string) string {
	v := q.values()
	v.Set("student", student)
	return address("/submission", v)
}

// address is a path with a query. Templates get it whole: they would escape the
// signs of a query that stands for itself.
func address(path string, v url.Values) string {
	u := url.URL{Path: path, RawQuery: v.Encode()}
	return u.String()
}

func (q query) at(page int) query { q.Page = page; return q }

func (q query) in(state string) query { q.State, q.Page = state, 0; return q }

// by sorts by a column; the second time it turns the order round.
func (q query) by(column string) query {
	q.Down = q.Sort == column && !q.Down
	q.Sort, q.Page = column, 0
	return q
}

// seen makes the characters of a text visible that would otherwise change how it
// looks: control characters, and those that turn the direction of writing.
func seen(text string) string {
	if !strings.ContainsFunc(text, hides) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if hides(r) {
			fmt.Fprintf(&b, "⟨%U⟩", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func hides(r rune) bool {
	return r != '\n' && r != '\t' && r != '\r' && (unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r))
}

// anchor is a student's id as a name for a link.
func anchor(student string) string {
	return strings.TrimSuffix(strings.TrimPrefix(export.PageName(student), "feedback/"), ".html")
}
