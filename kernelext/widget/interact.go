package widget

import (
	"errors"
	"fmt"
	"strings"
)

// Look is a result in the forms that a notebook keeps.
type Look struct {
	Text string
	HTML string // without scripts
}

// Check says what is wrong with a list of controls.
func Check(list []Control) error {
	if len(list) == 0 {
		return errors.New("interact: no controls")
	}
	seen := map[string]bool{}
	for _, c := range list {
		if err := c.Check(); err != nil {
			return err
		}
		if seen[c.Name] {
			return errors.New("two controls have the name " + c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}

// Interact shows controls above a result that follows them. A second output of
// the cell is what a reader without the kernel gets: the last look, and results
// computed beforehand.
func (h *Hub) Interact(list []Control, look func(Values) Look) {
	values := valuesOf(list)
	last := look(values)
	layout := h.open(layoutModel())
	ids := h.controlModels(list, layout)
	result := h.open(htmlModel(layout, h.open(style("HTMLStyle", object{"description_width": ""})), spaced(last.HTML)))
	box := h.open(boxModel(layout, append(ids, result)))
	key, e := "interact-"+box, explorer{}
	for i, c := range list {
		h.handlers[ids[i]] = func(state object, _ string, call Caller) {
			x, ok := c.value(state)
			if !ok {
				return
			}
			values, last = values.with(c.Name, x), Look{}
			if err := call(func() { last = look(values) }); err != nil {
				last = Look{Text: err.Error(), HTML: problem(err)}
			}
			h.set(result, object{"value": spaced(last.HTML)})
			h.late[key] = func() { h.out.ShowAs(key, e.bundle(values, last)) }
		}
	}
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Name
	}
	h.out.Show(map[string]any{MIME: view(box), "text/plain": "controls: " + strings.Join(names, ", ")})
	h.out.Quietly(func() { e = explore(list, look, last, liveTime) })
	h.out.ShowAs(key, e.bundle(values, last))
}

// spaced gives a result the lines of an output; controls stand further apart.
func spaced(html string) string { return `<div style="line-height:normal">` + html + `</div>` }

// Predict shows a control with a lock: once it is locked, say gets the value and
// nothing changes it any more.
func (h *Hub) Predict(c Control, key string, say func(v any) map[string]any) {
	value := c.start
	layout := h.open(layoutModel())
	ids := h.controlModels([]Control{c}, layout)
	button := h.open(buttonModel(layout, h.open(style("ButtonStyle", object{"button_color": nil, "font_weight": ""})), "Lock"))
	box := h.open(boxModel(layout, []string{ids[0], button}))
	locked := false
	show := func(bundle map[string]any) {
		bundle["text/html"] = beside("mlsysim-prediction-"+box, fmt.Sprint(bundle["text/plain"]))
		h.out.ShowAs(key, bundle)
	}
	h.handlers[ids[0]] = func(state object, _ string, _ Caller) {
		switch x, ok := c.value(state); {
		case ok && locked: // sent before the front end knew: it shows what is recorded
			h.set(ids[0], c.says(value))
		case ok:
			value = x
		}
	}
	h.handlers[button] = func(_ object, event string, call Caller) {
		if event != "click" || locked {
			return
		}
		var bundle map[string]any
		if err := call(func() { bundle = say(value) }); err != nil {
			bundle = map[string]any{"text/plain": err.Error()}
		} else {
			locked = true
			h.set(ids[0], c.says(value))
			h.set(ids[0], object{"disabled": true})
			h.set(button, object{"disabled": true, "description": "Locked"})
		}
		show(bundle)
	}
	h.out.Show(map[string]any{MIME: view(box), "text/plain": "prediction: " + c.Name})
	show(map[string]any{"text/plain": "not locked yet"})
}

// Start is what the controls say at first.
func Start(list []Control) Values { return valuesOf(list) }
