//go:build !linux && !darwin

package sandbox

import (
	"bytes"

	"github.com/tetratelabs/wazero/experimental"
)

// A mapping is the memory of one instance.
type mapping struct{ all []byte }

func allocate(_, most uint64) experimental.LinearMemory {
	return &mapping{all: make([]byte, max(most, pageSize))}
}

// Reallocate grows the memory; nil means that there is no more.
func (m *mapping) Reallocate(size uint64) []byte {
	if size > uint64(len(m.all)) {
		return nil
	}
	return m.all[:size]
}

// Free leaves the memory to the collector.
func (m *mapping) Free() { m.all = nil }

// An image is a copy of a memory.
type image struct {
	bytes []byte
	size  uint32
}

func keep(memory []byte) (*image, error) {
	return &image{bytes: bytes.Clone(memory), size: uint32(len(memory))}, nil
}

// restore lets a memory, which has at least the image's size, begin with it.
func (i *image) restore(memory []byte) error { copy(memory, i.bytes); return nil }
