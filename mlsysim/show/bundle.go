package show

// Bundle returns every form of a value by MIME type; text/plain is always there.
func Bundle(v any) map[string]any {
	view := Of(v)
	return map[string]any{
		"text/plain":    Text(view, Options{}),
		"text/html":     HTML(view),
		"text/markdown": Markdown(view),
	}
}
