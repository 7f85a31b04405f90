package sandbox

// A plan says how a child process shuts itself in before it runs anything of a
// submission.
type plan struct {
	Root      string   `json:"root"`   // an empty directory to build the new root on
	Spaces    bool     `json:"spaces"` // the process was started in namespaces of its own
	Drop      bool     `json:"drop"`   // and becomes an ordinary user of them
	Mounts    []mount  `json:"mounts"`
	Memory    uint64   `json:"memory"`
	CPU       uint64   `json:"cpu"` // seconds
	Disk      uint64   `json:"disk"`
	Processes int      `json:"processes"`
	Argv      []string `json:"argv"` // of a program
	Env       []string `json:"env"`
	Do        string   `json:"do"`
	Cache     string   `json:"cache"` // where the interpreter's module is
}

// A mount is a part of this machine that a program may read.
type mount struct {
	From string `json:"from"`
	To   string `json:"to"`
	Dev  bool   `json:"dev"` // a device file
}

// What a child does once it is shut in.
const (
	doLab     = "lab"     // run cells of the lab language
	doGo      = "go"      // compile cells with the program and run them
	doProgram = "program" // become the program
	doWasm    = "wasm"    // run instances of the interpreter's module
	doCompile = "compile" // only compile it: no submission is near
	doProbe   = "probe"   // nothing
)

// program says whether the child starts processes that need files.
func (p plan) program() bool { return p.Do == doGo || p.Do == doProgram }

// childArg marks the child process; the plan follows it.
const childArg = "mlsysim-sandbox-child"

// work is where a program finds its files and may write.
const work = "/submission"

// data is the limit on the memory of the process. A process for modules also
// holds its copy of the first memory and what the runtime needs.
func (p plan) data() uint64 {
	if p.Do == doWasm {
		return p.Memory + 768<<20
	}
	return p.Memory
}
