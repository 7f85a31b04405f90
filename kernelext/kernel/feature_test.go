package kernel

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// completions asks at the cursor, written as ‸.
func (c *client) completions(code string) (matches []string, reply news) {
	c.t.Helper()
	before, after, _ := strings.Cut(code, "‸")
	reply = c.ask(c.shell, "complete_request", object{"code": before + after, "cursor_pos": len([]rune(before))})
	require.Equal(c.t, "ok", reply.text("status"))
	for _, m := range reply.content["matches"].([]any) {
		matches = append(matches, m.(string))
	}
	return matches, reply
}

func TestComplete(t *testing.T) {
	c := connect(t)
	c.run("server := SingleNode{Model: Llama3_8B, Hardware: H100, Batch: 32}\nresult := server.Run()")
	for code, want := range map[string]string{
		"serv‸":                             "server",
		"result.Lat‸":                       "Latency",
		"hardware.H1‸":                      "H100",
		"software.H1‸":                      "",
		"HardwareNamed(\"H10‸\")":           "H100",
		"SingleNode{Batch: 1, Prec‸}":       "Precision",
		"Sweep(server, \"Bat‸\", nil)":      "Batch",
		"for i := range 3 {\n\tresult.Lat‸": "Latency",
		"%%\nEval‸uate":                     "Evaluate",
	} {
		matches, _ := c.completions(code)
		if want == "" {
			require.Empty(t, matches, code)
			continue
		}
		require.Contains(t, matches, want, code)
	}
	matches, reply := c.completions("\"größe € 𝛌\"; serv‸er + 1")
	require.Contains(t, matches, "server")
	require.EqualValues(t, 13, reply.content["cursor_start"], "in characters")
	require.EqualValues(t, 19, reply.content["cursor_end"])
	rich := reply.content["metadata"].(map[string]any)["_jupyter_types_experimental"].([]any)[0].(map[string]any)
	require.Equal(t, "SingleNode", rich["type"])
	require.Equal(t, "SingleNode", rich["signature"])
}

func TestInspect(t *testing.T) {
	c := connect(t)
	c.run("mine := 80 * GB")
	ask := func(code string) map[string]any {
		reply := c.ask(c.shell, "inspect_request", object{"code": code, "cursor_pos": len([]rune(code)), "detail_level": 0})
		require.Equal(t, true, reply.content["found"], code)
		return reply.content["data"].(map[string]any)
	}
	solver := ask("SingleNode")
	for _, mime := range []string{plainText, "text/markdown", "text/html"} {
		for _, part := range []string{"T = max(F/(P·η), Q/(BW·η_m)) + O", "Williams", "MemoryEfficiency", "share of the bandwidth"} {
			require.Contains(t, strings.ReplaceAll(solver[mime].(string), "\\", ""), part, mime)
		}
	}
	require.Contains(t, ask("Evaluate(")[plainText], "func Evaluate(m Model, h Device) Scorecard")
	device := ask("H100")[plainText]
	require.Contains(t, device, "nvidia-h100", "the source of its numbers")
	require.Contains(t, device, "https://")
	require.Contains(t, ask("mine")[plainText], "80 GB", "what it holds now")
	require.Contains(t, ask("H100.Memory")[plainText], "usable main memory")
	require.Equal(t, false, c.ask(c.shell, "inspect_request", object{"code": "nothing", "cursor_pos": 3}).content["found"])

	reply, out := c.run("H100?")
	require.Equal(t, "ok", reply.text("status"))
	require.Empty(t, out)
	page := reply.content["payload"].([]any)[0].(map[string]any)
	require.Equal(t, "page", page["source"])
	require.Contains(t, page["data"].(map[string]any)[plainText], "nvidia-h100")
	_, out = c.run("what?")
	require.Contains(t, out[0].text("text"), "line 1: nothing is known about what")
}

func TestHistory(t *testing.T) {
	c := connect(t)
	for _, code := range []string{"x := 1", "x + 1", "x + 2", "x + 1"} {
		c.run(code)
	}
	c.run("")
	c.ask(c.shell, "execute_request", object{"code": "7", "silent": true})
	c.ask(c.shell, "execute_request", object{"code": "8", "store_history": false})
	ask := func(content object) string {
		reply := c.ask(c.shell, "history_request", content)
		require.Equal(t, "ok", reply.text("status"))
		return fmt.Sprint(reply.content["history"])
	}
	require.Equal(t, "[[1 4 x + 1] [1 5 ]]", ask(object{"hist_access_type": "tail", "n": 2}))
	require.Equal(t, "[[1 1 [x := 1 <nil>]] [1 2 [x + 1 2]]]", ask(object{"hist_access_type": "range", "session": 0, "start": 1, "stop": 3, "output": true}))
	require.Equal(t, "[]", ask(object{"hist_access_type": "range", "session": -1, "start": 1}))
	require.Equal(t, "[[1 2 x + 1] [1 4 x + 1]]", ask(object{"hist_access_type": "search", "pattern": "x + 1*"}))
	require.Equal(t, "[[1 4 x + 1]]", ask(object{"hist_access_type": "search", "pattern": "?*+ 1", "unique": true}))
	require.Equal(t, "[[1 4 x + 1]]", ask(object{"hist_access_type": "search", "pattern": "*+*", "n": 1}))
	require.Equal(t, "error", c.ask(c.shell, "history_request", "no object").text("status"))
}

