package kernel

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/lab/record"
)

func TestExecutePrints(t *testing.T) {
	c := connect(t)
	reply, out := c.run("for i := range 3 {\n\tfmt.Println(i)\n}")
	require.Equal(t, "ok", reply.text("status"))
	require.EqualValues(t, 1, reply.content["execution_count"])
	require.Equal(t, []string{"stream"}, kinds(out))
	require.Equal(t, "stdout", out[0].text("name"))
	require.Equal(t, "0\n1\n2\n", out[0].text("text"))
}

func TestExecuteKeepsValues(t *testing.T) {
	c := connect(t)
	reply, out := c.run("x := 80 * GB")
	require.Equal(t, "ok", reply.text("status"))
	require.Empty(t, out)
	reply, out = c.run("x + 1*GB")
	require.EqualValues(t, 2, reply.content["execution_count"])
	require.Equal(t, []string{"execute_result"}, kinds(out))
	require.Equal(t, "81 GB", out[0].data(plainText))
	require.EqualValues(t, 2, out[0].content["execution_count"])
}

// Only the value of the last expression is the result; order is kept.
func TestExecuteOrder(t *testing.T) {
	c := connect(t)
	_, out := c.run("1 * GB\nfmt.Println(2)\nShow(3 * GB)\n4 * GB // the result")
	require.Equal(t, []string{"display_data", "stream", "display_data", "execute_result"}, kinds(out))
	require.Equal(t, "1 GB", out[0].data(plainText))
	require.Equal(t, "2\n", out[1].text("text"))
	require.Equal(t, "3 GB", out[2].data(plainText))
	require.Equal(t, "4 GB", out[3].data(plainText))

	_, out = c.run("5 * GB\ny := 6")
	require.Equal(t, []string{"display_data"}, kinds(out), "the cell does not end in an expression")
}

func TestExecuteShowsScorecard(t *testing.T) {
	c := connect(t)
	_, out := c.run("Evaluate(Llama3_8B, H100)")
	require.Equal(t, []string{"execute_result"}, kinds(out))
	require.Contains(t, out[0].data(plainText), "H100")
	require.Contains(t, out[0].data("text/html"), "<section")
}

func TestExecuteRecords(t *testing.T) {
	c := connect(t)
	_, out := c.run("import . \"github.com/mlsysim/golab/kernelext/lab\"\n%%\nl := Open(\"T0\", \"ada\")\nAnswer(\"q1\", 80 * GB)")
	require.Equal(t, []string{"display_data", "display_data"}, kinds(out))
	answer := out[1].data(record.MIME).(map[string]any)
	require.Equal(t, "q1", answer["id"])
	require.InEpsilon(t, 80e9, answer["number"], 1e-12)
	require.Equal(t, "B", answer["unit"])
	require.Contains(t, out[1].data(plainText), "80 GB")
}

func TestExecuteError(t *testing.T) {
	c := connect(t)
	reply, out := c.run("x := 1 * GB\n\ty := x + 3*Second")
	require.Equal(t, "error", reply.text("status"))
	require.Equal(t, "TypeError", reply.text("ename"))
	require.Contains(t, reply.text("evalue"), "mismatched types Bytes and Seconds")
	require.Equal(t, []string{"error"}, kinds(out))
	require.Contains(t, lines(out[0]), "cell [1], line 2, column 7: ")
	require.Contains(t, lines(out[0]), "    \ty := x + 3*Second\n    \t     ^\nhint: ")
	require.NotContains(t, lines(out[0]), "goroutine")

	reply, _ = c.run("fmt.Println(x)")
	require.Equal(t, "error", reply.text("status"), "a cell with an error runs not at all")
	reply, _ = c.run("1 + 1")
	require.Equal(t, "ok", reply.text("status"))
}

// An error inside a function names the cell of the function.
func TestExecuteErrorElsewhere(t *testing.T) {
	c := connect(t)
	c.run("func at(xs []int, i int) int {\n\treturn xs[i]\n}")
	reply, out := c.run("fmt.Println(\"before\")\nat([]int{1, 2}, 5)")
	require.Equal(t, "RuntimeError", reply.text("ename"))
	require.Equal(t, []string{"stream", "error"}, kinds(out))
	require.Contains(t, lines(out[1]), "cell [1], line 2: index out of range")
	require.Contains(t, lines(out[1]), "return xs[i]")
	require.Contains(t, lines(out[1]), "called by cell [2]")
}

