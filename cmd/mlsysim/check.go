package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/autograder/answer"
	"github.com/mlsysim/golab/autograder/notebook"
	"github.com/mlsysim/golab/autograder/sandbox/rerun"
	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
)

// A checkup is one look at one's own answers.
type checkup struct {
	lab, student string
	limits       script.Limits
}

func labCheck(out *cli.Format) *cobra.Command {
	var c checkup
	cmd := &cobra.Command{
		Use: "check FILE", Short: "Run a lab again and judge its answers", Args: cli.Args("FILE"),
		Long: `check runs a notebook or script again and judges its answers as the grader does,
at the scenario of the student id that it opens the lab with.

Exit codes: 0 every check passed, 3 one did not.`,
		Example: "  mlsysim lab check T0_hello_world.ipynb\n  mlsysim lab check s123.lab --student s123 -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			v, ok, err := c.run(cmd, args[0])
			if err != nil {
				return err
			}
			if err := cli.Print(cmd, *out, v); err != nil || ok {
				return err
			}
			return cli.End(cli.Broken)
		},
	}
	cmd.Flags().StringVar(&c.lab, "lab", "", "`id` of the lab; the one the file opens unless given")
	cmd.Flags().StringVar(&c.student, "student", "", "student `id`; the one the file opens the lab with unless given")
	cli.OfferLate(cmd, "lab", func() []string {
		ids, _ := completeLab(nil, nil, "")
		return ids
	})
	limits(cmd, &c.limits)
	return cmd
}

// run judges a file and says whether every check passed.
func (c checkup) run(cmd *cobra.Command, path string) (show.View, bool, error) {
	sub, err := notebook.Read(path)
	if err != nil {
		return show.View{}, false, cli.Blame("file", err)
	}
	cells, err := ownCells(cmd, path)
	if err != nil {
		return show.View{}, false, err
	}
	for _, cell := range sub.Cells {
		cells = append(cells, rerun.Cell{Name: cell.Name, Src: cell.Source})
	}
	cells = append(cells, c.calls(sub)...)
	run, err := rerun.Run(cmd.Context(), c.limits.Wall, cells, func(ctx context.Context, cells []script.Cell) (script.Outcome, error) {
		return script.ExecJob(ctx, script.Job{Limits: c.limits, Cells: cells, Mark: rerun.Mark}) // one's own code: no sandbox
	})
	if err != nil {
		return show.View{}, false, err
	}

	records, notes := answer.Read(run.Claims)
	lab, err := c.opened(records)
	if id := foreign(records); err != nil && c.lab == "" && id != "" {
		for _, end := range run.Ends {
			notes = append(notes, end.Message)
		}
		v, ok := c.form(id, records, notes)
		return v, ok && len(run.Ends) == 0, nil
	}
	if err != nil {
		return show.View{}, false, err
	}
	if c.student == "" {
		c.student = labs.Opened(lab, records)
	}
	for _, end := range run.Ends {
		notes = append(notes, end.Message)
	}
	verdicts := labs.Check(lab, c.student, records)
	v, ok := c.view(lab, verdicts, notes)
	return v, ok && len(run.Ends) == 0, nil
}

// calls are the cells that try functions that are answers, on inputs of
// practice. Which lab it is can only be seen in the code before it runs.
func (c checkup) calls(sub notebook.Submission) []rerun.Cell {
	id, student := c.lab, c.student
	for _, cell := range sub.Cells {
		if m := openCall.FindStringSubmatch(cell.Source); m != nil {
			id, student = cmp.Or(c.lab, m[1]), cmp.Or(c.student, m[2])
		}
	}
	lab, err := labs.Find(id)
	if err != nil {
		return nil
	}
	var out []rerun.Cell
	for _, call := range labs.Calls(lab, student, labs.Practice()) {
		out = append(out, rerun.Cell{Name: call.Name, Src: call.Source})
	}
	return out
}

var openCall = regexp.MustCompile(`\bOpen\("([^"]*)", *"([^"]*)"\)`)

// opened is the lab that was asked for, or the last one that the file opens.
func (c checkup) opened(records []record.Record) (labs.Lab, error) {
	id := c.lab
	for _, r := range records {
		if c.lab == "" && r.Kind == record.Open {
			id = r.Lab
		}
	}
	if id == "" {
		return labs.Lab{}, cli.Usage("the file opens no lab: want Open(\"T0\", your id) in it, or --lab")
	}
	lab, err := labs.Find(id)
	if err != nil {
		return labs.Lab{}, cli.Blame("lab", err)
	}
	return lab, nil
}

// foreign is the id of the last lab that the records open, when it is not ours.
func foreign(records []record.Record) string {
	id := ""
	for _, r := range records {
		if r.Kind == record.Open {
			id = r.Lab
		}
	}
	if _, err := labs.Find(id); err == nil {
		return ""
	}
	return id
}

// form is about a lab that is not ours, of which only the form is known.
func (c checkup) form(id string, records []record.Record, notes []string) (show.View, bool) {
	notes = append([]string{id + " has no answers here: only its form is judged"}, notes...)
	verdicts := labs.Form(records)
	v := show.View{Title: id, Subtitle: "form", Status: show.Pass}
	if len(verdicts) == 0 {
		v.Status = show.Fail
		notes = append(notes, "the lab asks nothing: want Predict and Answer in it")
	}
	c.blocks(&v, verdicts, notes)
	v.Data = object{
		{"lab", id}, {"ok", v.Status == show.Pass}, {"questions", verdicts}, {"notes", notes}, {"registry", source.Stamp()},
	}
	return v, v.Status == show.Pass
}

// view lists each part of each question with its verdict.
func (c checkup) view(lab labs.Lab, verdicts []labs.Verdict, notes []string) (show.View, bool) {
	v := show.View{Title: lab.ID + " " + lab.Title, Subtitle: fmt.Sprintf("student %s: %s", c.student, lab.Draw(c.student)), Status: show.Pass}
	c.blocks(&v, verdicts, notes)
	v.Data = object{
		{"lab", lab.ID},
		{"version", lab.Version},
		{"student", c.student},
		{"ok", v.Status == show.Pass},
		{"questions", verdicts},
		{"notes", append([]string{}, notes...)},
		{"registry", source.Stamp()},
	}
	return v, v.Status == show.Pass
}

// blocks fills in the questions and remarks.
func (c checkup) blocks(v *show.View, verdicts []labs.Verdict, notes []string) {
	blocks, ok := labs.Blocks(verdicts)
	if v.Blocks = append(v.Blocks, blocks...); !ok {
		v.Status = show.Fail
	}
	if len(notes) > 0 {
		v.Blocks = append(v.Blocks, show.Block{Heading: "Remarks", Notes: notes})
	}
}