// What is forgotten first is the oldest, and what is kept is bounded.
func TestHistoryIsBounded(t *testing.T) {
	var h history
	for i := range 3 * historyCells {
		h.add(entry{number: i, source: strings.Repeat("x", 5000)})
		h.result("y")
	}
	require.LessOrEqual(t, h.bytes, historyBytes)
	require.LessOrEqual(t, len(h.list), historyCells)
	require.Equal(t, 3*historyCells-1, h.list[len(h.list)-1].number)
	h.add(entry{source: strings.Repeat("x", 2*historyBytes)})
	require.Len(t, h.list, 1, "the newest is always there")
}

func TestInput(t *testing.T) {
	c := connect(t)
	id := c.send(c.shell, "execute_request", object{"code": "name := Input(\"who? \")\nfmt.Println(\"hello, \" + name)", "allow_stdin": true})
	asked := c.receive(c.stdin)
	require.Equal(t, "input_request", asked.kind)
	require.Equal(t, id, asked.parent)
	require.Equal(t, "who? ", asked.text("prompt"))
	require.Equal(t, false, asked.content["password"])
	c.send(c.stdin, "input_reply", object{"value": "Ada ∀"})
	require.Equal(t, "ok", c.receive(c.shell).text("status"))
	require.Equal(t, "hello, Ada ∀\n", c.until(id)[1].text("text"))

	id = c.send(c.shell, "execute_request", object{"code": "Input(\"who? \")", "allow_stdin": false})
	require.Contains(t, c.receive(c.shell).text("evalue"), "takes no questions")
	c.until(id)

	c.send(c.shell, "execute_request", object{"code": "Input(\"who? \")", "allow_stdin": true})
	require.Equal(t, "input_request", c.receive(c.stdin).kind)
	c.send(c.control, "interrupt_request", object{})
	require.Equal(t, "Interrupted", c.receive(c.shell).text("ename"))
	c.send(c.stdin, "input_reply", object{"value": "too late"})
	_, out := c.run("name")
	require.Equal(t, "Ada ∀", out[0].data(plainText), "the session lives on")
}

func TestShowAs(t *testing.T) {
	c := connect(t)
	_, out := c.run("for i := range 3 {\n\tShowAs(\"bar\", i)\n}\nShowAs(\"other\", 7)")
	require.Equal(t, []string{"display_data", "update_display_data", "update_display_data", "display_data"}, kinds(out))
	require.Equal(t, "2", out[2].data(plainText))
	for _, o := range out[:3] {
		require.Equal(t, "bar", o.content["transient"].(map[string]any)["display_id"])
	}
	_, out = c.run("ShowAs(\"bar\", 9)")
	require.Equal(t, []string{"update_display_data"}, kinds(out), "in another cell")
}

func TestClearOutput(t *testing.T) {
	c := connect(t)
	_, out := c.run("fmt.Println(1)\nClearOutput()\nfmt.Println(2)")
	require.Equal(t, []string{"stream", "clear_output", "stream"}, kinds(out))
	require.Equal(t, true, out[1].content["wait"])
}

func TestUserExpressions(t *testing.T) {
	c := connect(t)
	id := c.send(c.shell, "execute_request", object{"code": "x := 80 * GB", "user_expressions": object{"good": "x + 1*GB", "bad": "x +", "none": "y := 1"}})
	reply := c.receive(c.shell)
	answers := reply.content["user_expressions"].(map[string]any)
	good := answers["good"].(map[string]any)
	require.Equal(t, "ok", good["status"])
	require.Equal(t, "81 GB", good["data"].(map[string]any)[plainText])
	require.Equal(t, "error", answers["bad"].(map[string]any)["status"])
	require.Equal(t, "error", answers["none"].(map[string]any)["status"])
	require.Equal(t, []string{"execute_input"}, kinds(c.until(id)), "they show nothing")
}

