// Command registry writes the typed variables of the registry packages from
// their YAML files, and the table of documents with the stamp of all
// registries. Run it through go generate in a registry package:
//
//	go run ../internal/gen/registry -kind hardware
//
// It is strict (see package datafile): a misspelt field, a number without a source or with a wrong
// unit, a document nobody listed or a name used twice ends with file, line and
// column. It leaves out judgement of the numbers; the tests of the registry
// packages hold the physical invariants.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	name := flag.String("kind", "", "hardware, models, infra, systems or documents")
	root := flag.String("root", "..", "folder that holds the registry packages")
	check := flag.Bool("check", false, "compare with the files on disk instead of writing")
	flag.Parse()

	if err := run(*root, *name, *check); err != nil {
		fmt.Fprintln(os.Stderr, "registry:", err)
		os.Exit(1)
	}
}

// run writes the file of one kind and the stamp, which depends on all kinds.
func run(root, name string, check bool) error {
	made, err := generate(root)
	if err != nil {
		return err
	}
	own := output(name)
	if _, ok := made[own]; !ok {
		return fmt.Errorf("-kind %q: want hardware, models, infra, systems or documents", name)
	}
	for _, out := range []string{own, output("documents")} {
		if err := store(filepath.Join(root, out), made[out], check); err != nil {
			return err
		}
	}
	return nil
}

// output is the generated file of a kind, relative to the root.
func output(kind string) string {
	if kind == "documents" {
		return filepath.Join("source", "zz_documents.go")
	}
	return filepath.Join(kind, "zz_registry.go")
}

// generate reads every registry under root and renders every file.
func generate(root string) (map[string][]byte, error) {
	lib, err := readLibrary(root)
	if err != nil {
		return nil, err
	}
	made := map[string][]byte{}
	all := map[string][]*entry{}
	for _, k := range kinds {
		if all[k.name], err = readKind(root, k, lib.Documents); err != nil {
			return nil, err
		}
		if made[output(k.name)], err = renderKind(k, all[k.name]); err != nil {
			return nil, fmt.Errorf("rendering %s: %w", k.name, err)
		}
	}
	made[output("documents")], err = renderLibrary(lib, all)
	return made, err
}

// store writes a file, or with check only compares it.
func store(path string, data []byte, check bool) error {
	if !check {
		return os.WriteFile(path, data, 0o644)
	}
	have, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if !bytes.Equal(have, data) {
		return fmt.Errorf("%s is not what the data says: run go generate", path)
	}
	return nil
}
