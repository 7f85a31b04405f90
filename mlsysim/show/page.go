package show

import "html"

// A page follows the reader's scheme; prints black on white.
const pageStyle = `:root{color-scheme:light dark}` +
	`body{margin:0;font:15px/1.45 system-ui,sans-serif;color:#1a1a1a;background:#fff}` +
	`main{margin:24px auto;max-width:66em;padding:0 16px}` +
	`@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#16181c}}` +
	`@media print{body{color:#000;background:#fff}main{margin:0}}` +
	`img{max-width:100%}summary{cursor:pointer}summary:focus-visible,textarea:focus-visible,[tabindex]:focus-visible{outline:2px solid #0072b2;outline-offset:2px}` +
	`@media(prefers-color-scheme:dark){summary:focus-visible,textarea:focus-visible,[tabindex]:focus-visible{outline-color:#7cc4f0}}`

// Page prints a view as one HTML file that needs no other. No typesetter comes
// with it, so formulas are text.
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
		"<title>" + html.EscapeString(clean(title)) + "</title><style>" + pageStyle + "</style></head>\n<body><main>" +
		printHTML(v, &page{draw: draw, whole: true}) + "</main></body></html>\n"
}
