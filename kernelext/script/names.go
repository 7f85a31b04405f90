package script

import (
	"maps"
	"slices"
)

// Names lists what the session has declared, in order.
func (e *Engine) Names() []string {
	if e.err != nil {
		return nil
	}
	e.names.Lock()
	defer e.names.Unlock()
	return slices.Sorted(maps.Keys(e.session.objs))
}
