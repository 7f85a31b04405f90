package labs_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/jupyterlab"
	"github.com/mlsysim/golab/labs"
)

// contrast is what WCAG 2 asks of text and its ground.
const contrast = 4.5

// A try is how a student meets one question: guesses, looks, is wrong, hears why,
// and gets it right.
type try struct {
	question     string
	predict      string
	explore      func(*walk) // beyond running the cell
	wrong        string
	wrongBecause string
	told         []string // by Check, of the wrong answer
	rightBecause string
}

var (
	walkT0 = []try{{
		question: "q1", predict: `Predict("q1", 12*Millisecond)`,
		wrong: `r := node.Run()
Answer("q1.compute", r.Compute)
Answer("q1.memory", r.Memory)
Answer("q1.overhead", r.Overhead)
Answer("q1.latency", r.Compute+r.Memory+r.Overhead)`,
		told: []string{"you added compute and memory: they overlap, so only the longer one counts", "counter-example: "},
	}, {
		question: "q2", predict: `Predict("q2", Compute)`,
		explore: func(w *walk) { require.NotContains(w.t, w.OutText(w.at("q2-explore")), "Predict first") },
		wrong: `faster := node
faster.Hardware.Rates.FP16 = node.Hardware.Rates.FP16.Times(1.1)
Answer("q2.latency", faster.Run().Latency)`,
		wrongBecause: `Because("q2", Compute)`,
		told:         []string{"you made something faster that does not bind", "MFU is small because the arithmetic units wait for data", "counter-example: "},
		rightBecause: `Because("q2", MemoryBandwidth)`,
	}}
	walkL02 = []try{{
		question: "q2", predict: `Predict("q2", 20)`,
		explore: func(w *walk) {
			w.Wait("the live chart", `document.querySelector('`+w.Out(w.at("q2-explore"))+` .jp-RenderedHTMLCommon svg')`)
		},
		wrong: `Answer("q2", steps)`,
		told:  []string{"this says that a prompt token costs as much as an answer token", "counter-example: "},
	}}
	walkL03 = []try{{
		question: "q1", predict: `Predict("q1", 50)`,
		wrong:        `Answer("q1", 2)`,
		wrongBecause: `Because("q1", MemoryBandwidth)`,
		told:         []string{"counter-example: batch 3 fits too", "bandwidth decides how fast a batch is, not whether it fits"},
		rightBecause: `Because("q1", MemoryCapacity)`,
	}, {
		question: "q5", predict: `Predict("q5", 4000)`,
		explore: slideContext,
		wrong: `one := node
for one.Context = 1; one.Run().Cache < one.Run().Weights; one.Context++ {
}
Answer("q5", one.Context)`,
		told: []string{"this is the context of a single conversation", "counter-example: "},
	}}
)

// slideContext moves the slider of L03 by keyboard, and sees the cache grow.
func slideContext(w *walk) {
	out := w.Out(w.at("q5-explore"))
	first := w.Text(`document.querySelector('` + out + ` .widget-html').innerText`)
	w.Focus(out + " .noUi-handle")
	w.Press(jupyterlab.End)
	w.Wait("the end of the slider", `document.querySelector('`+out+` .widget-readout').textContent == "65536"`)
	w.Wait("another card", `document.querySelector('`+out+` .widget-html').innerText != `+strconv.Quote(first))
	w.Idle()
	w.ShotOut("l03-q5-slider", w.at("q5-explore"))
}

// A walk is a lab open in JupyterLab, as a student has it.
type walk struct {
	*jupyterlab.Notebook
	t     *testing.T
	name  string   // of its pictures
	cells []string // ids of the code cells
}

// Three labs walked through as a student would: id, prediction, exploration, a
// wrong answer and what Check says of it, the right one.
func TestWalkedThrough(t *testing.T) {
	if testing.Short() {
		t.Skip("starts JupyterLab")
	}
	lab := jupyterlab.Start(t)
	t.Run("first look", func(t *testing.T) { firstLook(t, lab.In(t)) })
	for id, tries := range map[string][]try{"T0": walkT0, "L02": walkL02, "L03": walkL03} {
		t.Run(id, func(t *testing.T) { through(t, lab.In(t), id, tries) })
	}
}

