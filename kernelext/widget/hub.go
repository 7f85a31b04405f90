package widget

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"html"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Out is the way to the front end.
type Out interface {
	CommOpen(id, target string, data []byte)
	CommMsg(id string, data []byte)
	CommClose(id string)
	ShowAs(key string, bundle map[string]any)
	Show(bundle map[string]any)
	Quietly(f func()) // drops what f prints and shows
}

// Stage is a host whose cells have widgets.
type Stage interface{ Widgets() *Hub }

// The targets of comms.
const (
	target  = "jupyter.widget"
	control = "jupyter.widget.control" // by which a front end asks for all states
)

// mostModels bounds what a session keeps: beyond it, the oldest go.
const mostModels = 2_000

// Hub holds the widgets of a session. It serves one caller at a time.
type Hub struct {
	out      Out
	states   map[string]object
	order    []string
	handlers map[string]func(state object, event string, call Caller)
	controls map[string]bool // comms that a front end opened to ask for states
	late     map[string]func()
}

// Caller runs what a person's action sets off; the error is for the person.
type Caller func(func()) error

// NewHub makes a hub without widgets.
func NewHub(out Out) *Hub {
	return &Hub{out: out, states: map[string]object{}, handlers: map[string]func(object, string, Caller){}, controls: map[string]bool{}, late: map[string]func(){}}
}

// MIME is the type of a display that is a widget.
const MIME = "application/vnd.jupyter.widget-view+json"

func view(id string) object {
	return object{"version_major": 2, "version_minor": 0, "model_id": id}
}

// open makes a model known to the front end.
func (h *Hub) open(state object) (id string) {
	var b [16]byte
	rand.Read(b[:]) // never fails
	id = hex.EncodeToString(b[:])
	h.states[id] = state
	h.order = append(h.order, id)
	for len(h.order) > mostModels {
		old := h.order[0]
		h.forget(old)
		h.out.CommClose(old)
	}
	h.out.CommOpen(id, target, encode(object{"state": state, "buffer_paths": []any{}}))
	return id
}

func (h *Hub) forget(id string) {
	delete(h.states, id)
	delete(h.handlers, id)
	delete(h.controls, id)
	if i := slices.Index(h.order, id); i >= 0 {
		h.order = slices.Delete(h.order, i, i+1)
	}
}

// set changes a model at the front end.
func (h *Hub) set(id string, change object) {
	if h.states[id] == nil {
		return
	}
	maps.Copy(h.states[id], change)
	h.out.CommMsg(id, encode(object{"method": "update", "state": change, "buffer_paths": []any{}}))
}

// Opened takes a comm that a front end opens; false if nothing listens to its
// target.
func (h *Hub) Opened(id, name string) bool {
	if name != control {
		return false
	}
	h.controls[id] = true
	return true
}

// Closed takes the end of a comm.
func (h *Hub) Closed(id string) { h.forget(id) }

// Message takes what a front end says on a comm.
func (h *Hub) Message(id string, data []byte, call Caller) {
	var m struct {
		Method  string `json:"method"`
		State   object `json:"state"`
		Content struct {
			Event string `json:"event"`
		} `json:"content"`
	}
	if json.Unmarshal(data, &m) != nil {
		return
	}
	state := h.states[id]
	switch {
	case h.controls[id] && m.Method == "request_states":
		h.tellAll(id)
	case state == nil:
	case m.Method == "request_state":
		h.out.CommMsg(id, encode(object{"method": "update", "state": state, "buffer_paths": []any{}}))
	case m.Method == "update":
		maps.Copy(state, m.State)
		h.out.CommMsg(id, encode(object{"method": "echo_update", "state": m.State, "buffer_paths": []any{}}))
		h.handle(id, m.State, "", call)
	case m.Method == "custom":
		h.handle(id, nil, m.Content.Event, call)
	}
}

// Restless says whether a look has changed that the notebook does not keep yet.
func (h *Hub) Restless() bool { return len(h.late) > 0 }

// Settle gives the notebook the last looks to keep. It is for a pause: while a
// control moves it would only be in the way.
func (h *Hub) Settle() {
	for _, key := range slices.Sorted(maps.Keys(h.late)) {
		h.late[key]()
	}
	clear(h.late)
}

func (h *Hub) handle(id string, state object, event string, call Caller) {
	if f := h.handlers[id]; f != nil {
		f(state, event, call)
	}
}

// tellAll describes every model to a front end that was reloaded.
func (h *Hub) tellAll(id string) {
	all := object{}
	for _, model := range h.order {
		s := h.states[model]
		all[model] = object{
			"model_name": s["_model_name"], "model_module": s["_model_module"], "model_module_version": s["_model_module_version"], "state": s,
		}
	}
	h.out.CommMsg(id, encode(object{"method": "update_states", "states": all, "buffer_paths": []any{}}))
}

// controlModels opens the models of controls and gives their ids.
func (h *Hub) controlModels(list []Control, layout string) []string {
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = h.open(c.state(layout, h.open(c.styleModel(nameWidth(list)))))
	}
	return ids
}

// nameWidth is room for the longest name, so that the controls stand in line.
func nameWidth(list []Control) string {
	longest := 0
	for _, c := range list {
		longest = max(longest, utf8.RuneCountInString(c.Name))
	}
	return strconv.Itoa(min(longest+1, 30)) + "ch"
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return []byte("{}") // states hold numbers, texts and lists only
	}
	return b
}

// problem shows an error in the place of a result.
func problem(err error) string {
	return `<div style="color:#b00020;white-space:pre-wrap">` + html.EscapeString(err.Error()) + `</div>`
}
