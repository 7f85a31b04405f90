package kernel

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/stretchr/testify/require"
)

// TestMain lets this binary stand for `mlsysim kernel run FILE`.
func TestMain(m *testing.M) {
	MaybeWorker()
	if len(os.Args) == 4 && os.Args[1] == "kernel" && os.Args[2] == "run" {
		if err := Run(context.Background(), os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// patience bounds every wait of the tests.
const patience = 30 * time.Second

// client is a front end with one kernel process.
type client struct {
	t       *testing.T
	ctx     context.Context
	w       writer
	conn    connection
	process *exec.Cmd
	exited  chan error
	shell   zmq4.Socket
	control zmq4.Socket
	stdin   zmq4.Socket
	beat    zmq4.Socket
	iopub   zmq4.Socket
	news    chan news
}

// news is one message from the kernel.
type news struct {
	kind    string
	parent  string // id of the request it belongs to
	content map[string]any
}

func (n news) text(key string) string { s, _ := n.content[key].(string); return s }

func (n news) data(mime string) any { return n.content["data"].(map[string]any)[mime] }

// freePorts asks the system for five at once.
func freePorts(t *testing.T, ports ...*int) {
	t.Helper()
	for _, port := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close() // all are taken before the first is given back
		*port = l.Addr().(*net.TCPAddr).Port
	}
}

func connectionFile(t *testing.T) (connection, string) {
	t.Helper()
	conn := connection{Transport: "tcp", IP: "127.0.0.1", Key: "a-key-of-this-test", Scheme: "hmac-sha256"}
	freePorts(t, &conn.Shell, &conn.Control, &conn.IOPub, &conn.Stdin, &conn.Heartbeat)
	file := filepath.Join(t.TempDir(), "connection.json")
	data, err := json.Marshal(conn)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, data, 0o600))
	return conn, file
}

// connect starts a kernel and waits until it answers and is heard.
func connect(t *testing.T) *client {
	t.Helper()
	c := connectDeaf(t)
	c.subscribe()
	c.untilHeard()
	return c
}

// connectDeaf starts a kernel to which nobody listens yet.
func connectDeaf(t *testing.T) *client {
	t.Helper()
	conn, file := connectionFile(t)
	c := &client{t: t, w: newWriter(conn.Key), conn: conn, exited: make(chan error, 1), news: make(chan news, 1000)}
	c.process = exec.Command(os.Args[0], "kernel", "run", file)
	c.process.Stderr = os.Stderr
	require.NoError(t, c.process.Start())
	go func() { c.exited <- c.process.Wait() }()
	t.Cleanup(func() { _ = c.process.Process.Kill() })

	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	c.ctx = ctx
	id := zmq4.WithID(zmq4.SocketIdentity(c.w.session))
	c.shell = c.dial(zmq4.NewDealer(ctx, id, retry), conn.Shell)
	c.control = c.dial(zmq4.NewDealer(ctx, id, retry), conn.Control)
	c.stdin = c.dial(zmq4.NewDealer(ctx, id, retry), conn.Stdin)
	c.beat = c.dial(zmq4.NewReq(ctx, retry), conn.Heartbeat)
	return c
}

var retry = zmq4.WithDialerMaxRetries(100)

func (c *client) dial(s zmq4.Socket, port int) zmq4.Socket {
	c.t.Helper()
	_, address := c.conn.address(port)
	require.NoError(c.t, s.Dial("tcp://"+address))
	c.t.Cleanup(func() { _ = s.Close() })
	return s
}

// subscribe begins to listen.
func (c *client) subscribe() {
	c.t.Helper()
	c.iopub = c.dial(zmq4.NewSub(c.ctx, retry), c.conn.IOPub)
	require.NoError(c.t, c.iopub.SetOption(zmq4.OptionSubscribe, ""))
	go c.hear()
}

