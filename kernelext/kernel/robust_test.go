package kernel

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/stretchr/testify/require"
)

// No output is lost or late, however much a cell shows.
func TestThreeTimesTwoHundredDisplays(t *testing.T) {
	c := connect(t)
	for range 3 {
		reply, out := c.run("for i := range 200 {\n\tShow(i * 1000)\n}")
		require.Equal(t, "ok", reply.text("status"))
		require.Len(t, out, 200)
		for i, o := range out {
			require.Equal(t, "display_data", o.kind)
			require.Equal(t, fmt.Sprint(i*1000), o.data(plainText))
		}
	}
}

// 50 MB arrive whole, in pieces that a front end can take.
func TestFiftyMegabytes(t *testing.T) {
	c := connect(t)
	id := c.send(c.shell, "execute_request", object{"code": "fmt.Print(strings.Repeat(\"0123456789 ∀ abc\\n\", 50_000_000/19))"})
	require.Equal(t, "ok", c.receive(c.shell).text("status"))
	total := 0
	for _, o := range c.until(id)[1:] {
		text := o.text("text")
		require.LessOrEqual(t, len(text), 2<<20)
		require.NotContains(t, text[:64], "\ufffd", "cut within a letter")
		total += len(text)
	}
	require.Equal(t, 50_000_000/19*19, total)
	reply, _ := c.run("1")
	require.Equal(t, "ok", reply.text("status"))
}

// Two kernels know nothing of each other.
func TestTwoNotebooks(t *testing.T) {
	a, b := connect(t), connect(t)
	for i, c := range []*client{a, b} {
		c.run(fmt.Sprintf("x := %d", i))
	}
	a.send(a.shell, "execute_request", object{"code": "for {\n}"})
	a.settle()
	_, out := b.run("x")
	require.Equal(t, "1", out[0].data(plainText), "while the other one is busy")
	a.send(a.control, "interrupt_request", object{})
	require.Equal(t, "interrupt_reply", a.receive(a.control).kind)
	require.Equal(t, "Interrupted", a.receive(a.shell).text("ename"))
	_, out = a.run("x")
	require.Equal(t, "0", out[0].data(plainText))
}

// Requests that arrive while a cell runs are answered afterwards, in order.
func TestInterleaved(t *testing.T) {
	c := connect(t)
	first := c.send(c.shell, "execute_request", object{"code": "x := 0\nfor i := range 200000 {\n\tx += i\n}\nx"})
	var ids []string
	for i := range 30 {
		switch i % 3 {
		case 0:
			ids = append(ids, c.send(c.shell, "execute_request", object{"code": fmt.Sprintf("x + %d", i)}))
		case 1:
			ids = append(ids, c.send(c.shell, "complete_request", object{"code": "x", "cursor_pos": 1}))
		default:
			ids = append(ids, c.send(c.shell, "is_complete_request", object{"code": "x"}))
		}
		require.Equal(t, "kernel_info_reply", func() string { c.send(c.control, "kernel_info_request", object{}); return c.receive(c.control).kind }())
	}
	require.Equal(t, first, c.receive(c.shell).parent)
	for _, id := range ids {
		reply := c.receive(c.shell)
		require.Equal(t, id, reply.parent)
		require.Equal(t, "ok", strings.Replace(reply.text("status"), "complete", "ok", 1))
	}
}

// Front ends that vanish or stop reading hold up nobody.
func TestVanishingClients(t *testing.T) {
	c := connect(t)
	for i := range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		shell := zmq4.NewDealer(ctx, zmq4.WithID(zmq4.SocketIdentity(fmt.Sprint("ghost", i))))
		_, address := c.conn.address(c.conn.Shell)
		require.NoError(t, shell.Dial("tcp://"+address))
		frames := c.w.message(nil, "execute_request", nil, nil, object{"code": "fmt.Println(\"for a ghost\")\nInput(\"?\")", "allow_stdin": i%2 == 0, "stop_on_error": false})
		require.NoError(t, shell.SendMulti(zmq4.NewMsgFrom(frames...)))
		sub := zmq4.NewSub(ctx)
		_, address = c.conn.address(c.conn.IOPub)
		require.NoError(t, sub.Dial("tcp://"+address))
		require.NoError(t, sub.SetOption(zmq4.OptionSubscribe, ""))
		c.settle()
		cancel()
		_ = shell.Close()
		if i%2 == 0 { // it waits for an answer that cannot come
			c.ask(c.control, "interrupt_request", object{})
		}
	}
	reply, out := c.run("fmt.Println(1)")
	require.Equal(t, "ok", reply.text("status"))
	require.Equal(t, "1\n", out[0].text("text"))
}

// Content of any shape gets an answer or nothing, and never ends the kernel.
func TestOddContent(t *testing.T) {
	c := connect(t)
	for _, kind := range []string{"execute_request", "complete_request", "inspect_request", "history_request", "is_complete_request", "comm_info_request", "kernel_info_request"} {
		for _, content := range []any{nil, 1, "text", []int{1}, object{}, object{"code": 1}, object{"code": nil, "cursor_pos": -5}, object{"code": "x", "cursor_pos": 1 << 40}, object{"code": "\x00\ufffd", "cursor_pos": 1}} {
			id := c.send(c.shell, kind, content)
			require.Equal(t, id, c.receive(c.shell).parent, "%s %v", kind, content)
			c.until(id)
		}
	}
	for _, kind := range []string{"comm_open", "comm_msg", "comm_close", "input_reply", "is_this_a_type", "status"} {
		for _, content := range []any{nil, 1, object{}, object{"comm_id": 7}, object{"comm_id": "c", "target_name": "unknown", "data": 1}} {
			c.until(c.send(c.shell, kind, content))
		}
	}
	reply, _ := c.run("1")
	require.Equal(t, "ok", reply.text("status"))
	require.Equal(t, map[string]any{}, c.ask(c.shell, "comm_info_request", object{}).content["comms"], "nothing listens to an unknown target")
}

// The log says what was served and dropped, and only when it is asked for.
func TestLog(t *testing.T) {
	file := t.TempDir() + "/kernel.log"
	t.Setenv(logVar, file)
	c := connect(t)
	c.run("secret := 1")
	require.NoError(t, c.shell.SendMulti(zmq4.NewMsgFrom([]byte("junk"))))
	require.Eventually(t, func() bool {
		data := readFile(t, file)
		return bytes.Contains(data, []byte("kind=execute_request")) && bytes.Contains(data, []byte("dropped a message"))
	}, patience, 10*time.Millisecond)
	require.NotContains(t, string(readFile(t, file)), "secret", "a log holds no work of the student")
}
