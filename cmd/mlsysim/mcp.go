package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/show"
)

func mcpCommand() *cobra.Command {
	d := desk{solve: catalog.Solver.Solve}
	cmd := &cobra.Command{
		Use: "mcp", Short: "Serve the solvers to an assistant by the Model Context Protocol", Args: cli.Args(), ValidArgsFunction: cobra.NoFileCompletions,
		Long: `mcp speaks the Model Context Protocol on stdin and stdout, one JSON message a
line, until stdin ends. Its tools are eval, solve, optimize, explain and zoo;
results have units and sources. It is one process that opens no connection.

The list of tools has the fields of every solver, some 100 kB; --brief leaves
them to the tool zoo, which keeps the list at a tenth of that.`,
		Example: "  claude mcp add mlsysim -- mlsysim mcp",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if in, ok := cmd.InOrStdin().(*os.File); ok && term.IsTerminal(int(in.Fd())) {
				fmt.Fprintln(cmd.ErrOrStderr(), "serving the Model Context Protocol on stdin and stdout; Ctrl-D ends it")
			}
			return d.server().Run(cmd.Context(), &mcp.IOTransport{
				Reader: io.NopCloser(cmd.InOrStdin()), Writer: open{cmd.OutOrStdout()}, MaxLineLength: mostMessage,
			})
		},
	}
	cmd.Flags().BoolVar(&d.brief, "brief", false, "leave the fields of the solvers to the tool zoo: a list of tools that is short")
	return cmd
}

// mostMessage is more than any call needs.
const mostMessage = 4 << 20

// open is a writer that stays open when a session ends.
type open struct{ io.Writer }

func (open) Close() error { return nil }

// A desk answers the calls of assistants.
type desk struct {
	solve func(s catalog.Solver, in any) (any, error) // a test makes it wait
	brief bool                                        // schemas do not list the fields of the solvers
}

// A tool is one of its services: answer gets the arguments as JSON.
type tool struct {
	name, title, help string
	input             any // JSON Schema
	answer            func(args json.RawMessage) (reply, error)
}

// A reply is one result for people and for programs.
type reply struct {
	view show.View
	data object
}

func (d desk) server() *mcp.Server {
	s := mcp.NewServer(&mcp.Implementation{Name: "mlsysim", Title: "mlsysim", Version: version}, &mcp.ServerOptions{
		Instructions: instructions, Capabilities: &mcp.ServerCapabilities{Tools: &mcp.ToolCapabilities{}},
	})
	closed := false
	tools := d.tools()
	var names []string
	for _, t := range tools {
		names = append(names, t.name)
		s.AddTool(&mcp.Tool{
			Name: t.name, Title: t.title, Description: t.help, InputSchema: t.input, OutputSchema: answerSchema,
			Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &closed},
		}, t.handle)
	}
	s.AddReceivingMiddleware(suggest(names))
	return s
}

const instructions = `Analytical models of machine-learning systems: does a design fit, what binds it, what
does it cost, and why. Registry entries (models, hardware, regions) are given by name: zoo lists them. A quantity is a
number in SI units or text with its unit, such as "40 ms" or "80 GB". Every answer carries units, sources and the version
of the registry; null is unknown, never zero.`

// handle runs the tool until it answers or the client cancels the call; solving
// itself cannot be stopped, it ends unheard.
func (t tool) handle(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	done := make(chan *mcp.CallToolResult, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- failed(&cli.Failure{Title: "internal error", Code: "internal", Reason: fmt.Sprint("internal error: ", p)})
			}
		}()
		r, err := t.answer(req.Params.Arguments)
		if err != nil {
			done <- failed(cli.Explain(err))
			return
		}
		done <- &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: show.Markdown(r.view)}}, StructuredContent: r.data}
	}()
	select {
	case result := <-done:
		return result, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// failed is an error that the assistant can read and mend.
func failed(f *cli.Failure) *mcp.CallToolResult {
	return &mcp.CallToolResult{
		IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: f.Reason}}, StructuredContent: json.RawMessage(f.JSON()),
	}
}

// suggest names the tools that an unknown one may mean; a wrong name is an error
// of the protocol, not of a tool.
func suggest(names []string) mcp.Middleware {
	return func(next mcp.MethodHandler) mcp.MethodHandler {
		return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
			if call, ok := req.GetParams().(*mcp.CallToolParamsRaw); ok && !slices.Contains(names, call.Name) {
				return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: cli.Unknown("tool", call.Name, names).Error()}
			}
			return next(ctx, method, req)
		}
	}
}
