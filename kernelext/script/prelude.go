package script

import "sync"

// labPrelude is kernelext/lab, read once.
var labPrelude = sync.OnceValue(func() *Prelude {
	return NewPrelude(preludePath, preludeStub, preludeSymbols())
})
