package script

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing/fstest"

	"github.com/traefik/yaegi/interp"
)

// Options says where a script's output goes and how far it may run.
type Options struct {
	Stdout  io.Writer   // what fmt prints; default os.Stdout
	Stderr  io.Writer   // warnings; default none
	Show    func(v any) // an expression that stands alone; default prints it to Stdout
	Steps   int         // loop turns and calls of one Run; default 50 million
	Depth   int         // nested calls; default 2000
	Prelude *Prelude    // default kernelext/lab
}

// Engine is one student's session: declarations and values persist over Run
// calls. It is not safe for use by several goroutines at once.
type Engine struct {
	mu       sync.Mutex
	names    sync.Mutex // guards the session, for questions while a script runs
	opt      Options
	session  *session
	host     *host
	interp   *interp.Interpreter
	lab      map[string]reflect.Value // the prelude's own copies
	trace    trace
	err      error // why the engine never started
	warnings []Error
}

const (
	defaultSteps = 50_000_000
	defaultDepth = 2_000
)

// New starts a session. A prelude that cannot be read is reported by Run.
func New(opt Options) *Engine {
	if opt.Stdout == nil {
		opt.Stdout = os.Stdout
	}
	if opt.Show == nil {
		opt.Show = func(v any) { fmt.Fprintln(opt.Stdout, v) }
	}
	if opt.Steps <= 0 {
		opt.Steps = defaultSteps
	}
	if opt.Depth <= 0 {
		opt.Depth = defaultDepth
	}
	if opt.Prelude == nil {
		opt.Prelude = labPrelude()
	}
	e := &Engine{opt: opt}
	e.host = &host{
		out: opt.Stdout, show: opt.Show, types: newTypeTable(), maxStep: int64(opt.Steps), depth: opt.Depth,
		ctx: context.Background(),
	}
	if e.session, e.err = newSession(opt.Prelude); e.err == nil {
		e.host.types.pretty = e.session.pretty
		e.err = e.start()
	}
	return e
}

// start builds the interpreter: no files, no environment, no arguments.
func (e *Engine) start() error {
	e.interp = interp.New(interp.Options{
		SourcecodeFilesystem: fstest.MapFS{}, Args: []string{"lab"}, Env: []string{},
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &e.trace,
	})
	exports := interp.Exports{"zz/zz": e.host.engineSymbols()}
	imports := "import zz \"zz\"\n"
	for path, symbols := range stdSymbols() {
		for name, v := range symbols {
			if v.CanAddr() { // a script changes its own
				own := reflect.New(v.Type()).Elem()
				own.Set(v)
				symbols[name] = own
			}
		}
		exports[path+"/std"] = symbols // under its own name, fmt would bring generic packages along
		imports += fmt.Sprintf("import %s%s %q\n", reserved, lastPart(path), path)
	}
	exports["io/std"] = map[string]reflect.Value{"Writer": reflect.ValueOf((*io.Writer)(nil)), "_Writer": reflect.ValueOf((*_io_Writer)(nil))}
	imports += fmt.Sprintf("import %sio \"io\"\n", reserved)
	maps.Copy(exports["fmt/std"], e.host.printSymbols())
	for path, symbols := range e.opt.Prelude.symbols {
		mine := make(map[string]reflect.Value, len(symbols))
		for name, v := range symbols {
			if v.CanAddr() {
				v = copyOf(v)
			}
			mine[name] = v
		}
		exports[path+"/lab"] = mine
		e.lab = mine
	}
	imports += fmt.Sprintf("import %slab %q\n", reserved, e.opt.Prelude.path)
	if err := e.interp.Use(exports); err != nil {
		return fmt.Errorf("loading the prelude: %w", err)
	}
	if _, err := e.interp.EvalWithContext(context.Background(), imports); err != nil {
		return fmt.Errorf("loading the prelude: %w", err)
	}
	return nil
}

// _io_Writer is the shape the interpreter wants for io.Writer.
type _io_Writer struct {
	IValue any
	WWrite func(p []byte) (n int, err error)
}

// Write calls the script's method.
func (w _io_Writer) Write(p []byte) (n int, err error) { return w.WWrite(p) }

// Warnings are the soft complaints about the last script, such as a variable
// that is never used.
func (e *Engine) Warnings() []Error { return slices.Clone(e.warnings) }

// Check looks for problems without running anything.
func Check(name, src string) []Error {
	return CheckWith(labPrelude(), name, src)
}

// CheckWith is Check over another prelude.
func CheckWith(p *Prelude, name, src string) []Error {
	s, err := newSession(p)
	if err != nil {
		return []Error{{Name: name, Kind: Syntax, Msg: err.Error()}}
	}
	_, _, errs := s.prepare(name, src, newTypeTable())
	return errs
}