func TestExecuteBadInput(t *testing.T) {
	c := connect(t)
	_, out := c.run("SingleNode{Model: Llama3_8B, Hardware: H100, Batch: -1}.Run()")
	require.Equal(t, []string{"error"}, kinds(out))
	require.Contains(t, lines(out[0]), "Batch = -1: want")
}

func TestExecuteSilent(t *testing.T) {
	c := connect(t)
	id := c.send(c.shell, "execute_request", object{"code": "fmt.Println(1)", "silent": true})
	require.Equal(t, "ok", c.receive(c.shell).text("status"))
	require.Empty(t, c.until(id))
	reply, _ := c.run("1")
	require.EqualValues(t, 1, reply.content["execution_count"])
}

// A failed cell takes those with it that were sent before anyone saw it fail.
func TestExecuteAborts(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	t.Setenv(logVar, log)
	c := connect(t)
	c.send(c.shell, "execute_request", object{"code": "for {}"})
	c.send(c.shell, "execute_request", object{"code": "fmt.Println(1)"})
	asked := c.send(c.shell, "is_complete_request", object{"code": "1"})
	c.settle()
	require.Eventually(t, func() bool { // the interrupt has a connection of its own, and may be faster
		return bytes.Contains(readFile(t, log), []byte("msg=arrived kind=is_complete_request"))
	}, patience, time.Millisecond)
	require.Equal(t, "ok", c.ask(c.control, "interrupt_request", object{}).text("status"))
	require.Equal(t, "error", c.receive(c.shell).text("status"))
	require.Equal(t, "aborted", c.receive(c.shell).text("status"))
	require.Equal(t, asked, c.receive(c.shell).parent)
	reply, _ := c.run("1")
	require.Equal(t, "ok", reply.text("status"))
}

// settle waits until a cell that prints nothing has begun, and the control
// channel answers.
func (c *client) settle() {
	c.t.Helper()
	c.hears("execute_input")
	require.Equal(c.t, "kernel_info_reply", c.ask(c.control, "kernel_info_request", object{}).kind)
}

// hears waits for a message of a kind.
func (c *client) hears(kind string) {
	c.t.Helper()
	c.next(kind)
}

// next is the next message of a kind.
func (c *client) next(kind string) news {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case n := <-c.news:
			if n.kind == kind {
				return n
			}
		case <-deadline:
			require.FailNow(c.t, "nothing of the kind "+kind+" is heard")
			return news{}
		}
	}
}

func TestInterrupt(t *testing.T) {
	for _, way := range []string{"message", "signal"} {
		t.Run(way, func(t *testing.T) {
			c := connect(t)
			c.run("x := 41")
			id := c.send(c.shell, "execute_request", object{"code": "fmt.Println(\"go\")\nfor {\n}"})
			c.settle()
			began := time.Now()
			if way == "message" {
				c.send(c.control, "interrupt_request", object{})
				require.Equal(t, "interrupt_reply", c.receive(c.control).kind)
			} else {
				require.NoError(t, c.process.Process.Signal(os.Interrupt))
			}
			reply := c.receive(c.shell)
			require.Less(t, time.Since(began), 5*time.Second)
			require.Equal(t, id, reply.parent)
			require.Equal(t, "Interrupted", reply.text("ename"))
			reply, out := c.run("x + 1")
			require.Equal(t, "ok", reply.text("status"))
			require.Equal(t, "42", out[0].data(plainText), "the session lives on")
		})
	}
}

func TestFlood(t *testing.T) {
	c := connect(t)
	reply, _ := c.run("for {\n\tfmt.Println(\"a line that is printed without end\")\n}")
	require.Equal(t, "Stopped", reply.text("ename"))
	require.Contains(t, reply.text("evalue"), "64 MiB of output")
}

