// Command pages writes the catalog of the documentation: one page per tier of
// devices, family of networks, set of grid regions, and for fabrics, servers,
// clusters, storage, buildings and prices. Run it through go generate in package
// zoo. A column has one unit, so that a page can sort it; the confidence of each
// number is marked and the documents of a row are its footnotes. It leaves out
// the source of each single value: mlsysim zoo show has them.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", "../../docs/content/catalog", "folder of the pages")
	flag.Parse()

	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gen/pages:", err)
		os.Exit(1)
	}
}

// write makes the folder hold the pages and nothing else.
func write(dir string) error {
	made := render(catalog())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if _, ok := made[filepath.Base(path)]; ok {
			continue
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	for name, text := range made {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
