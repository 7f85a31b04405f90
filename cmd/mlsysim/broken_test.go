package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/cmd/internal/cli"
)

// whole is a plan that says something in every section.
const whole = `version: "1.0"
name: x
workload:
  name: Llama3_8B
  mode: serve
  batch_size: 8
  seq_len: 2048
  output_tokens: 64
hardware:
  name: H100
  nodes: 2
  precision: fp16
  efficiency: 0.5
  fabric_bandwidth: 50 GB/s
  level: ideal
ops:
  region: Quebec
  duration_days: 14
  kwh_price: 0.1
parallelism:
  tp: 2
sla:
  p99: 60 s
  qps: 2 qps
budget:
  usd: 1000000000
constraints:
  assert:
    - metric: performance.latency
      max: 1000000000
`

// A broken plan is the whole one with one change; where is the place that the
// reader must name, and unseen says that the schema cannot know.
type broken struct {
	from, to string
	where    string
	unseen   bool
}

var brokenPlans = []broken{
	{`version: "1.0"`, `version: "2.0"`, "1:", false},
	{`version: "1.0"`, `version: banana`, "1:", false},
	{`version: "1.0"`, `version: [1]`, "1:", false},
	{"version: \"1.0\"\n", "", "1:", false},
	{"name: x\n", "", "1:", false},
	{"name: x\n", "name: {a: 1}\n", "2:", false},
	{"workload:", "werkload:", "3:", false},
	{"  name: Llama3_8B", "  name: [Llama3_8B]", "4:", false},
	{"  name: Llama3_8B\n", "", "3:", false},
	{"mode: serve", "mode: sevre", "5:", false},
	{"mode: serve", "mode: 7", "5:", false},
	{"batch_size", "batch_sze", "6:", false},
	{"batch_size: 8", "batch_size: 0", "6:", false},
	{"batch_size: 8", "batch_size: -8", "6:", false},
	{"batch_size: 8", "batch_size: 8.5", "6:", false},
	{"batch_size: 8", "batch_size: many", "6:", false},
	{"batch_size: 8", "batch_size: 99999999999", "6:", false},
	{"batch_size: 8", "batch_size: [8]", "6:", false},
	{"seq_len: 2048", "seq_len: 0", "7:", false},
	{"output_tokens: 64", "output_tokens: true", "8:", false},
	{"hardware:", "hardwear:", "9:", false},
	{"  name: H100\n", "", "9:", false},
	{"nodes: 2", "nodes: 0", "11:", false},
	{"nodes: 2", "nodes: {a: 2}", "11:", false},
	{"nodes: 2", "node: 2", "11:", false},
	{"fp16", "fp17", "12:", false},
	{"efficiency: 0.5", "efficiency: 0", "13:", false},
	{"efficiency: 0.5", "efficiency: 1.5", "13:", false},
	{"efficiency: 0.5", "efficiency: half", "13:", false},
	{"50 GB/s", "50", "14:", false},
	{"50 GB/s", "fast", "14:", false},
	{"level: ideal", "level: idle", "15:", false},
	{"duration_days: 14", "duration_days: -14", "18:", false},
	{"duration_days: 14", "duration_days: 0", "18:", false},
	{"duration_days: 14", "duration_days: 14 days", "18:", false},
	{"kwh_price: 0.1", "kwh_price: -1", "19:", false},
	{"tp: 2", "tp: 0", "21:", false},
	{"tp: 2", "tp: x", "21:", false},
	{"tp: 2", "dp: 2", "21:", false},
	{"p99: 60 s", "p99: 60", "23:", false},
	{"p99:", "p98:", "23:", false},
	{"usd: 1000000000", "usd: -5", "26:", false},
	{"usd: 1000000000", "usd: 0", "26:", false},
	{"performance.latency", "performance.latancy", "29:", false},
	{"metric: performance.latency\n      ", "", "29:", false},
	{"\n      max: 1000000000", "", "29:", false},
	{"max: 1000000000", "max: big", "30:", false},
	{"max: 1000000000", "most: 1000000000", "30:", false},
	{"constraints:\n  assert:\n    - ", "constraints:\n  assert:\n    - 7\n    - ", "29:", false},

	{"Llama3_8B", "Llama9_8B", "4:3: workload.name: unknown model", true},
	{"Llama3_8B", "nowhere.yaml", "4:3: workload.name:", true},
	{"H100", "H1000", "10:3: hardware.name: unknown hardware", true},
	{"Quebec", "Qebec", "17:3: ops.region: unknown region", true},
	{"nodes: 2", "nodes: 2\n  accelerators: 15", "12:3: hardware.accelerators", true},
	{"50 GB/s", "50 GB", "14:", true},
	{"50 GB/s", "-50 GB/s", "14:", true},
	{"50 GB/s", "NaN GB/s", "14:", true},
	{"tp: 2", "tp: 3", "21:", true},
	{"60 s", "60 GB", "23:", true},
	{"60 s", "0 s", "23:", true},
	{"60 s", "-1 s", "23:", true},
	{"2 qps", "2 s", "24:", true},
	{"max: 1000000000", "max: .nan", "30:", true},
	{"max: 1000000000", "max: .inf", "30:", true},
	{"max: 1000000000", "max: 1\n      min: 2", "31:", true},
	{"batch_size: 8", "batch_size: 8\n  batch_size: 9", "7:", true},
	{"name: x", "name: ''", "2:", true},
}

