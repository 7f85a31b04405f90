package kernel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// promptly is how soon a cell ends after its user said so.
const promptly = 100 * time.Millisecond

// stopAfter runs a cell, interrupts it after a while and gives the time to its
// reply.
func (c *client) stopAfter(code string, wait time.Duration) (took time.Duration, reply news) {
	c.t.Helper()
	id := c.send(c.shell, "execute_request", object{"code": code})
	c.settle()
	time.Sleep(wait)
	began := time.Now()
	c.send(c.control, "interrupt_request", object{})
	require.Equal(c.t, "interrupt_reply", c.receive(c.control).kind)
	reply = c.receive(c.shell)
	took = time.Since(began)
	require.Equal(c.t, id, reply.parent)
	return took, reply
}

// Wherever a cell is when its user stops it, it ends at once and the session
// lives on: in a loop, while a sweep is prepared, solved, ranked or shown, in a
// search of a hundred million designs, between calls that take a while.
func TestInterruptAnywhere(t *testing.T) {
	const node = "SingleNode{Model: Llama3_8B, Hardware: H100}"
	for name, code := range map[string]string{
		"loop":         "for {}",
		"recursion":    "func f(n int) int { if n < 2 { return n }; return f(n-1) + f(n-2) }\nf(60)",
		"sweep":        "s := Sweep(" + node + ", \"Batch\", Steps(1, 200000, 1))\nfor {}",
		"sweep shown":  "for { Show(Sweep(" + node + ", \"Batch\", Steps(1, 200000, 1))) }",
		"large sweeps": "for { Sweep(" + node + ", \"Batch\", Steps(1, 1000000, 1)) }",
		"chart":        "s := Sweep(" + node + ", \"Batch\", Steps(1, 200000, 1))\nfor { Show(s.Chart(\"Batch\", \"Latency\")) }",
		"space":        "Space{Solver: " + node + ", Axes: []Axis{{Field: \"Batch\", Values: Steps(1, 100000, 1)}, {Field: \"Efficiency\", Values: Steps(0.001, 1, 0.001)}}, Objective: \"Latency\"}.Run()",
		"front":        "Space{Solver: " + node + ", Axes: []Axis{{Field: \"Batch\", Values: Steps(1, 100000, 1)}, {Field: \"Efficiency\", Values: Steps(0.001, 1, 0.001)}}, Pareto: []string{\"Latency\", \"minimize Energy\", \"Throughput\"}}.Run()",
		"plans":        "for { ParallelPlan{Model: Llama3_70B, Hardware: H100, Nodes: 1024, Fabric: 400 * Gbps, Batch: 4096}.Run() }",
		"explorer":     "Interact(func(v Values) any { for {}; return 1 }, Slider(\"n\", 1, 9, 1))",
	} {
		t.Run(name, func(t *testing.T) {
			c := connect(t)
			c.run("x := 41")
			for _, wait := range []time.Duration{0, 20, 100, 250, 600} {
				var took time.Duration
				for range 5 { // a busy machine is slow now and then
					var reply news
					took, reply = c.stopAfter(code, wait*time.Millisecond)
					require.Equal(t, "Interrupted", reply.text("ename"), "%s", reply.text("evalue"))
					require.NotContains(t, reply.text("evalue"), "ended", "the interpreter lives on")
					if took < promptly {
						break
					}
				}
				require.Less(t, took, promptly, "after %v ms", int(wait))
			}
			_, out := c.run("x + 1")
			require.Equal(t, "42", out[len(out)-1].data(plainText))
		})
	}
}