// firstLook is what somebody sees who starts JupyterLab: the list of labs, from
// which a click leads to the first.
func firstLook(t *testing.T, lab *jupyterlab.Lab) {
	_, err := labs.Build(lab.Dir, false)
	require.NoError(t, err)
	p := lab.Front()
	p.Wait("the list of labs", `document.querySelector(".jp-MarkdownViewer a[href*='T0_hello_world']")`)
	require.Equal(t, float64(len(labs.All())), p.Number(`document.querySelectorAll(".jp-MarkdownViewer tbody tr").length`))
	p.Shot("first-look")
	p.Click(".jp-MarkdownViewer tbody a")
	n := lab.Clicked(p, labs.Base(labs.All()[0])+".ipynb")
	n.Shot("first-lab")
}

func through(t *testing.T, lab *jupyterlab.Lab, id string, tries []try) {
	l, err := labs.Find(id)
	require.NoError(t, err)
	w := &walk{t: t, name: strings.ToLower(id), Notebook: lab.Notebook(labs.Base(l)+".ipynb", labs.Notebook(l))}
	for _, c := range code(t, l) {
		w.cells = append(w.cells, c.Name)
	}
	opening := strings.Replace(w.source(w.at("open")), "your-id", "zoe", 1)
	require.Contains(t, w.enter("open", opening), "student zoe")
	w.run("scorecard-explore")

	for _, x := range tries {
		q, ok := l.Find(x.question)
		require.True(t, ok)
		w.attempt(q, x)
	}
	w.rest(l, tries)
}

// attempt works through one question.
func (w *walk) attempt(q labs.Question, x try) {
	w.t.Helper()
	w.enter(q.ID+"-predict", x.predict)
	w.run(q.ID + "-explore")
	if x.explore != nil {
		x.explore(w)
	}
	w.enter(q.ID+"-answer", x.wrong)
	if x.wrongBecause != "" {
		w.enter(q.ID+"-because", x.wrongBecause)
	}
	said := w.run("check")
	for _, part := range append(x.told, "not yet", "broken: ") {
		require.Contains(w.t, said, part)
	}
	w.ShotOut(w.name+"-"+q.ID+"-wrong", w.at("check"))

	w.enter(q.ID+"-answer", q.Worked)
	if x.rightBecause != "" {
		w.enter(q.ID+"-because", x.rightBecause)
	}
	require.NotContains(w.t, w.run("check"), "not yet")
}

// rest answers the other questions right, and looks at the end.
func (w *walk) rest(l labs.Lab, tries []try) {
	w.t.Helper()
	for _, q := range l.Questions {
		if slices.ContainsFunc(tries, func(x try) bool { return x.question == q.ID }) {
			continue
		}
		w.enter(q.ID+"-answer", q.Worked) // which predicts first
		w.run(q.ID + "-explore")
	}
	said := w.run("check")
	require.NotContains(w.t, said, "not yet")
	require.Contains(w.t, said, "questions answered")
	require.Empty(w.t, w.Errors())
	for _, theme := range []string{"light", "dark"} {
		w.Dark(theme == "dark")
		w.ShotOut(w.name+"-check-"+theme, w.at("check"))
		pale, texts := w.Pale(w.Out(w.at("check")), contrast)
		require.Greater(w.t, texts, 10)
		require.Empty(w.t, pale, theme)
	}
	w.Dark(false)
	w.Axe(w.Out(w.at("check")))
	w.ShotAll("walked-" + w.name)
}

// at is the place of a cell among the code cells, by the end of its id.
func (w *walk) at(name string) int {
	w.t.Helper()
	i := slices.IndexFunc(w.cells, func(id string) bool { return strings.HasSuffix(id, "-"+name) })
	require.GreaterOrEqual(w.t, i, 0, "%s of %v", name, w.cells)
	return i
}

func (w *walk) source(i int) string {
	w.t.Helper()
	return jupyterlab.Value[[]string](w.Page, `nb().content.widgets.filter(w => w.model.type == "code").map(c => c.model.sharedModel.getSource())`)[i]
}

// enter types code into a cell, runs it with Shift and Enter, and reads what it
// shows.
func (w *walk) enter(name, code string) string {
	w.t.Helper()
	i := w.at(name)
	count := fmt.Sprintf(`cell(%d).model.executionCount`, i)
	before := w.Number(count + " || 0")
	w.Type(i, code)
	w.Press(jupyterlab.Enter, chromedp.KeyModifiers(chromedp.ModifierShift))
	w.Wait("the cell "+name, fmt.Sprintf("%s > %g", count, before))
	w.Idle()
	require.Empty(w.t, w.Errors(), code)
	return w.OutText(i)
}

// run runs a cell as it stands.
func (w *walk) run(name string) string {
	w.t.Helper()
	return w.enter(name, w.source(w.at(name)))
}