func TestRecursion(t *testing.T) {
	c := connect(t)
	reply, _ := c.run("func f(n int) int { return f(n+1) }\nf(0)")
	require.Equal(t, "Stopped", reply.text("ename"))
	reply, _ = c.run("1")
	require.Equal(t, "ok", reply.text("status"))
}

// Whoever does not hold the key is not answered, and what is broken is dropped.
func TestStrangers(t *testing.T) {
	c := connect(t)
	stranger := newWriter("another key")
	for _, frames := range [][][]byte{
		stranger.message(nil, "execute_request", nil, nil, object{"code": "x := 1"}),
		stranger.message(nil, "shutdown_request", nil, nil, object{}),
		{[]byte("no delimiter")},
		{delimiter},
		{delimiter, nil, nil, nil, nil},
		c.w.message(nil, "", nil, nil, object{}),
		{delimiter, c.w.sign([]byte("{"), []byte("{}"), []byte("{}"), []byte("{}")), []byte("{"), []byte("{}"), []byte("{}"), []byte("{}")},
	} {
		require.NoError(t, c.shell.SendMulti(zmq4.NewMsgFrom(frames...)))
		require.NoError(t, c.control.SendMulti(zmq4.NewMsgFrom(frames...)))
	}
	reply, out := c.run("x")
	require.Equal(t, "TypeError", reply.text("ename"), "the stranger's cell did not run")
	require.Equal(t, []string{"error"}, kinds(out))
}

func TestOtherRequests(t *testing.T) {
	c := connect(t)
	info := c.ask(c.control, "kernel_info_request", object{})
	require.Equal(t, protocolVersion, info.text("protocol_version"))
	require.Equal(t, "go", info.content["language_info"].(map[string]any)["name"])

	require.Equal(t, "incomplete", c.ask(c.shell, "is_complete_request", object{"code": "for i := range 3 {"}).text("status"))
	require.Equal(t, map[string]any{}, c.ask(c.shell, "comm_info_request", object{}).content["comms"])
	require.Equal(t, "ok", c.ask(c.control, "interrupt_request", object{}).text("status"), "with nothing to interrupt")

	unknown := c.ask(c.shell, "brew_request", object{})
	require.Equal(t, "brew_reply", unknown.kind)
	require.Equal(t, "error", unknown.text("status"))
	require.Equal(t, "error", c.ask(c.shell, "execute_request", "no object").text("status"))

	id := c.send(c.shell, "comm_open", object{"comm_id": "c1", "target_name": "jupyter.widget"})
	out := c.until(id)
	require.Equal(t, []string{"comm_close"}, kinds(out))
	require.Equal(t, "c1", out[0].text("comm_id"))
	c.until(c.send(c.shell, "comm_msg", object{"comm_id": "c1"}))
}

func TestHeartbeat(t *testing.T) {
	c := connect(t)
	for _, beat := range []string{"one", "two"} {
		require.NoError(t, c.beat.Send(zmq4.NewMsgString(beat)))
		m, err := c.beat.Recv()
		require.NoError(t, err)
		require.Equal(t, beat, string(m.Bytes()))
	}
}

// waitForPort returns when the kernel listens.
func waitForPort(t *testing.T, conn connection) {
	t.Helper()
	require.Eventually(t, func() bool {
		network, address := conn.address(conn.IOPub)
		c, err := net.Dial(network, address)
		return err == nil && c.Close() == nil
	}, patience, 20*time.Millisecond)
}

func TestShutdown(t *testing.T) {
	for _, running := range []bool{false, true} {
		c := connect(t)
		if running {
			c.send(c.shell, "execute_request", object{"code": "for {\n}"})
			c.settle()
		}
		id := c.send(c.control, "shutdown_request", object{"restart": true})
		reply := c.receive(c.control)
		require.Equal(t, "shutdown_reply", reply.kind)
		require.Equal(t, true, reply.content["restart"])
		require.Equal(t, []string{"shutdown_reply"}, kinds(c.until(id)))
		select {
		case err := <-c.exited:
			require.NoError(t, err)
		case <-time.After(patience):
			require.FailNow(t, "the kernel does not end")
		}
	}
}
