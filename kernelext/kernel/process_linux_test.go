package kernel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// child is the interpreter process of a kernel.
func interpreterOf(t *testing.T, kernel int) int {
	t.Helper()
	pid := 0
	require.Eventually(t, func() bool {
		stats, err := filepath.Glob("/proc/[0-9]*/stat")
		require.NoError(t, err)
		for _, file := range stats {
			data, err := os.ReadFile(file)
			if err != nil {
				continue // it has ended
			}
			_, rest, _ := bytes.Cut(data, []byte(") "))
			fields := strings.Fields(string(rest))
			if len(fields) > 1 && fields[1] == strconv.Itoa(kernel) && fields[0] != "Z" {
				pid, err = strconv.Atoi(filepath.Base(filepath.Dir(file)))
				require.NoError(t, err)
				return true
			}
		}
		return false
	}, patience, 5*time.Millisecond)
	return pid
}

// requireEnds waits until a process is gone.
func requireEnds(t *testing.T, pid int) {
	t.Helper()
	require.Eventually(t, func() bool {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err != nil || bytes.Contains(data, []byte(") Z "))
	}, patience, 5*time.Millisecond, "process %d lives on", pid)
}

// A killed interpreter is replaced, and its cell says so.
func TestKillInterpreter(t *testing.T) {
	c := connect(t)
	c.run("x := 41")
	c.send(c.shell, "execute_request", object{"code": "fmt.Println(\"so far\")\nfor {\n}"})
	c.settle()
	pid := interpreterOf(t, c.process.Process.Pid)
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	reply := c.receive(c.shell)
	require.Equal(t, "InterpreterCrashed", reply.text("ename"))
	require.Contains(t, reply.text("evalue"), "killed")
	require.Contains(t, lines(reply), "cell [2]: the interpreter ended: signal: killed")
	require.Contains(t, lines(reply), "run the cells above again")

	reply, out := c.run("1 + 1")
	require.Equal(t, "ok", reply.text("status"))
	require.Equal(t, []string{"execute_result"}, kinds(out), "it was said already")
	require.NotEqual(t, pid, interpreterOf(t, c.process.Process.Pid))
	reply, _ = c.run("x + 1")
	require.Equal(t, "TypeError", reply.text("ename"))
}

// One that dies between two cells is replaced too; the next cell says so.
func TestKillIdleInterpreter(t *testing.T) {
	c := connect(t)
	for range 3 {
		c.run("x := 41")
		pid := interpreterOf(t, c.process.Process.Pid)
		require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
		requireEnds(t, pid)
		reply, out := c.run("1 + 1")
		require.Equal(t, "ok", reply.text("status"))
		require.Equal(t, []string{"stream", "execute_result"}, kinds(out))
		require.Contains(t, out[0].text("text"), "the interpreter had ended since the last cell")
	}
}

// A memory bomb ends in its own cell.
func TestMemoryBomb(t *testing.T) {
	t.Setenv(memoryVar, strconv.Itoa(512<<20))
	c := connect(t)
	reply, _ := c.run("bomb := [][]float64{}\nfor {\n\tbomb = append(bomb, make([]float64, 1 << 20))\n}")
	require.Equal(t, "OutOfMemory", reply.text("ename"))
	require.Contains(t, reply.text("evalue"), "512 MiB")
	reply, _ = c.run("1")
	require.Equal(t, "ok", reply.text("status"))
}

// An interpreter that does not listen is ended, and the kernel answers.
func TestInterruptDeaf(t *testing.T) {
	c := connect(t)
	c.send(c.shell, "execute_request", object{"code": "for {\n}"})
	c.settle()
	pid := interpreterOf(t, c.process.Process.Pid)
	require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
	c.send(c.control, "interrupt_request", object{})
	require.Equal(t, "interrupt_reply", c.receive(c.control).kind)
	reply := c.receive(c.shell)
	require.Equal(t, "Interrupted", reply.text("ename"))
	require.Contains(t, lines(reply), "run the cells above again")
	requireEnds(t, pid)
}

