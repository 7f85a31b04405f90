package labs

import (
	_ "embed"
	"fmt"
	"strings"
)

// indexName is the page beside the notebooks that a student sees first.
const indexName = "index.md"

//go:embed index.md
var indexText string

// Index is that page: how a lab goes, and the list of all.
func Index() File {
	var rows strings.Builder
	for _, l := range All() {
		fmt.Fprintf(&rows, "| %d | [%s %s](%s.ipynb) | %s | %d |\n", l.Week, l.ID, l.Title, Base(l), piped(l.Objective), l.Minutes)
	}
	text := strings.NewReplacer("FIRST", Base(All()[0])+".ipynb", "LABS\n", rows.String()+"\n").Replace(indexText)
	return File{indexName, []byte(text)}
}
