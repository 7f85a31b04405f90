package probe

import (
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/units"
)

// A Machine is what can be told about a computer without asking anyone: zeros and
// empty names are unknown.
type Machine struct {
	OS          string      `help:"operating system and architecture"`
	Processor   string      `help:"name that the processor gives itself"`
	Accelerator string      `help:"name that the driver gives, or the maker of a device without a driver"`
	Cores       int         `help:"cores that this process may use"`
	Memory      units.Bytes `help:"main memory that this process may use"`
	Cache       units.Bytes `help:"last-level caches together"`
	looked      bool        // for accelerators: none is known to be there
}

// Here describes this computer.
func Here() Machine {
	m := read(os.DirFS("/"))
	m.OS, m.Cores = runtime.GOOS+"/"+runtime.GOARCH, runtime.GOMAXPROCS(0)
	ask(&m)
	return m
}

// read takes what Linux tells in files; elsewhere there are none.
func read(root fs.FS) Machine {
	var m Machine
	m.Processor = processor(root)
	m.Memory = memory(root)
	m.Cache = lastLevel(root)
	m.Accelerator, m.looked = accelerator(root)
	return m
}

// text is the trimmed content of a file, or nothing.
func text(root fs.FS, name string) string {
	data, err := fs.ReadFile(root, name)
	if err != nil {
		return ""
	}
	return strings.Trim(string(data), "\x00 \n\t")
}

// line is what follows the key and its colon in a file of such lines.
func line(root fs.FS, name, key string) string {
	for l := range strings.Lines(text(root, name)) {
		if k, value, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func processor(root fs.FS) string {
	for _, key := range [...]string{"model name", "Model"} {
		if name := line(root, "proc/cpuinfo", key); name != "" {
			return name
		}
	}
	return text(root, "proc/device-tree/model")
}

// memory is the smaller of what is there and what a container may use.
func memory(root fs.FS) units.Bytes {
	total := kilobytes(line(root, "proc/meminfo", "MemTotal"))
	for _, name := range [...]string{"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		n, err := strconv.ParseFloat(text(root, name), 64)
		if limit := units.Bytes(n); err == nil && limit > 0 && limit < total {
			return limit
		}
	}
	return total
}

// kilobytes reads "24684100 kB" and "32768K".
func kilobytes(text string) units.Bytes {
	n, err := strconv.Atoi(strings.TrimRight(text, " kKB"))
	if err != nil || n < 0 {
		return 0
	}
	return units.KiB.Times(float64(n))
}

// lastLevel adds the caches of the highest level, each counted once however many
// cores share it.
func lastLevel(root fs.FS) units.Bytes {
	indexes, err := fs.Glob(root, "sys/devices/system/cpu/cpu[0-9]*/cache/index[0-9]*")
	if err != nil {
		return 0
	}
	highest, total := 0, units.Bytes(0)
	seen := map[string]bool{}
	for _, dir := range indexes {
		level, err := strconv.Atoi(text(root, path.Join(dir, "level")))
		if err != nil || level < highest {
			continue
		}
		if level > highest {
			highest, total = level, 0
			clear(seen)
		}
		if shared := text(root, path.Join(dir, "shared_cpu_list")); !seen[shared] {
			seen[shared] = true
			total += kilobytes(text(root, path.Join(dir, "size")))
		}
	}
	return total
}

// makers are the vendors of accelerators by their PCI number.
var makers = map[string]string{"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}

// accelerator names the accelerators, and reports whether it could look for them.
func accelerator(root fs.FS) (string, bool) {
	drivers, err := fs.Glob(root, "proc/driver/nvidia/gpus/*/information")
	if err != nil {
		return "", false
	}
	var names []string
	for _, file := range drivers {
		if name := line(root, file, "Model"); name != "" {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		return strings.Join(slices.Compact(names), ", "), true
	}

	devices, err := fs.Glob(root, "sys/bus/pci/devices/*")
	for _, dir := range devices {
		maker := makers[text(root, path.Join(dir, "vendor"))]
		if accelerates(text(root, path.Join(dir, "class")), maker) {
			return "unknown device of " + maker, true
		}
	}
	return "", err == nil && len(devices) > 0
}

// accelerates tells by the PCI class: 3D controllers, processing accelerators, and
// the display adapters of those who make no others.
func accelerates(class, maker string) bool {
	switch {
	case maker == "":
		return false
	case strings.HasPrefix(class, "0x0302"), strings.HasPrefix(class, "0x1200"):
		return true
	default:
		return strings.HasPrefix(class, "0x0300") && maker != "Intel"
	}
}

// Buffers: several times the caches, so that little of one pass is left for the
// next, but no more than a share of the memory.
const (
	usualCache  = 32 * units.MiB // where the size is unknown
	overCache   = 12             // three arrays of four times the cache, as STREAM asks for
	largest     = 3 * units.GiB
	memoryShare = 0.25
)

func (m Machine) buffer() units.Bytes {
	b := min(max(m.Cache, usualCache).Times(overCache), largest)
	if m.Memory > 0 {
		b = min(b, m.Memory.Times(memoryShare))
	}
	return b
}
