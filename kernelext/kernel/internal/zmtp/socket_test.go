package zmtp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/stretchr/testify/require"
)

const patience = 20 * time.Second

func router(t *testing.T) (*Socket, string) {
	t.Helper()
	var s *Socket
	ready := make(chan struct{})
	s, err := Listen("tcp", "127.0.0.1:0", Options{Type: Router, Take: func(frames [][]byte) {
		<-ready
		s.Send(frames)
	}})
	require.NoError(t, err)
	close(ready)
	t.Cleanup(s.Close)
	return s, "tcp://" + s.Addr().String()
}

func dial(t *testing.T, s zmq4.Socket, address string) zmq4.Socket {
	t.Helper()
	require.NoError(t, s.Dial(address))
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// What goes to a router comes back to the one who sent it, whatever its size.
func TestRouterAnswersEachPeer(t *testing.T) {
	_, address := router(t)
	a, b := dial(t, zmq4.NewDealer(t.Context()), address), dial(t, zmq4.NewDealer(t.Context(), zmq4.WithID(zmq4.SocketIdentity("bee"))), address)
	for i, s := range []zmq4.Socket{a, b, a, b} {
		want := [][]byte{[]byte(fmt.Sprint(i)), nil, bytes.Repeat([]byte("x"), 255), bytes.Repeat([]byte("y"), 256), bytes.Repeat([]byte("z"), 3<<20)}
		want[1] = []byte{}
		require.NoError(t, s.SendMulti(zmq4.NewMsgFrom(want...)))
		m, err := s.Recv()
		require.NoError(t, err)
		require.Equal(t, want, m.Frames)
	}
}

// Every subscriber gets a welcome and then everything, in order, also beside one
// that never reads and one that went away.
func TestPublisherLosesNothing(t *testing.T) {
	s, err := Listen("tcp", "127.0.0.1:0", Options{Type: XPub, Welcome: func(topic []byte) [][]byte { return [][]byte{topic, []byte("welcome")} }})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	address := "tcp://" + s.Addr().String()
	subscribe := func() zmq4.Socket {
		sub := dial(t, zmq4.NewSub(t.Context()), address)
		require.NoError(t, sub.SetOption(zmq4.OptionSubscribe, ""))
		return sub
	}
	gone := subscribe()
	require.NoError(t, gone.Close())
	stalled := stall(t, s.Addr().String())
	defer stalled.Close()
	sub := subscribe()
	m, err := sub.Recv()
	require.NoError(t, err)
	require.Equal(t, "welcome", string(m.Frames[1]))

	const many = 2000
	body := bytes.Repeat([]byte("o"), 10_000)
	go func() {
		for i := range many {
			s.Send([][]byte{[]byte("topic"), []byte(fmt.Sprint(i)), body})
		}
	}()
	for i := range many {
		m, err := sub.Recv()
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(i), string(m.Frames[1]))
	}
}

// stall subscribes and reads nothing from then on.
func stall(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	_, err = conn.Write(append(greeting(), ready("SUB")...))
	require.NoError(t, err)
	_, err = conn.Write([]byte{0, 1, 1})
	require.NoError(t, err)
	return conn
}

// A peer that does not read is given up once too much waits for it.
func TestPublisherGivesUpTheStalled(t *testing.T) {
	s, err := Listen("tcp", "127.0.0.1:0", Options{Type: XPub})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	conn := stall(t, s.Addr().String())
	defer conn.Close()
	require.Eventually(t, func() bool { return s.count() == 1 }, patience, time.Millisecond)
	big := make([]byte, 32<<20)
	require.Eventually(t, func() bool {
		s.Send([][]byte{big})
		return s.count() == 0
	}, patience, time.Millisecond)
}

func (s *Socket) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.peers)
}

// Bytes that are no ZMTP end their own connection and nothing else.
func TestStrangers(t *testing.T) {
	s, address := router(t)
	for _, bytes := range [][]byte{
		[]byte("GET / HTTP/1.1\r\n\r\n"),
		append(greeting(), ready("PUB")...),
		append(greeting(), 0, 1, 'x'),
		append(greeting(), command, 0),
		append(greeting(), command, 3, 5, 'R', 'E'),
		append(append(greeting(), ready("DEALER")...), 0xff),
		append(append(greeting(), ready("DEALER")...), long, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
	} {
		conn, err := net.Dial("tcp", s.Addr().String())
		require.NoError(t, err)
		_, err = conn.Write(bytes)
		require.NoError(t, err)
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(patience)))
		_, err = io.ReadAll(conn)
		var late net.Error
		require.False(t, err != nil && errors.As(err, &late) && late.Timeout(), "%q is still connected", bytes)
	}
	d := dial(t, zmq4.NewDealer(t.Context()), address)
	require.NoError(t, d.SendMulti(zmq4.NewMsgFromString([]string{"still here"})))
	m, err := d.Recv()
	require.NoError(t, err)
	require.Equal(t, "still here", string(m.Frames[0]))
}

// The newest connection of an identity is the one that is answered.
func TestRouterReconnect(t *testing.T) {
	_, address := router(t)
	for i := range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		d := dial(t, zmq4.NewDealer(ctx, zmq4.WithID(zmq4.SocketIdentity("same"))), address)
		require.NoError(t, d.SendMulti(zmq4.NewMsgFromString([]string{fmt.Sprint(i)})))
		m, err := d.Recv()
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(i), string(m.Frames[0]))
		cancel()
	}
}
