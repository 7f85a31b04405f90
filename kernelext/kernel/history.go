package kernel

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// history is what was run since the kernel started. It is not kept on disk: a
// notebook keeps its own.
type history struct {
	mu    sync.Mutex
	list  []entry
	bytes int
}

type entry struct {
	number int
	name   string // of the cell, as errors name it
	source string
	result string // text of the value
	hidden bool   // kept to quote lines of it only
}

const (
	historyCells = 5_000
	historyBytes = 8 << 20
	sessionNow   = 1
)

// add keeps the newest cells.
func (h *history) add(e entry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, e)
	h.bytes += len(e.source)
	drop := 0
	for drop < len(h.list)-1 && (len(h.list)-drop > historyCells || h.bytes > historyBytes) {
		h.bytes -= len(h.list[drop].source) + len(h.list[drop].result)
		drop++
	}
	if drop > 0 {
		h.list = append(h.list[:0], h.list[drop:]...)
	}
}

// result completes the newest entry.
func (h *history) result(text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	const most = 10_000
	if n := len(h.list); n > 0 {
		h.list[n-1].result = text[:min(len(text), most)]
		h.bytes += len(h.list[n-1].result)
	}
}

// source is what the cell of that name last ran, or nothing if it is forgotten.
func (h *history) source(name string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range slices.Backward(h.list) {
		if e.name == name {
			return e.source
		}
	}
	return ""
}

// historyRequest asks for a part of the history.
type historyRequest struct {
	Type    string `json:"hist_access_type"` // tail, range or search
	Output  bool   `json:"output"`
	N       *int   `json:"n"`
	Session int    `json:"session"`
	Start   int    `json:"start"`
	Stop    *int   `json:"stop"`
	Pattern string `json:"pattern"`
	Unique  bool   `json:"unique"`
}

func (h *history) answer(req request) object {
	var ask historyRequest
	if err := json.Unmarshal(req.content, &ask); err != nil {
		f := failure{Name: "BadRequest", Value: err.Error()}
		o := f.reply()
		o["history"] = []any{}
		return o
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	items := []any{}
	for _, e := range ask.pick(h.list) {
		if ask.Output {
			var out any
			if e.result != "" {
				out = e.result
			}
			items = append(items, []any{sessionNow, e.number, []any{e.source, out}})
			continue
		}
		items = append(items, []any{sessionNow, e.number, e.source})
	}
	return object{"status": "ok", "history": items}
}

func (ask historyRequest) pick(all []entry) []entry {
	var found []entry
	match := glob(ask.Pattern)
	last := map[string]int{}
	for i, e := range all {
		last[e.source] = i
	}
	for i, e := range all {
		switch {
		case e.hidden:
		case ask.Type == "range" && ask.inRange(e.number),
			ask.Type == "search" && match(e.source) && (!ask.Unique || last[e.source] == i),
			ask.Type == "tail":
			found = append(found, e)
		}
	}
	if ask.N != nil && ask.Type != "range" && *ask.N >= 0 {
		found = found[max(0, len(found)-*ask.N):]
	}
	return found
}

func (ask historyRequest) inRange(number int) bool {
	mine := ask.Session == 0 || ask.Session == sessionNow
	return mine && number >= ask.Start && (ask.Stop == nil || number < *ask.Stop)
}

// glob matches whole texts: * stands for anything, ? for one character.
func glob(pattern string) func(string) bool {
	if pattern == "" {
		pattern = "*"
	}
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(quoted)
	re, err := regexp.Compile("(?s)^" + quoted + "$")
	if err != nil { // larger than a pattern may be
		return func(string) bool { return false }
	}
	return re.MatchString
}
