package kernel

import (
	"context"
	"encoding/json"
	"runtime"
	"runtime/debug"
	"strings"
)

// serve answers one request between the states busy and idle.
func (k *kernel) serve(ctx context.Context, from socket, req request) {
	k.publish("status", req.header, object{"execution_state": "busy"})
	defer k.publish("status", req.header, object{"execution_state": "idle"})

	name, isRequest := strings.CutSuffix(req.kind, "_request")
	switch {
	case req.kind == "execute_request":
		k.execute(ctx, from, req)
		return
	case req.kind == "comm_open":
		k.refuseComm(req)
		return
	case !isRequest:
		return // comm_msg and comm_close of a comm that was refused: nothing to say
	}
	answer := k.answer(req)
	from.send(k.writer.message(req.from, name+"_reply", req.header, answer))
	if name == "shutdown" {
		k.publish("shutdown_reply", req.header, answer)
		k.quit()
	}
}

// answer is the content of the reply to any request but execute.
func (k *kernel) answer(req request) object {
	switch req.kind {
	case "kernel_info_request":
		return info()
	case "is_complete_request":
		return isComplete(req)
	case "complete_request":
		return nothingToComplete(req)
	case "inspect_request":
		return object{"status": "ok", "found": false, "data": object{}, "metadata": object{}}
	case "history_request":
		return object{"status": "ok", "history": []any{}}
	case "comm_info_request":
		return object{"status": "ok", "comms": object{}}
	case "interrupt_request":
		k.interrupt(errInterrupt)
		return object{"status": "ok"}
	case "shutdown_request":
		var c struct {
			Restart bool `json:"restart"`
		}
		_ = json.Unmarshal(req.content, &c) // without a readable content it is a plain shutdown
		return object{"status": "ok", "restart": c.Restart}
	}
	f := failure{Name: "UnknownRequest", Value: "this kernel does not know " + req.kind}
	return f.reply()
}

func info() object {
	version := "dev"
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" && b.Main.Version != "(devel)" {
		version = b.Main.Version
	}
	return object{
		"status":                 "ok",
		"protocol_version":       protocolVersion,
		"implementation":         "mlsysim",
		"implementation_version": version,
		"language_info": object{
			"name": "go", "version": strings.TrimPrefix(runtime.Version(), "go"), "mimetype": "text/x-go",
			"file_extension": ".go", "pygments_lexer": "go", "codemirror_mode": "go", "nbconvert_exporter": "script",
		},
		"banner":     "MLSysim (Go): a laboratory bench for machine-learning systems",
		"debugger":   false,
		"help_links": []any{},
	}
}

// refuseComm closes a comm that a front end opens: nothing here listens to one.
func (k *kernel) refuseComm(req request) {
	var c struct {
		ID string `json:"comm_id"`
	}
	if json.Unmarshal(req.content, &c) == nil {
		k.publish("comm_close", req.header, object{"comm_id": c.ID, "data": object{}})
	}
}

func isComplete(req request) object {
	var c struct {
		Code string `json:"code"`
	}
	if err := json.Unmarshal(req.content, &c); err != nil {
		return object{"status": "unknown"}
	}
	state, indent := completeness(c.Code)
	if state != incomplete {
		return object{"status": state}
	}
	return object{"status": state, "indent": indent}
}

func nothingToComplete(req request) object {
	var c struct {
		Cursor int `json:"cursor_pos"`
	}
	_ = json.Unmarshal(req.content, &c) // the cursor only says where nothing is inserted
	return object{
		"status": "ok", "matches": []string{}, "metadata": object{},
		"cursor_start": c.Cursor, "cursor_end": c.Cursor,
	}
}
