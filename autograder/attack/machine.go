package attack

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mlsysim/golab/autograder/answer"
	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/labs"
)

// A Target is what is set up outside for programs to reach: a file with the
// secret, ports and a socket that would hand it out, and a process to harm.
type Target struct {
	Dir, Secret string
	TCP, UDP    string // addresses
	Abstract    string // name of a socket
	Pid         int    // of this process
	done        []func()
}

// NewTarget opens the ports.
func NewTarget(dir, secret string) (*Target, error) {
	t := &Target{Dir: dir, Secret: secret, Abstract: "@mlgrade-attack-" + filepath.Base(dir), Pid: os.Getpid()}
	if err := os.WriteFile(filepath.Join(dir, "key.txt"), []byte(secret), 0o644); err != nil {
		return nil, err
	}
	for network, addr := range map[string]string{"tcp": "127.0.0.1:0", "unix": t.Abstract} {
		l, err := net.Listen(network, addr)
		if err != nil {
			return nil, err
		}
		if network == "tcp" {
			t.TCP = l.Addr().String()
		}
		t.done = append(t.done, func() { l.Close() })
		go t.greet(l)
	}
	u, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t.UDP = u.LocalAddr().String()
	t.done = append(t.done, func() { u.Close() })
	go t.reply(u)
	return t, nil
}

// greet tells the secret to whoever connects.
func (t *Target) greet(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		fmt.Fprintln(c, t.Secret)
		c.Close()
	}
}

// reply tells the secret to whoever asks.
func (t *Target) reply(u net.PacketConn) {
	b := make([]byte, 100)
	for {
		_, from, err := u.ReadFrom(b)
		if err != nil {
			return
		}
		_, _ = u.WriteTo([]byte(t.Secret), from)
	}
}

// Close closes the ports.
func (t *Target) Close() {
	for _, f := range t.done {
		f()
	}
}

// A Program is a notebook of another language. What it gets hold of it claims
// as got.NAME; each such claim is a leak.
type Program struct {
	ID, Name string
	Language string
	True     float64
	Cells    []string
	Tries    bool                   // it has to get as far as claiming "tried", or it shows nothing
	After    func(t *Target) string // what went wrong outside; empty if nothing did
}

// programLimits are small as those of the class.
func programLimits() sandbox.Limits {
	return sandbox.Limits{Wall: 20 * time.Second, CPU: 20 * time.Second, Memory: 1 << 30, Output: 1 << 20, Disk: 128 << 20, Processes: 100}
}

// RunPrograms runs notebooks of other languages in the native tier, and judges
// what they claim as a submission to lab T0.
func RunPrograms(ctx context.Context, t *Target, list []Program) ([]Row, error) {
	lab, err := labs.Find("T0")
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, p := range list {
		row, err := t.run(ctx, lab, p)
		if err != nil {
			return rows, fmt.Errorf("case %s: %w", p.ID, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (t *Target) run(ctx context.Context, lab labs.Lab, p Program) (Row, error) {
	row := Row{ID: p.ID, Name: p.Name, Tier: sandbox.Native, True: p.True, Outcome: export.Graded}
	var cells []sandbox.Cell
	for i, src := range p.Cells {
		cells = append(cells, sandbox.Cell{Name: fmt.Sprintf("cell %d", i+1), Src: t.fill(src)})
	}
	r, err := sandbox.RunAs(ctx, programLimits(), p.Language, cells)
	if err != nil {
		return row, err
	}
	if len(r.Ends) > 0 {
		row.Outcome = export.Failed
	}
	records, _ := answer.Read(r.Claims)
	row.leaks(t, r, records)
	if p.Tries && !slices.ContainsFunc(records, func(r record.Record) bool { return r.ID == "tried" }) {
		row.Problems = append(row.Problems, fmt.Sprintf("the attack did not run: %v", r.Ends))
	}
	for _, v := range labs.Check(lab, p.ID, records) {
		row.Got += v.Points
	}
	switch {
	case row.Got > p.True+slip:
		row.Gained = row.Got - p.True
		row.Problems = append(row.Problems, fmt.Sprintf("gained %g points", row.Gained))
	case row.Got < p.True-slip:
		row.Problems = append(row.Problems, fmt.Sprintf("lost %g points: %v", p.True-row.Got, r.Ends))
	}
	if p.After != nil {
		if problem := p.After(t); problem != "" {
			row.Problems = append(row.Problems, problem)
		}
	}
	return row, nil
}

// leaks looks for what a program got hold of.
func (row *Row) leaks(t *Target, r sandbox.Report, records []record.Record) {
	for _, rec := range records {
		if name, ok := strings.CutPrefix(rec.ID, "got."); ok {
			row.Leaks++
			row.Problems = append(row.Problems, fmt.Sprintf("it got %s: %s", name, rec.Text))
		}
	}
	for _, claim := range r.Claims {
		if strings.Contains(string(claim), t.Secret) {
			row.Leaks++
			row.Problems = append(row.Problems, "it claims the secret")
		}
	}
}

// fill puts the places of the target into a program.
func (t *Target) fill(src string) string {
	return strings.NewReplacer("$KEY", filepath.Join(t.Dir, "key.txt"), "$DIR", t.Dir, "$TCP", t.TCP, "$UDP", t.UDP, "$ABSTRACT", t.Abstract,
		"$PID", fmt.Sprint(t.Pid), "$CACHE", cacheOf()).Replace(src)
}

// cacheOf is where the grader keeps what it builds programs from.
func cacheOf() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "/root/.cache"
	}
	return dir
}