// The schema refuses what a schema can know to be wrong; eval refuses everything
// and names the place.
func TestBrokenPlans(t *testing.T) {
	schema := compiled(t, document(t, call(t, nil, "schema")))
	valid := func(text string) error {
		var doc any
		require.NoError(t, yaml.Unmarshal([]byte(text), &doc), text)
		out, err := json.Marshal(doc)
		require.NoError(t, err, text)
		return schema.Validate(document(t, out))
	}
	require.NoError(t, valid(whole))
	file := filepath.Join(t.TempDir(), "plan.yaml")
	require.NoError(t, os.WriteFile(file, []byte(whole), 0o600))
	call(t, nil, "eval", file)

	seen := 0
	for _, b := range brokenPlans {
		require.Contains(t, whole, b.from)
		text := strings.Replace(whole, b.from, b.to, 1)
		if !b.unseen {
			seen++
			require.Error(t, valid(text), b.to)
		}
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		reason := refused(t, "eval", file)
		found := false
		for line := range strings.SplitSeq(reason, "\n") {
			found = found || strings.HasPrefix(line, file+":"+b.where)
		}
		require.True(t, found, "%s: want line %s in\n%s", b.to, b.where, reason)
	}
	require.GreaterOrEqual(t, seen, 30)
}

// refused runs a command that must end as bad input: one line for each mistake,
// nothing on stdout.
func refused(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	root := rootCommand()
	root.SetIn(strings.NewReader(""))
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	err := root.Execute()
	require.Error(t, err, "%q", args)
	var exit cli.Exit
	require.False(t, errors.As(err, &exit), "%q ended with %v", args, err)
	require.Empty(t, strings.TrimSpace(startNote.ReplaceAllString(out.String(), "")), "%q", args)
	reason := cli.Explain(err).Reason
	for line := range strings.SplitSeq(reason, "\n") {
		require.NotEmpty(t, strings.TrimSpace(line), "%q", args)
		require.NotContains(t, line, "goroutine")
		require.Less(t, len(line), 1200, "%q", args)
	}
	return reason
}

// startNote is the remark that a sweep starts from an example.
var startNote = regexp.MustCompile(`(?m)^.*: starting from the example of .*$`)

// badFiles are texts that are no plan.
func badFiles() map[string]string {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%[1]c [*%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c]\n", c, c-1)
	}
	return map[string]string{
		"empty.yaml": "", "blank.yaml": "\n\n  \n", "comment.yaml": "# nothing\n", "scalar.yaml": "hello\n", "list.yaml": "- 1\n- 2\n", "number.json": "7",
		"null.yaml": "null\n", "cut.yaml": whole[:len(whole)-40] + " {", "cut.json": `{"version": "1.0", "name"`, "list.json": `["version"]`,
		"tab.yaml": "version:\t1\n\tname: x\n", "unclosed.yaml": "name: \"x\nversion: 1\n", "brace.yaml": "{version: 1, name: x", "colon.yaml": "a: b: c\n",
		"two.yaml": whole + "---\n" + whole, "bomb.yaml": bomb, "merge.yaml": "a: &a\n  <<: *a\n", "alias.yaml": "version: *nowhere\n",
		"deep.yaml": strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "deeper.json": strings.Repeat(`{"a":`, 20000),
		"large.yaml": whole + "# " + strings.Repeat("x", 10<<20), "wide.yaml": whole + strings.Repeat("y: 1\n", 20000),
		"binary.yaml": "\x00\x01\x02\xff\xfe\x7fELF\x00", "latin.yaml": "name: \xe9\xe8\n", "bom.yaml": "\xff\xfev\x00e\x00r\x00",
		"self.yaml": "version: 1\nname: x\ninclude: [self.yaml]\n", "other.yaml": "version: 1\nname: x\ninclude: [nowhere.yaml]\n",
		"up.yaml": "version: 1\nname: x\ninclude: [/etc/passwd]\n", "tag.yaml": "version: !!python/object:os.system 1\nname: x\n",
		"both.yaml": whole + "workloads: [{name: GPT2}]\n", "neither.yaml": "version: 1\nname: x\nhardware: {name: H100}\n",
		"model.yaml": "Language:\n  X:\n    name: x\n", "date.yaml": "version: 2024-01-01\nname: x\n",
	}
}

