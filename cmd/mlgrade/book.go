package main

import (
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/mlsysim/show"
)

// A book is the flags of the commands that read or write a ledger.
type book struct {
	path, lab, who, reason string
	student, question      string
}

// bookCommands lists them.
func bookCommands(out *cli.Format) []*cobra.Command {
	return []*cobra.Command{
		reportCommand(out), lateCommand(), extendCommand(), overrideCommand(),
		requestCommand(), requestsCommand(out), decideCommand(), historyCommand(out), requeueCommand(),
	}
}

func (b *book) reads(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&b.path, "ledger", "class.db", "`file` that remembers what was graded")
	f.StringVar(&b.lab, "lab", "T0", "`id` of the lab, or name of the notebook")
	cli.OfferLate(cmd, "lab", labIDs)
}

func (b *book) writes(cmd *cobra.Command) {
	b.reads(cmd)
	cmd.Flags().StringVar(&b.who, "who", "", "`name` of the person who does this (default the user of this machine)")
}

func (b *book) explains(cmd *cobra.Command) {
	b.writes(cmd)
	cmd.Flags().StringVar(&b.reason, "reason", "", "`words` for the history and, where points change, for the student")
}

func (b *book) asks(cmd *cobra.Command) {
	cmd.Flags().StringVar(&b.question, "question", "", "`id` of the question (default the whole submission)")
}

// open opens the ledger for reading or writing, for a lab that exists or an
// assignment that the ledger knows.
func (b *book) open(write bool) (*ledger.Ledger, error) {
	r, err := ledger.OpenReader(b.path) // none is made by accident
	if err != nil {
		return nil, err
	}
	if err := b.check(r); err != nil || !write {
		return r, err
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	b.who = b.person()
	return ledger.Open(b.path)
}

// person is who does something: --who, or the user of this machine.
func (b *book) person() string {
	if u, err := user.Current(); err == nil && b.who == "" {
		return u.Username
	}
	return b.who
}

func (b *book) check(l *ledger.Ledger) error {
	lab, unknown := labs.Find(b.lab)
	if unknown == nil {
		b.lab = lab.ID
		if _, ok := lab.Find(b.question); !ok && b.question != "" {
			return fmt.Errorf("lab %s has no question %q", lab.ID, b.question)
		}
		return nil
	}
	known, err := l.Assignments()
	if err == nil && !slices.Contains(known, b.lab) {
		err = unknown
	}
	return err
}

// change opens the ledger, does something and says what was done.
func (b *book) change(cmd *cobra.Command, do func(l *ledger.Ledger) (string, error)) error {
	l, err := b.open(true)
	if err != nil {
		return err
	}
	said, err := do(l)
	if err := errors.Join(err, l.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), said)
	return err
}

func lateCommand() *cobra.Command {
	b := book{}
	p := ledger.Policy{}
	due := ""
	cmd := &cobra.Command{
		Use:   "late",
		Short: "Set what lateness costs",
		Long: `late sets the late policy of a lab. Each day begun after --due takes --per-day
percent of the points earned, up to --cap. Nothing is taken within --grace, and
everything after --cut-off; both are counted from --due.`,
		Example: "  mlgrade late --ledger class.db --lab T0 --due 2026-11-02T23:59+01:00 --grace 15m --per-day 10 --cap 50 --cut-off 168h",
		Args:    cli.Args(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := moment(due)
			if err != nil {
				return cli.Blame("due", err)
			}
			p.Due = at
			return b.change(cmd, func(l *ledger.Ledger) (string, error) {
				return fmt.Sprintf("late policy of %s: due %s", b.lab, p.Due.Format(time.RFC3339)), l.SetPolicy(b.lab, b.who, p)
			})
		},
	}
	b.writes(cmd)
	f := cmd.Flags()
	f.StringVar(&due, "due", "", "`time`: 2026-11-02T23:59+01:00, or without an offset in the time of this machine")
	f.DurationVar(&p.Grace, "grace", 0, "`time` after the due date that costs nothing, such as 15m")
	f.Float64Var(&p.PerDay, "per-day", 0, "`percent` of the points earned that each day begun costs")
	f.Float64Var(&p.Cap, "cap", 0, "`percent` that lateness costs at most (default 100)")
	f.DurationVar(&p.CutOff, "cut-off", 0, "`time` after the due date from which nothing is earned, such as 168h (default never)")
	return cmd
}

// moment reads a time with an offset, or one of this machine.
func moment(text string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return at, nil
		}
	}
	return time.Time{}, cli.Usage("--due: %q: want a time such as 2026-11-02T23:59+01:00", text)
}

