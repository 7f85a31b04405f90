package kernel

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
)

// comms are the channels that are open between front ends and the interpreter.
type comms struct {
	mu   sync.Mutex
	open map[string]string // id -> target
}

func (c *comms) add(id, target string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open = map[string]string{}
	}
	c.open[id] = target
}

func (c *comms) remove(id string) (known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, known = c.open[id]
	delete(c.open, id)
	return known
}

// clear forgets all and lists them.
func (c *comms) clear() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := slices.Sorted(maps.Keys(c.open))
	c.open = nil
	return ids
}

// info lists the open comms, of one target if the request names it.
func (c *comms) info(req request) object {
	var ask struct {
		Target string `json:"target_name"`
	}
	_ = json.Unmarshal(req.content, &ask) // without a readable content it is about all
	c.mu.Lock()
	defer c.mu.Unlock()
	list := object{}
	for id, target := range c.open {
		if ask.Target == "" || ask.Target == target {
			list[id] = object{"target_name": target}
		}
	}
	return object{"status": "ok", "comms": list}
}

// commVersion is the version of the widget protocol, which travels in the
// metadata of a comm_open.
const commVersion = "2.1.0"

// commRequest passes a front end's message to the interpreter, and shows what
// comes of it under that message.
func (k *kernel) commRequest(req request) {
	var c struct {
		ID     string          `json:"comm_id"`
		Target string          `json:"target_name"`
		Data   json.RawMessage `json:"data"`
	}
	if json.Unmarshal(req.content, &c) != nil || c.ID == "" {
		return
	}
	ops := map[string]string{"comm_open": opCommOpen, "comm_msg": opCommMsg, "comm_close": opCommClose}
	op, known := ops[req.kind]
	if !known {
		return
	}
	switch op {
	case opCommOpen:
		k.comms.add(c.ID, c.Target)
	case opCommClose:
		known = k.comms.remove(c.ID)
	}
	if !known {
		return
	}
	end := k.begin(req, false)
	k.screen.begin(req.header, k.count, false, false, func() { k.interrupt(errOutput) })
	e, err := k.interp.do(order{Op: op, Comm: c.ID, Target: c.Target, Data: c.Data, Name: "widget"})
	k.screen.end(true)
	if f := k.outcome("widget", e, err, end()); f != nil {
		k.publish("error", req.header, f.content())
	}
}

// commEvent publishes what the interpreter says on a comm.
func (k *kernel) commEvent(e event) {
	content := object{"comm_id": e.Comm, "data": raw(e.Data)}
	var metadata any
	switch e.Kind {
	case evCommOpen:
		k.comms.add(e.Comm, e.Target)
		content["target_name"] = e.Target
		metadata = object{"version": commVersion}
	case evCommClose:
		k.comms.remove(e.Comm)
	}
	k.screen.comm(func(parent json.RawMessage) {
		k.sockets.iopub.Send(k.writer.message([][]byte{[]byte(e.Kind)}, e.Kind, parent, metadata, content))
	})
}

// dropComms tells front ends that the other side of their comms is gone.
func (k *kernel) dropComms() {
	for _, id := range k.comms.clear() {
		k.screen.comm(func(parent json.RawMessage) {
			k.publish("comm_close", parent, object{"comm_id": id, "data": object{}})
		})
	}
}

// raw is JSON, {} if there is none.
func raw(data json.RawMessage) json.RawMessage {
	if len(data) == 0 {
		return json.RawMessage("{}")
	}
	return data
}