func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for name, text := range badFiles() {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		paths = append(paths, path)
	}
	folder := filepath.Join(dir, "folder.yaml")
	require.NoError(t, os.Mkdir(folder, 0o700))
	loop, gone := filepath.Join(dir, "loop.yaml"), filepath.Join(dir, "gone.yaml")
	require.NoError(t, os.Symlink("loop.yaml", loop))
	require.NoError(t, os.Symlink("nowhere", gone))
	paths = append(paths, folder, loop, gone, filepath.Join(dir, "absent.yaml"), "/dev/null/x.yaml")
	closed := filepath.Join(dir, "closed.yaml")
	require.NoError(t, os.WriteFile(closed, []byte(whole), 0o000))
	if os.Geteuid() != 0 { // who is root may read everything
		paths = append(paths, closed)
	}
	before, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, path := range paths {
		require.Contains(t, refused(t, "eval", path), filepath.Base(path))
		for _, args := range [][]string{
			{"explain", "performance.latency", path},
			{"compare", path, path},
			{"optimize", "placement", path},
			{"sweep", path, "--over", "batch=1"},
		} {
			refused(t, args...)
		}
	}
	after, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Equal(t, len(before), len(after)) // nothing is written
}

// badFlags are calls that are wrong; the reason must hold the text behind ⇒.
var badFlags = []string{
	"eval Llama3_8B H100 --batch -1 ⇒ want at least 1", "eval Llama3_8B H100 --batch 0 ⇒ want at least 1", "eval Llama3_8B H100 --batch NaN ⇒ whole number",
	"eval Llama3_8B H100 --batch 1e3 ⇒ whole number", "eval Llama3_8B H100 --batch 99999999999999999999 ⇒ whole number", "eval Llama3_8B H100 --efficiency -0.1 ⇒ above 0",
	"eval Llama3_8B H100 --efficiency NaN ⇒ above 0", "eval Llama3_8B H100 --efficiency +Inf ⇒ above 0", "eval Llama3_8B H100 --efficiency 2 ⇒ at most 1",
	"eval Llama3_8B H100 --duration 14 ⇒ unit", "eval Llama3_8B H100 --duration NaN_days ⇒ --duration", "eval Llama3_8B H100 --duration -1_s ⇒ above 0", "eval Llama3_8B H100 --duration 1_GB ⇒ want Seconds",
	"eval Llama3_8B H100 --max-cost 5_kg ⇒ USD", "eval Llama3_8B H100 --max-latency -5_ms ⇒ at least 0", "eval Llama3_8B H100 --max-power 5_V ⇒ --max-power", "eval Llama3_8B H100 --nodes -1 ⇒ at least 0",
	"eval Llama3_8B H100 --tp x ⇒ whole number", "eval Llama3_8B H100 --nodes 1 --tp 3 ⇒ want", "eval Llama3_8B H100 --mode fly ⇒ unknown mode", "eval Llama3_8B H100 --level perfect ⇒ unknown level",
	"eval Llama3_8B H100 --precision fp3 ⇒ unknown precision", "eval Llama3_8B V100 --precision fp8 ⇒ want", "eval Llama3_8B H100 --region Narnia ⇒ unknown", "eval Llama3_8B H100 --facility Barn ⇒ unknown",
	"eval Llama3_8B H100 --stack none ⇒ unknown", "eval Llama3_8B H100 --output yaml ⇒ unknown format", "eval Llama3_8B H100 -o ⇒ missing its value", "eval Llama3_8B H100 --nodes 1 --mode pass ⇒ want",
	"eval Llama3_8B H100 --max-ttft 1_s ⇒ serve", "eval Llama3_8B H100 --arrivals 1_qps --mode train ⇒ want", "eval Llama3_8B H100 --interval -1_s ⇒ at least 0", "eval Llama3_8B H100 --max-p99 1_s ⇒ want above 0",
	"eval Llama3_8B ⇒ missing HARDWARE", "eval ⇒ missing MODEL", "eval Llama3_8B H1OO ⇒ did you mean", "eval Lama3_8B H100 ⇒ did you mean", "eval .. H100 ⇒ unknown model", "eval a/b ⇒ a/b",
	"eval Llama3_8B H100 --registry nowhere.yaml ⇒ nowhere.yaml", "evl ⇒ did you mean", "eval --no-such-flag ⇒ unknown flag", "eval Llama3_8B H100 x ⇒ unexpected argument",
	"serve Llama3_8B H100 -s -1 ⇒ at least 1", "serve Llama3_8B H100 -s 1.5 ⇒ whole number", "serve Llama3_8B H100 -b 0 ⇒ at least 1", "serve Llama3_8B H100 -e 0 ⇒ above 0", "serve Llama3_8B H100 --tp 7 ⇒ want",
	"serve Llama3_8B H100 --prefill-chunk-tokens -1 ⇒ at least 0", "serve Llama3_8B H100 --cached 5000 ⇒ below the prompt", "serve Llama3_8B H100 --devices 3 --tp 2 ⇒ multiple of TP", "serve Llama3_8B ⇒ missing HARDWARE",
	"serve ResNet50 H100 ⇒ generates tokens", "serve Llama3_8B H100 -o csv ⇒ csv", "serve Llama3_8B NoChip ⇒ unknown hardware",
	"optimize ⇒", "optimize speed x.yaml ⇒ unknown part", "optimize parallelism ⇒ missing MODEL", "optimize parallelism nowhere.yaml ⇒ no such file", "optimize parallelism GPT2 H100 --batch -1 ⇒ at least 1",
	"optimize batching GPT2 H100 ⇒ --qps", "optimize batching GPT2 H100 --qps 1 ⇒ --sla-ms", "optimize batching GPT2 H100 --qps NaN --sla-ms 5 ⇒ at least 0", "optimize batching GPT2 H100 --qps -1 --sla-ms 5 ⇒ at least 0",
	"optimize batching GPT2 H100 --qps Inf --sla-ms 5 ⇒ at least 0", "optimize batching GPT2 H100 --qps 1 --sla-ms -5 ⇒ at least 0", "optimize batching GPT2 H100 --qps 1 --sla-ms 5ms ⇒ want a number",
	"optimize batching GPT2 H100 --qps 1 --sla-ms 500 --max-batch 0 ⇒ at least 1", "optimize batching GPT2 H100 --qps 1 --sla-ms 500 --max-batch 99999999 ⇒ want at most",
	"optimize placement GPT2 H100 --carbon-tax -1 ⇒ at least 0", "optimize placement GPT2 H100 --carbon-tax lots ⇒ want a number", "optimize placement GPT2 H100 --regions Narnia ⇒ unknown region", "optimize placement GPT2 H100 --workload 1 --batch 0 ⇒ at least 1",
	"sweep ⇒ missing SOLVER", "sweep nothing ⇒ unknown solver", "sweep serving ⇒ missing --over", "sweep serving --over batch ⇒ want a field", "sweep serving --over batch=NaN ⇒ want a number",
	"sweep serving --over batch=1..9x0 ⇒ factor above 1", "sweep serving --over batch=1 --over batch=2 ⇒ the same", "sweep serving --over batch=1 --limit itl ⇒ want a metric", "sweep serving --over batch=1 --pareto x ⇒ unknown field",
	"sweep serving --over batch=1 --best model ⇒", "sweep serving --over hardware=NoChip ⇒ unknown hardware", "sweep serving --over batch=0 ⇒ at least 1", "sweep serving --batch x --over prompt=1 ⇒ whole number", "sweep serving --input nowhere.json --over batch=1 ⇒ no such file",
	"config ⇒", "config import ⇒ missing FILE", "config import nowhere.json ⇒ no such file", "config export x ⇒ unknown command", "schema plans ⇒ did you mean plan", "schema --type x ⇒ unknown schema",
	"explain ⇒ missing METRIC", "explain latency ⇒ missing FILE", "explain performance.latency nowhere.yaml ⇒ no such file", "compare a.yaml ⇒ missing FILE", "compare a.yaml b.yaml ⇒ no such file", "scenario run nobody ⇒ nobody",
	"zoo hardwares ⇒ did you mean hardware", "zoo show Nothing ⇒ unknown name", "solve nothing ⇒ unknown solver", "solve serving --batch 0 ⇒ at least 1",
}

func TestBadFlags(t *testing.T) {
	t.Chdir(t.TempDir())
	checked := 0
	for _, line := range badFlags {
		text, want, _ := strings.Cut(line, "⇒")
		if want = strings.TrimSpace(want); want == "" {
			continue
		}
		var args []string
		for _, arg := range strings.Fields(text) {
			if _, unit, found := strings.Cut(arg, "_"); found && len(unit) < 5 && !strings.ContainsAny(unit, "0123456789") {
				arg = strings.Replace(arg, "_", " ", 1)
			}
			args = append(args, arg)
		}
		reason := refused(t, args...)
		require.Contains(t, reason, want, line)
		require.NotContains(t, reason, "\n", line)
		checked++
	}
	require.GreaterOrEqual(t, checked, 90)
	left, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Empty(t, left) // nothing is written
}