func extendCommand() *cobra.Command {
	b := book{}
	var by time.Duration
	cmd := &cobra.Command{
		Use:     "extend STUDENT",
		Short:   "Give a student more time",
		Example: "  mlgrade extend ada --by 48h --reason 'ill' --ledger class.db",
		Args:    cli.Args("STUDENT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.change(cmd, func(l *ledger.Ledger) (string, error) {
				return fmt.Sprintf("%s has %v more for %s", args[0], by, b.lab), l.Extend(b.lab, args[0], b.who, b.reason, by)
			})
		},
	}
	b.explains(cmd)
	cmd.Flags().DurationVar(&by, "by", 0, "`time` after the due date, such as 48h; it replaces an earlier extension")
	return cmd
}

func overrideCommand() *cobra.Command {
	b := book{}
	withdraw := false
	cmd := &cobra.Command{
		Use:   "override STUDENT POINTS",
		Short: "Give points by hand",
		Long: `override puts points of a person in the place of those of the checks, for one
question or for the whole submission, with a reason that the student reads. With
--withdraw the points of the checks count again. Both stay in the history.`,
		Example: "  mlgrade override ada 8.5 --question q2 --reason 'right idea, slip in the unit' --ledger class.db",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o := ledger.Override{Student: args[0], Question: b.question, Reason: b.reason}
			if len(args) == 2 == withdraw {
				return cli.Usage("want STUDENT and POINTS, or STUDENT and --withdraw: see %s --help", cmd.CommandPath())
			}
			if !withdraw {
				var err error
				if o.Points, err = pointsOf(args[1]); err != nil {
					return err
				}
			}
			return b.change(cmd, func(l *ledger.Ledger) (string, error) {
				if o.Assignment, o.Who = b.lab, b.who; withdraw {
					return fmt.Sprintf("%s: the points of the checks count again", o.Student), l.Withdraw(o)
				}
				return fmt.Sprintf("%s: %s points by hand", o.Student, export.Points(o.Points)), l.Override(o)
			})
		},
	}
	b.explains(cmd)
	b.asks(cmd)
	cmd.Flags().BoolVar(&withdraw, "withdraw", false, "let the points of the checks count again")
	return cmd
}

// mostPoints is far above what any lab gives: more is a slip of the finger.
const mostPoints = 10_000

func pointsOf(text string) (float64, error) {
	p, err := strconv.ParseFloat(text, 64)
	if err != nil || !(p >= 0 && p <= mostPoints) {
		return 0, cli.Usage("POINTS: %q: want a number from 0 to %d", text, mostPoints)
	}
	return p, nil
}

func requeueCommand() *cobra.Command {
	b := book{}
	cmd := &cobra.Command{
		Use:     "requeue",
		Short:   "Try again what a fault of the machine ended",
		Example: "  mlgrade requeue --ledger class.db && mlgrade grade submissions --ledger class.db",
		Args:    cli.Args(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return b.change(cmd, func(l *ledger.Ledger) (string, error) {
				n, err := l.Requeue(b.lab, b.who)
				return fmt.Sprintf("%d submissions are graded at the next run", n), err
			})
		},
	}
	b.writes(cmd)
	return cmd
}

func historyCommand(out *cli.Format) *cobra.Command {
	b := book{}
	cmd := &cobra.Command{
		Use:     "history",
		Short:   "Show everything that happened to grades",
		Example: "  mlgrade history --ledger class.db --student ada",
		Args:    cli.Args(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := b.open(false)
			if err != nil {
				return err
			}
			defer l.Close()
			var all []ledger.Event
			for e, err := range l.History(b.lab, b.student) {
				if err != nil {
					return err
				}
				all = append(all, e)
			}
			return cli.Print(cmd, *out, historyView(b.lab, all))
		},
	}
	b.reads(cmd)
	cmd.Flags().StringVar(&b.student, "student", "", "`id` of one student (default all)")
	return cmd
}

func historyView(lab string, all []ledger.Event) show.View {
	t := &show.Table{Columns: []show.Column{{Name: "time (UTC)"}, {Name: "who"}, {Name: "what"}, {Name: "student"}, {Name: "question"}, {Name: "points", Right: true}, {Name: "text"}}}
	for _, e := range all {
		points := ""
		if e.Points != nil && e.Kind != ledger.Extended {
			points = export.Points(*e.Points)
		}
		t.Cells = append(t.Cells, []string{e.At.UTC().Format("2006-01-02 15:04:05"), e.Who, string(e.Kind), e.Student, e.Question, points, e.Text})
	}
	return show.View{Title: lab + " history", Data: all, Blocks: []show.Block{{Table: t}}}
}
