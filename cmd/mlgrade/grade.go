package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/intake"
	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/labs"
)

// A gradeCall is the flags of mlgrade grade.
type gradeCall struct {
	grade.Options
	output cli.Size
	ledger string
	layout string
	source string
	roster string
	lines  bool
}

func gradeCommand(out *cli.Format) *cobra.Command {
	c := gradeCall{}
	cmd := &cobra.Command{
		Use:   "grade DIR",
		Short: "Grade a folder or zip file of notebooks and scripts",
		Long: `grade reads DIR: files STUDENT.ipynb or STUDENT.lab, a folder per student, or
what Canvas, Moodle, nbgrader and Gradescope make, as a folder or a zip file. It
writes results.json, grades.csv, index.html and one feedback page per student
below --out, and prints the table of outcomes.

With --ledger the work is remembered: what was graded before is not graded again,
and a run that was interrupted, or killed, goes on where it ended.`,
		Example: "  mlgrade grade submissions --lab T0 --out out\n  mlgrade grade submissions.zip --lab T0 --ledger class.db\n" +
			"  mlgrade grade submitted --source source/ps1/problem1.ipynb\n" +
			"  mlgrade grade submissions --timeout 30s --memory '1 GiB' -o json",
		Args: cli.Args("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.Dir = args[0]
			return c.run(cmd, *out)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	c.flags(cmd)
	return cmd
}

func (c *gradeCall) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.Out, "out", "out", "`folder` for results, grades and feedback")
	f.StringVar(&c.ledger, "ledger", "", "`file` that remembers what was graded; made if it does not exist")
	f.BoolVar(&c.Force, "force", false, "grade again what the ledger has a result for")
	f.BoolVar(&c.lines, "json", false, "a line of JSON for each submission as it is finished, and no table")
	c.workFlags(cmd)
}

// workFlags say what is graded and how, for every command that grades.
func (c *gradeCall) workFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.Lab, "lab", "T0", "`id` of the lab")
	f.IntVar(&c.Workers, "workers", 0, "submissions at once (default one per processor)")
	f.Var((*cli.Wait)(&c.Limits.Wall), "timeout", "time of one submission from start to end (default 10s)")
	f.Var((*cli.Size)(&c.Limits.Memory), "memory", "memory of one submission, such as 1 GiB (default 512 MiB)")
	f.StringVar(&c.Limits.Tier, "tier", "", "what holds a submission: wasm or native (default the first that is here)")
	f.Var(&c.output, "output-limit", "what one submission may print and show (default 4 MiB)")
	f.StringVar(&c.source, "source", "", "instructor's notebook in nbgrader's format, a `file`, instead of a lab")
	f.StringVar(&c.Python, "python", "", "`interpreter` for the cells of --source (default python3)")
	f.StringVar(&c.layout, "layout", "", fmt.Sprintf("how DIR is laid out, one of %v (default by looking)", intake.Layouts()))
	f.StringVar(&c.Intake.Assignment, "assignment", "", "nbgrader: `name` of the assignment in submitted/ (default the only one)")
	f.StringVar(&c.roster, "roster", "", "Canvas gradebook or Moodle worksheet, a CSV `file`, that names the students of a download")
	cli.OfferLate(cmd, "lab", labIDs)
	cli.OfferLate(cmd, "layout", func() []string {
		var out []string
		for _, l := range intake.Layouts() {
			out = append(out, string(l))
		}
		return out
	})
}

const mostWorkers = 1024

func labIDs() []string {
	var ids []string
	for _, l := range labs.All() {
		ids = append(ids, l.ID)
	}
	return ids
}

// run grades the folder and prints the table; an interrupt ends it early and
// keeps what is finished.
func (c *gradeCall) run(cmd *cobra.Command, f cli.Format) error {
	if err := c.prepare(); err != nil {
		return err
	}
	if err := c.open(); err != nil {
		return err
	}
	if c.Ledger != nil {
		defer c.Ledger.Close()
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c.Progress = progress(cmd.ErrOrStderr())
	if c.lines {
		c.Progress = lines(cmd.OutOrStdout())
	}
	c.Notice = func(text string) { fmt.Fprintf(cmd.ErrOrStderr(), "note: %s\n", text) }
	report, err := grade.Run(ctx, c.Options)
	if err != nil && !report.Cancelled {
		return err
	}
	if printed := c.print(cmd, f, report); err == nil {
		err = printed
	}
	if err == nil && f == cli.Text {
		fmt.Fprintf(cmd.ErrOrStderr(), "feedback: %s\n", filepath.Join(c.Out, "index.html"))
	}
	return err
}

// prepare checks the flags and reads the roster and the source.
func (c *gradeCall) prepare() error {
	if c.Workers < 0 || c.Workers > mostWorkers {
		return cli.Blame("workers", cli.Usage("--workers = %d: want 0 to %d", c.Workers, mostWorkers))
	}
	c.Limits.Output, c.Engine = int(c.output), "mlgrade "+version
	c.Intake.Layout = intake.Layout(c.layout)
	if c.roster != "" {
		data, err := os.ReadFile(c.roster)
		if err != nil {
			return fmt.Errorf("reading the roster: %w", err)
		}
		if c.Intake.Roster, err = export.ReadRoster(data); err != nil {
			return fmt.Errorf("reading the roster %s: %w", c.roster, err)
		}
	}
	return c.readSource()
}

// open opens the ledger.
func (c *gradeCall) open() error {
	if c.ledger == "" {
		if c.Force {
			return cli.Blame("force", cli.Usage("--force needs --ledger: without one everything is graded anyway"))
		}
		return nil
	}
	var err error
	c.Ledger, err = ledger.Open(c.ledger)
	return err
}

// readSource reads an instructor's notebook; the assignment has its name.
func (c *gradeCall) readSource() error {
	if c.source == "" {
		return nil
	}
	var err error
	c.Source, err = os.ReadFile(c.source)
	c.Lab = strings.TrimSuffix(filepath.Base(c.source), filepath.Ext(c.source))
	return err
}

func (c *gradeCall) print(cmd *cobra.Command, f cli.Format, r grade.Report) error {
	switch {
	case c.lines:
		return nil
	case f == cli.JSON: // as results.json: one submission at a time
		return export.Results(cmd.OutOrStdout(), r)
	}
	return cli.Print(cmd, f, r.View())
}