// A cell of GoNB runs here: imports, settings and statements in any order.
func TestCellsOfGoNB(t *testing.T) {
	c := connect(t)
	for code, want := range map[string]string{
		"import . \"github.com/mlsysim/golab/kernelext/lab\"\nimport (\n\t\"fmt\"\n\t\"math\"\n)\n%%\nfmt.Println(math.Sqrt(16), 1*GB)":                                               "4 1 GB\n",
		"!*go get github.com/mlsysim/golab@latest\n%noautoget\ntype pair struct{ a, b int }\nfunc (p pair) sum() int { return p.a + p.b }\n%%\np := pair{1, 2}\nfmt.Println(p.sum())": "3\n",
		"fmt.Println(double(4))\nfunc double(n int) int { return 2 * n }\nvar late = 3":                                                                                               "8\n",
		"const k = 3\nfor i := range k {\n\tfmt.Print(i)\n}\nimport \"strings\"\nfmt.Println(strings.ToUpper(\"a\"))":                                                                 "012A\n",
		"//gonb:%%\r\nfmt.Println(\"crlf\")\r\nvar x1 = 1\r\n":                                                                                                                        "crlf\n",
		"größe := \"Ω≈ç√∫ 𝛌\"\nfmt.Println(größe)":                                                                                                                                    "Ω≈ç√∫ 𝛌\n",
		"\ufefffmt.Println(\"bom\")":               "bom\n",
		"raw := `a\r\nb`\nfmt.Printf(\"%q\", raw)": "\"a\\nb\"",
	} {
		reply, out := c.run(code)
		require.Equal(t, "ok", reply.text("status"), "%q: %s", code, reply.text("evalue"))
		require.Len(t, out, 1, "%q", code)
		require.Equal(t, want, out[0].text("text"), "%q", code)
	}
	reply, out := c.run("!ls -l\nfmt.Println(1)")
	require.Equal(t, "ok", reply.text("status"))
	require.Contains(t, out[0].text("text"), "line 1: !ls -l was not run: this kernel runs Go only")
	require.Equal(t, "1\n", out[1].text("text"))

	_, out = c.run("%list")
	require.Contains(t, out[0].text("text"), "var p pair\n")
	_, out = c.run("%reset\nfmt.Println(1)")
	require.Equal(t, []string{"stream"}, kinds(out))
	reply, _ = c.run("p")
	require.Equal(t, "TypeError", reply.text("ename"))
}

// A cell in another language, as GoNB runs them, is refused as a whole; lines for
// a shell are not Go, even where one goes on, and the cell around them runs.
func TestCellsOfOtherLanguages(t *testing.T) {
	c := connect(t)
	for _, code := range []string{"%%bash\nfor i in 1 2; do\n  echo $i\ndone", "\n%%writefile notes.txt\nx := 1", "%%script python3\nprint(1)"} {
		reply, out := c.run(code)
		require.Equal(t, "LanguageError", reply.text("ename"), code)
		require.Equal(t, []string{"error"}, kinds(out), code)
		require.Contains(t, lines(out[0]), "cells run in GoNB: this kernel runs Go only")
	}
	reply, out := c.run("!echo one \\\n  two\n%capture out.txt\nx := 2\n!ls\nx + 1")
	require.Equal(t, "ok", reply.text("status"), reply.text("evalue"))
	require.Equal(t, []string{"stream", "execute_result"}, kinds(out))
	require.Equal(t, "line 2: !echo one two was not run: this kernel runs Go only; use a terminal\n"+
		"line 3: %capture out.txt does nothing here: this kernel runs Go only (%help lists what else it knows)\n"+
		"line 5: !ls was not run: this kernel runs Go only; use a terminal\n", out[0].text("text"))
	require.Equal(t, "3", out[1].data(plainText))
	require.Equal(t, "complete", c.ask(c.shell, "is_complete_request", object{"code": "%%bash\nif true"}).text("status"))
}

// The error of a cell with odd line ends and odd letters is where it is.
func TestErrorPlaces(t *testing.T) {
	c := connect(t)
	_, out := c.run("x := 1\r\n\"größe\" + 2\r\n")
	require.Contains(t, lines(out[0]), "cell [1], line 2")
	require.Contains(t, lines(out[0]), "\"größe\" + 2\n")
}

// A compiled search of millions of designs stops, and the variables stay.
func TestInterruptSweep(t *testing.T) {
	c := connect(t)
	c.run("keep := 41\nsizes := Steps(1, 3000, 1)\nspace := Space{Solver: SingleNode{Model: Llama3_8B, Hardware: H100}, Axes: []Axis{{Field: \"Batch\", Values: sizes}, {Field: \"Context\", Values: sizes}}, Objective: \"Latency\"}")
	for range 3 {
		c.send(c.shell, "execute_request", object{"code": "fmt.Println(\"go\")\nspace.Run()"})
		c.hears("stream") // which is sent a while into the search
		began := time.Now()
		c.send(c.control, "interrupt_request", object{})
		c.receive(c.control)
		reply := c.receive(c.shell)
		took := time.Since(began)
		require.Equal(t, "Interrupted", reply.text("ename"))
		t.Logf("stopped after %v", took)
		require.Less(t, took, grace/2, "by itself, not by force")
	}
	_, out := c.run("keep + 1")
	require.Equal(t, "42", out[0].data(plainText))
}
