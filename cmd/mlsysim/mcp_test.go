package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/source"
)

var usual = desk{solve: catalog.Solver.Solve}

// inMemory connects a client to a desk in this process.
func inMemory(t *testing.T, d desk) *mcp.ClientSession {
	t.Helper()
	ours, theirs := mcp.NewInMemoryTransports()
	_, err := d.server().Connect(context.Background(), ours, nil)
	require.NoError(t, err)
	return dial(t, theirs)
}

// process connects a client to a process of its own by its stdin and stdout.
func process(t *testing.T, cmd *exec.Cmd) *mcp.ClientSession {
	t.Helper()
	cmd.Stderr = os.Stderr
	return dial(t, &mcp.CommandTransport{Command: cmd})
}

func dial(t *testing.T, transport mcp.Transport) *mcp.ClientSession {
	t.Helper()
	s, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(context.Background(), transport, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) }) // after the test's context: a process has to end with 0
	return s
}

// everywhere runs a test over both transports.
func everywhere(t *testing.T, test func(t *testing.T, s *mcp.ClientSession)) {
	t.Run("memory", func(t *testing.T) { test(t, inMemory(t, usual)) })
	t.Run("stdio", func(t *testing.T) { test(t, process(t, command(t, "mlsysim", "mcp"))) })
}

// content is what a call answers with, structured and as text.
func content(t *testing.T, s *mcp.ClientSession, name string, args any) (structured map[string]any, failed bool) {
	t.Helper()
	r, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: args})
	require.NoError(t, err)
	require.Len(t, r.Content, 1)
	require.NotEmpty(t, r.Content[0].(*mcp.TextContent).Text)
	return r.StructuredContent.(map[string]any), r.IsError
}

func asked(t *testing.T, s *mcp.ClientSession, name string, args any) map[string]any {
	t.Helper()
	out, failed := content(t, s, name, args)
	require.False(t, failed, "%v", out)
	require.Equal(t, source.Stamp(), out["registry"])
	return out
}

// schema of a tool, ready to validate.
func toolSchemas(t *testing.T, s *mcp.ClientSession) map[string]*mcp.Tool {
	t.Helper()
	list, err := s.ListTools(t.Context(), nil)
	require.NoError(t, err)
	out := map[string]*mcp.Tool{}
	for _, tool := range list.Tools {
		out[tool.Name] = tool
	}
	return out
}

// generic is a value as a JSON reader sees it.
func generic(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return document(t, text)
}

func TestToolsAreListed(t *testing.T) {
	everywhere(t, func(t *testing.T, s *mcp.ClientSession) {
		tools := toolSchemas(t, s)
		require.Len(t, tools, 5)
		for _, name := range []string{"eval", "solve", "optimize", "explain", "zoo"} {
			tool := tools[name]
			require.NotNil(t, tool, name)
			require.NotEmpty(t, tool.Description)
			require.True(t, tool.Annotations.ReadOnlyHint)
			require.False(t, *tool.Annotations.OpenWorldHint, "it opens no connection")
			compiled(t, tool.InputSchema)
			compiled(t, tool.OutputSchema)
		}
		solvers := tools["solve"].InputSchema.(map[string]any)["properties"].(map[string]any)["solver"].(map[string]any)["enum"]
		require.Len(t, solvers, len(catalog.All()))
	})
}

// Every solver runs by its own example: the arguments and the answer keep to the
// schemas, the numbers are those of the library, and every one has its unit.
func TestEverySolverAnswers(t *testing.T) {
	s := inMemory(t, usual)
	tools := toolSchemas(t, s)
	for _, solver := range catalog.All() {
		args := object{{"solver", solver.Name}, {"input", example(solver)}}
		require.NoError(t, compiled(t, tools["solve"].InputSchema).Validate(generic(t, args)), solver.Name)
		out := asked(t, s, "solve", args)
		require.NoError(t, compiled(t, tools["solve"].OutputSchema).Validate(generic(t, out)), solver.Name)
		checkResult(t, solver, out["result"].(map[string]any))

		out = asked(t, s, "explain", args)
		require.NotEmpty(t, out["steps"], solver.Name)
	}
}

