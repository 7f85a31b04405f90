package zmtp

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Flags of a frame.
const (
	more    = 1
	long    = 2
	command = 4
)

const (
	greetingSize = 64
	maxFrame     = 512 << 20
	maxFrames    = 1 << 10 // of one message
)

var errPeer = errors.New("the peer does not speak ZMTP 3")

// greeting is the first thing that either side says.
func greeting() []byte {
	g := make([]byte, greetingSize)
	g[0], g[9] = 0xff, 0x7f
	g[10] = 3 // minor 0: subscriptions arrive as messages
	copy(g[12:32], "NULL")
	return g
}

func readGreeting(r io.Reader) error {
	g := make([]byte, greetingSize)
	if _, err := io.ReadFull(r, g[:10]); err != nil { // a stranger may send less than 64 bytes
		return err
	}
	if g[0] != 0xff || g[9] != 0x7f {
		return errPeer
	}
	if _, err := io.ReadFull(r, g[10:]); err != nil {
		return err
	}
	if g[10] < 3 || !bytes.Equal(bytes.TrimRight(g[12:32], "\x00"), []byte("NULL")) {
		return errPeer
	}
	return nil
}

type frame struct {
	flags byte
	body  []byte
}

func readFrame(r *bufio.Reader) (frame, error) {
	flags, err := r.ReadByte()
	if err != nil {
		return frame{}, err
	}
	if flags&^(more|long|command) != 0 {
		return frame{}, fmt.Errorf("frame with flags %#x: %w", flags, errPeer)
	}
	var size uint64
	if flags&long == 0 {
		b, err := r.ReadByte()
		if err != nil {
			return frame{}, err
		}
		size = uint64(b)
	} else {
		var b [8]byte
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return frame{}, err
		}
		size = binary.BigEndian.Uint64(b[:])
	}
	if size > maxFrame {
		return frame{}, fmt.Errorf("frame of %d bytes: %w", size, errPeer)
	}
	body, err := readBody(r, int64(size))
	return frame{flags: flags, body: body}, err
}

// readBody takes memory as bytes arrive, not as they are promised.
func readBody(r io.Reader, size int64) ([]byte, error) {
	const atOnce = 1 << 20
	if size <= atOnce {
		body := make([]byte, size)
		_, err := io.ReadFull(r, body)
		return body, err
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, size); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// appendHead writes what precedes the body of a frame.
func appendHead(to []byte, flags byte, size int) []byte {
	if size < 256 {
		return append(to, flags, byte(size))
	}
	return binary.BigEndian.AppendUint64(append(to, flags|long), uint64(size))
}

// ready is the command that names the socket.
func ready(kind string) []byte {
	body := append([]byte{5}, "READY"...)
	for _, p := range [][2]string{{"Socket-Type", kind}, {"Identity", ""}} {
		body = append(append(body, byte(len(p[0]))), p[0]...)
		body = append(binary.BigEndian.AppendUint32(body, uint32(len(p[1]))), p[1]...)
	}
	return append(appendHead(nil, command, len(body)), body...)
}

// splitCommand gives the name of a command and what follows it.
func splitCommand(body []byte) (name string, rest []byte, ok bool) {
	if len(body) == 0 || len(body) < 1+int(body[0]) {
		return "", nil, false
	}
	return string(body[1 : 1+body[0]]), body[1+body[0]:], true
}

// properties reads the metadata of a READY command.
func properties(b []byte) (map[string]string, error) {
	props := map[string]string{}
	for len(b) > 0 {
		n := int(b[0])
		if len(b) < 1+n+4 {
			return nil, errPeer
		}
		name := string(b[1 : 1+n])
		size := binary.BigEndian.Uint32(b[1+n:])
		b = b[1+n+4:]
		if uint64(size) > uint64(len(b)) {
			return nil, errPeer
		}
		props[name] = string(b[:size])
		b = b[size:]
	}
	return props, nil
}
