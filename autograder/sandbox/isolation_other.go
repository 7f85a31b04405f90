//go:build !linux

package sandbox

// Isolation says what holds a submission on this machine.
func Isolation() string {
	return "own process per submission, empty environment and directory; no limits of the operating system on this platform"
}
