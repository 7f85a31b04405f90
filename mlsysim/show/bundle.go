package show

import "strings"

// Bundle returns every form of a value by MIME type; text/plain is always there,
// and alone where the value is a single number or name.
func Bundle(v any) map[string]any {
	view := Of(v)
	plain := strings.TrimRight(Text(view, Options{}), "\n")
	if view.single() {
		return map[string]any{"text/plain": plain}
	}
	return map[string]any{
		"text/plain":    plain,
		"text/html":     HTML(view),
		"text/markdown": Markdown(view),
	}
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
