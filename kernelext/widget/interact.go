package widget

import (
	"errors"
	"time"
)

// Look is a result in the forms that a notebook keeps.
type Look struct {
	Text string
	HTML string // without scripts
}

// aside is the time for the explorer that a saved notebook needs, while a person
// waits for the controls.
const aside = 150 * time.Millisecond

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

// Interact shows controls above a result that follows them.
func (h *Hub) Interact(list []Control, look func(Values) Look) {
	values := valuesOf(list)
	first := look(values)
	layout := h.open(layoutModel())
	ids := h.controlModels(list, layout)
	result := h.open(htmlModel(layout, h.open(style("HTMLStyle", object{"description_width": ""})), spaced(first.HTML)))
	box := h.open(boxModel(layout, append(ids, result)))
	for i, c := range list {
		h.handlers[ids[i]] = func(state object, _ string, call Caller) {
			x, ok := c.value(state)
			if !ok {
				return
			}
			values = values.with(c.Name, x)
			now := Look{}
			if err := call(func() { now = look(values) }); err != nil {
				now.HTML = problem(err)
			}
			h.set(result, object{"value": spaced(now.HTML)})
		}
	}
	static := ""
	h.out.Quietly(func() { static = Explorer(list, look, aside) })
	h.out.Show(map[string]any{MIME: view(box), "text/html": static, "text/plain": first.Text})
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
		h.out.ShowAs(key, bundle)
	}
	h.out.Show(map[string]any{MIME: view(box), "text/plain": "prediction of " + c.Name})
	h.out.ShowAs(key, map[string]any{"text/plain": "not locked yet"})
}

// Start is what the controls say at first.
func Start(list []Control) Values { return valuesOf(list) }
