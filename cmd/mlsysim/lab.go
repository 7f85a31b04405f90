package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/autograder/notebook"
	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/mlsysim/show"
)

func labCommand(out *cli.Format) *cobra.Command {
	cmd := cli.Group(&cobra.Command{
		Use:   "lab COMMAND",
		Short: "Work through a lab: list, new, run, check, build, convert",
		Long: `lab runs labs in the embedded engine, in a process of their own with limits on
time, memory and output. A lab is an id such as T0, or a file: .ipynb, .lab or .go.
Entries of yours, from --registry or from registry.yaml beside the file, are
variables of the lab.`,
		Example: `  mlsysim lab build notebooks
  mlsysim lab run notebooks/T0_hello_world.lab
  mlsysim lab check T0_hello_world.lab --student s123`,
	}, "command")
	keep(cmd)
	cmd.AddCommand(labList(out), labNew(), labRun(out), labCheck(out), labBuild(), labConvert())
	return cmd
}

func labList(out *cli.Format) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the labs", Example: "  mlsysim lab list -o json", Args: cli.Args(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			table, objects := tabulate(labs.All(), []column[labs.Lab]{
				{"id", "Lab", func(l labs.Lab) any { return l.ID }},
				{"title", "Title", func(l labs.Lab) any { return l.Title }},
				{"version", "", func(l labs.Lab) any { return l.Version }},
				{"minutes", "Minutes", func(l labs.Lab) any { return l.Minutes }},
				{"questions", "Questions", func(l labs.Lab) any { return len(l.Questions) }},
				{"objective", "Objective", func(l labs.Lab) any { return l.Objective }},
			})
			data := catalogue{{"labs", objects}}
			return cli.Print(cmd, *out, show.View{Title: "Labs", Blocks: []show.Block{{Table: table}}, Data: data})
		},
	}
}

