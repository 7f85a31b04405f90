package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/kernelext/script"
)

func labConvert() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "convert FILE TO", Short: "Turn a script, a notebook and a Go file into each other", Args: cli.Args("FILE", "TO"),
		Long: `convert writes a lab in another form: a script (.lab), a notebook (.ipynb) for
our kernel and GoNB, or a Go file (.go) that prints the same when compiled. The
line "// %%" divides a script into cells, "// %% [markdown]" begins text.

A value that stands alone becomes Show(value); variables that later cells use
become declarations, because GoNB compiles every cell as a program of its own.
Outputs of a notebook are left out. What convert wrote, it turns back unchanged.`,
		Example: "  mlsysim lab convert what_if.lab what_if.ipynb\n  mlsysim lab convert what_if.lab main.go",
		RunE: func(cmd *cobra.Command, args []string) error {
			blocks, err := readForm(args[0])
			if err != nil {
				return err
			}
			data, err := writeForm(args[1], blocks)
			if err != nil {
				return scriptError(args[0], err)
			}
			return write(cmd, args[1], data, force)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "overwrite a file that is there")
	return cmd
}

// write makes a file and says so.
func write(cmd *cobra.Command, path string, data []byte, force bool) error {
	how := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if !force {
		how |= os.O_EXCL
	}
	f, err := os.OpenFile(path, how, 0o644)
	if errors.Is(err, os.ErrExist) {
		return cli.Usage("%s is there already: want --force to overwrite it", path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	fmt.Fprintln(cmd.OutOrStdout(), path)
	return nil
}

func readForm(path string) ([]script.Block, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, cli.Blame("file", err)
	}
	switch filepath.Ext(path) {
	case ".ipynb":
		return script.ReadNotebook(data)
	case ".go":
		return script.ReadGo(data)
	case ".lab":
		return script.ReadScript(string(data)), nil
	}
	return nil, unknownForm(path)
}

func writeForm(path string, blocks []script.Block) ([]byte, error) {
	switch filepath.Ext(path) {
	case ".ipynb":
		return script.WriteNotebook(blocks)
	case ".go":
		return script.WriteGo(blocks)
	case ".lab":
		return []byte(script.WriteScript(blocks)), nil
	}
	return nil, unknownForm(path)
}

func unknownForm(path string) error {
	return cli.Usage("%s: want a file that ends in .lab, .ipynb or .go", path)
}

// scriptError names the file in place of its one block.
func scriptError(path string, err error) error {
	var list script.Errors
	if !errors.As(err, &list) {
		return err
	}
	first := list[0]
	first.Name = strings.Replace(first.Name, "script", filepath.Base(path), 1)
	return &cli.Failure{Title: "not a script", Code: "script", Reason: withHint(&first)}
}
