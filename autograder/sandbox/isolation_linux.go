package sandbox

import (
	"fmt"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// Isolation says what holds a submission on this machine.
func Isolation() string {
	const always = "own process per submission, empty environment and directory, limits on memory, processor time, file size and open files"
	abi, err := ll.LandlockGetABIVersion()
	if err != nil || abi < 1 {
		return always + "; this kernel has no landlock: files are kept away by the interpreter alone"
	}
	return fmt.Sprintf("%s, landlock ABI %d: no files", always, abi)
}
