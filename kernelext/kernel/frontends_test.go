package kernel

import (
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/stretchr/testify/require"
)

// sendAs sends a request in the form of @jupyterlab/services, which VS Code and
// JupyterLab use: an older protocol version, a date of JavaScript, a subshell
// that is null, metadata of the cell.
func (c *client) sendAs(s zmq4.Socket, kind string, content object) string {
	c.t.Helper()
	h := object{
		"msg_id": randomID(), "session": c.w.session, "username": "", "date": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		"msg_type": kind, "version": "5.2", "subshell_id": nil,
	}
	parts := [][]byte{encode(h), []byte("{}"), encode(object{"cellId": "vscode-notebook-cell:/w.ipynb#W0", "recordTiming": true, "deletedCells": []any{}}), encode(content)}
	require.NoError(c.t, s.SendMulti(zmq4.NewMsgFrom(append([][]byte{delimiter, c.w.sign(parts...)}, parts...)...)))
	return h["msg_id"].(string)
}

// executeAs is how VS Code runs a cell.
func (c *client) executeAs(code string, more object) string {
	c.t.Helper()
	content := object{"code": code, "silent": false, "store_history": true, "stop_on_error": false, "allow_stdin": true, "user_expressions": object{}}
	for k, v := range more {
		content[k] = v
	}
	return c.sendAs(c.shell, "execute_request", content)
}

// A front end that asks before its subscription is in force gets its answers,
// and hears the next cell whole.
func TestAskedBeforeAnyoneListens(t *testing.T) {
	c := connectDeaf(t)
	for range 3 { // it asks until it is sure
		id := c.sendAs(c.shell, "kernel_info_request", object{})
		reply := c.receive(c.shell)
		require.Equal(t, "kernel_info_reply", reply.kind)
		require.Equal(t, id, reply.parent)
		require.Equal(t, "ok", reply.text("status"))
	}
	c.executeAs("x := 40", nil)
	require.Equal(t, "ok", c.receive(c.shell).text("status"), "a cell that nobody hears runs too")
	c.subscribe()
	c.untilHeard()
	id := c.executeAs("x + 2", nil)
	require.EqualValues(t, 2, c.receive(c.shell).content["execution_count"])
	out := c.until(id)
	require.Equal(t, []string{"execute_input", "execute_result"}, kinds(out))
	require.Equal(t, "42", out[1].data(plainText))
}

// VS Code asks for things beside the cells: silent, without history, without
// questions. None of it counts, shows or stays.
func TestHiddenExecution(t *testing.T) {
	c := connect(t)
	id := c.executeAs("hidden := 41\nfmt.Println(hidden)\nShow(1 * GB)", object{"silent": true, "store_history": false, "allow_stdin": false})
	require.Equal(t, "ok", c.receive(c.shell).text("status"))
	require.Empty(t, c.until(id))
	id = c.executeAs("fmt.Println(hidden + 1)", object{"store_history": false, "allow_stdin": false})
	reply := c.receive(c.shell)
	require.EqualValues(t, 0, reply.content["execution_count"], "no number is used up")
	out := c.until(id)
	require.Equal(t, []string{"execute_input", "stream"}, kinds(out), "it is shown: it is not silent")
	require.Equal(t, "42\n", out[1].text("text"))
	id = c.executeAs("no such thing", object{"silent": true})
	require.Equal(t, "error", c.receive(c.shell).text("status"))
	require.Empty(t, c.until(id), "a silent error is only in the reply")
	id = c.executeAs("", object{"silent": true, "store_history": false, "user_expressions": object{"v": "hidden"}})
	values := c.receive(c.shell).content["user_expressions"].(map[string]any)
	require.Equal(t, "41", values["v"].(map[string]any)["data"].(map[string]any)[plainText])
	require.Empty(t, c.until(id))

	id = c.executeAs("Input(\"who? \")", object{"allow_stdin": false})
	require.Contains(t, c.receive(c.shell).text("evalue"), "takes no questions")
	c.until(id)
	reply, _ = c.run("1 + 1")
	require.EqualValues(t, 2, reply.content["execution_count"])
	history := c.ask(c.shell, "history_request", object{"hist_access_type": "tail", "n": 10, "raw": true, "output": false})
	require.Len(t, history.content["history"], 2)
}

// Cells that were sent together run although one before them failed, if the
// front end asks for that.
func TestErrorsThatDoNotStop(t *testing.T) {
	c := connect(t)
	var ids []string
	for _, code := range []string{"1*GB + 1*Second", "fmt.Println(\"after\")"} {
		ids = append(ids, c.executeAs(code, nil))
	}
	require.Equal(t, "error", c.receive(c.shell).text("status"))
	require.Equal(t, "ok", c.receive(c.shell).text("status"))
	require.Equal(t, []string{"execute_input", "error"}, kinds(c.until(ids[0])))
	require.Equal(t, []string{"execute_input", "stream"}, kinds(c.until(ids[1])))
}

// While a cell runs, control requests are answered at once, and what the shell
// was asked meanwhile is answered in order after the cell is stopped.
func TestAskedWhileBusy(t *testing.T) {
	c := connect(t)
	c.run("server := SingleNode{Model: Llama3_8B, Hardware: H100, Batch: 32}")
	running := c.executeAs("for {\n}", nil)
	c.settle()
	completing := c.sendAs(c.shell, "complete_request", object{"code": "server.Bat", "cursor_pos": 10})
	inspecting := c.sendAs(c.shell, "inspect_request", object{"code": "server", "cursor_pos": 6, "detail_level": 0})
	info := c.sendAs(c.shell, "comm_info_request", object{"target_name": "jupyter.widget"})
	debug := c.sendAs(c.control, "debug_request", object{"type": "request", "seq": 1, "command": "debugInfo", "arguments": object{}})
	refused := c.receive(c.control)
	require.Equal(t, "debug_reply", refused.kind)
	require.Equal(t, debug, refused.parent)
	interrupt := c.sendAs(c.control, "interrupt_request", object{})
	answer := c.receive(c.control)
	require.Equal(t, "interrupt_reply", answer.kind)
	require.Equal(t, interrupt, answer.parent)

	stopped := c.receive(c.shell)
	require.Equal(t, running, stopped.parent)
	require.Equal(t, "Interrupted", stopped.text("ename"))
	for _, want := range []string{completing, inspecting, info} {
		reply := c.receive(c.shell)
		require.Equal(t, want, reply.parent)
		require.Equal(t, "ok", reply.text("status"), reply.kind)
		if want == completing {
			require.Equal(t, []any{"Batch"}, reply.content["matches"])
		}
	}
}

// jupyter_client, on which nbclient and Jupyter Server stand, manages the
// kernel: see the script for what it does.
func TestJupyterClient(t *testing.T) {
	python := python(t, "jupyter_client")
	script, err := filepath.Abs("testdata/client.py")
	require.NoError(t, err)
	cmd := exec.Command(python, script)
	cmd.Env = jupyterEnv(t, t.TempDir())
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		t.Log(string(failed.Stderr))
	}
	require.NoError(t, err)
	var told map[string]any
	require.NoError(t, json.Unmarshal(out, &told), "%s", out)
	require.Equal(t, map[string]any{
		"ready": true, "result": "42", "silent": []any{}, "hidden count": 1.0, "matches": []any{"Batch"}, "interrupted": "Interrupted",
		"kept": "41", "input": "hello, Ada\n", "forgotten": "TypeError", "ended": true,
	}, told)
}
