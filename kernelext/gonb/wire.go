package gonb

import (
	"encoding/gob"
	"fmt"
	"sync"
)

// The protocol's fixed texts.
const (
	pipeVar = "GONB_PIPE"      // environment: named pipe, program to kernel
	backVar = "GONB_PIPE_BACK" // environment: named pipe, kernel to program

	commKey  = "gonb/comm_value"
	syncAddr = "#gonbui/sync"
	ackAddr  = "#gonbui/sync_ack"

	// commName is what gob calls the kernel's type on the wire: a value inside
	// an interface travels with its registered name.
	commName = "github.com/janpfeifer/gonb/gonbui/protocol.CommValue"
)

// displayData goes to the kernel. Gob matches it by its field names.
type displayData struct {
	Data      map[string]any
	Metadata  map[string]any
	DisplayID string
}

// commValue goes both ways: bare from the kernel, inside displayData.Data to it.
type commValue struct {
	Address string
	Request bool
	Value   any
}

func syncRequest(id int) displayData {
	return displayData{Data: map[string]any{commKey: commValue{Address: syncAddr, Value: id}}}
}

// register tells gob the names of what travels inside an interface. It runs at
// the first display, not in init: gob panics when gonbui holds the kernel's
// name already, and then ours must not write to the pipe at all.
var register = sync.OnceValue(func() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("another GoNB client is linked into this program: %v", r)
		}
	}()
	gob.RegisterName(commName, commValue{})
	gob.Register(map[string]any{})
	gob.Register([]any{})
	gob.Register([]string{})
	return nil
})