// checkResult compares an answer with the library's.
func checkResult(t *testing.T, solver catalog.Solver, got map[string]any) {
	t.Helper()
	in := solver.New()
	reflect.ValueOf(in).Elem().Set(reflect.ValueOf(solver.Example))
	want, err := solver.Solve(in)
	require.NoError(t, err)
	v := reflect.ValueOf(want)
	for _, f := range describe.Fields(v.Type()) {
		value, there := got[f.Key]
		require.True(t, there, "%s: %s", solver.Name, f.Key)
		if !f.IsNumber() {
			continue
		}
		if !f.IsKnown(v) {
			require.True(t, value == nil || value.(map[string]any)["value"] == nil, "%s: %s", solver.Name, f.Key)
			continue
		}
		number, _, err := describe.Number(want, f.Name)
		require.NoError(t, err)
		quantity := value.(map[string]any)
		require.InDelta(t, number, quantity["value"], 1e-9*max(number, -number), "%s: %s", solver.Name, f.Key)
		require.Equal(t, cmp.Or(f.Unit, "1"), quantity["unit"], "%s: %s", solver.Name, f.Key)
	}
}

func TestOptimizersAnswer(t *testing.T) {
	require.GreaterOrEqual(t, len(optimizers()), 2)
	everywhere(t, func(t *testing.T, s *mcp.ClientSession) {
		tools := toolSchemas(t, s)
		for _, solver := range optimizers() {
			args := object{{"what", solver.Name}, {"input", example(solver)}}
			require.NoError(t, compiled(t, tools["optimize"].InputSchema).Validate(generic(t, args)), solver.Name)
			out := asked(t, s, "optimize", args)
			require.Equal(t, "ok", out["verdict"])
			checkResult(t, solver, out["result"].(map[string]any))
		}
	})
}

func TestEval(t *testing.T) {
	everywhere(t, func(t *testing.T, s *mcp.ClientSession) {
		args := map[string]any{"model": "llama-3-8b", "hardware": "H100", "batch": 32, "duration": "24 h"}
		require.NoError(t, compiled(t, toolSchemas(t, s)["eval"].InputSchema).Validate(generic(t, args)))
		out := asked(t, s, "eval", args)
		require.Equal(t, "ok", out["verdict"])

		card, err := scenario.Evaluation{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 32, Duration: 24 * 3600}.Solve()
		require.NoError(t, err)
		pass := out["result"].(map[string]any)["pass"].(map[string]any)["latency"].(map[string]any)
		require.InEpsilon(t, float64(card.Pass.Latency), pass["value"], 1e-12)
		require.Equal(t, "s", pass["unit"])
		require.Equal(t, card.Pass.Latency.String(), pass["text"])
		require.Contains(t, out["laws"], "Williams 2009")

		var entries []any
		documents := false
		for _, e := range out["sources"].([]any) {
			entries = append(entries, e.(map[string]any)["entry"])
			for _, d := range e.(map[string]any)["documents"].([]any) {
				documents = documents || d.(map[string]any)["url"] == "https://www.nvidia.com/en-us/data-center/h100/"
			}
		}
		require.Subset(t, entries, []any{"Llama3_8B", "H100"})
		require.True(t, documents, "the datasheet of the H100")

		require.Equal(t, "does not fit", asked(t, s, "eval", map[string]any{"model": "Llama3_70B", "hardware": "H100"})["verdict"])
		late := asked(t, s, "eval", map[string]any{"model": "ResNet50", "hardware": "A100", "max_latency": "1 us"})
		require.Equal(t, verdicts[2], late["verdict"])
		out = asked(t, s, "explain", map[string]any{"solver": "eval", "input": args})
		require.Equal(t, "s", out["steps"].([]any)[len(out["steps"].([]any))-1].(map[string]any)["terms"].([]any)[1].(map[string]any)["value"].(map[string]any)["unit"])
	})
}

// The server is one process that talks through two pipes and opens no connection.
func TestNoConnectionIsOpened(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("open files are listed by Linux only")
	}
	cmd := command(t, "mlsysim", "mcp")
	s := process(t, cmd)
	asked(t, s, "eval", map[string]any{"model": "ResNet50", "hardware": "A100"})
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", cmd.Process.Pid))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		target, err := os.Readlink(file)
		require.NoError(t, err)
		require.NotContains(t, target, "socket:")
	}
}

