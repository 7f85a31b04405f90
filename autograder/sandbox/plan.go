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
	doWasm    = "wasm"    // run WebAssembly modules
	doProbe   = "probe"   // nothing
)

// program says whether the child starts processes that need files.
func (p plan) program() bool { return p.Do == doGo || p.Do == doProgram }

// childArg marks the child process; the plan follows it.
const childArg = "mlsysim-sandbox-child"

// work is where a program finds its files and may write.
const work = "/submission"
