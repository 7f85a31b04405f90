package kernel

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompleteness(t *testing.T) {
	for src, want := range map[string]string{
		"":                            complete,
		"x := 1":                      complete,
		"%%\nx := 1":                  complete,
		"for i := 0; i < 3; i++ {}":   complete,
		"fmt.Println(1) // (":         complete,
		"'x'":                         complete,
		"x :=":                        incomplete,
		"x +":                         incomplete,
		"f(1,":                        incomplete,
		"for i := 0; i < 3; i++":      incomplete,
		"func f() {\n\tif true {":     incomplete,
		"s := `raw":                   incomplete,
		"/* so far":                   incomplete,
		"x := 1\n}":                   invalid,
		"s := \"not closed":           invalid,
		"x := #":                      invalid,
		"if x := f(); x > 3 {\n\ty()": incomplete,
	} {
		state, _ := completeness(src)
		require.Equal(t, want, state, "%q", src)
	}
	_, indent := completeness("func f() {\n\tif true {")
	require.Equal(t, "\t\t", indent)
}

func TestEndsInValue(t *testing.T) {
	for src, want := range map[string]bool{
		"":                                    false,
		"x":                                   true,
		"x := 1\nx // shown":                  true,
		"x := 1; x":                           true,
		"Evaluate(Llama3_8B, H100)\n\n":       true,
		"x := 1":                              false,
		"x\ny := 1":                           false,
		"for i := range 3 {\n\ti\n}":          false,
		"for i := 0; i < 3; i++ {\n}":         false,
		"if v := f(); v {\n}":                 false,
		"func f() int {\n\treturn 1\n}":       false,
		"SingleNode{\n\tBatch: 1,\n}.Run()\n": true,
	} {
		require.Equal(t, want, endsInValue(src), "%q", src)
	}
}

var spaces = regexp.MustCompile(`(?m) +$`)

func TestCommands(t *testing.T) {
	for src, want := range map[string]string{
		"%% args\nx := 5 %%3\n%%\n":             "\nx := 5 %%3\n\n",
		"x\n%%":                                 "x\n",
		"!*go get x\n%env A=b\nx":               "\n\nx",
		"SingleNode?\n?? H100\nx.y?":            "\n\n",
		"s := `\n%raw\n!raw\nwhat?\n`\n!ls":     "s := `\n%raw\n!raw\nwhat?\n`\n",
		"ok := a &&\n!b":                        "ok := a &&\n!b",
		"f(\n!b,\n)":                            "f(\n!b,\n)",
		"/*\n%not\n*/\n%%":                      "/*\n%not\n*/\n",
		"x % y\nz":                              "x % y\nz",
		strings.Repeat("%env\n", 200) + "x":     strings.Repeat("\n", 200) + "x",
		"for i := range 3 {\n!x\n}\n%noautoget": "for i := range 3 {\n!x\n}\n",
	} {
		rest, _ := commands(src)
		require.Len(t, rest, len(src), "nothing moves")
		require.Equal(t, want, spaces.ReplaceAllString(rest, ""), "%q", src)
	}
	_, found := commands("%%\n\n!ls -l \nH100?")
	require.Equal(t, []command{{1, "%%"}, {3, "!ls -l"}, {4, "H100?"}}, found)
}
