package sandbox

// goRecords is the part of a Go program that says how far it came and what it
// claims, in the protocol of a script's worker. It runs beside the code of the
// submission, so what it says is as untrusted as that.
const goRecords = `package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/mlsysim/golab/kernelext/lab/record"
)

type zzRecord struct {
	Kind  string          ` + "`json:\"kind\"`" + `
	Item  map[string]any  ` + "`json:\"item,omitempty\"`" + `
	Claim []byte          ` + "`json:\"claim,omitempty\"`" + `
	Err   map[string]any  ` + "`json:\"err,omitempty\"`" + `
}

type zzSink struct {
	mu  sync.Mutex
	out *os.File
}

var zzRecords = func() *zzSink {
	s := &zzSink{out: os.NewFile(3, "records")}
	record.Use(s)
	return s
}()

func (s *zzSink) send(r zzRecord) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, _ := json.Marshal(r)
	s.out.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...))
}

func (s *zzSink) Record(claim []byte)     { s.send(zzRecord{Kind: "claim", Claim: claim}) }
func (s *zzSink) Show(map[string]any)     {}

func runCell(name string, f func()) {
	zzRecords.send(zzRecord{Kind: "show", Item: map[string]any{"cell": "before " + name, "bundle": map[string]string{"text/plain": "0"}}})
	defer func() {
		if r := recover(); r != nil {
			zzRecords.send(zzRecord{Kind: "end", Err: map[string]any{"name": name, "kind": "runtime", "msg": fmt.Sprint(r)}})
			os.Exit(0)
		}
	}()
	f()
}

func endCells() { zzRecords.send(zzRecord{Kind: "end"}) }
`

// pyWorker runs the cells of a Python notebook in one namespace. The functions
// answer and because claim values.
const pyWorker = `
import json, math, os, struct, sys, traceback
sys.argv = ["notebook"]
out = os.fdopen(3, "wb", buffering=0)
def send(**r):
    b = json.dumps(r).encode()
    out.write(struct.pack(">I", len(b)) + b)
def claim(kind, id, v, unit=""):
    import base64
    r = {"kind": kind, "id": str(id), "text": str(v)[:1000]}
    if isinstance(v, bool): r["type"] = "bool"
    elif isinstance(v, (int, float)):
        v = float(v)
        if math.isnan(v) or math.isinf(v): raise ValueError("%s is not a finite number" % v)
        r.update(type="number", number=v)
    elif isinstance(v, str): r["type"] = "text"
    else: raise TypeError("a %s cannot be an answer: want a number, a text or true/false" % type(v).__name__)
    send(kind="claim", claim=base64.b64encode(json.dumps(r).encode()).decode())
space = {"__name__": "__main__", "answer": lambda id, v: claim("answer", id, v),
    "because": lambda id, v: claim("because", id, v), "predict": lambda id, v: claim("predict", id, v)}
job = json.load(sys.stdin)
for cell in job["cells"]:
    name = cell["name"]
    send(kind="show", item={"cell": "before " + name, "bundle": {"text/plain": "0"}})
    try:
        lines = [("pass" if l.lstrip()[:1] in "%!" and l.strip() else l) for l in cell["src"].split("\n")]
        exec(compile("\n".join(lines), name, "exec"), space)
    except BaseException as e:
        line = getattr(e, "lineno", None) if isinstance(e, SyntaxError) else None
        for f in traceback.extract_tb(e.__traceback__):
            if f.filename == name: line = f.lineno
        send(kind="end", err={"name": name, "line": line or 0, "kind": "runtime", "msg": type(e).__name__ + ": " + str(e)[:500]})
        out.close()
        os._exit(0)
sys.stdout.flush()
send(kind="end")
out.close()
os._exit(0)
`
