package main

import (
	"fmt"
	"html"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/labs"
)

// previews runs every lab and writes a page of what it shows.
func previews(cmd *cobra.Command, dir string) ([]string, error) {
	var paths []string
	for _, l := range labs.All() {
		var cells []script.Cell
		for _, c := range labs.Code(l) {
			cells = append(cells, script.Cell{Name: c.Name, Src: c.Source})
		}
		o, err := script.ExecCells(cmd.Context(), script.Limits{}, cells)
		if err == nil {
			err = failure(o)
		}
		if err != nil {
			return paths, fmt.Errorf("preview of %s: %w", l.ID, err)
		}
		shown := map[string][]string{}
		for _, item := range o.Shown {
			shown[item.Cell] = append(shown[item.Cell], fragment(item.Bundle))
		}
		page, err := labs.Preview(l, shown)
		if err != nil {
			return paths, err
		}
		path := filepath.Join(dir, labs.Base(l)+".html")
		if err := os.WriteFile(path, page, 0o644); err != nil {
			return paths, fmt.Errorf("building the labs: %w", err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// fragment is the HTML of something shown.
func fragment(bundle map[string]string) string {
	if page, ok := bundle["text/html"]; ok {
		return page
	}
	return "<pre>" + html.EscapeString(bundle["text/plain"]) + "</pre>"
}
