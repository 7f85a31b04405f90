package console_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/kernelext/jupyterlab"
)

// handedIn copies some of the sample class.
func handedIn(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, n := range names {
		data, err := os.ReadFile(filepath.Join("..", "testdata", "t0", n))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, n), data, 0o600))
	}
	return dir
}

// An instructor opens the link, has a class graded and sees the table fill, looks
// at a submission, gives points, sorts and filters, and takes a file.
func TestConsoleInBrowser(t *testing.T) {
	dir := handedIn(t, "correct.ipynb", "wrong_unit.ipynb", "no_compile.ipynb", "truncated.ipynb", "guesser.ipynb", "blank.ipynb", "script.lab", "solver_error.lab")
	s := set(t, grade.Options{Dir: dir, Workers: 1}, func(*ledger.Ledger) {})
	p := jupyterlab.Browse(t).Open(s.server.URL + s.c.Link())
	p.Wait("the console", `location.pathname == "/" && document.querySelector("#grade")`)
	require.Contains(t, p.Text(`document.body.innerText`), "No submissions yet.")

	p.Click("#grade")
	p.Wait("some rows, not all graded", `document.querySelectorAll("tbody tr").length == 8 && document.querySelector("#state-waiting")`)
	require.True(t, p.True(`document.querySelector("#stop")`))
	p.Axe("body")
	p.Wait("all of them", `document.querySelector("#done").value == 8 && document.querySelector("#grade")`)
	require.Contains(t, p.Text(`document.querySelector(".phase").textContent`), "Finished 8 submissions")
	looks(p, "console-class")

	sortAndFilter(t, p)
	onePage(t, p)
	withdraws(t, p)
	others(t, p)
	escapes(t, s, p)
}

// looks takes pictures and checks contrast and accessibility in both schemes.
func looks(p *jupyterlab.Page, name string) {
	for _, dark := range []bool{false, true} {
		p.Dark(dark)
		p.Axe("body")
		p.ShotPage(fmt.Sprintf("%s-%s", name, map[bool]string{true: "dark", false: "light"}[dark]))
	}
	p.Dark(false)
}

const students = `[...document.querySelectorAll("tbody th")].map(e => e.textContent).join(" ")`

func sortAndFilter(t *testing.T, p *jupyterlab.Page) {
	require.Equal(t, "blank correct guesser no_compile script solver_error truncated wrong_unit", p.Text(students))
	p.Focus("#sort-points")
	p.Press(jupyterlab.Enter)
	p.Wait("the order by points", `document.querySelector("tbody th").textContent == "blank"`)
	p.Wait("the address says so", `location.search == "?sort=points"`)
	require.Equal(t, "sort-points", p.Text(`document.activeElement.id`), "the keyboard stays where it was")
	p.Press(jupyterlab.Enter)
	p.Wait("the other order", `location.search == "?down=1&sort=points" && document.querySelector("tbody th").textContent != "blank"`)

	p.Focus("[name=find]")
	p.Press("un")
	p.Wait("the student that is looked for", students+` == "wrong_unit truncated"`)
	require.Equal(t, "find", p.Text(`document.activeElement.name`))
	p.Wait("its address", `location.search.includes("find=un") && location.search.includes("sort=points")`)
	p.Do(`document.querySelector("[name=find]").value = ""; const s = document.querySelector("[name=state]"); s.value = "not graded"; s.dispatchEvent(new Event("input", {bubbles: true}))`)
	p.Wait("the state", students+` == "truncated"`)
	p.Do(`location.reload()`)
	p.Wait("the same after a reload", students+` == "truncated"`)
	p.Click("#filter a")
	p.Wait("all again", `document.querySelectorAll("tbody tr").length == 8`)
}

func onePage(t *testing.T, p *jupyterlab.Page) {
	p.Click("#s-wrong_unit")
	p.Wait("the submission", `location.pathname == "/submission" && document.querySelector("#q-q1")`)
	text := p.Text(`document.body.innerText`)
	for _, want := range []string{"wrong_unit", "counter-example", "invariant", "a gigabyte is a gigabyte", "25.5 of 30 points"} {
		require.Contains(t, text, want)
	}
	looks(p, "console-submission")
	wrong := `.card.partly`
	p.Click(wrong + " .hand summary")
	p.Focus(wrong + " [name=points]")
	p.Press("9.5" + jupyterlab.Tab + "the unit is a slip")
	looks(p, "console-form")
	p.Press(jupyterlab.Tab + jupyterlab.Enter)
	p.Wait("what was done", `(document.querySelector(".said") || {}).textContent == "Points by hand are recorded: 9.5."`)
	require.Contains(t, p.Text(`document.querySelector(".byhand").textContent`), "9.5 points by hand, prof: the unit is a slip")
	require.True(t, p.True(`location.hash.startsWith("#q-q")`))
	looks(p, "console-points")
}

