package probe

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/units"
)

func files(contents map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range contents {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestNothingToReadIsUnknown(t *testing.T) {
	m := read(files(nil))
	require.Equal(t, Machine{}, m)
	require.Equal(t, "unknown", m.accelerators())
	require.Equal(t, "cpu", m.Type())
	require.Equal(t, Machine{}, read(files(map[string]string{
		"proc/cpuinfo": "flags : sse", "proc/meminfo": "MemTotal: many kB", "sys/fs/cgroup/memory.max": "max\n",
		"sys/devices/system/cpu/cpu0/cache/index0/level": "one",
	})))
}

func TestServer(t *testing.T) {
	m := read(files(map[string]string{
		"proc/cpuinfo":             "processor\t: 0\nmodel name\t: AMD EPYC 9654\n\nprocessor\t: 1\nmodel name\t: AMD EPYC 9654\n",
		"proc/meminfo":             "MemTotal:       24684100 kB\nMemFree: 1 kB\n",
		"sys/fs/cgroup/memory.max": "1073741824\n",
		// Cores 0 and 1 share a cache of the third level, core 2 has another.
		"sys/devices/system/cpu/cpu0/cache/index0/level":           "1\n",
		"sys/devices/system/cpu/cpu0/cache/index0/size":            "32K\n",
		"sys/devices/system/cpu/cpu0/cache/index0/shared_cpu_list": "0\n",
		"sys/devices/system/cpu/cpu0/cache/index3/level":           "3\n",
		"sys/devices/system/cpu/cpu0/cache/index3/size":            "32768K\n",
		"sys/devices/system/cpu/cpu0/cache/index3/shared_cpu_list": "0-1\n",
		"sys/devices/system/cpu/cpu1/cache/index3/level":           "3\n",
		"sys/devices/system/cpu/cpu1/cache/index3/size":            "32768K\n",
		"sys/devices/system/cpu/cpu1/cache/index3/shared_cpu_list": "0-1\n",
		"sys/devices/system/cpu/cpu2/cache/index3/level":           "3\n",
		"sys/devices/system/cpu/cpu2/cache/index3/size":            "32768K\n",
		"sys/devices/system/cpu/cpu2/cache/index3/shared_cpu_list": "2-3\n",
		"sys/bus/pci/devices/0000:00:02.0/class":                   "0x030000\n",
		"sys/bus/pci/devices/0000:00:02.0/vendor":                  "0x1234\n", // QEMU's display
	}))
	require.Equal(t, "AMD EPYC 9654", m.Processor)
	require.Equal(t, units.GiB, m.Memory)
	require.Equal(t, 64*units.MiB, m.Cache)
	require.Equal(t, "none", m.accelerators())
}

func TestBoard(t *testing.T) {
	m := read(files(map[string]string{
		"proc/cpuinfo":           "processor : 0\nBogoMIPS : 108.00\n",
		"proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0\x00",
		"proc/meminfo":           "MemTotal: 8245248 kB\n",
	}))
	require.Equal(t, "Raspberry Pi 5 Model B Rev 1.0", m.Processor)
	require.Equal(t, 8245248*units.KiB, m.Memory)
}

func TestAccelerators(t *testing.T) {
	const card = "sys/bus/pci/devices/0000:41:00.0/"
	for want, contents := range map[string]map[string]string{
		"NVIDIA H100 80GB HBM3": {
			"proc/driver/nvidia/gpus/0000:41:00.0/information": "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ: 1\n",
			"proc/driver/nvidia/gpus/0000:61:00.0/information": "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ: 2\n",
		},
		"unknown device of NVIDIA": {card + "class": "0x030200", card + "vendor": "0x10de"},
		"unknown device of AMD":    {card + "class": "0x120000", card + "vendor": "0x1002"},
		"none":                     {card + "class": "0x030000", card + "vendor": "0x8086"}, // built-in graphics
	} {
		m := read(files(contents))
		require.Equal(t, want, m.accelerators())
		require.Equal(t, want != "none", m.Type() == "gpu")
	}
}

func TestHere(t *testing.T) {
	m := Here()
	require.Contains(t, m.OS, "/")
	require.Positive(t, m.Cores)
}

// A buffer is much larger than the caches and leaves the memory alone; where both
// cannot be, it leaves the memory alone.
func TestBuffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Machine{
			Memory: units.Bytes(rapid.Float64Range(1e6, 1e13).Draw(t, "memory")),
			Cache:  units.Bytes(rapid.Float64Range(0, 1e10).Draw(t, "cache")),
		}
		b := m.buffer()
		require.LessOrEqual(t, b, m.Memory.Times(memoryShare))
		require.LessOrEqual(t, b, largest)
		if b < min(m.Memory.Times(memoryShare), largest) {
			require.GreaterOrEqual(t, b, m.Cache.Times(overCache))
			require.GreaterOrEqual(t, b, usualCache)
		}
		m.Memory = 0
		require.GreaterOrEqual(t, m.buffer(), usualCache.Times(overCache))
	})
}
