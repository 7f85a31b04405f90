package main

import (
	"crypto/rand"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/intake"
	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/labs"
)

// A gradescopeCall is the flags of mlgrade gradescope.
type gradescopeCall struct {
	lab, out, program, visible, root string
	timeout                          time.Duration
}

func gradescopeCommand() *cobra.Command {
	c := gradescopeCall{}
	cmd := &cobra.Command{
		Use:   "gradescope",
		Short: "Make an autograder for Gradescope",
		Long: `gradescope writes the zip file that you upload to Gradescope as the autograder of a
programming assignment. It holds mlgrade itself and two short scripts: nothing is
downloaded when Gradescope builds the image. A student is known by the e-mail
address that Gradescope has: that is the id to put into Open. The first member of
a group stands for the group.`,
		Example: "  mlgrade gradescope --lab T0 -o autograder.zip",
		Args:    cli.Args(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.pack(cmd) },
	}
	f := cmd.Flags()
	f.StringVar(&c.lab, "lab", "T0", "`id` of the lab")
	f.StringVarP(&c.out, "output", "o", "autograder.zip", "the zip `file`")
	f.String("format", "", "")
	f.Lookup("format").Hidden = true // -o names a file here
	f.StringVar(&c.program, "program", "", "static mlgrade for linux/amd64, a `file` (default this program)")
	f.StringVar(&c.visible, "visibility", "visible", "who sees the tests: visible, hidden, after_due_date or after_published")
	f.DurationVar(&c.timeout, "timeout", 0, "`time` of one submission from start to end (default 10s)")
	cli.OfferLate(cmd, "lab", labIDs)
	cmd.AddCommand(gradescopeRunCommand())
	return cmd
}

func (c *gradescopeCall) check() error {
	lab, err := labs.Find(c.lab)
	if err != nil {
		return err
	}
	c.lab = lab.ID
	if !slices.Contains(export.Visibilities(), export.Visible(c.visible)) {
		return cli.Blame("visibility", cli.Usage("--visibility: %q: want one of %v", c.visible, export.Visibilities()))
	}
	return nil
}

func (c *gradescopeCall) pack(cmd *cobra.Command) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.program == "" {
		self, err := os.Executable()
		if err != nil {
			return fmt.Errorf("finding this program: %w", err)
		}
		c.program = self
	}
	if err := static(c.program); err != nil {
		return err
	}
	program, err := os.Open(c.program)
	if err != nil {
		return err
	}
	defer program.Close()
	out, err := os.Create(c.out)
	if err != nil {
		return err
	}
	args := []string{"--lab", c.lab, "--visibility", c.visible}
	if c.timeout > 0 {
		args = append(args, "--timeout", c.timeout.String())
	}
	if err := errors.Join(export.GradescopeZip(out, program, rand.Text(), args), out.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), c.out)
	return err
}

// static refuses a program that Gradescope's image could not run by itself.
func static(name string) error {
	const want = "want a static program for linux/amd64: CGO_ENABLED=0 GOOS=linux GOARCH=amd64 go build ./cmd/mlgrade, then --program"
	f, err := elf.Open(name)
	if err != nil {
		return fmt.Errorf("%s is no Linux program: %s", filepath.Base(name), want)
	}
	defer f.Close()
	if f.Machine != elf.EM_X86_64 {
		return fmt.Errorf("%s is for %v: %s", filepath.Base(name), f.Machine, want)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return fmt.Errorf("%s needs shared libraries: %s", filepath.Base(name), want)
		}
	}
	return nil
}

func gradescopeRunCommand() *cobra.Command {
	c := gradescopeCall{}
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Grade one submission inside Gradescope",
		Long: `run is what run_autograder calls. It reads submission and submission_metadata.json
below --root and writes results/results.json. Exit code 1 says that something is
not graded.`,
		Args: cli.Args(),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd) },
	}
	f := cmd.Flags()
	f.StringVar(&c.root, "root", "/autograder", "`folder` of the harness")
	f.StringVar(&c.lab, "lab", "T0", "`id` of the lab")
	f.StringVar(&c.visible, "visibility", "visible", "who sees the tests")
	f.DurationVar(&c.timeout, "timeout", 0, "`time` of one submission from start to end (default 10s)")
	return cmd
}

func (c *gradescopeCall) run(cmd *cobra.Command) error {
	if err := c.check(); err != nil {
		return err
	}
	o := grade.Options{Lab: c.lab, Dir: c.root, Intake: intake.Options{Layout: intake.Gradescope}, Engine: "mlgrade " + version, Workers: 1}
	o.Limits.Wall = c.timeout
	var err error
	if o.Secret, err = os.ReadFile(filepath.Join(c.root, "source", "secret")); err != nil {
		return fmt.Errorf("reading the secret of the course: %w", err)
	}
	began := time.Now()
	r, err := grade.Run(cmd.Context(), o)
	took := time.Since(began).Round(time.Millisecond)
	s := export.Submission{Outcome: export.NotGraded, Problem: "the autograder met a problem"}
	if err == nil {
		s = r.Submissions[0]
	}
	out := filepath.Join(c.root, "results", "results.json")
	if problem := os.MkdirAll(filepath.Dir(out), 0o755); problem != nil {
		return errors.Join(err, problem)
	}
	problem := writeFile(out, func(w io.Writer) error {
		return export.Gradescope(w, r, s, took, export.Visible(c.visible))
	})
	if err := errors.Join(err, problem); err != nil {
		return err
	}
	if s.Outcome == export.NotGraded {
		return fmt.Errorf("%s is not graded: %s", s.Student, s.Problem)
	}
	return nil
}

func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