// A value that no entry has was given by the caller: it has no source of ours.
func TestOwnDeviceHasNoSource(t *testing.T) {
	own := map[string]any{"name": "NVIDIA H100 SXM5", "rates": map[string]any{"fp16": "989 TFLOP/s"}, "memory": "141 GB", "bandwidth": "4.8 TB/s"}
	out := asked(t, inMemory(t, usual), "solve", map[string]any{
		"solver": "single-node", "input": map[string]any{"model": "Llama3_8B", "batch": 1, "hardware": own},
	})
	require.Len(t, out["sources"], 1)
	require.Equal(t, "Llama3_8B", out["sources"].([]any)[0].(map[string]any)["entry"])
}

func TestZoo(t *testing.T) {
	everywhere(t, func(t *testing.T, s *mcp.ClientSession) {
		names := asked(t, s, "zoo", nil)["names"].(map[string]any)
		require.Contains(t, names["hardware"], "H100")
		require.Contains(t, names["solvers"], "serving")

		for _, category := range zooCategories() {
			out := asked(t, s, "zoo", map[string]any{"category": category})
			require.NotEmpty(t, out["entries"], category)
			for _, e := range out["entries"].([]any) {
				require.Contains(t, names[category], e.(map[string]any)["name"])
			}
		}
		require.Equal(t, "B/s", asked(t, s, "zoo", map[string]any{"category": "hardware"})["units"].(map[string]any)["bandwidth"])

		facts := asked(t, s, "zoo", map[string]any{"name": "h100"})["facts"].([]any)
		require.Contains(t, facts[0], "document")
		serving := asked(t, s, "zoo", map[string]any{"name": "serving"})
		require.NotEmpty(t, asked(t, s, "solve", map[string]any{"solver": "serving", "input": serving["example"]})["result"])
	})
}

// What is wrong with a call is an answer that the assistant can read: the field,
// the range, the nearest names.
func TestBadCallsSayWhy(t *testing.T) {
	in := func(fields ...any) map[string]any {
		m := map[string]any{"model": "ResNet50", "hardware": "A100", "batch": 1}
		for i := 0; i < len(fields); i += 2 {
			m[fields[i].(string)] = fields[i+1]
		}
		return m
	}
	node := func(input any) map[string]any { return map[string]any{"solver": "single-node", "input": input} }
	everywhere(t, func(t *testing.T, s *mcp.ClientSession) {
		for _, c := range []struct {
			tool              string
			args              any
			code, field, near string
			reason            string
		}{
			{"solve", map[string]any{"solver": "servin", "input": in()}, "unknown_name", "solver", "serving", `unknown solver "servin": did you mean serving?`},
			{"solve", map[string]any{"input": in()}, "unknown_name", "solver", "", `unknown solver ""`},
			{"solve", map[string]any{"solver": 3}, "usage", "solver", "", "solver: want text"},
			{"solve", map[string]any{"solver": "serving", "inputs": in()}, "unknown_name", "inputs", "input", `unknown argument "inputs": did you mean input?`},
			{"solve", node(in("model", "ResNet5O")), "unknown_name", "", "ResNet50", "did you mean ResNet50"},
			{"solve", node(in("bach", 3)), "unknown_name", "", "batch", `unknown field "bach": did you mean batch?`},
			{"solve", node(in("batch", 0)), "out_of_range", "batch", "", "batch = 0: want at least 1"},
			{"solve", node(in("batch", 1.5)), "out_of_range", "batch", "", "batch = 1.5: want a whole number"},
			{"solve", node(in("efficiency", "half")), "out_of_range", "efficiency", "", `efficiency = "half": want a number`},
			{"solve", node([]int{1}), "bad_input", "", "", "want an object"},
			{"solve", node(nil), "bad_input", "", "", "want an object"},
			{"solve", map[string]any{"solver": "serving"}, "usage", "model", "", "missing model: want a name of the registry"},
			{"optimize", map[string]any{"what": "serving", "input": in()}, "unknown_name", "what", "", "want one of"},
			{"eval", in("hardware", "H1000"), "unknown_name", "", "H100", "did you mean H100"},
			{"eval", nil, "usage", "model", "", "missing model"},
			{"eval", in("phase", "decode"), "out_of_range", "phase", "", "phase = decode: want"},
			{"explain", map[string]any{"solver": "explain", "input": in()}, "unknown_name", "solver", "", "unknown solver"},
			{"zoo", map[string]any{"category": "hardwear"}, "unknown_name", "category", "hardware", "did you mean hardware?"},
			{"zoo", map[string]any{"name": "H1O0"}, "unknown_name", "name", "H100", "did you mean H100"},
		} {
			out, failed := content(t, s, c.tool, c.args)
			require.True(t, failed, "%v", c)
			require.Equal(t, "error", out["status"])
			require.Equal(t, c.code, out["code"], "%v: %v", c, out)
			require.Equal(t, c.field, out["field"], "%v: %v", c, out)
			require.Contains(t, out["reason"], c.reason)
			if c.near != "" {
				require.Contains(t, out["suggestions"], c.near)
			}
		}
		// A tool that is not there is an error of the protocol.
		_, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: "slove"})
		var wire *jsonrpc.Error
		require.ErrorAs(t, err, &wire)
		require.Equal(t, int64(jsonrpc.CodeInvalidParams), wire.Code)
		require.Contains(t, wire.Message, "did you mean solve?")
		asked(t, s, "zoo", nil) // the session goes on
	})
}

