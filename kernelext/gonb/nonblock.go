//go:build !wasm

package gonb

import "syscall"

const nonblock = syscall.O_NONBLOCK