// hear collects what the kernel publishes.
func (c *client) hear() {
	for {
		m, err := c.iopub.Recv()
		if err != nil {
			return
		}
		if n, err := c.decode(m.Frames); err == nil {
			c.news <- n
		}
	}
}

func (c *client) decode(frames [][]byte) (news, error) {
	req, err := c.w.read(frames)
	if err != nil {
		return news{}, err
	}
	at := 0
	for !bytes.Equal(frames[at], delimiter) {
		at++
	}
	var parent header
	n := news{kind: req.kind}
	if err := json.Unmarshal(frames[at+3], &parent); err != nil {
		return news{}, err
	}
	n.parent = parent.ID
	return n, json.Unmarshal(req.content, &n.content)
}

// untilHeard asks until a subscription is in force: what a kernel publishes
// before that is lost.
func (c *client) untilHeard() {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		c.send(c.shell, "kernel_info_request", object{})
		require.Equal(c.t, "kernel_info_reply", c.receive(c.shell).kind)
		select {
		case <-c.news:
			return
		case <-time.After(20 * time.Millisecond):
		case <-deadline:
			require.FailNow(c.t, "the kernel publishes nothing")
		}
	}
}

// send returns the id of the request.
func (c *client) send(s zmq4.Socket, kind string, content any) string {
	c.t.Helper()
	frames := c.w.message(nil, kind, nil, nil, content)
	require.NoError(c.t, s.SendMulti(zmq4.NewMsgFrom(frames...)))
	var h header
	require.NoError(c.t, json.Unmarshal(frames[2], &h))
	return h.ID
}

func (c *client) receive(s zmq4.Socket) news {
	c.t.Helper()
	type result struct {
		n   news
		err error
	}
	got := make(chan result, 1)
	go func() {
		m, err := s.Recv()
		if err != nil {
			got <- result{err: err}
			return
		}
		n, err := c.decode(m.Frames)
		got <- result{n, err}
	}()
	select {
	case r := <-got:
		require.NoError(c.t, r.err)
		return r.n
	case <-time.After(patience):
		require.FailNow(c.t, "no reply")
	}
	return news{}
}

// until returns what is published for a request, up to and without the state
// idle; busy must come first.
func (c *client) until(id string) []news {
	c.t.Helper()
	var all []news
	busy := false
	deadline := time.After(patience)
	for {
		select {
		case n := <-c.news:
			switch state := n.text("execution_state"); {
			case n.parent != id:
			case state == "busy":
				busy = true
			case state == "idle":
				require.True(c.t, busy, "idle without busy")
				return all
			default:
				require.True(c.t, busy, "%s before busy", n.kind)
				all = append(all, n)
			}
		case <-deadline:
			require.FailNow(c.t, "the kernel does not become idle")
		}
	}
}

// run executes a cell; the outputs leave execute_input out.
func (c *client) run(code string) (reply news, outputs []news) {
	c.t.Helper()
	id := c.send(c.shell, "execute_request", object{"code": code})
	reply = c.receive(c.shell)
	require.Equal(c.t, "execute_reply", reply.kind)
	require.Equal(c.t, id, reply.parent)
	all := c.until(id)
	require.NotEmpty(c.t, all)
	require.Equal(c.t, "execute_input", all[0].kind)
	require.Equal(c.t, code, all[0].text("code"))
	return reply, all[1:]
}

// ask sends a request that is not about a cell.
func (c *client) ask(s zmq4.Socket, kind string, content any) news {
	c.t.Helper()
	id := c.send(s, kind, content)
	reply := c.receive(s)
	require.Equal(c.t, id, reply.parent)
	c.until(id)
	return reply
}

// kinds is what came, in order.
func kinds(all []news) []string {
	out := []string{}
	for _, n := range all {
		out = append(out, n.kind)
	}
	return out
}

func lines(n news) string {
	var out []string
	for _, l := range n.content["traceback"].([]any) {
		out = append(out, strings.NewReplacer(bold, "", plain, "").Replace(l.(string)))
	}
	return strings.Join(out, "\n")
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}
