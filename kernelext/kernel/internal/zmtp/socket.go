package zmtp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Type is what a socket says it is.
type Type string

// The types of this package.
const (
	Router Type = "ROUTER" // many peers, each with a way back
	XPub   Type = "XPUB"   // sends to whoever subscribed
)

// MostQueued is how many bytes may wait for one peer before it counts as gone.
const MostQueued = 256 << 20

// Options says what a socket does with what arrives.
type Options struct {
	Type Type
	// Take gets every message of a Router, with the peer's identity as first
	// frame. Peers call it at the same time.
	Take func(frames [][]byte)
	// Welcome makes the message that a new subscriber of an XPub gets.
	Welcome func(topic []byte) [][]byte
}

// Socket is one listening end.
type Socket struct {
	opt      Options
	listener net.Listener

	mu     sync.Mutex
	peers  map[*peer]bool
	byID   map[string]*peer
	serial uint32
	closed bool
	done   sync.WaitGroup
}

// Listen opens a socket; network is tcp or unix.
func Listen(network, address string, opt Options) (*Socket, error) {
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("zmtp.Listen: %w", err)
	}
	s := &Socket{opt: opt, listener: l, peers: map[*peer]bool{}, byID: map[string]*peer{}}
	s.done.Go(s.accept)
	return s, nil
}

// Addr is where the socket listens.
func (s *Socket) Addr() net.Addr { return s.listener.Addr() }

func (s *Socket) accept() {
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of file descriptors, for a while
			time.Sleep(10 * time.Millisecond)
			continue
		}
		s.done.Go(func() { s.serve(newPeer(conn)) })
	}
}

// serve greets a peer and reads from it until it is gone.
func (s *Socket) serve(p *peer) {
	defer p.close()
	props, err := p.greet(string(s.opt.Type))
	if err != nil || !s.fits(props["Socket-Type"]) {
		return
	}
	if !s.add(p, props["Identity"]) {
		return
	}
	defer s.remove(p)
	s.done.Go(p.write)
	for {
		frames, err := p.read()
		if err != nil {
			return
		}
		if s.opt.Type == XPub {
			s.subscribe(p, frames)
			continue
		}
		s.opt.Take(append([][]byte{[]byte(p.id)}, frames...))
	}
}

// fits holds to the pairs of the protocol.
func (s *Socket) fits(other string) bool {
	if s.opt.Type == XPub {
		return other == "SUB" || other == "XSUB"
	}
	return other == "DEALER" || other == "REQ" || other == "ROUTER"
}

// add makes the peer reachable. One that comes back with the identity of a dead
// connection takes its place.
func (s *Socket) add(p *peer, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	if id == "" {
		s.serial++
		id = string(binary.BigEndian.AppendUint32([]byte{0}, s.serial))
	}
	p.id = id
	if old := s.byID[id]; old != nil && s.opt.Type == Router {
		old.close()
	}
	s.byID[id], s.peers[p] = p, true
	return true
}

func (s *Socket) remove(p *peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.peers, p)
	if s.byID[p.id] == p {
		delete(s.byID, p.id)
	}
}

// subscribe reads the messages by which a peer asks for topics.
func (s *Socket) subscribe(p *peer, frames [][]byte) {
	if len(frames) != 1 || len(frames[0]) == 0 || frames[0][0] > 1 {
		return
	}
	topic := frames[0][1:]
	p.subscribe(topic, frames[0][0] == 1)
	if frames[0][0] == 1 && s.opt.Welcome != nil {
		p.put(s.opt.Welcome(topic))
	}
}

// Send queues a message: of a Router for the peer that the first frame names,
// of an XPub for everyone who subscribed to a prefix of the first frame. Without
// such a peer the message is dropped.
func (s *Socket) Send(frames [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opt.Type == Router {
		if p := s.byID[string(frames[0])]; p != nil {
			p.put(frames[1:])
		}
		return
	}
	for p := range s.peers {
		if p.wants(frames[0]) {
			p.put(frames)
		}
	}
}

// Drain waits until everything that was sent has left the process, or for d.
func (s *Socket) Drain(d time.Duration) {
	deadline := time.Now().Add(d)
	for s.waiting() && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
}

func (s *Socket) waiting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.peers {
		if p.waiting() {
			return true
		}
	}
	return false
}

// Close ends the socket and every connection.
func (s *Socket) Close() {
	s.mu.Lock()
	s.closed = true
	for p := range s.peers {
		p.close()
	}
	s.mu.Unlock()
	_ = s.listener.Close() // it listens no more either way
}
