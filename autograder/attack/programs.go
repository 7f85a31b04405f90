package attack

import (
	"os"
	"path/filepath"
	"strings"
)

// goOpen starts a Go notebook as GoNB has it.
const goOpen = `import . "github.com/mlsysim/golab/kernelext/lab"

func got(name string, v any, err error) {
	if err == nil {
		Answer("got."+name, fmt.Sprint(v))
	}
}
`

// goGood answers q3 rightly.
const goGood = "%%\n" + `l := Open("T0", "$ID")
node := SingleNode{Model: Llama3_8B, Hardware: H100, Batch: l.Int("batch", 4, 6, 8, 12, 16, 24, 32, 48), Context: l.Int("context", 700, 1100, 1300, 1700, 1900, 2300, 2900, 3100)}
Predict("q3", 30*GB)
size := node.Run().Footprint
Answer("q3.gb", size.Ratio(GB))
Answer("q3.gib", size.Ratio(GiB))`

func goCells(id string, cells ...string) []string {
	out := append([]string{goOpen}, cells...)
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], "$ID", id)
	}
	return out
}

// GoPrograms are the cases of the comparison with GoNB under nbgrader, and
// attacks that only a real program can try.
func GoPrograms() []Program {
	p := func(id, name string, points float64, cells ...string) Program {
		return Program{ID: id, Name: name, Language: sandboxGo, True: points, Cells: goCells(id, cells...)}
	}
	try := func(id, name, src string) Program {
		c := p(id, name, 0, strings.Replace(src, "%%\n", "%%\nAnswer(\"tried\", 1)\n", 1))
		c.Tries = true
		return c
	}
	poisoned := try("g14", "writes to the build cache, the toolchain and the source", poison)
	poisoned.After = unpoisoned
	orphans := try("g12", "fills the disk and the table of processes", fills)
	orphans.After = noOrphans
	return []Program{
		p("g01", "right", 10, goGood),
		p("g02", "wrong", 0, "%%\nAnswer(\"q3.gb\", 1.0)\nAnswer(\"q3.gib\", 1.0)"),
		p("g03", "does not compile", 0, "func f() int { return \"a\" }"),
		p("g04", "panics", 0, "%%\npanic(\"not implemented\")"),
		p("g05", "ends with status 0 inside the function", 0, "func f() float64 { os.Exit(0); return 1 }\n%%\nAnswer(\"q3.gb\", f())"),
		p("g06", "ends before main", 0, "func init() { os.Exit(0) }", "%%\nAnswer(\"q3.gb\", 1.0)"),
		p("g07", "right, with debugging output", 10, goGood, "%%\nprintln(\"debug\")\nfmt.Println(\"debug\")"),
		p("g08", "panic of a goroutine after the answer", 10, goGood, "%%\ngo func() { panic(\"away\") }()\ntime.Sleep(time.Second)"),
		try("g09", "reads files, processes, the environment", reads),
		try("g10", "the network: TCP, UDP, names, sockets without a file", network),
		try("g11", "kills, traces, mounts, changes user", kills),
		orphans,
		try("g13", "forges the end of the protocol, then goes on", forges),
		poisoned,
		p("g15", "right, after the cache was poisoned", 10, goGood),
		p("g16", "embeds, links and C", 0, "import _ \"embed\"\n\n//go:embed ../../../../../$KEY\nvar key string\n%%\ngot(\"embed\", key, nil)", "import _ \"unsafe\"\n\n//go:linkname envs syscall.runtime_envs\nfunc envs() []string\n%%\ngot(\"envs\", envs(), nil)", "// #include \"$KEY\"\nimport \"C\"", "//line zz_main.go:1\nfunc runCell(string, func()) {}"),
	}
}

const sandboxGo = "go"

const reads = `import ("os"; "path/filepath"; "strings")
%%
for _, path := range []string{"$KEY", "/etc/passwd", "/etc/hostname", "/root/.bashrc", "/proc/1/environ", "/proc/self/environ", "/proc/self/mountinfo", "/proc/self/cmdline", "/proc/cpuinfo", "/sys/kernel/notes", "/dev/mem", "/dev/sda", "/dev/vda"} {
	b, err := os.ReadFile(path)
	got(path, string(b[:min(len(b), 40)]), err)
}
for _, pattern := range []string{"/tmp/*", "/home/*", "/root/*", "/proc/[0-9]*", "/var/*", "/proc/self/root/*"} {
	if list, _ := filepath.Glob(pattern); len(list) > 0 && !strings.Contains(list[0], "/root/go") && !strings.Contains(list[0], "/root/.cache") && list[0] != "/tmp/tmp" {
		if pattern != "/tmp/*" && pattern != "/root/*" && pattern != "/proc/self/root/*" && pattern != "/proc/[0-9]*" {
			got(pattern, list, nil)
		}
		if pattern == "/proc/[0-9]*" && len(list) > 1 {
			got(pattern, list, nil)
		}
	}
}
for _, kv := range os.Environ() {
	if strings.Contains(kv, "SECRET") {
		got("environ", kv, nil)
	}
}
for fd := uintptr(4); fd < 64; fd++ {
	if info, err := os.NewFile(fd, "fd").Stat(); err == nil && info.Mode().IsRegular() {
		got("an open file", info.Name(), nil)
	}
}
os.Symlink("$KEY", "link")
b, err := os.ReadFile("link")
got("a link", string(b), err)
got("a write outside", "", os.WriteFile("$DIR/results.json", []byte("{}"), 0o644))
got("a write to the root", "", os.WriteFile("/x", nil, 0o644))`

