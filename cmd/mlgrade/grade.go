package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/labs"
)

func gradeCommand(out *cli.Format) *cobra.Command {
	o := grade.Options{}
	output := cli.Size(0)
	cmd := &cobra.Command{
		Use:   "grade DIR",
		Short: "Grade a folder of notebooks and scripts",
		Long: `grade reads DIR: files STUDENT.ipynb or STUDENT.lab, or a folder per student. It
writes results.json, grades.csv, index.html and one feedback page per student
below --out, and prints the table of outcomes.`,
		Example: "  mlgrade grade submissions --lab T0 --out out\n  mlgrade grade submissions --timeout 30s --memory '1 GiB' -o json",
		Args:    cli.Args("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.Workers < 0 || o.Workers > mostWorkers {
				return cli.Blame("workers", cli.Usage("--workers = %d: want 0 to %d", o.Workers, mostWorkers))
			}
			o.Dir, o.Limits.Output = args[0], int(output)
			return run(cmd, *out, o)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Lab, "lab", "T0", "`id` of the lab")
	f.StringVar(&o.Out, "out", "out", "`folder` for results, grades and feedback")
	f.IntVar(&o.Workers, "workers", 0, "submissions at once (default one per processor)")
	f.Var((*cli.Wait)(&o.Limits.Wall), "timeout", "time of one submission from start to end (default 10s)")
	f.Var((*cli.Size)(&o.Limits.Memory), "memory", "memory of one submission, such as 1 GiB (default 512 MiB)")
	f.Var(&output, "output-limit", "what one submission may print and show (default 4 MiB)")
	cli.OfferLate(cmd, "lab", labIDs)
	return cmd
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
func run(cmd *cobra.Command, f cli.Format, o grade.Options) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
	defer stop()
	o.Progress = progress(cmd.ErrOrStderr())
	o.Engine = "mlgrade " + version
	report, err := grade.Run(ctx, o)
	if err != nil && len(report.Submissions) == 0 {
		return err
	}
	if printed := cli.Print(cmd, f, report.View()); err == nil {
		err = printed
	}
	if err == nil && f == cli.Text {
		fmt.Fprintf(cmd.ErrOrStderr(), "feedback: %s\n", filepath.Join(o.Out, "index.html"))
	}
	return err
}

// progress shows how far grading is: a bar on a terminal, a line each elsewhere.
func progress(w io.Writer) func(done, total int, name string) {
	file, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return func(done, total int, name string) { fmt.Fprintf(w, "%d/%d %s\n", done, total, name) }
	}

	var bar *progressbar.ProgressBar
	return func(done, total int, name string) {
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(30),
				progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
		}
		bar.Describe(name)
		bar.Set(done)
	}
}
