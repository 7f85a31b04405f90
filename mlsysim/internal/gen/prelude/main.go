// Command prelude writes what an interpreter needs to know about a Go package:
// a map of its exported symbols for yaegi, and a body-less copy of its API that
// go/types reads on a machine without a Go toolchain.
//
//	go run ./mlsysim/internal/gen/prelude -pkg github.com/mlsysim/golab/kernelext/lab -out kernelext/script
//
// It leaves out generic functions and types: for -pkg they are an error, as is
// every other exported symbol a script could not use; for -std they are dropped.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	var (
		pkg  = flag.String("pkg", "", "import path of the prelude; writes zz_symbols.go and zz_stub.go.txt")
		std  = flag.String("std", "", "import paths of standard packages, comma separated; writes zz_std.go and zz_std.go.txt")
		out  = flag.String("out", ".", "directory of the package that embeds the result")
		name = flag.String("package", "", "name of that package (default: the directory's)")
		drop = flag.String("drop", "", "symbols left out, as pkg.Name, comma separated; a final * matches the rest")
	)
	flag.Parse()
	if err := run(*pkg, *std, *out, *name, list(*drop)); err != nil {
		fmt.Fprintln(os.Stderr, "prelude:", err)
		os.Exit(1)
	}
}

func run(pkg, std, out, name string, drop []string) error {
	if (pkg == "") == (std == "") {
		return fmt.Errorf("-pkg = %q, -std = %q: want exactly one", pkg, std)
	}
	dir, err := filepath.Abs(out)
	if err != nil {
		return fmt.Errorf("finding %s: %w", out, err)
	}
	if name == "" {
		name = filepath.Base(dir)
	}

	paths := list(std)
	if pkg != "" {
		paths = []string{pkg}
	}
	pkgs, err := load(paths)
	if err != nil {
		return err
	}

	g := newGenerator(pkgs, name, std != "", drop)
	if err := g.collect(); err != nil {
		return err
	}
	symbols, stub := "zz_symbols.go", "zz_stub.go.txt"
	if g.std {
		symbols, stub = "zz_std.go", "zz_std.go.txt"
	}
	code, err := g.symbolFile(stub)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, symbols), code, 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", symbols, err)
	}
	if err := os.WriteFile(filepath.Join(dir, stub), g.stubFile(), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", stub, err)
	}
	return nil
}

func load(paths []string) ([]*packages.Package, error) {
	cfg := &packages.Config{Mode: packages.LoadAllSyntax}
	pkgs, err := packages.Load(cfg, paths...)
	if err != nil {
		return nil, fmt.Errorf("loading %s: %w", strings.Join(paths, ", "), err)
	}
	for _, p := range pkgs {
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("loading %s: %w", p.PkgPath, p.Errors[0])
		}
	}
	return pkgs, nil
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