func withdraws(t *testing.T, p *jupyterlab.Page) {
	p.Do(`document.querySelector("details:has([action='/request'])").open = true`)
	p.Focus("[action='/request'] textarea")
	p.Press("my unit was right")
	p.Click("[action='/request'] button")
	p.Wait("the request", `document.querySelector(".ask") && document.querySelector(".badge")`)
	p.Click("header nav a[href='/requests']")
	p.Wait("the list of requests", `document.querySelector(".answer textarea")`)
	require.Equal(t, "1 open", p.Text(`document.querySelector(".badge").textContent`))
	looks(p, "console-requests")
	p.Focus(".answer textarea")
	p.Press("it was GiB" + jupyterlab.Tab + jupyterlab.Enter)
	p.Wait("none open", `(document.querySelector(".said") || {textContent: ""}).textContent.includes("is closed") && !document.querySelector(".badge")`)
}

func others(t *testing.T, p *jupyterlab.Page) {
	p.Click("header nav a[href='/history']")
	p.Wait("the history", `location.pathname == "/history"`)
	require.Contains(t, p.Text(`document.body.innerText`), "the unit is a slip")
	looks(p, "console-history")
	p.Click("header nav a[href='/export']")
	p.Wait("the files", `location.pathname == "/export"`)
	looks(p, "console-export")
	require.Contains(t, p.Text(`fetch("/files/grades.csv").then(r => r.text())`), ",wrong_unit,")
	gradebook := filepath.Join(t.TempDir(), "export.csv")
	require.NoError(t, os.WriteFile(gradebook, []byte("Student,ID,SIS Login ID,Section,T0 Hello (811),Final Score\r\n  Points Possible,,,,30,(read only)\r\nU,1,wrong_unit,A,,\r\nN,2,nobody,A,,\r\n"), 0o600))
	_, err := chromedp.Run(p.Context(), chromedp.SetUploadFiles(chromedp.CSS("[type=file]"), []string{gradebook}))
	require.NoError(t, err)
	p.Click("[action='/canvas'] button")
	p.Wait("the columns", `document.querySelector("[name=column]")`)
	p.Click("[action='/canvas/fill'] button")
	p.Wait("the filled one", `document.querySelector("#canvas")`)
	looks(p, "console-canvas")
	require.Contains(t, p.Text(`fetch(document.querySelector("#canvas").href).then(r => r.text())`), "U,1,wrong_unit,A,2")
	p.Wide(420)
	p.Do(`location = "/"`)
	p.Wait("the class", `document.querySelector("#live")`)
	p.ShotPage("console-narrow")
	p.Wide(1280)
}

// escapes opens submissions that try to run something.
func escapes(t *testing.T, s *stage, p *jupyterlab.Page) {
	s.write(func(l *ledger.Ledger) {
		for i, text := range attacks {
			text += `<script>window.owned = 1</script><img src="/x" onerror="window.owned = 1">`
			graded(t, l, answered(fmt.Sprint("zz", i, text), 4, text), notebookOf(text))
		}
	})
	p.Wait("the table renewed itself", fmt.Sprintf(`document.querySelectorAll("tbody tr").length == %d`, 8+len(attacks)))
	for i := range attacks {
		p.Do(fmt.Sprintf(`location = [...document.querySelectorAll("tbody th a")].find(a => a.textContent.startsWith("zz%d")).href`, i))
		p.Wait("its page", `location.pathname == "/submission" && document.querySelectorAll("pre").length == 2 && window.htmx`)
		require.False(t, p.True(`window.owned || document.querySelector("img, iframe, main svg, main script, base")`))
		p.Do(`location = "/"`)
		p.Wait("the class", `location.pathname == "/" && document.querySelector("tbody th a")`)
		require.False(t, p.True(`window.owned || document.querySelector("img, iframe, main svg, main script, base")`))
	}
}
