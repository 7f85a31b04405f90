package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"sync"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/kernelext/script"
)

// executeRequest is what a front end says about a cell. Pointers tell false
// from not said.
type executeRequest struct {
	Code         string `json:"code"`
	Silent       bool   `json:"silent"`
	StoreHistory *bool  `json:"store_history"`
	StopOnError  *bool  `json:"stop_on_error"`
}

// session is the student's work: the engine, and the cells it has seen.
type session struct {
	engine  func() *script.Engine // ready soon after the kernel starts
	count   int
	cells   map[string]string // name -> source, to quote the line of an error
	aborted int64             // requests up to this number fell with a failed cell
}

func newSession(s *screen) *session {
	engine := sync.OnceValue(func() *script.Engine {
		return script.New(script.Options{
			Stdout: stream{s, "stdout"},
			Stderr: stream{s, "stderr"},
			Show:   func(v any) { s.value(bundle(v)) },
			Steps:  math.MaxInt, // a student has a stop button
		})
	})
	go engine() // while the front end introduces itself
	return &session{engine: engine, cells: map[string]string{}}
}

// bundle is a value in every form that front ends know.
func bundle(v any) map[string]any {
	if _, own := v.(script.Value); own {
		return map[string]any{plainText: fmt.Sprint(v)}
	}
	return chart.Bundle(v)
}

// execute runs a cell and answers with its outcome.
func (k *kernel) execute(ctx context.Context, from socket, req request) {
	var ask executeRequest
	if err := json.Unmarshal(req.content, &ask); err != nil {
		f := failure{Name: "BadRequest", Value: err.Error()}
		k.reply(from, req, f.reply())
		return
	}
	s := k.session
	if req.number <= s.aborted {
		k.reply(from, req, object{"status": "aborted"})
		return
	}
	keep := !ask.Silent && (ask.StoreHistory == nil || *ask.StoreHistory)
	if keep {
		s.count++
	}
	if !ask.Silent {
		k.publish("execute_input", req.header, object{"code": ask.Code, "execution_count": s.count})
	}

	f := k.cell(ctx, req, ask)
	if f == nil {
		k.reply(from, req, object{"status": "ok", "user_expressions": object{}, "payload": []any{}})
		return
	}
	if !ask.Silent {
		k.publish("error", req.header, f.content())
	}
	if ask.StopOnError == nil || *ask.StopOnError {
		s.aborted = k.arrived.Load()
	}
	k.reply(from, req, f.reply())
}

func (k *kernel) reply(to socket, req request, content object) {
	content["execution_count"] = k.session.count
	to.send(k.writer.message(req.from, "execute_reply", req.header, content))
}

// cell runs the source of one request with the screen on it.
func (k *kernel) cell(ctx context.Context, req request, ask executeRequest) *failure {
	s := k.session
	name := fmt.Sprintf("cell [%d]", s.count) // the number that the front end prints beside it
	if ask.Silent {
		name = "silent cell"
	}
	src := tidy(ask.Code)
	s.cells[name] = src

	ctx, stop := k.start(ctx)
	defer k.done()
	k.screen.begin(req.header, s.count, ask.Silent, endsInValue(src), stop)
	err := s.engine().Run(ctx, name, src)
	k.screen.end(err == nil)
	if err == nil {
		return nil
	}
	return s.explain(name, err, context.Cause(ctx))
}
