//go:build guest

package sandbox

import _ "embed"

// embedded is the interpreter's module, packed: make build writes it.
//
//go:embed zz_guest.wasm.gz
var embedded []byte
