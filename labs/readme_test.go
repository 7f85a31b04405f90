package labs_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var readmeFile = regexp.MustCompile("(?ms)^```[a-z]+ (labs/l99/\\S+)\n(.*?)^```$")

// Somebody who follows README.md by the letter has a lab that keeps every rule.
func TestReadmeMakesALab(t *testing.T) {
	if testing.Short() {
		t.Skip("tests a lab in another go command")
	}
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	dir := t.TempDir()
	replace := map[string]string{}
	write := func(path, text string) {
		file := filepath.Join(dir, strings.ReplaceAll(path, "/", "_"))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		replace[filepath.Join(root, filepath.FromSlash(path))] = file
	}
	blocks := readmeFile.FindAllStringSubmatch(string(readme), -1)
	require.Len(t, blocks, 4)
	for _, b := range blocks {
		write(b[1], b[2])
	}
	list, err := os.ReadFile("labs.go")
	require.NoError(t, err)
	listed := strings.Replace(string(list), "t0.Lab(),", "t0.Lab(), l99.Lab(),", 1)
	write("labs/labs.go", strings.Replace(listed, "import (", "import (\n\t\"github.com/mlsysim/golab/labs/l99\"", 1))

	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	file := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(file, overlay, 0o600))
	run := "^Test(EveryLabIs|Right|WorkedSays|Copied|MutantsAre|TextTells|Dollars|Checks)/^L99$"
	out, err := exec.Command("go", "test", "-short", "-v", "-vet=off", "-overlay", file, "-run", run, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	require.Regexp(t, `L99: \d+ of \d+ mutants killed`, string(out))
	require.Contains(t, string(out), "--- PASS: TestRightAnswersEarnFullMarks/L99")
}
