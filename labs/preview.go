package labs

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// A Cell is a code cell of a lab's notebook.
type Cell struct{ Name, Source string }

// Code lists the code cells of a lab's notebook, each with a name of its own.
func Code(l Lab) []Cell {
	var out []Cell
	for i, c := range cells(l) {
		if !c.markdown {
			out = append(out, Cell{fmt.Sprintf("cell %d", i+1), c.source})
		}
	}
	return out
}

// Preview prints a lab as one HTML page that needs no network: text, code and
// what each cell shows, as fragments of HTML. Formulas stay as they are written.
func Preview(l Lab, shown map[string][]string) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, previewHead, html.EscapeString(l.ID+" "+l.Title))
	md := goldmark.New(goldmark.WithExtensions(extension.Table))
	for i, c := range cells(l) {
		if c.markdown {
			if err := md.Convert([]byte(formulas(c.source)), &b); err != nil {
				return nil, fmt.Errorf("preview of %s: %w", l.ID, err)
			}
			continue
		}
		code := strings.ReplaceAll(c.source, statements(""), "")
		fmt.Fprintf(&b, "<pre class=code>%s</pre>\n", html.EscapeString(code))
		for _, fragment := range shown[fmt.Sprintf("cell %d", i+1)] {
			fmt.Fprintf(&b, "<div class=out>%s</div>\n", fragment)
		}
	}
	b.WriteString("</body></html>\n")
	return b.Bytes(), nil
}

const previewHead = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width,initial-scale=1"/><title>%s</title>
<style>:root{color-scheme:light dark}body{max-width:60em;margin:24px auto;padding:0 16px;font:16px/1.5 system-ui,sans-serif}
pre.code{background:rgba(128,128,128,.12);padding:8px 12px;overflow-x:auto}pre,code{font-size:14px}
.out{border-left:3px solid rgba(128,128,128,.35);padding:0 12px;margin:8px 0;overflow-x:auto}table{border-collapse:collapse}td,th{padding:2px 10px;text-align:left}</style>
</head><body>
`

var (
	display = regexp.MustCompile(`(?s)\$\$(.+?)\$\$`)
	inline  = regexp.MustCompile(`(^|[^\\$])\$([^$\n]+)\$`)
)

// formulas shows TeX as code, for pages that have nothing to typeset it.
func formulas(markdown string) string {
	return inline.ReplaceAllString(display.ReplaceAllString(markdown, "\n```\n$1\n```\n"), "$1`$2`")
}
