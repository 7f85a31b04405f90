package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/mlsysim/golab/kernelext/script"
)

// MaybeWorker ends the process after its work when it was started by Run, and
// does nothing otherwise. Binaries call it first thing in main.
func MaybeWorker() {
	script.MaybeWorker()
	worker.Store(true)
	if len(os.Args) != 3 || os.Args[1] != childArg {
		return
	}
	if err := child(os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func child(text string) error {
	var p plan
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return fmt.Errorf("reading the plan: %w", err)
	}
	runtime.LockOSThread()
	var serve func() error
	if p.Do == doWasm || p.Do == doCompile {
		var err error
		if serve, err = readyWasm(p); err != nil { // while files can still be read
			return err
		}
	}
	if p.Do == doCompile {
		return nil
	}
	if err := shutIn(p); err != nil {
		return fmt.Errorf("shutting the process in: %w", err)
	}
	switch p.Do {
	case doProbe:
		return nil
	case doWasm:
		return serve()
	case doGo:
		return buildAndRun(p)
	case doProgram:
		return fmt.Errorf("starting %s: %w", p.Argv[0], unix.Exec(p.Argv[0], p.Argv, p.Env))
	}
	var j script.Job
	if err := json.NewDecoder(os.Stdin).Decode(&j); err != nil {
		return fmt.Errorf("reading the job: %w", err)
	}
	return script.Worker{Quiet: true}.Serve(j, os.Stdout, os.NewFile(3, "records"))
}

// shutIn takes from this process everything that its work does not need.
func shutIn(p plan) error {
	if p.Spaces {
		if err := newRoot(p); err != nil {
			return err
		}
	}
	if err := setLimits(p); err != nil {
		return err
	}
	if p.Spaces {
		if err := drop(p.Drop); err != nil {
			return err
		}
	}
	if err := noFiles(p); err != nil {
		return err
	}
	return fewCalls(p)
}

// setLimits sets the limits of the operating system.
func setLimits(p plan) error {
	files, size := uint64(32), uint64(0)
	if p.program() {
		files, size = 512, p.Disk
	}
	for _, r := range []struct {
		name  string
		which int
		max   uint64
	}{
		{"data", unix.RLIMIT_DATA, p.data()},
		{"cpu", unix.RLIMIT_CPU, p.CPU},
		{"file size", unix.RLIMIT_FSIZE, size},
		{"open files", unix.RLIMIT_NOFILE, files},
		{"processes", unix.RLIMIT_NPROC, uint64(p.Processes)},
		{"core", unix.RLIMIT_CORE, 0},
		{"message queues", unix.RLIMIT_MSGQUEUE, 0},
		{"locked memory", unix.RLIMIT_MEMLOCK, 0},
	} {
		if r.max == 0 && (r.which == unix.RLIMIT_DATA || r.which == unix.RLIMIT_CPU || r.which == unix.RLIMIT_NPROC) {
			continue
		}
		if err := unix.Setrlimit(r.which, &unix.Rlimit{Cur: r.max, Max: r.max}); err != nil {
			return fmt.Errorf("limit of %s = %d: %w", r.name, r.max, err)
		}
	}
	return nil
}
