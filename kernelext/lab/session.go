package lab

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/mlsysim/golab/kernelext/gonb"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// session is what this process has said so far: a notebook's kernel is one
// process, and so is a script. GoNB runs each cell in another.
var session struct {
	sync.Mutex   // a control predicts while a cell runs
	said         []record.Record
	predicted    map[string]bool
	functions    map[string]any // answers that are functions
	lab, student string
}

// note remembers a record. Another lab or student begins anew.
func note(r record.Record) {
	s := &session
	s.Lock()
	defer s.Unlock()
	if r.Kind == record.Open && (r.Lab != s.lab || r.Student != s.student) || s.predicted == nil {
		s.said, s.predicted, s.functions = nil, map[string]bool{}, map[string]any{}
		s.lab, s.student = r.Lab, r.Student
	}
	s.said = append(s.said, r)
	if r.Kind == record.Predict {
		question, _, _ := strings.Cut(r.ID, ".")
		s.predicted[question] = true
	}
}

// Explore runs f once there is a prediction for the question, and shows until
// then that one is missing. In GoNB, which forgets from cell to cell, f runs.
func Explore(id string, f func()) {
	session.Lock()
	open := session.predicted[id]
	session.Unlock()
	if !open && !gonb.Active() {
		Show(show.View{
			Title: "Predict first", Status: show.Info,
			Blocks: []show.Block{{Notes: []string{fmt.Sprintf("Run a cell with Predict(%q, your guess), then this one again. A wrong guess costs nothing.", id)}}},
		})
		return
	}
	f()
}

// AnswerFunc answers with a function of yours, such as func(batch int) Seconds.
// It is called on inputs that you have not seen.
func AnswerFunc(id string, f any) {
	if reflect.ValueOf(f).Kind() != reflect.Func {
		panic(fmt.Errorf("answer %s: a %T is no function: want one such as func(batch int) Seconds", id, f))
	}
	say(record.Answer, id, f)
	session.Lock()
	defer session.Unlock()
	session.functions[id] = f
}

// CallAnswer calls the function that answers a question, for a grader. What it
// records is judged elsewhere.
func CallAnswer(id, tag, inputs string) {
	emit(record.Record{Kind: record.Call, ID: id, Type: "func", Tag: tag}, "calling "+id) // what comes after is no answer
	if r, ok := called(id, tag, inputs); ok {
		emit(r, "called "+id)
	}
}

func called(id, tag, inputs string) (record.Record, bool) {
	session.Lock()
	f, ok := session.functions[id]
	session.Unlock()
	if !ok {
		return record.Record{}, false
	}
	return walls.Must(record.Results(id, tag, f, inputs)), true
}

// Check judges what you have answered so far: which invariant fails, with a
// counter-example made of your own values. Where no judge is at hand, it says how
// to get one.
func Check() {
	judge := record.Judging()
	if judge == nil {
		display(map[string]any{"text/plain": "save, then run in a terminal: mlsysim lab check FILE"})
		return
	}
	session.Lock()
	said := append([]record.Record{}, session.said...)
	session.Unlock()
	Show(judge(said, called))
}
