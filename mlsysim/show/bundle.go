package show

import "strings"

// Bundle returns every form of a value by MIME type; text/plain is always there,
// and alone where the value is a single number or name. A derivation has no HTML:
// every front end sets the formulas of Markdown, but not all those of HTML.
func Bundle(v any) map[string]any {
	view := Of(v)
	plain := strings.TrimRight(Text(view, Options{}), "\n")
	if view.single() {
		return map[string]any{"text/plain": plain}
	}
	bundle := map[string]any{"text/plain": plain, "text/markdown": markdown(view, "", "")}
	if !view.onlyExplains() {
		bundle["text/html"] = HTML(view)
	}
	return bundle
}

// onlyExplains reports whether the view is a derivation and its remarks.
func (v View) onlyExplains() bool {
	for _, b := range v.Blocks {
		if b.Table != nil || b.Chart != nil || len(b.Rows)+len(b.Bars) > 0 {
			return false
		}
	}
	return v.explains()
}

// single reports whether the view is one bare value.
func (v View) single() bool {
	if v.Title != "" || len(v.Blocks) != 1 {
		return false
	}
	b := v.Blocks[0]
	return len(b.Rows) == 1 && b.Rows[0].Label == "" && b.Heading == "" && b.Table == nil && b.Chart == nil &&
		len(b.Bars)+len(b.Steps)+len(b.Notes) == 0
}