// waiting is a desk whose solvers do not end before the test.
func waiting(started chan<- string, end <-chan struct{}) desk {
	return desk{solve: func(s catalog.Solver, _ any) (any, error) {
		started <- s.Name
		<-end
		return nil, errors.New("too late")
	}}
}

func TestCancelledCallEnds(t *testing.T) {
	started, ended, end := make(chan string), make(chan error, 1), make(chan struct{})
	defer close(end)
	server := waiting(started, end).server()
	server.AddReceivingMiddleware(func(next mcp.MethodHandler) mcp.MethodHandler {
		return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
			r, err := next(ctx, method, req)
			if call, ok := req.GetParams().(*mcp.CallToolParamsRaw); ok && call.Name == "solve" {
				ended <- err
			}
			return r, err
		}
	})
	ours, theirs := mcp.NewInMemoryTransports()
	_, err := server.Connect(context.Background(), ours, nil)
	require.NoError(t, err)
	s := dial(t, theirs)

	ctx, cancel := context.WithCancel(t.Context())
	heard := make(chan error, 1)
	go func() {
		_, err := s.CallTool(ctx, &mcp.CallToolParams{Name: "solve", Arguments: object{{"solver", "tail"}, {"input", exampleOf(t, "tail")}}})
		heard <- err
	}()
	require.Equal(t, "tail", <-started)
	cancel()
	require.ErrorIs(t, <-heard, context.Canceled)
	require.ErrorIs(t, <-ended, context.Canceled, "the server stops waiting too")
	asked(t, s, "zoo", nil)
}

func exampleOf(t *testing.T, name string) object {
	t.Helper()
	s, err := catalog.Find(name)
	require.NoError(t, err)
	return example(s)
}

// serveForever is the command mcp with solvers that never answer.
func serveForever() {
	d := waiting(make(chan string, 9), nil)
	if err := d.server().Run(context.Background(), &mcp.StdioTransport{}); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

func TestCancelledCallEndsAcrossProcesses(t *testing.T) {
	s := process(t, command(t, "patient"))
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		heard := make(chan error, 1)
		go func() {
			_, err := s.CallTool(ctx, &mcp.CallToolParams{Name: "solve", Arguments: object{{"solver", "tail"}, {"input", exampleOf(t, "tail")}}})
			heard <- err
		}()
		asked(t, s, "zoo", nil) // one call does not wait for another
		cancel()
		require.ErrorIs(t, <-heard, context.Canceled)
	}
}

// A mistake of ours ends one call, not the session.
func TestPanicIsAnAnswer(t *testing.T) {
	s := inMemory(t, desk{solve: func(catalog.Solver, any) (any, error) { panic("over") }})
	out, failed := content(t, s, "solve", object{{"solver", "tail"}, {"input", exampleOf(t, "tail")}})
	require.True(t, failed)
	require.Equal(t, "internal", out["code"])
	asked(t, s, "zoo", nil)
}

// The short list has no fields of solvers and is a fraction as long; what the tools
// do stays the same.
func TestBriefList(t *testing.T) {
	brief := usual
	brief.brief = true
	s := inMemory(t, brief)
	long, err := json.Marshal(toolSchemas(t, inMemory(t, usual)))
	require.NoError(t, err)
	short, err := json.Marshal(toolSchemas(t, s))
	require.NoError(t, err)
	require.Less(t, 4*len(short), len(long))
	require.False(t, bytes.Contains(short, []byte("anyOf")))
	asked(t, s, "solve", object{{"solver", "tail"}, {"input", exampleOf(t, "tail")}})
}