func labBuild() *cobra.Command {
	var instructor, page bool
	var pages string
	cmd := &cobra.Command{
		Use: "build DIR", Short: "Write the notebook and the script of every lab", Args: cli.Args("DIR"),
		Long: `build writes the notebook (.ipynb, for our kernel and GoNB) and the script (.lab)
of every lab. With --instructor it adds a folder of notebooks with solutions and
what wrong answers are told, with --html a page of each lab as it looks when it
has run; with --pages it writes the pages of the site too.`,
		Example: "  mlsysim lab build notebooks\n  mlsysim lab build course --instructor --html",
		RunE: func(cmd *cobra.Command, args []string) error {
			paths, err := labs.Build(args[0], instructor)
			for _, build := range []struct {
				wanted bool
				run    func() ([]string, error)
			}{
				{page, func() ([]string, error) { return previews(cmd, args[0]) }},
				{pages != "", func() ([]string, error) { return labs.BuildPages(pages) }},
			} {
				if err == nil && build.wanted {
					var more []string
					more, err = build.run()
					paths = append(paths, more...)
				}
			}
			for _, p := range paths {
				fmt.Fprintln(cmd.OutOrStdout(), p)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&instructor, "instructor", false, "also the notebooks with solutions")
	cmd.Flags().BoolVar(&page, "html", false, "also an HTML page of every lab, with what it shows")
	cmd.Flags().StringVar(&pages, "pages", "", "`folder` for a Markdown page of every lab")
	return cmd
}

func labRun(out *cli.Format) *cobra.Command {
	var l script.Limits
	cmd := &cobra.Command{
		Use: "run LAB|FILE", Short: "Run a lab and print what it shows", Args: cli.Args("LAB|FILE"),
		Example: "  mlsysim lab run T0\n  mlsysim lab run T0_hello_world.ipynb --timeout 30s",
		RunE: func(cmd *cobra.Command, args []string) error {
			cells, err := cellsOf(args[0])
			if err != nil {
				return err
			}
			mine, err := ownCells(cmd, args[0])
			if err != nil {
				return err
			}
			cells = append(mine, cells...)
			if *out != cli.Text && *out != cli.JSON {
				return cli.Usage("lab run prints text or json, not %s", *out)
			}
			return runCells(cmd, *out, l, cells)
		},
		ValidArgsFunction: completeLab,
	}
	limits(cmd, &l)
	return cmd
}

// limits adds the flags that bound a run.
func limits(cmd *cobra.Command, l *script.Limits) {
	cmd.Flags().Var((*cli.Wait)(&l.Wall), "timeout", "time from start to end (default 10s)")
	cmd.Flags().Var((*cli.Size)(&l.Memory), "memory", "memory, such as 1 GiB (default 512 MiB)")
}

func completeLab(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var ids []string
	for _, l := range labs.All() {
		ids = append(ids, l.ID)
	}
	return ids, cobra.ShellCompDirectiveDefault
}

// cellsOf reads a file, or the script form of a lab.
func cellsOf(name string) ([]script.Cell, error) {
	if filepath.Ext(name) == "" {
		l, err := labs.Find(name)
		if err != nil {
			return nil, cli.Blame("lab", err)
		}
		return []script.Cell{{Name: l.ID, Src: string(labs.Script(l))}}, nil
	}
	if filepath.Ext(name) == ".go" {
		return cellsOfGo(name)
	}
	sub, err := notebook.Read(name)
	if err != nil {
		return nil, cli.Blame("file", err)
	}
	var out []script.Cell
	for _, c := range sub.Cells {
		out = append(out, script.Cell{Name: c.Name, Src: c.Source})
	}
	if filepath.Ext(name) != ".ipynb" {
		out[0].Name = filepath.Base(name) // a script is one cell
	}
	return out, nil
}

// cellsOfGo reads what convert wrote, or any Go file that is a lab.
func cellsOfGo(name string) ([]script.Cell, error) {
	blocks, err := readForm(name)
	if err != nil {
		return nil, err
	}
	var out []script.Cell
	for _, b := range blocks {
		if !b.Text {
			out = append(out, script.Cell{Name: fmt.Sprintf("%s, block %d", filepath.Base(name), len(out)+1), Src: b.Source})
		}
	}
	return out, nil
}

// ownCells declares the entries of the user: those of --registry and of the
// registry.yaml in the folder of a lab's file.
func ownCells(cmd *cobra.Command, lab string) ([]script.Cell, error) {
	beside := filepath.Join(filepath.Dir(lab), "registry.yaml")
	if _, err := os.Stat(beside); err == nil && filepath.Ext(lab) != "" {
		if err := cmd.Flag("registry").Value.Set(beside); err != nil {
			return nil, cli.Blame("registry", err)
		}
	}
	src, err := own(cmd).Script()
	if err != nil || src == "" {
		return nil, err
	}
	return []script.Cell{{Name: "registry", Src: src}}, nil
}

// runCells prints what the cells show, then what they print, and fails with
// their first error.
func runCells(cmd *cobra.Command, f cli.Format, l script.Limits, cells []script.Cell) error {
	o, err := script.ExecCells(cmd.Context(), l, cells)
	if err != nil {
		return err
	}
	failed := failure(o)
	if f == cli.JSON && failed != nil {
		return failed // one document: the error
	}
	if f == cli.JSON {
		return cli.Print(cmd, f, show.View{Data: object{{"shown", texts(o)}, {"printed", o.Stdout}}})
	}

	text := strings.Join(texts(o), "\n")
	if _, err := io.WriteString(cmd.OutOrStdout(), text+o.Stdout); err != nil {
		return fmt.Errorf("writing the output: %w", err)
	}
	return failed
}

// texts lists what was shown as text, each with its line end.
func texts(o script.Outcome) []string {
	out := []string{}
	for _, item := range o.Shown {
		out = append(out, strings.TrimRight(item.Bundle["text/plain"], "\n")+"\n")
	}
	return out
}

// failure is the error of a lab that did not run to its end.
func failure(o script.Outcome) error {
	f := &cli.Failure{Title: "the lab " + string(o.Reason), Code: "script", Reason: "the lab " + string(o.Reason)}
	switch {
	case o.Reason == script.Done:
		return nil
	case o.Err != nil:
		f.Reason = withHint(o.Err)
	}
	return f
}

// withHint is an error of a script with its advice, on one line.
func withHint(err *script.Error) string {
	text := err.Error()
	if err.Hint != "" && !strings.Contains(text, err.Hint) {
		text += " (" + err.Hint + ")"
	}
	return strings.Join(strings.Fields(text), " ")
}
