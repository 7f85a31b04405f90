package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"

	"github.com/mlsysim/golab/kernelext/script"
)

// A wasmHost runs jobs one after the other, each in an instance of its own that
// starts from the same copy of a ready interpreter's memory.
type wasmHost struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	image    *image
	globals  []uint64
}

const pageSize = 64 << 10

// openHost loads the module from the cache. Compiling takes seconds, so it only
// succeeds at once where prepareModule has been before.
func openHost(ctx context.Context, cache string, memory uint64) (*wasmHost, *module, error) {
	wasm, err := os.ReadFile(moduleFile(cache))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the interpreter's module: %w", err)
	}
	m, err := rewrite(wasm)
	if err != nil {
		return nil, nil, err
	}
	compiled, err := wazero.NewCompilationCacheWithDir(cache)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the cache of machine code: %w", err)
	}
	h := &wasmHost{}
	pages := min(max(memory/pageSize, 1), 65536)
	h.runtime = wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCompilationCache(compiled).WithMemoryLimitPages(uint32(pages)))
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, h.runtime); err != nil {
		return nil, nil, fmt.Errorf("starting the WebAssembly runtime: %w", err)
	}
	if h.compiled, err = h.runtime.CompileModule(ctx, m.code); err != nil {
		return nil, nil, fmt.Errorf("compiling the interpreter's module: %w", err)
	}
	m.code = nil
	return h, m, nil
}

// warm starts the interpreter once and keeps its state.
func (h *wasmHost) warm(ctx context.Context, m *module) error {
	var trouble bytes.Buffer
	mod, err := h.instance(ctx, nil, io.Discard, &trouble)
	if err != nil {
		return err
	}
	defer mod.Close(ctx)
	for _, s := range m.data {
		if !mod.Memory().Write(s.at, s.bytes) {
			return errModule
		}
	}
	for _, name := range []string{"_initialize", "ready"} {
		f := mod.ExportedFunction(name)
		if f == nil {
			return fmt.Errorf("%w: no function %s", errModule, name)
		}
		if _, err := f.Call(ctx); err != nil {
			return fmt.Errorf("starting the interpreter: %w: %s", err, trouble.String())
		}
	}
	size := mod.Memory().Size()
	view, _ := mod.Memory().Read(0, size)
	if h.image, err = keep(view); err != nil {
		return err
	}
	for i := range m.globals {
		h.globals = append(h.globals, mod.ExportedGlobal(globalName(i)).Get())
	}
	return nil
}

// instance makes an instance without a file, an argument, the environment, a
// real clock or real randomness: what a submission sees is the same each time.
func (h *wasmHost) instance(ctx context.Context, in io.Reader, out, trouble io.Writer) (api.Module, error) {
	c := wazero.NewModuleConfig().WithName("").WithStartFunctions().WithStdout(out).WithStderr(trouble)
	if in != nil {
		c = c.WithStdin(in)
	}
	ctx = experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(allocate))
	mod, err := h.runtime.InstantiateModule(ctx, h.compiled, c)
	if err != nil {
		return nil, fmt.Errorf("making an instance of the interpreter: %w", err)
	}
	return mod, nil
}

// run runs one job in a new instance.
func (h *wasmHost) run(ctx context.Context, job []byte, out, trouble io.Writer) error {
	mod, err := h.instance(ctx, bytes.NewReader(job), out, trouble)
	if err != nil {
		return err
	}
	defer mod.Close(ctx)
	mem := mod.Memory()
	if need := h.image.size; mem.Size() < need {
		if _, ok := mem.Grow((need - mem.Size()) / pageSize); !ok {
			return errors.New("out of memory: the limit is below what the interpreter itself needs")
		}
	}
	view, _ := mem.Read(0, h.image.size)
	if err := h.image.restore(view); err != nil {
		return err
	}
	for i, v := range h.globals {
		if g, ok := mod.ExportedGlobal(globalName(i)).(api.MutableGlobal); ok {
			g.Set(v)
		}
	}
	code, err := mod.ExportedFunction("serve").Call(ctx)
	if err == nil && code[0] != 0 {
		err = sys.NewExitError(uint32(code[0]))
	}
	return err
}

// A reply is the end of one job, after everything that it wrote.
type reply struct {
	Err    string `json:"err"`  // empty if the instance ended by itself
	Full   bool   `json:"full"` // it was stopped because it wrote too much
	Stderr string `json:"stderr"`
}

// readyWasm is the child's side: it loads the module while files can be read
// and returns what answers jobs.
func readyWasm(p plan) (func() error, error) {
	ctx := context.Background()
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // what is read is soon garbage
	h, m, err := openHost(ctx, p.Cache, p.Memory)
	if err == nil && p.Do == doCompile {
		err = writeCode(p.Cache)
	}
	if err != nil || p.Do == doCompile {
		return nil, err
	}
	_ = shareCode(p.Cache) // it saves memory and nothing else
	if err := h.warm(ctx, m); err != nil {
		return nil, err
	}
	debug.FreeOSMemory() // the module as it was read is several times what is kept of it
	return func() error { return h.serve(ctx, os.Stdin, os.Stdout) }, nil
}

// serve answers jobs until the parent has no more.
func (h *wasmHost) serve(ctx context.Context, in io.Reader, out io.Writer) error {
	if err := writeFrame(out, []byte{readyFrame}); err != nil {
		return err
	}
	jobs := make(chan []byte)
	go func() {
		for {
			b, err := readFrame(in, maxJob)
			if err != nil { // the parent is gone: so is this process, whatever runs in it
				os.Exit(0)
			}
			jobs <- b
		}
	}()
	for job := range jobs {
		var j script.Job
		if err := json.Unmarshal(job, &j); err != nil {
			return fmt.Errorf("reading a job: %w", err)
		}
		records, trouble := &bounded{most: j.Limits.Output + slack, to: out}, &bounded{most: slack}
		var r reply
		stop := watch(j.Limits.CPU)
		if err := h.run(ctx, job, records, trouble); err != nil {
			r.Err, r.Full = err.Error(), records.n >= records.most
		}
		stop()
		r.Stderr = trouble.buf.String()
		last, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if err := writeFrame(out, append([]byte{endFrame}, last...)); err != nil {
			return err
		}
	}
	return nil
}

// slack is what a job may write beyond its limit until it is stopped: enough
// to see that it did.
const slack = 64 << 10

// The first byte of what a host writes: that it waits for jobs, a part of the
// records of one, or its end.
const (
	readyFrame = 'r'
	partFrame  = 'p'
	endFrame   = 'e'
)

// A bounded writer stops the instance once it writes too much. What it gets it
// passes on or keeps.
type bounded struct {
	most, n int
	to      io.Writer
	buf     bytes.Buffer
}

var errFull = errors.New("too much output")

// Write panics where an error would only be one for the instance to ignore.
func (b *bounded) Write(p []byte) (int, error) {
	full := b.n+len(p) > b.most
	if full {
		p = p[:b.most-b.n]
	}
	b.n += len(p)
	if b.to == nil {
		b.buf.Write(p)
	} else if err := writeFrame(b.to, append([]byte{partFrame}, p...)); err != nil {
		panic(err)
	}
	if full {
		panic(errFull)
	}
	return len(p), nil
}
