package kernel

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mlsysim/golab/kernelext/script"
)

// command is a line of a cell that is not Go: %% and its like, which GoNB
// knows, and questions.
type command struct {
	line int
	text string
}

var question = regexp.MustCompile(`^(?:\?{1,2}\s*([a-zA-Z_\x80-\x{10ffff}][\w\x80-\x{10ffff}.]*)|([a-zA-Z_\x80-\x{10ffff}][\w\x80-\x{10ffff}.]*)\?{1,2})\s*$`)

// commands takes the lines that are not Go out of a cell; the others keep their
// numbers.
func commands(src string) (rest string, found []command) {
	if !strings.ContainsAny(src, "%!?") {
		return src, nil
	}
	lines := strings.SplitAfter(src, "\n")
	if c, ok := foreign(lines); ok {
		for i, line := range lines {
			lines[i] = blank(line)
		}
		return strings.Join(lines, ""), []command{c}
	}
	var before strings.Builder
	for i, line := range lines {
		if n := len(found); n > 0 && found[n-1].line == i && strings.HasSuffix(found[n-1].text, "\\") {
			found[n-1] = command{i + 1, strings.TrimSuffix(found[n-1].text, "\\") + strings.TrimSpace(line)} // it goes on
			lines[i] = blank(line)
			continue
		}
		special := strings.HasPrefix(line, "%") || strings.HasPrefix(line, "!") || question.MatchString(strings.TrimSpace(line))
		if special && startsFresh(before.String()) {
			found = append(found, command{i + 1, strings.TrimSpace(line)})
			lines[i] = blank(line)
		}
		before.WriteString(lines[i])
	}
	return strings.Join(lines, ""), found
}

var cellMagic = regexp.MustCompile(`^%%\w+`)

// foreign is the line that makes a cell something other than Go, such as %%bash:
// the first that is not empty.
func foreign(lines []string) (command, bool) {
	for i, line := range lines {
		if text := strings.TrimSpace(line); text != "" {
			return command{i + 1, text}, cellMagic.MatchString(line)
		}
	}
	return command{}, false
}

// notGo is what a cell in another language comes to, nil for one in Go.
func notGo(name string, lines []command) *failure {
	if len(lines) != 1 || !cellMagic.MatchString(lines[0].text) {
		return nil
	}
	word, _, _ := strings.Cut(lines[0].text, " ")
	f := &failure{Name: names[script.Profile], Value: word + " cells run in GoNB: this kernel runs Go only"}
	f.Trace = []string{bold + name + ": " + f.Value + plain, "hint: use a terminal, or open the notebook with the kernel of GoNB"}
	return f
}

// blank keeps the length of a line.
func blank(line string) string {
	text := strings.TrimSuffix(line, "\n")
	return strings.Repeat(" ", len(text)) + line[len(text):]
}

// startsFresh says whether a statement can begin after this source: within a
// raw string or an expression, a line that starts with ! is Go.
func startsFresh(before string) bool {
	o := outlineOf(before)
	return o.depth <= 0 && !o.begun
}

// ignored are lines that set up what this kernel has always: a module, imports,
// arguments of a program.
var ignored = regexp.MustCompile(`^(%%(\s|$)|%main|%args|%test|%autoget|%noautoget|%goflags|%goworkfix|%track|%untrack|%env|%cd|%rm|%remove|%widgets|%widgets_hb|!\*?\s*go (get|mod|work)\b)`)

const commandHelp = `Lines that are not Go:
  Name?   what a name is: signature, meaning, equation, fields, sources
  %list   the variables of this session
  %reset  forget every variable
Lines that set GoNB up, such as %% and !*go get, do nothing here.
`

// obey answers the lines that are not Go. Those that ask for something which
// this kernel does not do say so, and the cell goes on.
func (k *kernel) obey(lines []command) (pages []any) {
	pages = []any{}
	say := func(kind, text string) { k.screen.take(event{Kind: kind, Text: text}) }
	for _, c := range lines {
		word, _, _ := strings.Cut(c.text, " ")
		asked := question.FindStringSubmatch(c.text)
		switch {
		case asked != nil:
			name := asked[1] + asked[2]
			if page := k.page(name); page != nil {
				pages = append(pages, page)
			} else {
				say(evStderr, fmt.Sprintf("line %d: nothing is known about %s\n", c.line, name))
			}
		case word == "%help":
			say(evStdout, commandHelp)
		case word == "%reset":
			k.interp.reset()
			k.dropComms()
		case word == "%list" || word == "%ls" || word == "%who":
			say(evStdout, k.variables())
		case ignored.MatchString(c.text):
		case strings.HasPrefix(c.text, "!"):
			say(evStderr, fmt.Sprintf("line %d: %s was not run: this kernel runs Go only; use a terminal\n", c.line, c.text))
		default:
			say(evStderr, fmt.Sprintf("line %d: %s does nothing here: this kernel runs Go only (%%help lists what else it knows)\n", c.line, c.text))
		}
	}
	return pages
}
