package kernel

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// executeRequest is what a front end says about a cell. Pointers tell false
// from not said.
type executeRequest struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`
	StoreHistory    *bool             `json:"store_history"`
	StopOnError     *bool             `json:"stop_on_error"`
	AllowStdin      *bool             `json:"allow_stdin"`
	UserExpressions map[string]string `json:"user_expressions"`
}

// execute runs a cell and answers with its outcome.
func (k *kernel) execute(from sender, req request) {
	var ask executeRequest
	if err := json.Unmarshal(req.content, &ask); err != nil {
		f := failure{Name: "BadRequest", Value: err.Error()}
		k.executed(from, req, f.reply())
		return
	}
	if req.number <= k.aborted {
		k.executed(from, req, object{"status": "aborted"})
		return
	}
	if keep := !ask.Silent && (ask.StoreHistory == nil || *ask.StoreHistory); keep {
		k.count++
	}
	if !ask.Silent {
		k.publish("execute_input", req.header, object{"code": ask.Code, "execution_count": k.count})
	}

	pages, f := k.runCell(req, ask)
	if f == nil {
		k.executed(from, req, object{"status": "ok", "user_expressions": k.expressions(req, ask.UserExpressions), "payload": pages})
		return
	}
	if !ask.Silent {
		k.publish("error", req.header, f.content())
	}
	if ask.StopOnError == nil || *ask.StopOnError {
		k.aborted = k.arrived.Load()
	}
	k.executed(from, req, f.reply())
}

func (k *kernel) executed(to sender, req request, content object) {
	content["execution_count"] = k.count
	to.Send(k.writer.message(req.from, "execute_reply", req.header, nil, content))
}

// runCell runs the source of one request with the screen on it. Pages are the
// help that it asks for.
func (k *kernel) runCell(req request, ask executeRequest) (pages []any, f *failure) {
	name := fmt.Sprintf("cell [%d]", k.count) // the number that the front end prints beside it
	if ask.Silent {
		name = "silent cell"
	}
	hidden := ask.Silent || ask.StoreHistory != nil && !*ask.StoreHistory
	src, lines := commands(normal(ask.Code))
	k.history.add(entry{number: k.count, name: name, source: ask.Code, hidden: hidden})

	if f := notGo(name, lines); f != nil {
		return []any{}, f
	}
	end := k.begin(req, ask.AllowStdin == nil || *ask.AllowStdin)
	k.screen.begin(req.header, k.count, ask.Silent, endsInValue(src), func() { k.interrupt(errOutput) })
	pages = k.obey(lines)
	e, err := k.run(order{Op: opRun, Name: name, Source: src})
	cause := end()
	f = k.outcome(name, e, err, cause)
	if value := k.screen.end(f == nil); value != nil && !hidden {
		var text string
		_ = json.Unmarshal(value[plainText], &text) // a value without text has none in the history
		k.history.result(text)
	}
	return pages, f
}

// run runs a cell, once more in a fresh interpreter if the old one ended before
// the cell began.
func (k *kernel) run(o order) (e event, err error) {
	for range 2 {
		if k.interp.wasLost() {
			k.dropComms()
			k.screen.take(event{Kind: evStderr, Text: "the interpreter had ended since the last cell; " + freshHint + "\n"})
		}
		if e, err = k.interp.do(o); !errors.Is(err, errNeverBegan) {
			return e, err
		}
		if k.stopped() { // its user ended it: it must not run after all
			return e, &errCrash{crashName, "the interpreter was ended before the cell began"}
		}
	}
	return e, err
}

// expressions answers what a front end wants to know after its cell.
func (k *kernel) expressions(req request, wanted map[string]string) object {
	answers := object{}
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		end := k.begin(req, false)
		k.screen.begin(req.header, k.count, true, true, func() { k.interrupt(errOutput) })
		e, err := k.interp.do(order{Op: opRun, Name: "expression " + key, Source: wanted[key]})
		f := k.outcome("expression "+key, e, err, end())
		value := k.screen.end(f == nil)
		switch {
		case f != nil:
			answers[key] = f.reply()
		case value == nil:
			none := failure{Name: "ValueError", Value: wanted[key] + " has no value"}
			answers[key] = none.reply()
		default:
			answers[key] = object{"status": "ok", "data": value, "metadata": object{}}
		}
	}
	return answers
}

// normal gives every line the end that Go knows.
func normal(src string) string {
	src = strings.TrimPrefix(src, "\ufeff")
	if !strings.Contains(src, "\r") {
		return src
	}
	return strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
}
