package widget

// The models of ipywidgets that this package uses, as the front end keeps them.
// Names and fields: https://github.com/jupyter-widgets/ipywidgets, the file
// packages/schema/jupyterwidgetmodels.latest.md.

type object = map[string]any

const (
	base     = "@jupyter-widgets/base"
	controls = "@jupyter-widgets/controls"
	version  = "2.0.0" // of both modules
)

// model is the state of one model, complete enough for a front end that never
// saw it.
func model(module, name, view string, state object) object {
	full := object{
		"_model_module": module, "_model_module_version": version, "_model_name": name + "Model",
		"_view_module": module, "_view_module_version": version, "_view_name": nil,
	}
	if view != "" {
		full["_view_name"] = view + "View"
	}
	for k, v := range state {
		full[k] = v
	}
	return full
}

// style is a model whose view belongs to the base module.
func style(name string, state object) object {
	s := model(controls, name, "", state)
	s["_view_module"], s["_view_name"] = base, "StyleView"
	return s
}

func ref(id string) string { return "IPY_MODEL_" + id }

// state is the model of a control.
func (c Control) state(layout, styleID string) object {
	common := object{
		"description": c.Name, "disabled": false, "layout": ref(layout), "style": ref(styleID),
		"tabbable": nil, "tooltip": nil, "description_allow_html": false, "_dom_classes": []string{},
	}
	put := func(more object) object {
		for k, v := range more {
			common[k] = v
		}
		return common
	}
	moving := object{"continuous_update": true, "readout": true, "orientation": "horizontal", "behavior": "drag-tap"}
	switch c.kind {
	case slider:
		name, format := "FloatSlider", ".3g"
		if c.step == 1 {
			name, format = "IntSlider", "d"
		}
		put(moving)
		return model(controls, name, name, put(object{"min": c.lo, "max": c.hi, "step": c.step, "value": c.start, "readout_format": format}))
	case steps:
		put(moving)
		return model(controls, "SelectionSlider", "SelectionSlider", put(object{"_options_labels": c.labels(), "index": c.index(c.start)}))
	case dropdown:
		return model(controls, "Dropdown", "Dropdown", put(object{"_options_labels": c.labels(), "index": c.index(c.start)}))
	case checkbox:
		return model(controls, "Checkbox", "Checkbox", put(object{"value": c.start, "indent": true}))
	}
	return model(controls, "ToggleButton", "ToggleButton", put(object{"value": c.start, "button_style": "", "icon": ""}))
}

// styleModel is the model that the control's style needs.
func (c Control) styleModel(width string) object {
	switch c.kind {
	case slider, steps:
		return style("SliderStyle", object{"description_width": width, "handle_color": nil})
	case checkbox:
		return style("CheckboxStyle", object{"description_width": width, "background": nil})
	case toggle:
		return style("ToggleButtonStyle", object{"description_width": width, "font_family": nil})
	}
	return style("DescriptionStyle", object{"description_width": width})
}

// value reads what a front end says about a control; false if it says nothing.
func (c Control) value(state object) (any, bool) {
	switch c.kind {
	case slider:
		x, ok := state["value"].(float64)
		return min(max(x, c.lo), c.hi), ok && x == x
	case steps, dropdown:
		i, ok := state["index"].(float64)
		if !ok {
			return nil, false
		}
		return c.at(int(i))
	}
	on, ok := state["value"].(bool)
	return on, ok
}

// says is the part of a control's state that holds its value.
func (c Control) says(v any) object {
	if c.kind == steps || c.kind == dropdown {
		return object{"index": c.index(v)}
	}
	return object{"value": v}
}

func htmlModel(layout, styleID, value string) object {
	return model(controls, "HTML", "HTML", object{
		"value": value, "placeholder": "", "description": "", "description_allow_html": false,
		"layout": ref(layout), "style": ref(styleID), "tabbable": nil, "tooltip": nil, "_dom_classes": []string{},
	})
}

func boxModel(layout string, children []string) object {
	refs := make([]string, len(children))
	for i, id := range children {
		refs[i] = ref(id)
	}
	return model(controls, "VBox", "VBox", object{"children": refs, "layout": ref(layout), "box_style": "", "tabbable": nil, "tooltip": nil, "_dom_classes": []string{}})
}

func buttonModel(layout, styleID, text string) object {
	return model(controls, "Button", "Button", object{
		"description": text, "disabled": false, "button_style": "primary", "icon": "lock", "layout": ref(layout), "style": ref(styleID),
		"tabbable": nil, "tooltip": nil, "_dom_classes": []string{},
	})
}

func layoutModel() object {
	return model(base, "Layout", "Layout", object{"width": nil, "max_width": "60em"})
}
