package script

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
)

// host is what the rewritten script calls: budgets, printing and the builtins
// that the interpreter lacks.
type host struct {
	out     io.Writer
	show    func(v any)
	types   *typeTable
	maxStep int64
	depth   int
	steps   atomic.Int64
	calls   atomic.Int64
	spent   atomic.Pointer[budgetError]
	fault   atomic.Pointer[string] // a panic of the interpreter that the script tried to recover
	ctx     context.Context
	at      atomic.Int64 // line of the last statement that could panic, or -1
}

// budgetError ends a script that ran too long or too deep.
type budgetError struct{ msg, hint string }

func (e *budgetError) Error() string { return e.msg }

// reset starts a new budget.
func (h *host) reset(ctx context.Context) {
	h.steps.Store(0)
	h.spent.Store(nil)
	h.fault.Store(nil)
	h.ctx = ctx
}

func (h *host) stop(msg, hint string) {
	h.spent.CompareAndSwap(nil, &budgetError{msg, hint})
	panic(h.spent.Load())
}

// turn counts one turn of a loop or one call.
func (h *host) turn() {
	n := h.steps.Add(1)
	if n > h.maxStep {
		h.stop(fmt.Sprintf("stopped after %d steps", h.maxStep), "a loop never ends, or a sweep is too fine")
	}
	// Every turn asks, because one may be slow; at the very first one the
	// interpreter names the line below it.
	if n > 1 && h.ctx.Err() != nil {
		h.stop(stopText(h.ctx.Err()), "")
	}
}

// stopText says why a script was stopped.
func stopText(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "stopped: out of time"
	}
	return "stopped"
}

const (
	framesPerCall = 2   // frames of the host for one call of the script, at least
	callsPerLook  = 128 // calls between two looks at the stack
)

// enter counts a call and sometimes looks how deep the stack is.
func (h *host) enter() {
	h.turn()
	if h.calls.Add(1)%callsPerLook != 0 {
		return
	}
	var pc [1]uintptr
	if runtime.Callers(h.depth*framesPerCall, pc[:]) > 0 {
		h.stop(fmt.Sprintf("stopped more than %d calls deep", h.depth), "a function calls itself without end")
	}
}

// engineSymbols are the functions of package zz.
func (h *host) engineSymbols() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Turn":        reflect.ValueOf(h.turn),
		"Enter":       reflect.ValueOf(h.enter),
		"Show":        reflect.ValueOf(h.showAll),
		"Typed":       reflect.ValueOf(h.types.typed),
		"Method":      reflect.ValueOf(h.types.register),
		"At":          reflect.ValueOf(func(line int) { h.at.Store(int64(line)) }),
		"Write":       reflect.ValueOf(func(w func([]byte) (int, error), text string) (int, error) { return w([]byte(text)) }),
		"WriteTo":     reflect.ValueOf(io.WriteString),
		"Index":       reflect.ValueOf(index),
		"Do":          reflect.ValueOf(func(f func()) { f() }),
		"Guard":       reflect.ValueOf(func() *guard { return &guard{} }),
		"Recovered":   reflect.ValueOf(h.recovered),
		"Clear":       reflect.ValueOf(func(v any) { reflect.ValueOf(v).Clear() }),
		"Min_float64": reflect.ValueOf(least(math.Min)),
		"Max_float64": reflect.ValueOf(least(math.Max)),
		"Min_int64":   reflect.ValueOf(least(func(a, b int64) int64 { return min(a, b) })),
		"Max_int64":   reflect.ValueOf(least(func(a, b int64) int64 { return max(a, b) })),
		"Min_uint64":  reflect.ValueOf(least(func(a, b uint64) uint64 { return min(a, b) })),
		"Max_uint64":  reflect.ValueOf(least(func(a, b uint64) uint64 { return max(a, b) })),
		"Min_string":  reflect.ValueOf(least(func(a, b string) string { return min(a, b) })),
		"Max_string":  reflect.ValueOf(least(func(a, b string) string { return max(a, b) })),
	}
}

func least[T any](pick func(a, b T) T) func(...T) T {
	return func(xs ...T) T {
		x := xs[0]
		for _, y := range xs[1:] {
			x = pick(x, y)
		}
		return x
	}
}

