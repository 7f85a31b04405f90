package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/mlsysim/golab/autograder/console"
	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/cmd/internal/cli"
)

// A serveCall is the flags of mlgrade serve.
type serveCall struct {
	gradeCall
	book book
	port int
}

func serveCommand() *cobra.Command {
	c := serveCall{}
	cmd := &cobra.Command{
		Use:   "serve [DIR]",
		Short: "Open the instructor's console in a browser",
		Long: `serve prints a link to a page on this machine: progress, the table of submissions,
each one beside its verdicts, points by hand, regrade requests, history, and files
for gradebooks. With DIR it begins to grade, as mlgrade grade does; without, it
shows what the ledger holds, also while mlgrade grade fills it.

The page is at 127.0.0.1 only. The link works once, in one browser; press Enter for
another one. To use it from another machine, forward the port: ssh -L.`,
		Example: "  mlgrade serve submissions --lab T0 --ledger class.db\n  mlgrade serve --ledger class.db --port 8080",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				c.Dir = args[0]
			}
			return c.run(cmd)
		},
		ValidArgsFunction: func(_ *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	c.workFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&c.ledger, "ledger", "class.db", "`file` that remembers what was graded; made if there is DIR and no file")
	f.IntVar(&c.port, "port", 0, "`number` of the port (default a free one)")
	f.StringVar(&c.book.who, "who", "", "`name` of the person, for the history (default the user of this machine)")
	return cmd
}

func (c *serveCall) run(cmd *cobra.Command) error {
	if c.port < 0 || c.port > 65535 {
		return cli.Blame("port", cli.Usage("--port = %d: want 0 to 65535", c.port))
	}
	if err := c.prepare(); err != nil {
		return err
	}
	if err := c.find(); err != nil {
		return err
	}
	page, err := console.New(console.Options{Ledger: c.ledger, Grade: c.Options, Who: c.book.person()})
	if err != nil {
		return err
	}
	at, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)))
	if err != nil {
		return errors.Join(err, page.Close())
	}
	if c.Dir != "" {
		if err := page.Start(); err != nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "note: %v\n", err)
		}
	}
	tell := func() { fmt.Fprintf(cmd.OutOrStdout(), "http://%s%s\n", at.Addr(), page.Link()) }
	tell()
	fmt.Fprintln(cmd.ErrOrStderr(), "The link works once. Enter prints another one, Ctrl+C ends.")
	go onEnter(cmd.InOrStdin(), tell)
	return errors.Join(serve(cmd.Context(), at, page.Handler()), page.Close())
}

// find makes the ledger of a folder, and wants any other to be there with the
// lab.
func (c *serveCall) find() error {
	_, err := os.Stat(c.ledger)
	if errors.Is(err, fs.ErrNotExist) && c.Dir != "" {
		l, err := ledger.Open(c.ledger)
		if err != nil {
			return err
		}
		return l.Close()
	}
	if c.Dir != "" {
		return nil
	}
	c.book.path, c.book.lab = c.ledger, c.Lab
	l, err := c.book.open(false)
	if err != nil {
		return err
	}
	c.Lab = c.book.lab
	return l.Close()
}

// serve answers until the context ends or the person interrupts.
func serve(ctx context.Context, at net.Listener, h http.Handler) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(at) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.Shutdown(limited); err != nil {
		return s.Close()
	}
	return nil
}

// onEnter does something for each line.
func onEnter(r io.Reader, do func()) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		do()
	}
}
