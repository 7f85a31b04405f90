package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/show"
)

func requestCommand() *cobra.Command {
	b := book{}
	cmd := &cobra.Command{
		Use:     "request STUDENT TEXT",
		Short:   "Enter a student's regrade request",
		Example: "  mlgrade request ada 'my latency is that of the lab' --question q1 --ledger class.db",
		Args:    cli.Args("STUDENT", "TEXT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.change(cmd, func(l *ledger.Ledger) (string, error) {
				id, err := l.Request(ledger.Request{Assignment: b.lab, Student: args[0], Question: b.question, Text: args[1], Who: b.who})
				return fmt.Sprintf("request %d", id), err
			})
		},
	}
	b.writes(cmd)
	b.asks(cmd)
	return cmd
}

func decideCommand() *cobra.Command {
	b := book{}
	cmd := &cobra.Command{
		Use:   "decide REQUEST TEXT",
		Short: "Answer a regrade request",
		Long: `decide closes a regrade request with an answer. Where points change, give them
with mlgrade override.`,
		Example: "  mlgrade decide 12 'declined: GiB was asked for' --ledger class.db",
		Args:    cli.Args("REQUEST", "TEXT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return cli.Usage("REQUEST: %q: want a number: see mlgrade requests", args[0])
			}
			return b.change(cmd, func(l *ledger.Ledger) (string, error) {
				return fmt.Sprintf("request %d is closed", id), l.Decide(id, b.who, args[1])
			})
		},
	}
	b.writes(cmd)
	return cmd
}

func requestsCommand(out *cli.Format) *cobra.Command {
	b := book{}
	open := false
	cmd := &cobra.Command{
		Use:     "requests",
		Short:   "List the regrade requests",
		Example: "  mlgrade requests --open --ledger class.db",
		Args:    cli.Args(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := b.open(false)
			if err != nil {
				return err
			}
			defer l.Close()
			all, err := l.Requests(b.lab)
			if err != nil {
				return err
			}
			return cli.Print(cmd, *out, requestsView(b.lab, all, open))
		},
	}
	b.reads(cmd)
	cmd.Flags().BoolVar(&open, "open", false, "only those without a decision")
	return cmd
}

func requestsView(lab string, all []ledger.Request, open bool) show.View {
	t := &show.Table{Columns: []show.Column{{Name: "request", Right: true}, {Name: "student"}, {Name: "question"}, {Name: "text"}, {Name: "decision"}}}
	var shown []ledger.Request
	for _, r := range all {
		if open && r.Decision != "" {
			continue
		}
		shown = append(shown, r)
		t.Cells = append(t.Cells, []string{fmt.Sprint(r.ID), r.Student, r.Question, r.Text, r.Decision})
	}
	return show.View{Title: lab + " regrade requests", Data: shown, Blocks: []show.Block{{Table: t}}}
}
