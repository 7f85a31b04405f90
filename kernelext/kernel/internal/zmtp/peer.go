package zmtp

import (
	"bufio"
	"bytes"
	"net"
	"sync"
	"time"
)

// manners is how long a new connection has to say what it is.
const manners = 10 * time.Second

// peer is one connection.
type peer struct {
	conn net.Conn
	in   *bufio.Reader
	id   string

	mu     sync.Mutex
	topics map[string]int
	queue  [][][]byte
	bytes  int  // in queue
	busy   bool // a message is on its way to the connection
	ready  chan struct{}
	gone   chan struct{}
	once   sync.Once
}

func newPeer(conn net.Conn) *peer {
	return &peer{
		conn: conn, in: bufio.NewReaderSize(conn, 16<<10), topics: map[string]int{},
		ready: make(chan struct{}, 1), gone: make(chan struct{}),
	}
}

func (p *peer) close() {
	p.once.Do(func() {
		close(p.gone)
		_ = p.conn.Close() // nobody is left to tell
	})
}

// greet exchanges greetings and READY commands.
func (p *peer) greet(kind string) (map[string]string, error) {
	_ = p.conn.SetDeadline(time.Now().Add(manners)) // a connection without deadlines fails below
	if _, err := p.conn.Write(greeting()); err != nil {
		return nil, err
	}
	if err := readGreeting(p.in); err != nil {
		return nil, err
	}
	if _, err := p.conn.Write(ready(kind)); err != nil {
		return nil, err
	}
	f, err := readFrame(p.in)
	if err != nil {
		return nil, err
	}
	name, rest, ok := splitCommand(f.body)
	if f.flags&command == 0 || !ok || name != "READY" {
		return nil, errPeer
	}
	_ = p.conn.SetDeadline(time.Time{})
	return properties(rest)
}

// read gives the next message and answers the commands before it.
func (p *peer) read() ([][]byte, error) {
	var frames [][]byte
	for {
		f, err := readFrame(p.in)
		if err != nil {
			return nil, err
		}
		if f.flags&command != 0 {
			if m := p.obey(f.body); m != nil {
				return m, nil
			}
			continue
		}
		frames = append(frames, f.body)
		if f.flags&more == 0 {
			return frames, nil
		}
		if len(frames) > maxFrames {
			return nil, errPeer
		}
	}
}

// obey answers a PING, and turns the subscriptions of ZMTP 3.1 into those of 3.0.
func (p *peer) obey(body []byte) [][]byte {
	name, rest, _ := splitCommand(body)
	switch {
	case name == "PING" && len(rest) >= 2:
		pong := append(append([]byte{4}, "PONG"...), rest[2:]...)
		p.enqueue([][]byte{pong}, command)
	case name == "SUBSCRIBE":
		return [][]byte{append([]byte{1}, rest...)}
	case name == "CANCEL":
		return [][]byte{append([]byte{0}, rest...)}
	}
	return nil
}

func (p *peer) subscribe(topic []byte, on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if on {
		p.topics[string(topic)]++
		return
	}
	if p.topics[string(topic)]--; p.topics[string(topic)] <= 0 {
		delete(p.topics, string(topic))
	}
}

func (p *peer) wants(topic []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for t := range p.topics {
		if bytes.HasPrefix(topic, []byte(t)) {
			return true
		}
	}
	return false
}

func (p *peer) put(frames [][]byte) { p.enqueue(frames, 0) }

// enqueue gives up a peer that does not read.
func (p *peer) enqueue(frames [][]byte, flags byte) {
	wire := encode(frames, flags)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range wire {
		p.bytes += len(b)
	}
	if p.bytes > MostQueued {
		p.queue = nil
		p.close()
		return
	}
	p.queue = append(p.queue, wire)
	select {
	case p.ready <- struct{}{}:
	default:
	}
}

// encode puts a head before each frame; bodies are not copied, as they are the
// same for every subscriber.
func encode(frames [][]byte, flags byte) [][]byte {
	wire := make([][]byte, 0, 2*len(frames))
	for i, f := range frames {
		flag := flags
		if i < len(frames)-1 {
			flag |= more
		}
		wire = append(wire, appendHead(make([]byte, 0, 9), flag, len(f)), f)
	}
	return wire
}

// write sends what is queued until the peer is gone.
func (p *peer) write() {
	defer p.close()
	w := bufio.NewWriterSize(p.conn, 32<<10)
	for {
		select {
		case <-p.ready:
		case <-p.gone:
			return
		}
		for _, wire := range p.take() {
			for _, b := range wire {
				if _, err := w.Write(b); err != nil {
					return
				}
				p.sent(len(b))
			}
		}
		if w.Flush() != nil {
			return
		}
		p.idle()
	}
}

func (p *peer) take() [][][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.queue
	p.queue, p.busy = nil, true
	return all
}

func (p *peer) sent(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes -= n
}

func (p *peer) idle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy = false
}

func (p *peer) waiting() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.busy || len(p.queue) > 0
}
