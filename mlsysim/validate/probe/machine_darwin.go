package probe

import (
	"syscall"

	"github.com/mlsysim/golab/mlsysim/units"
)

// ask fills in what macOS tells on request.
func ask(m *Machine) {
	if name, err := syscall.Sysctl("machdep.cpu.brand_string"); err == nil {
		m.Processor = name
	}
	// Sysctl returns the bytes of the number as text, without the last one if it is 0.
	if raw, err := syscall.Sysctl("hw.memsize"); err == nil && len(raw) <= 8 {
		size := 0.0
		for i := len(raw) - 1; i >= 0; i-- {
			size = size*256 + float64(raw[i])
		}
		m.Memory = units.Bytes(size)
	}
}