// A kernel killed hard leaves no process and no file, whatever its cell does.
func TestKillKernel(t *testing.T) {
	for _, cell := range []string{"1", "for {\n}", "Input(\"name? \")", "for {\n\tfmt.Println(1)\n}"} {
		tmp := t.TempDir()
		t.Setenv("TMPDIR", tmp)
		c := connect(t)
		c.send(c.shell, "execute_request", object{"code": cell, "allow_stdin": true})
		c.settle()
		pid := interpreterOf(t, c.process.Process.Pid)
		require.NoError(t, c.process.Process.Kill())
		requireEnds(t, pid)
		left, err := os.ReadDir(tmp)
		require.NoError(t, err)
		require.Empty(t, left, "%q", cell)
	}
}

// A kernel whose server was killed ends by itself, with its interpreter.
func TestKillServer(t *testing.T) {
	conn, file := connectionFile(t)
	server := exec.Command("sh", "-c", `JPY_PARENT_PID=$$ "$0" kernel run "$1" & wait`, os.Args[0], file)
	require.NoError(t, server.Start())
	waitForPort(t, conn)
	kernel := interpreterOf(t, server.Process.Pid)
	interpreter := interpreterOf(t, kernel)
	require.NoError(t, server.Process.Kill())
	require.Error(t, server.Wait(), "it was killed")
	requireEnds(t, kernel)
	requireEnds(t, interpreter)
}

// memoryOf is a figure that the system keeps of a process's memory, in MiB: Pss
// is what it holds, and its own part of what it shares.
func memoryOf(t *testing.T, pid int, figure string) float64 {
	t.Helper()
	for line := range strings.Lines(string(readFile(t, fmt.Sprintf("/proc/%d/smaps_rollup", pid)))) {
		if strings.HasPrefix(line, figure+":") {
			kib, err := strconv.ParseFloat(strings.Fields(line)[1], 64)
			require.NoError(t, err)
			return kib / 1024
		}
	}
	require.FailNow(t, "no "+figure)
	return 0
}

// heldBy is the memory of processes of one program, in MiB, what they share
// counted once whoever else has it.
func heldBy(t *testing.T, pids ...int) float64 {
	t.Helper()
	own, shared := 0.0, 0.0
	for _, pid := range pids {
		private := memoryOf(t, pid, "Private_Clean") + memoryOf(t, pid, "Private_Dirty")
		own, shared = own+private, max(shared, memoryOf(t, pid, "Rss")-private)
	}
	return own + shared
}

// The whole kernel, front and interpreter, holds 60 MB at most after the first
// lab, the program that both map counted once.
func TestMemoryOfFirstLab(t *testing.T) {
	var nb notebookFile
	require.NoError(t, json.Unmarshal(readFile(t, "../../notebooks/T0_hello_world.ipynb"), &nb))
	c := connect(t)
	for _, cell := range nb.Cells {
		if cell.Type != "code" {
			continue
		}
		var lines []string
		require.NoError(t, json.Unmarshal(cell.Source, &lines))
		reply, _ := c.run(strings.Join(lines, ""))
		require.Equal(t, "ok", reply.text("status"), reply.text("evalue"))
	}
	held := heldBy(t, c.process.Process.Pid, interpreterOf(t, c.process.Process.Pid))
	t.Logf("%.1f MiB", held)
	require.Less(t, held*(1<<20), 60e6)
}

// A long session stays small: 10,000 cells that compute, print and redefine.
func TestTenThousandCells(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	c := connect(t)
	kernel, interpreter := c.process.Process.Pid, interpreterOf(t, c.process.Process.Pid)
	c.run("x := 0")
	cells := []string{"x = x + 1", "x", "y := x * 2", "fmt.Println(x)", "func f(n int) int { return n + x }"}
	var early float64
	for i := range 10_000 {
		reply, _ := c.run(cells[i%len(cells)])
		require.Equal(t, "ok", reply.text("status"), "cell %d: %s", i, reply.text("evalue"))
		if i == 1000 {
			early = heldBy(t, kernel, interpreter)
		}
	}
	late := heldBy(t, kernel, interpreter)
	t.Logf("memory after 1000 cells %.0f MiB, after 10000 %.0f MiB", early, late)
	_, out := c.run("x")
	require.Equal(t, "2000", out[0].data(plainText))
	require.Less(t, late, 250.0)
}
