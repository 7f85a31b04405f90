package sandbox

import (
	"encoding/binary"
	"fmt"
	"io"
)

// maxJob bounds a job: a notebook is at most 16 MiB, its code 1 MiB.
const maxJob = 32 << 20

// writeFrame writes a length in four bytes, big endian first, and the bytes.
func writeFrame(w io.Writer, b []byte) error {
	_, err := w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...))
	return err
}

func readFrame(r io.Reader, most int) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if int64(n) > int64(most) {
		return nil, fmt.Errorf("frame of %d bytes: want at most %d", n, most)
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}
