package gonb

import (
	"context"
	"fmt"
	"os"
	"time"
)

type opened struct {
	file *os.File
	err  error
}

// openPipes opens both named pipes. Opening one blocks until the kernel opens
// its end, in an order that is the kernel's business, so both wait at once and
// a kernel that never comes costs no more than the limit.
func openPipes(pipe, back string, limit time.Duration) (w, r *os.File, err error) {
	for _, v := range []struct{ name, path string }{{pipeVar, pipe}, {backVar, back}} {
		if err := checkPipe(v.name, v.path); err != nil {
			return nil, nil, err
		}
	}
	ctx, stop := context.WithTimeout(context.Background(), limit)
	defer stop()

	ws, rs := openLater(pipe, os.O_WRONLY), openLater(back, os.O_RDONLY)
	w, errW := await(ws, ctx.Done(), pipe, os.O_RDONLY)
	r, errR := await(rs, ctx.Done(), back, os.O_WRONLY)
	if errW == nil && errR == nil {
		return w, r, nil
	}
	for _, f := range []*os.File{w, r} {
		if f != nil {
			f.Close() // nothing was written
		}
	}
	if errW != nil {
		return nil, nil, fmt.Errorf("opening %s: %w", pipeVar, errW)
	}
	return nil, nil, fmt.Errorf("opening %s: %w", backVar, errR)
}

// checkPipe keeps us from writing gob into an ordinary file.
func checkPipe(name, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s = %q: want a named pipe: %w", name, path, err)
	}
	if info.Mode()&os.ModeNamedPipe == 0 {
		return fmt.Errorf("%s = %q: want a named pipe, not mode %v", name, path, info.Mode())
	}
	return nil
}

func openLater(path string, flag int) <-chan opened {
	c := make(chan opened, 1)
	go func() {
		f, err := os.OpenFile(path, flag, 0)
		c <- opened{f, err}
	}()
	return c
}

// await takes the opened file, or gives up when the limit fires. Then it opens
// the kernel's end itself for a moment, which ends the blocked call.
func await(c <-chan opened, limit <-chan struct{}, path string, other int) (*os.File, error) {
	select {
	case o := <-c:
		return o.file, o.err
	case <-limit:
	}
	if f, err := os.OpenFile(path, other|nonblock, 0); err == nil {
		defer f.Close()
	}
	go func() {
		if o := <-c; o.err == nil {
			o.file.Close() // too late to be of use
		}
	}()
	return nil, errAbsent
}