const network = `import ("net"; "time"; "net/http"; "syscall")
%%
for _, at := range [][2]string{{"tcp", "$TCP"}, {"udp", "$UDP"}, {"unix", "$ABSTRACT"}, {"tcp", "1.1.1.1:53"}, {"udp", "8.8.8.8:53"}, {"tcp6", "[::1]:80"}} {
	c, err := net.DialTimeout(at[0], at[1], time.Second)
	if err != nil {
		continue
	}
	c.SetDeadline(time.Now().Add(time.Second))
	c.Write([]byte("key?"))
	b := make([]byte, 100)
	n, err := c.Read(b)
	got(at[0]+" "+at[1], string(b[:n]), err)
}
_, err := net.LookupHost("example.com")
got("a name", "", err)
_, err = http.Get("http://169.254.169.254/latest/meta-data")
got("metadata of a cloud", "", err)
_, err = net.Listen("tcp", "127.0.0.1:0")
got("a port", "", err)
for _, family := range []int{2, 10, 16, 17, 38, 40, 44} { // internet, netlink, packet, crypto, virtual machines
	_, err := syscall.Socket(family, syscall.SOCK_RAW, 0)
	got("a socket", family, err)
	_, err = syscall.Socket(family, syscall.SOCK_DGRAM, 0)
	got("a socket", family, err)
}`

const kills = `import ("syscall"; "os")
%%
got("a kill", "", syscall.Kill($PID, 0))
got("a kill of the parent", os.Getppid(), func() error { if os.Getppid() == 0 { return os.ErrPermission }; return syscall.Kill(os.Getppid(), 0) }())
got("a trace", "", syscall.PtraceAttach($PID))
got("a mount", "", syscall.Mount("none", "/submission", "tmpfs", 0, ""))
got("an unmount", "", syscall.Unmount("/submission", 0))
got("a new root", "", syscall.Chroot("/submission"))
got("namespaces", "", syscall.Unshare(syscall.CLONE_NEWUSER))
got("more namespaces", "", syscall.Unshare(syscall.CLONE_NEWNS))
_, _, e := syscall.RawSyscall(308, 3, 0, 0)
if e == 0 { got("setns", e, nil) }
for name, nr := range map[string]uintptr{"bpf": 321, "perf": 298, "io_uring": 425, "keyctl": 250, "userfaultfd": 323, "open_by_handle": 304, "pidfd_getfd": 438, "process_vm_readv": 310} {
	if _, _, e := syscall.RawSyscall6(nr, 0, 0, 0, 0, 0, 0); e != syscall.EPERM {
		got(name, e, nil)
	}
}
if syscall.Setuid(0) == nil && os.Getuid() == 0 && os.WriteFile("/proc/sys/kernel/core_pattern", []byte("|/x"), 0o644) == nil { got("core_pattern", "", nil) }
lim := syscall.Rlimit{Cur: 1 << 40, Max: 1 << 40}
got("more memory", "", syscall.Setrlimit(syscall.RLIMIT_DATA, &lim))
got("a device", "", syscall.Mknod("/submission/sda", syscall.S_IFBLK|0o666, 8<<8))
syscall.Kill(-1, 9)`

const fills = `import ("os"; "os/exec"; "syscall"; "time")
%%
if len(os.Args) > 1 { time.Sleep(time.Minute) }
n := 0
for range 300 {
	c := exec.Command("/submission/submission", "mlgrade-orphan")
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if c.Start() != nil { break }
	n++
}
if n > 100 { got("processes", n, nil) }
written := 0
block := make([]byte, 1<<20)
f, err := os.Create("big")
for err == nil && written < 1<<10 {
	if _, err = f.Write(block); err == nil { written++ }
}
if written > 200 { got("MB of disk", written, nil) }
files := 0
for i := range 100000 { if os.WriteFile("f"+strconv.Itoa(i), nil, 0o600) != nil { break }; files++ }
if files > 25000 { got("files", files, nil) }
var hoard [][]byte
for range 8192 { b := make([]byte, 1<<20); for i := range b { b[i] = 1 }; hoard = append(hoard, b) }
got("memory", len(hoard), nil)`

const forges = `import ("os"; "encoding/binary")
%%
f := os.NewFile(3, "records")
say := func(s string) { f.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(s))), s...)) }
say("{\"kind\":\"verdict\",\"points\":100}")
say("{\"kind\":\"claim\",\"claim\":\"eyJraW5kIjoidmVyZGljdCIsImlkIjoicTMiLCJwb2ludHMiOjEwfQ==\"}")
say("{\"kind\":\"end\"}")
f.Write([]byte{0xff, 0xff, 0xff, 0xff, 1, 2, 3})
for range 1000 { f.Write(make([]byte, 1<<16)) }`

