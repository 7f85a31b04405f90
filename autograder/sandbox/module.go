package sandbox

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A module is a WebAssembly module prepared for copying: its globals can be
// read and set from outside, and its first memory is not in the file any more
// but beside it, so that a new instance costs no more than its copy of the
// memory.
type module struct {
	code    []byte
	globals int
	data    []segment
}

// A segment is a part of the memory at the start.
type segment struct {
	at    uint32
	bytes []byte
}

// The sections that are looked at, by their numbers in the format.
const (
	importSection = 2
	globalSection = 6
	exportSection = 7
	dataSection   = 11
	countSection  = 12
)

// globalName is the name under which a global is exported.
func globalName(i int) string { return fmt.Sprintf("sandbox.global%d", i) }

var errModule = errors.New("not a WebAssembly module of the form that the Go compiler writes")

// rewrite prepares a module.
func rewrite(wasm []byte) (*module, error) {
	const head = 8 // magic and version
	if len(wasm) < head || string(wasm[:4]) != "\x00asm" {
		return nil, errModule
	}
	m := &module{code: append([]byte{}, wasm[:head]...)}
	for rest := wasm[head:]; len(rest) > 0; {
		id := rest[0]
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || uint64(len(rest)) < 1+uint64(n)+size {
			return nil, errModule
		}
		body := rest[1+n : 1+uint64(n)+size]
		rest = rest[1+uint64(n)+size:]
		if err := m.section(id, body); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// section copies one section, or what is left of it.
func (m *module) section(id byte, body []byte) error {
	switch id {
	case globalSection:
		n, k := binary.Uvarint(body)
		if k <= 0 || n > 64 {
			return errModule
		}
		m.globals = int(n)
	case exportSection:
		n, k := binary.Uvarint(body)
		if k <= 0 {
			return errModule
		}
		more := binary.AppendUvarint(nil, n+uint64(m.globals))
		more = append(more, body[k:]...)
		for i := range m.globals {
			name := globalName(i)
			more = append(binary.AppendUvarint(more, uint64(len(name))), name...)
			more = append(more, 3, byte(i)) // 3: a global
		}
		body = more
	case dataSection:
		return m.segments(body)
	case countSection:
		return nil
	}
	m.code = append(m.code, id)
	m.code = append(binary.AppendUvarint(m.code, uint64(len(body))), body...)
	return nil
}

// segments reads the first memory: what the Go linker writes is one constant
// address and the bytes for each part.
func (m *module) segments(body []byte) error {
	n, k := binary.Uvarint(body)
	if k <= 0 {
		return errModule
	}
	body = body[k:]
	for range n {
		const constI32, end = 0x41, 0x0b
		if len(body) < 4 || body[0] != 0 || body[1] != constI32 {
			return errModule
		}
		at, k := signed(body[2:])
		if k <= 0 || len(body) < 3+k || body[2+k] != end {
			return errModule
		}
		body = body[3+k:]
		size, k := binary.Uvarint(body)
		if k <= 0 || uint64(len(body)-k) < size {
			return errModule
		}
		m.data = append(m.data, segment{uint32(at), body[k : uint64(k)+size]})
		body = body[uint64(k)+size:]
	}
	return nil
}

// signed reads a signed LEB128 number, which encoding/binary does not have.
func signed(b []byte) (v int64, n int) {
	for shift := uint(0); n < len(b) && n < 10; shift += 7 {
		c := b[n]
		n++
		v |= int64(c&0x7f) << shift
		if c&0x80 == 0 {
			if c&0x40 != 0 && shift+7 < 64 {
				v |= -1 << (shift + 7)
			}
			return v, n
		}
	}
	return 0, 0
}
