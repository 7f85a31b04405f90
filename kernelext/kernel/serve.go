package kernel

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
	"strings"
)

// serve answers one request between the states busy and idle.
func (k *kernel) serve(from sender, req request) {
	k.publish("status", req.header, object{"execution_state": "busy"})
	defer k.publish("status", req.header, object{"execution_state": "idle"})

	name, isRequest := strings.CutSuffix(req.kind, "_request")
	switch {
	case req.kind == "execute_request":
		k.execute(from, req)
		return
	case strings.HasPrefix(req.kind, "comm_") && !isRequest:
		k.commRequest(req)
		return
	case !isRequest:
		return // a reply to nothing
	}
	answer := k.reply(req)
	from.Send(k.writer.message(req.from, name+"_reply", req.header, nil, answer))
	if name == "shutdown" {
		k.publish("shutdown_reply", req.header, answer)
		k.quit()
	}
}

// reply is the content of the reply to any request but execute.
func (k *kernel) reply(req request) object {
	switch req.kind {
	case "kernel_info_request":
		return info()
	case "is_complete_request":
		return isComplete(req)
	case "complete_request":
		return k.complete(req)
	case "inspect_request":
		return k.inspect(req)
	case "history_request":
		return k.history.answer(req)
	case "comm_info_request":
		return k.comms.info(req)
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