// poison tries to change what the next submission is built from.
const poison = `import ("os"; "path/filepath"; "runtime")
%%
for _, root := range []string{"$CACHE/mlgrade", runtime.GOROOT(), os.Getenv("HOME"), "/usr/local/go", "/root/go", "/mod"} {
	filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == root && root == "/submission" { return nil }
		if root == "/submission" { return filepath.SkipAll }
		if d.IsDir() && os.WriteFile(filepath.Join(path, "mlgrade-poison"), []byte("x"), 0o644) == nil { got("a write", path, nil); return filepath.SkipAll }
		if !d.IsDir() && os.WriteFile(path, []byte("x"), 0o644) == nil { got("a write", path, nil); return filepath.SkipAll }
		if filepath.Base(path) == "1000" { return filepath.SkipAll }
		return nil
	})
}
os.WriteFile("/submission/go.mod", []byte("module x\n"), 0o644)
os.WriteFile("/submission/zz_main.go", []byte("package main\nfunc main() {}\n"), 0o644)`

// noOrphans looks for processes that outlived their submission.
func noOrphans(*Target) string {
	list, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range list {
		if b, err := os.ReadFile(path); err == nil && strings.Contains(string(b), "mlgrade-orphan") {
			return "a process is left: " + path
		}
	}
	return ""
}

// unpoisoned looks for what poison leaves behind.
func unpoisoned(*Target) string {
	found := ""
	_ = filepath.WalkDir(filepath.Join(cacheOf(), "mlgrade"), func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == "mlgrade-poison" {
			found = "poison in " + path
		}
		return nil
	})
	return found
}

// PythonPrograms are attacks by notebooks of a Python kernel.
func PythonPrograms() []Program {
	p := func(id, name string, cells ...string) Program {
		return Program{ID: id, Name: name, Language: "python", Tries: true, Cells: append([]string{pyOpen}, cells...)}
	}
	return []Program{
		p("p01", "reads the key, the processes, the environment", "for f in ['$KEY', '/etc/passwd', '/proc/1/environ', '/proc/self/mountinfo', '/root/.bashrc']:\n    attempt(f, lambda: open(f).read())\nimport os\nif 'MLGRADE_SECRET' in os.environ: answer('got.environ', '1')"),
		p("p02", "the network and subprocesses", "import socket, subprocess\nattempt('tcp', lambda: socket.create_connection(('127.0.0.1', int('$TCP'.split(':')[1])), 1).recv(99))\nattempt('udp', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))\nattempt('abstract', lambda: socket.socket(socket.AF_UNIX).connect('\\0' + '$ABSTRACT'[1:]))\nattempt('sh', lambda: subprocess.run(['/bin/sh', '-c', 'cat $KEY'], capture_output=True, check=True))\nattempt('name', lambda: socket.gethostbyname('example.com'))"),
		p("p03", "kills and native code", "import os, ctypes\nattempt('kill', lambda: os.kill($PID, 0))\nattempt('mount', lambda: ctypes.CDLL(None, use_errno=True).mount(b'x', b'/submission', b'tmpfs', 0, None) == 0 or 1/0)\nattempt('unshare', lambda: ctypes.CDLL(None).unshare(0x10000000) == 0 or 1/0)\nattempt('ptrace', lambda: ctypes.CDLL(None).ptrace(16, $PID, 0, 0) == 0 or 1/0)\nos.kill(0, 9)"),
		p("p04", "forks, fills, floods", "import os, time\nn = 0\nfor i in range(300):\n    try:\n        if os.fork() == 0:\n            time.sleep(60)\n            os._exit(0)\n        n += 1\n    except OSError: break\nif n > 110: answer('got.processes', n)", "w = 0\ntry:\n    with open('big', 'wb') as f:\n        for i in range(1024):\n            f.write(b'x' * (1 << 20)); f.flush(); w += 1\nexcept OSError: pass\nif w > 200: answer('got.disk', w)", "x = bytearray(8 << 30)\nanswer('got.memory', len(x))", "print('x' * (64 << 20))"),
		p("p05", "ends the interpreter and forges frames", "import os, struct\nb = b'{\"kind\":\"claim\",\"claim\":\"eyJraW5kIjoidmVyZGljdCJ9\"}'\nos.write(3, struct.pack('>I', len(b)) + b)\nanswer('q3.gb', float('nan'))", "import builtins\nbuiltins.isinstance = lambda *a: True\nclass All:\n    def __eq__(self, o): return True\n    def __float__(self): return 17.0\nanswer('q3.gb', All())", "import sys\nsys.exit(0)", "os._exit(0)"),
	}
}

const pyOpen = `
answer("tried", 1)
def attempt(name, f):
    try:
        v = f()
    except BaseException:
        return
    answer("got." + name, str(v)[:100])
`
