//go:build linux || darwin

package sandbox

import (
	"fmt"
	"os"
	"unsafe"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// A mapping is the memory of one instance: address space for the most that it
// may have, of which only what it has grown to can be used. Growing copies
// nothing.
type mapping struct {
	all  []byte
	size uint64
}

func allocate(_, most uint64) experimental.LinearMemory {
	b, err := unix.Mmap(-1, 0, int(max(most, pageSize)), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		panic(fmt.Errorf("out of memory: reserving %d bytes: %w", most, err))
	}
	return &mapping{all: b}
}

// Reallocate grows the memory; nil means that there is no more.
func (m *mapping) Reallocate(size uint64) []byte {
	if size > uint64(len(m.all)) {
		return nil
	}
	if size > m.size {
		if unix.Mprotect(m.all[m.size:size], unix.PROT_READ|unix.PROT_WRITE) != nil {
			return nil
		}
		m.size = size
	}
	return m.all[:size]
}

// Free gives the address space back.
func (m *mapping) Free() { _ = unix.Munmap(m.all) }

// An image is a copy of a memory that instances share until they write to it.
type image struct {
	file *os.File
	size uint32
}

// keep makes an image that has no name in any folder.
func keep(memory []byte) (*image, error) {
	f, err := unnamed()
	if err != nil {
		return nil, fmt.Errorf("keeping the interpreter's memory: %w", err)
	}
	if _, err := f.Write(memory); err != nil {
		return nil, fmt.Errorf("keeping the interpreter's memory: %w", err)
	}
	return &image{file: f, size: uint32(len(memory))}, nil
}

// restore lets a memory, which has at least the image's size, begin with it.
func (i *image) restore(memory []byte) error {
	_, err := unix.MmapPtr(int(i.file.Fd()), 0, unsafe.Pointer(unsafe.SliceData(memory)), uintptr(i.size),
		unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_FIXED)
	if err != nil {
		return fmt.Errorf("copying the interpreter's memory: %w", err)
	}
	return nil
}
