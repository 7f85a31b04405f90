package show

import "html"

const pageStyle = `:root{color-scheme:light dark}` +
	`body{margin:24px auto;max-width:62em;padding:0 16px;font:15px/1.45 system-ui,sans-serif;color:#1a1a1a;background:#fff}` +
	`@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#16181c}}` +
	`img{max-width:100%}summary{cursor:pointer}`

// Page prints a view as one HTML file that needs no other.
func Page(v View) string { return PageWith(v, chartTable) }

// PageWith prints a view as Page does and lets draw make the fragment of each
// chart.
func PageWith(v View, draw func(Chart) string) string {
	title := v.Title
	if title == "" {
		title = "mlsysim"
	}
	return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>" +
		"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>" +
		"<title>" + html.EscapeString(clean(title)) + "</title><style>" + pageStyle + "</style></head>\n<body>" +
		HTMLWith(v, draw) + "</body></html>\n"
}
