package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// awkward is a program whose texts look like troff.
func awkward() *cobra.Command {
	root := Root(&cobra.Command{Use: "prog", Short: "Do things", Long: ".SH in a text\n'quoted' too\n\n  set in: a\\b\n  --more\n\nlast"}, `v1 "odd"`)
	sub := &cobra.Command{
		Use: "sub NAME", Short: "Do one - thing", Example: "  prog sub x --size '1 GiB'\n.odd", Run: func(*cobra.Command, []string) {},
	}
	size := Size(0)
	sub.Flags().VarP(&size, "size", "s", "how much, .5 GiB or `more`")
	sub.Flags().Bool("secret", false, "not for everyone")
	sub.Flags().Lookup("secret").Hidden = true
	hidden := &cobra.Command{Use: "hidden", Hidden: true, Run: func(*cobra.Command, []string) {}}
	root.AddCommand(sub, hidden, Man("prog", "no-such-program-anywhere"))
	Output(root)
	return root
}

func TestManPages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "man1")
	root := awkward()
	var out, warned bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&warned)
	require.Equal(t, OK, Run(root, []string{"man", "--dir", dir}))
	require.Contains(t, warned.String(), "no-such-program-anywhere is neither beside this program nor in the path")

	written := strings.Fields(out.String())
	require.Contains(t, written, filepath.Join(dir, "prog.1"))
	require.Contains(t, written, filepath.Join(dir, "prog-sub.1"))
	require.NotContains(t, out.String(), "hidden")
	for _, path := range written {
		page, err := os.ReadFile(path)
		require.NoError(t, err)
		checkRoff(t, path, string(page))
	}

	page, err := os.ReadFile(filepath.Join(dir, "prog-sub.1"))
	require.NoError(t, err)
	for _, want := range []string{
		".TH PROG\\-SUB 1 \"\" \"prog v1 \"\"odd\"\"", "prog\\-sub \\- Do one \\- thing", ".B prog sub NAME [flags]",
		"\\fB\\-s\\fR, \\fB\\-\\-size\\fR \\fImore\\fR\nhow much, .5 GiB or more\n", "\\&.odd", "\\-\\-format", ".BR prog (1)",
	} {
		require.Contains(t, string(page), want)
	}
	require.NotContains(t, string(page), "secret")
}

// macros are the requests that a page may use.
var macros = map[string]bool{".TH": true, ".SH": true, ".PP": true, ".TP": true, ".B": true, ".BR": true, ".br": true, ".nf": true, ".fi": true, `'\"`: true}

// checkRoff wants every control line to be one of ours, and groff, where there is
// one, to set the page without a warning.
func checkRoff(t *testing.T, name, page string) {
	t.Helper()
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			require.True(t, macros[strings.Fields(line)[0]], "%s: %s", name, line)
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		return
	}
	cmd := exec.CommandContext(t.Context(), groff, "-k", "-man", "-Tutf8", "-ww", "-z", name)
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.Empty(t, string(said), name)
}

func TestManWantsADirectory(t *testing.T) {
	require.Equal(t, Bad, Run(awkward(), []string{"man"}))
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.Equal(t, Bad, Run(awkward(), []string{"man", "--dir", file}))
}
