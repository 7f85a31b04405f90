package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// codeFile holds the machine code of the module and nothing else, so that it can
// be mapped.
func codeFile(cache string) string { return filepath.Join(cache, "code-"+runtime.GOARCH) }

// writeCode keeps the machine code that this process has, for shareCode.
func writeCode(cache string) error {
	code, err := ownCode()
	if err != nil || code == nil {
		return err
	}
	return writeWhole(codeFile(cache), code)
}

// shareCode puts pages of the file in the place of this process's own copy of the
// machine code: all processes of the grader then share one. The bytes are
// compared, and whatever is in the way leaves the copy as it is.
func shareCode(cache string) error {
	own, err := ownCode()
	if err != nil || own == nil {
		return err
	}
	f, err := os.Open(codeFile(cache))
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() != int64(len(own)) {
		return fmt.Errorf("%s is not as long as the code of this process", f.Name())
	}
	const access, kind = unix.PROT_READ | unix.PROT_EXEC, unix.MAP_PRIVATE
	file, err := unix.Mmap(int(f.Fd()), 0, len(own), access, kind)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Munmap(file) }()
	if !bytes.Equal(file, own) {
		return fmt.Errorf("%s is not the code of this process", f.Name())
	}
	_, err = unix.MmapPtr(int(f.Fd()), 0, unsafe.Pointer(unsafe.SliceData(own)), uintptr(len(own)), access, kind|unix.MAP_FIXED)
	return err
}

// ownCode is the largest part of this process's memory that holds code and is of
// no file, nil if there is none of a megabyte.
func ownCode() ([]byte, error) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return nil, err
	}
	var at, size uint64
	for line := range strings.Lines(string(maps)) {
		var from, to, offset, inode uint64
		var access, device string
		if _, err := fmt.Sscanf(line, "%x-%x %s %x %s %d", &from, &to, &access, &offset, &device, &inode); err != nil {
			continue
		}
		if access == "r-xp" && inode == 0 && to-from > size {
			at, size = from, to-from
		}
	}
	if size < 1<<20 {
		return nil, nil
	}
	return memoryAt(uintptr(at), int(size)), nil
}

// memoryAt is a part of the memory that is not the Go runtime's.
func memoryAt(at uintptr, size int) []byte {
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), size)
}
