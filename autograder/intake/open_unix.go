//go:build unix

package intake

import "syscall"

// nonBlock does not wait for the other end of a pipe.
const nonBlock = syscall.O_NONBLOCK
