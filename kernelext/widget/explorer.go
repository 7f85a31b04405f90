package widget

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"time"
)

// Limits of an explorer.
const (
	mostLooks  = 400
	leastLooks = 8
	mostBytes  = 100_000                // of the whole page: results are compressed
	mostTime   = 2 * time.Second        // to compute them, where nothing else will
	liveTime   = 250 * time.Millisecond // where a kernel computes the rest
)

// An explorer is results computed beforehand, of which the controls show one.
type explorer struct {
	list []Control
	grid []grid
	data string // the results, as a page carries them; empty if there are none
}

// Explorer is the same page without a kernel: the results of a grid of values.
// Without scripts it shows the first look.
func Explorer(list []Control, look func(Values) Look) string {
	values := valuesOf(list)
	first := look(values)
	return explore(list, look, first, mostTime).page(values, first, false)
}

// explore computes as many results as fit into a page and a time.
func explore(list []Control, look func(Values) Look, first Look, patience time.Duration) explorer {
	room := mostBytes - len(first.HTML) - 4000 // for the controls and the script
	results := mostLooks
	known := map[string]Look{fmt.Sprint(valuesOf(list).byName): first}
	for results > 1 && room > 0 {
		e := explorer{list: list, grid: grids(list, results)}
		looks, affordable := e.looks(look, known, patience)
		if looks == nil {
			results = min(results-1, affordable)
			continue
		}
		if e.data = pack(looks); len(e.data) <= room {
			return e
		}
		results = min(results-1, results*room/len(e.data)*9/10)
	}
	return explorer{list: list, grid: grids(list, 1)}
}

// looks computes the results that are not known yet. If they take too long it
// says how many would not.
func (e explorer) looks(look func(Values) Look, known map[string]Look, patience time.Duration) (all []Look, affordable int) {
	began := time.Now()
	fresh := 0
	for i := range e.total() {
		v := e.values(i)
		key := fmt.Sprint(v.byName)
		now, ok := known[key]
		if !ok {
			now = safely(look, v)
			known[key] = now
			fresh++
		}
		all = append(all, now)
		spent := time.Since(began)
		if fresh >= leastLooks && fresh < e.total()-1 && spent > patience/leastLooks {
			if n := int(patience/(spent/time.Duration(fresh))) + 1; n < e.total() {
				return nil, max(n, leastLooks)
			}
		}
		if spent > 4*patience {
			return nil, 1 // a picture is better than a page that never comes
		}
	}
	return all, 0
}

// safely is a look that shows what goes wrong in its place.
func safely(look func(Values) Look, v Values) (l Look) {
	defer func() {
		if r := recover(); r != nil {
			l = Look{Text: fmt.Sprint(r), HTML: problem(fmt.Errorf("%v", r))}
		}
	}()
	return look(v)
}

func (e explorer) total() int {
	n := 1
	for _, g := range e.grid {
		n *= len(g.values)
	}
	return n
}

// values are those of result i; the last control runs fastest.
func (e explorer) values(i int) Values {
	v := valuesOf(e.list)
	for k := len(e.grid) - 1; k >= 0; k-- {
		g := e.grid[k]
		v = v.with(e.list[k].Name, g.values[i%len(g.values)])
		i /= len(g.values)
	}
	return v
}

var picture = regexp.MustCompile(`data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)`)

// pack writes results as base64 of gzip of JSON: each once, and which of them
// stands where. Pictures travel as text between two marks, because base64 does
// not compress.
func pack(looks []Look) string {
	var page struct {
		Looks [][2]string `json:"l"`
		At    []int       `json:"i"`
	}
	seen := map[Look]int{}
	for _, l := range looks {
		i, ok := seen[l]
		if !ok {
			i = len(page.Looks)
			seen[l] = i
			page.Looks = append(page.Looks, [2]string{picture.ReplaceAllStringFunc(l.HTML, unpicture), headline(l.Text)})
		}
		page.At = append(page.At, i)
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is one of its own
	_ = json.NewEncoder(w).Encode(page)                   // texts and numbers, into memory
	_ = w.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func unpicture(uri string) string {
	svg, err := base64.StdEncoding.DecodeString(picture.FindStringSubmatch(uri)[1])
	if err != nil {
		return uri
	}
	return "\x01" + string(svg) + "\x02"
}

// grid is the values of one control that an explorer knows.
type grid struct {
	values []any
	start  int
}

// grids thins long controls until there are few enough results.
func grids(list []Control, results int) []grid {
	for most := results; ; most-- {
		total := 1
		out := make([]grid, len(list))
		for k, c := range list {
			out[k] = c.grid(most)
			total *= len(out[k].values)
		}
		if total <= results || most == 1 {
			return out
		}
	}
}

// grid spreads at most n values over the control, the first look among them.
func (c Control) grid(n int) grid {
	var all []any
	switch c.kind {
	case slider:
		count := min(n, 1+int((c.hi-c.lo)/c.step+0.5))
		for i := range count {
			x := c.lo
			if count > 1 {
				x += c.step * float64(int(float64(i)*(c.hi-c.lo)/c.step/float64(count-1)+0.5))
			}
			all = append(all, min(x, c.hi))
		}
	case steps, dropdown:
		labels := c.labels()
		count := min(n, len(labels))
		for i := range count {
			at := 0
			if count > 1 {
				at = i * (len(labels) - 1) / (count - 1)
			}
			x, _ := c.at(at)
			all = append(all, x)
		}
	default:
		all = []any{false, true}
		if n == 1 {
			all = []any{c.start}
		}
	}
	g := grid{values: all, start: nearest(all, c.start)}
	g.values[g.start] = c.start
	return g
}

func nearest(all []any, start any) int {
	best := 0
	x, number := start.(float64)
	for i, v := range all {
		if v == start {
			return i
		}
		if number && abs(v.(float64)-x) < abs(all[best].(float64)-x) {
			best = i
		}
	}
	return best
}

func abs(x float64) float64 { return max(x, -x) }
