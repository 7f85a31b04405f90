package gallery

import (
	"fmt"
	"html"
	"strings"

	"github.com/mlsysim/golab/mlsysim/show"
)

// front is how the page of the site begins.
const front = `---
# Written by go test ./kernelext/gallery -update from notebooks/gallery.lab.
title: "Gallery"
weight: 40
math: true
---

`

// Page is the gallery as a page of the site, with the code of each cell. The picture of a chart lies beside
// it, under the name of its item.
func Page(items []Item) string {
	var b strings.Builder
	b.WriteString(front)
	for n, i := range items {
		if n > 0 {
			b.WriteByte('\n')
		}
		text := strings.TrimPrefix(i.Text, "# Gallery\n\n")
		text = strings.TrimPrefix(strings.ReplaceAll("\n"+text, "\n# ", "\n## "), "\n")
		fmt.Fprintf(&b, "%s\n\n```go\n%s\n```\n", text, i.Source)
		if shown := strings.TrimRight(i.markdown(), "\n"); shown != "" {
			b.WriteString("\n" + shown + "\n")
		}
	}
	return b.String()
}

// markdown is what an item shows.
func (i Item) markdown() string {
	switch {
	case i.Bundle != nil:
		return "```text\n" + fmt.Sprint(i.Bundle["text/plain"]) + "\n```"
	case i.Value == nil:
		return ""
	}
	c, ok := i.Chart()
	if !ok {
		return show.MarkdownPart(show.Of(i.Value))
	}
	alt := strings.NewReplacer("[", "(", "]", ")").Replace(html.EscapeString(c.Alt()))
	text := "![" + alt + "](" + i.Name + ".svg)" // which says title and finding itself
	if c.Note != "" {
		text += "\n\n" + c.Note
	}
	return text
}