// recovered passes on what recover found. A panic of the interpreter itself has
// other words than Go's, so the script ends instead of reading them.
func (h *host) recovered(v any) any {
	err, isErr := v.(*budgetError)
	if isErr {
		panic(err)
	}
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case *reflect.ValueError:
		text = v.Error()
	}
	if strings.HasPrefix(text, "reflect") {
		h.fault.CompareAndSwap(nil, &text)
		panic(text)
	}
	return v
}

// guard runs a function with deferred calls that a script hands over.
type guard struct {
	calls     []func()
	panicking bool
	value     any
}

// Defer keeps a call for later.
func (g *guard) Defer(f func()) { g.calls = append(g.calls, f) }

// Run calls body, then what it deferred, as Go does: the last one first, and the
// others even if one panics.
func (g *guard) Run(body func()) {
	g.call(body)
	for len(g.calls) > 0 {
		last := g.calls[len(g.calls)-1]
		g.calls = g.calls[:len(g.calls)-1]
		g.call(last)
	}
	if g.panicking {
		panic(g.value)
	}
}

func (g *guard) call(f func()) {
	ended := false
	defer func() {
		if !ended {
			g.panicking, g.value = true, recover()
		}
	}()
	f()
	ended = true
}

// Recover is what recover says in a deferred literal.
func (g *guard) Recover() any {
	if !g.panicking {
		return nil
	}
	g.panicking = false
	return g.value
}

// index panics as Go does for an index out of range.
func index(i, n int) int {
	if i < 0 || i >= n {
		_ = make([]struct{}, n)[i]
	}
	return i
}

// register takes the String method of a type of the script.
func (t *typeTable) register(id int, f any) { t.method[t.funcs[id]] = reflect.ValueOf(f) }

func (h *host) showAll(vs ...any) {
	for _, v := range vs {
		if v != nil {
			h.show(v)
		}
	}
}

// printSymbols are the functions of fmt, writing to the engine's output.
func (h *host) printSymbols() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Print":   reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprint(h.out, a...) }),
		"Println": reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprintln(h.out, a...) }),
		"Printf": reflect.ValueOf(func(f string, a ...any) (int, error) {
			f, a = typeVerbs(f, a)
			return fmt.Fprintf(h.out, f, a...)
		}),
		"Sprintf": reflect.ValueOf(func(f string, a ...any) string {
			f, a = typeVerbs(f, a)
			return fmt.Sprintf(f, a...)
		}),
		"Errorf": reflect.ValueOf(func(f string, a ...any) error {
			f, a = typeVerbs(f, a)
			return fmt.Errorf(f, a...)
		}),
	}
}

// typeVerbs turns %T of a script's own value into the name of its type: fmt
// answers %T itself and would name the carrier.
func typeVerbs(format string, args []any) (string, []any) {
	if !strings.Contains(format, "T") {
		return format, args
	}
	b := []byte(format)
	args = append([]any(nil), args...)
	for i, n := 0, 0; i < len(b); i++ {
		if b[i] != '%' {
			continue
		}
		for i++; i < len(b) && strings.IndexByte("+-# 0123456789.*", b[i]) >= 0; i++ {
			if b[i] == '*' {
				n++
			}
		}
		if i >= len(b) || b[i] == '%' {
			continue
		}
		if b[i] == 'T' && n < len(args) {
			if v, ok := args[n].(Value); ok {
				b[i], args[n] = 's', v.table.typeName(v.typ)
			}
		}
		n++
	}
	return string(b), args
}

// copyOf is a deep copy of what a script may change: a script that assigns to a
// registry value changes only its own.
func copyOf(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	deepen(c)
	return c
}

func deepen(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				deepen(f)
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			deepen(v.Index(i))
		}
	case reflect.Slice:
		if !v.IsNil() && v.CanSet() {
			c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(c, v)
			for i := range c.Len() {
				deepen(c.Index(i))
			}
			v.Set(c)
		}
	case reflect.Map:
		if !v.IsNil() && v.CanSet() {
			c := reflect.MakeMapWithSize(v.Type(), v.Len())
			for it := v.MapRange(); it.Next(); {
				c.SetMapIndex(it.Key(), copyOf(it.Value()))
			}
			v.Set(c)
		}
	case reflect.Pointer:
		if !v.IsNil() && v.CanSet() {
			v.Set(copyOf(v.Elem()).Addr())
		}
	}
}
