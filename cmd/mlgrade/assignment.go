package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/autograder/assignment"
	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/labs/mutant"
	"github.com/mlsysim/golab/mlsysim/show"
)

func releaseCommand() *cobra.Command {
	out := ""
	cmd := &cobra.Command{
		Use:   "release SOURCE",
		Short: "Make the student version of a notebook",
		Long: `release reads an instructor's notebook with nbgrader's metadata and writes what
students get: a stub for each solution (BEGIN SOLUTION, END SOLUTION, or the
whole cell), no hidden tests (BEGIN HIDDEN TESTS) and no mark schemes (BEGIN MARK
SCHEME), no outputs, given cells locked, with nbgrader's checksums.`,
		Example: "  mlgrade release source/ps1/problem1.ipynb --to release/ps1/problem1.ipynb",
		Args:    cli.Args("SOURCE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := readNotebook(args[0])
			if err != nil {
				return err
			}
			data, err := n.Release()
			if err != nil {
				return err
			}
			if out == "" {
				_, err = cmd.OutOrStdout().Write(data)
				return err
			}
			return os.WriteFile(out, data, 0o644)
		},
	}
	cmd.Flags().StringVar(&out, "to", "", "the student's notebook, a `file` (default the standard output)")
	return cmd
}

func readNotebook(name string) (*assignment.Notebook, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the notebook: %w", err)
	}
	return assignment.Read(data)
}

func limitFlags(cmd *cobra.Command, l *assignment.Limits) {
	f := cmd.Flags()
	f.DurationVar(&l.Wall, "timeout", 30*time.Second, "`time` of one test cell with all cells before it")
	f.StringVar(&l.Python, "python", "", "`interpreter` (default python3)")
}

func validateCommand(out *cli.Format) *cobra.Command {
	l := assignment.Limits{}
	cmd := &cobra.Command{
		Use:   "validate NOTEBOOK",
		Short: "Run the visible tests of a notebook, as a student may",
		Long: `validate runs the test cells that stand in a student's notebook, each in a fresh
process after the cells before it. It knows no hidden tests. Exit code 3 says that
one does not pass.`,
		Example: "  mlgrade validate problem1.ipynb",
		Args:    cli.Args("NOTEBOOK"),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("reading the notebook: %w", err)
			}
			checks, err := assignment.Validate(cmd.Context(), l, data)
			if err != nil {
				return err
			}
			if err := cli.Print(cmd, *out, checksView(checks)); err != nil {
				return err
			}
			if slices.ContainsFunc(checks, func(c assignment.Check) bool { return !c.Passed }) {
				return cli.End(cli.Broken)
			}
			return nil
		},
	}
	limitFlags(cmd, &l)
	return cmd
}

func checksView(checks []assignment.Check) show.View {
	t := &show.Table{Columns: []show.Column{{Name: "test"}, {Name: "result"}, {Name: "why"}}}
	for _, c := range checks {
		t.Cells = append(t.Cells, []string{c.ID, map[bool]string{true: "passed", false: "failed"}[c.Passed], c.Why})
	}
	return show.View{Title: "visible tests", Data: checks, Blocks: []show.Block{{Table: t}}}
}

func lintCommand(out *cli.Format) *cobra.Command {
	l := assignment.Limits{}
	cmd := &cobra.Command{
		Use:   "lint LAB|SOURCE.ipynb",
		Short: "Try wrong answers on the checks of a lab or notebook",
		Long: `lint says how good the checks are. For a lab it tries the mutants of the right
answers (other units, factors, signs, another student's numbers, known wrong ideas)
and lists those that pass. For a notebook with nbgrader's metadata it runs the
solution, the stub and functions that always return the same through every test
cell. Exit code 3 says that points can be had without an answer.`,
		Example: "  mlgrade lint T0\n  mlgrade lint source/ps1/problem1.ipynb",
		Args:    cli.Args("LAB|SOURCE.ipynb"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if lab, err := labs.Find(args[0]); err == nil {
				return lintLab(cmd, *out, lab)
			}
			n, err := readNotebook(args[0])
			if err != nil {
				return err
			}
			found, err := n.Lint(cmd.Context(), l)
			if err != nil {
				return err
			}
			return lintNotebook(cmd, *out, found)
		},
	}
	limitFlags(cmd, &l)
	return cmd
}

// lintStudents are the scenarios at which mutants are tried.
var lintStudents = []string{"ada", "bob", "cleo", "dan", "eve", "fay", "gil", "hal"}

func lintLab(cmd *cobra.Command, f cli.Format, lab labs.Lab) error {
	r := mutant.Run(lab, lintStudents)
	t := &show.Table{Columns: []show.Column{{Name: "question"}, {Name: "mutant that passes"}, {Name: "students", Right: true}}}
	for _, s := range r.Survivors {
		t.Cells = append(t.Cells, []string{s.Question, s.Name, fmt.Sprintf("%d of %d", len(s.Students), len(lintStudents))})
	}
	v := show.View{Title: lab.ID + " checks", Subtitle: r.String(), Data: r}
	if len(t.Cells) > 0 {
		v.Blocks = append(v.Blocks, show.Block{Table: t})
	}
	if len(r.Silent) > 0 {
		v.Blocks = append(v.Blocks, show.Block{Heading: "wrong ideas that are not named", Notes: r.Silent})
	}
	if err := cli.Print(cmd, f, v); err != nil {
		return err
	}
	if len(r.Survivors) > 0 {
		return cli.End(cli.Broken)
	}
	return nil
}

func lintNotebook(cmd *cobra.Command, f cli.Format, found []assignment.Finding) error {
	v := show.View{Title: "checks", Subtitle: fmt.Sprintf("%d findings", len(found)), Data: append([]assignment.Finding{}, found...)}
	if len(found) > 0 {
		t := &show.Table{Columns: []show.Column{{Name: "test"}, {Name: "finding"}}}
		for _, one := range found {
			t.Cells = append(t.Cells, []string{one.ID, one.Text})
		}
		v.Blocks = append(v.Blocks, show.Block{Table: t})
	}
	if err := cli.Print(cmd, f, v); err != nil {
		return err
	}
	if slices.ContainsFunc(found, func(f assignment.Finding) bool { return f.Serious }) {
		return cli.End(cli.Broken)
	}
	return nil
}
