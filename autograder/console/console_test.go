package console_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/labs"
)

// attacks are texts that would do something if they were not text.
var attacks = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'><svg/onload=alert(1)>`, `</code></pre><script src=//evil.example></script>`,
	`</title></textarea></style><iframe srcdoc="<script>alert(1)</script>">`, `javascript:alert(1)`, `{{.Token}}`, `<a href="javascript:alert(1)">x</a>`,
	`" hx-get="/x" hx-trigger="load`, `<div hx-on:load="alert(1)" hx-get="/" hx-trigger="load">`, `<base href="//evil.example"><meta http-equiv=refresh content="0;url=//evil.example">`,
	`<form action="//evil.example"><button>`, "\u202e<b>", `<!--`, `]]>`,
}

// tags are all that a page of ours may contain.
var tags = regexp.MustCompile(`<\s*(script|img|svg|iframe|base|b id|object|embed|div hx-on)[^>]*`)

// attacked is a class in which every text is an attack.
func attacked(t *testing.T) (s *stage, students []string) {
	s = set(t, grade.Options{}, func(l *ledger.Ledger) {
		for i, text := range attacks {
			student := fmt.Sprint(i) + text
			students = append(students, student)
			sub := answered(student, 4, text)
			sub.File = text + ".ipynb"
			sub.Questions[0].Why = text
			if i%2 == 0 {
				sub.Problem = text
			}
			graded(t, l, sub, notebookOf(text))
			_, err := l.Request(ledger.Request{Assignment: "T0", Student: student, Question: "q1", Text: text, Who: text})
			require.NoError(t, err)
			require.NoError(t, l.Override(ledger.Override{Assignment: "T0", Student: student, Question: "q1", Points: 3, Who: "prof", Reason: text}))
		}
	}).enter()
	return s, students
}

// What students wrote is text on every page: as an id, a file, a source, a claim,
// a message, a request.
func TestNothingOfAStudentRuns(t *testing.T) {
	s, all := attacked(t)
	paths := []string{"/", "/live", "/requests", "/history", "/export", "/report/", "/submission?student=" + url.QueryEscape(attacks[0])}
	for _, q := range []string{"student", "state", "question", "standing", "find", "sort", "page", "token"} {
		for _, text := range attacks {
			status, body, _ := s.get("/?" + url.Values{q: {text}}.Encode())
			require.Equal(t, http.StatusOK, status)
			clean(t, body)
		}
	}
	for _, student := range all {
		id := url.QueryEscape(student)
		paths = append(paths, "/submission?student="+id, "/feedback?student="+id, "/report/"+export.PageName(student))
	}
	for _, path := range paths {
		_, body, _ := s.get(path)
		clean(t, body)
	}
	page := s.page("/submission?student=" + url.QueryEscape(all[0]))
	require.Equal(t, 2, strings.Count(page, "<pre "))
	require.NotContains(t, page, "as handed out")
	require.Contains(t, page, "<span>&lt;script&gt;alert(1)&lt;/script&gt;\n</span>")
	for _, text := range []string{"claim", "rule", "message", "counter", "end", "note", "scenario"} {
		require.Contains(t, html.UnescapeString(page), text+" "+attacks[0], text)
	}
	require.Contains(t, html.UnescapeString(s.page("/submission?student="+url.QueryEscape(all[12]))), "⟨U+202E⟩", "what turns the direction of writing is seen")
}

var (
	anyTag    = regexp.MustCompile(`<[a-zA-Z][^>]*>`)
	attribute = regexp.MustCompile(`\s([\w:-]+)(?:=(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?`)
)

// clean wants a page without anything that could run but our own script.
func clean(t *testing.T, page string) {
	t.Helper()
	page = strings.ReplaceAll(page, `<script src="/assets/htmx.min.js" defer>`, "")
	page = strings.ReplaceAll(page, `<svg viewBox="0 0 640 170" role="img"`, "<p ") // of the class report
	require.Empty(t, tags.FindAllString(page, -1))
	for _, tag := range anyTag.FindAllString(page, -1) {
		for _, a := range attribute.FindAllStringSubmatch(tag, -1) {
			value := html.UnescapeString(a[2] + a[3] + a[4])
			require.NotRegexp(t, `^(on|hx-on|srcdoc)`, strings.ToLower(a[1]), tag)
			switch a[1] {
			case "style": // of bars on the pages of package export
				require.Regexp(t, `^width:\d+%$`, value, tag)
			case "hx-get":
				require.Regexp(t, `^/live(\?|$)`, value, tag)
			case "hx-trigger":
				require.Contains(t, []string{"every 1s", "input delay:250ms, submit"}, value, tag)
			case "href", "src", "action", "formaction":
				require.Regexp(t, `^(/($|[^/])|feedback/|#)`, value, tag)
			}
		}
	}
}

func TestPointsByHand(t *testing.T) {
	s := set(t, grade.Options{}, func(l *ledger.Ledger) {
		graded(t, l, answered("ada", 4, "x"), notebookOf("x"))
		graded(t, l, answered("bob/../ä &c", 10, "x"), notebookOf("x"))
	}).enter()
	for _, student := range []string{"ada", "bob/../ä &c"} {
		status, page := s.post("/points", s.form(student, "question", "q1", "points", "6,5", "reason", "right idea"))
		require.Equal(t, http.StatusOK, status, page)
		require.Contains(t, page, "Points by hand are recorded: 6.5.")
		require.Contains(t, page, "6.5 points by hand, prof: right idea")
		require.NotContains(t, s.page("/"), "are recorded", "it is said once")
	}
	require.Contains(t, s.page("/files/grades.csv"), ",ada,,,,6.5,0,6.5,10,graded\n")
	require.Contains(t, s.page("/history"), "override")

	g, err := s.reader().Grade("T0", "ada")
	require.NoError(t, err)
	require.Equal(t, "right idea", g.Overrides["q1"].Reason)
	require.Equal(t, "prof", g.Overrides["q1"].Who)

	status, page := s.post("/points", s.form("ada", "points", "9", "reason", "all in all"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "9 of 10 points")
	status, page = s.post("/withdraw", s.form("ada", "reason", "no"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "6.5 of 10 points")
}

func TestWrongForms(t *testing.T) {
	s := one(t).enter()
	for _, c := range []struct {
		says   string
		fields []string
	}{
		{"want a number from 0 to 10000", []string{"points", "seven", "reason", "r"}},
		{"want a number from 0 to 10000", []string{"points", "-1", "reason", "r"}},
		{"want a number from 0 to 10000", []string{"points", "NaN", "reason", "r"}},
		{"want a number from 0 to 10000", []string{"points", "1e9", "reason", "r"}},
		{"reason: want some words", []string{"points", "7", "reason", "  "}},
		{"reason: 4001 bytes", []string{"points", "7", "reason", strings.Repeat("x", 4001)}},
		{"has no question &#34;q9&#34;", []string{"points", "7", "reason", "kept words", "question", "q9"}},
	} {
		fields := append([]string{"question", "q1"}, c.fields...)
		status, page := s.post("/points", s.form("ada", fields...))
		require.Equal(t, http.StatusUnprocessableEntity, status)
		require.Contains(t, page, c.says)
	}
	_, page := s.post("/points", s.form("ada", "question", "q1", "points", "x", "reason", "kept words"))
	require.Contains(t, page, "kept words</textarea>", "nothing that was typed is lost")
	_, page = s.post("/withdraw", s.form("ada", "question", "q1", "reason", "r"))
	require.Contains(t, page, "no override")
	status, _ := s.post("/points", s.form("ada", "student", "eve", "points", "7", "reason", "r"))
	require.Equal(t, http.StatusNotFound, status)
}

// A form about what is no longer so changes nothing.
func TestTwoPeople(t *testing.T) {
	s := one(t).enter()
	old := s.form("ada", "question", "q1", "points", "7", "reason", "mine")
	s.write(func(l *ledger.Ledger) {
		require.NoError(t, l.Override(ledger.Override{Assignment: "T0", Student: "ada", Question: "q1", Points: 2, Who: "other", Reason: "theirs"}))
	})
	status, page := s.post("/points", old)
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, page, "changed since the page was loaded")
	require.Contains(t, page, "2 points by hand, other: theirs")
	require.Contains(t, page, "mine</textarea>")

	l, err := ledger.Open(s.path) // another process grades
	require.NoError(t, err)
	status, page = s.post("/points", s.form("ada", "question", "q1", "points", "7", "reason", "mine"))
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, page, "another process is writing to this ledger")
	require.NoError(t, l.Close())
	status, _ = s.post("/points", s.form("ada", "question", "q1", "points", "7", "reason", "mine"))
	require.Equal(t, http.StatusOK, status)
}

func TestRegradeRequests(t *testing.T) {
	s := one(t).enter()
	status, page := s.post("/request", s.form("ada", "question", "q1", "reason", "GiB was asked for"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "GiB was asked for")
	require.Contains(t, s.page("/?state=regrade+request"), `id="s-ada"`)
	list := s.page("/requests")
	require.Contains(t, list, "GiB was asked for")
	id := found(t, regexp.MustCompile(`name="id" value="(\d+)"`), list)
	status, page = s.post("/decide", url.Values{"token": {found(t, tokens, list)}, "id": {id}, "reason": {" "}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "want some words")
	status, page = s.post("/decide", url.Values{"token": {found(t, tokens, list)}, "id": {id}, "reason": {"so it was"}})
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "so it was")
	require.NotContains(t, s.page("/?state=regrade+request"), `id="s-ada"`)
	status, page = s.post("/request", s.form("ada", "reason", ""))
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "want some words")
}

var names = regexp.MustCompile(`<th scope="row"><a id="[^"]*" href="[^"]*">([^<]*)<`)

func (s *stage) order(query string) string {
	var out []string
	for _, m := range names.FindAllStringSubmatch(s.page("/?"+query), -1) {
		out = append(out, m[1])
	}
	return strings.Join(out, " ")
}

func TestSortAndFilter(t *testing.T) {
	s := set(t, grade.Options{}, func(l *ledger.Ledger) {
		for student, p := range map[string]float64{"ada": 4, "bob": 10, "cleo": 0, "dan": 4} {
			graded(t, l, answered(student, p, "x"), notebookOf("x"))
		}
		essay := answered("eve", 0, "x")
		essay.Outcome, essay.Questions[0].Outcome, essay.Questions[0].Why = export.NotGraded, export.NeedsManual, "a person grades this answer"
		graded(t, l, essay, notebookOf("x"))
		_, err := l.Submit(ledger.Submission{Assignment: "T0", Student: "fay", File: "fay.lab", Problem: "empty file"})
		require.NoError(t, err)
	}).enter()
	for query, want := range map[string]string{
		"":                              "ada bob cleo dan eve fay",
		"sort=student&down=1":           "fay eve dan cleo bob ada",
		"sort=points":                   "cleo ada dan bob eve fay",
		"sort=points&down=1":            "bob ada dan cleo eve fay",
		"sort=question+q1&down=1":       "bob ada dan cleo eve fay",
		"sort=state":                    "ada bob cleo dan eve fay",
		"state=needs+a+person":          "eve",
		"state=waiting":                 "fay",
		"state=graded&find=D":           "ada dan",
		"question=q1&standing=right":    "bob",
		"standing=no+points":            "cleo",
		"standing=waits+for+a+person":   "eve",
		"question=q2&standing=right":    "",
		"state=points+by+hand":          "",
		"page=7":                        "ada bob cleo dan eve fay",
		"state=graded&sort=points&page": "cleo ada dan bob",
	} {
		require.Equal(t, want, s.order(query), query)
	}
	page := s.page("/submission?student=eve&state=needs+a+person")
	require.Contains(t, page, "1 of 1")
	require.Contains(t, page, `<details class="hand" open>`, "an essay waits for points")
	page = s.page("/submission?student=ada&sort=points")
	require.Contains(t, page, `href="/submission?sort=points&amp;student=cleo"`)
	require.Contains(t, page, `href="/submission?sort=points&amp;student=dan"`)

	status, page := s.post("/points", s.form("eve", "question", "q1", "points", "8", "reason", "good", "query", "state=needs+a+person"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "8 of 10")
	require.Equal(t, "", s.order("state=needs+a+person"))
	require.Equal(t, "eve", s.order("state=points+by+hand"))
}

// The table renews itself only when something changed.
func TestLive(t *testing.T) {
	s := one(t).enter()
	address := regexp.MustCompile(`hx-get="(/live\?[^"]*version=[^"]*)"`)
	at := html.UnescapeString(found(t, address, s.page("/?sort=points")))
	status, body, _ := s.get(at)
	require.Equal(t, http.StatusNoContent, status)
	require.Empty(t, body)
	s.write(func(l *ledger.Ledger) { graded(t, l, answered("bob", 10, "x"), notebookOf("x")) })
	status, body, head := s.get(at)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `id="s-bob"`)
	require.NotContains(t, body, "<html")
	require.Empty(t, head.Get("HX-Replace-Url"))
	_, _, head = s.get("/live?sort=points&find=b")
	require.Equal(t, "/?find=b&sort=points", head.Get("HX-Replace-Url"))
}

func TestPages(t *testing.T) {
	s := set(t, grade.Options{}, func(l *ledger.Ledger) {
		for i := range 205 {
			graded(t, l, answered(fmt.Sprintf("s%03d", i), 4, "x"), "x")
		}
	}).enter()
	require.Equal(t, 100, strings.Count(s.order(""), "s"))
	require.Equal(t, "s200 s201 s202 s203 s204", s.order("page=2"))
	require.Contains(t, s.page("/?page=1"), `href="/?page=2"`)
	require.Contains(t, s.page("/history"), "410 entries")
	require.Contains(t, s.page("/submission?student=s100"), "the file as it is", "what cannot be read is shown as it is")
}

const canvasExport = "Student,ID,SIS User ID,SIS Login ID,Section,\"T0 Hello (811)\",Other (812),Final Score\r\n" +
	"    Points Possible,,,,,10.00,5,(read only)\r\n\"Doe, Ada\",1,s1,ada,A,1,,3\r\n\"=1+1\",2,s2,bob,A,,,4\r\n"

func (s *stage) upload(content string) (int, string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	require.NoError(s.t, w.WriteField("token", found(s.t, tokens, s.page("/export"))))
	f, err := w.CreateFormFile("gradebook", `<b>"x.csv`)
	require.NoError(s.t, err)
	_, err = io.WriteString(f, content)
	require.NoError(s.t, err)
	require.NoError(s.t, w.Close())
	return s.post("/canvas", nil, func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(&b), int64(b.Len())
		r.Header.Set("Content-Type", w.FormDataContentType())
	})
}

func TestFiles(t *testing.T) {
	s := one(t).enter()
	status, page := s.upload(canvasExport)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "<option selected>T0 Hello (811)</option><option>Other (812)</option></select>")
	require.NotContains(t, page, "<b>&#34;x")
	book := regexp.MustCompile(`name="book" value="([^"]+)"`)
	form := url.Values{"token": {found(t, tokens, page)}, "book": {found(t, book, page)}, "column": {"T0 Hello (811)"}}
	require.Equal(t, http.StatusNotFound, status404(s.get("/files/canvas.csv?book="+form.Get("book"))), "it is not filled yet")
	status, page = s.post("/canvas/fill", form)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, ": 1 with points, 0 blank.")
	want := strings.Replace(canvasExport, "ada,A,1,", "ada,A,4.00,", 1)
	require.Equal(t, want, s.page("/files/canvas.csv?book="+form.Get("book")), "one cell changes")
	form.Set("column", "Final Score")
	status, page = s.post("/canvas/fill", form)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "no assignment")
	status, page = s.upload("a,b\n")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "not that of an export")
	status, _ = s.upload(strings.Repeat("x", 17<<20))
	require.Equal(t, http.StatusForbidden, status)

	require.Contains(t, s.page("/files/results.jsonl"), `{"student":"ada",`)
	require.Contains(t, s.page("/files/results.json"), `"lab": "T0"`)
	require.Equal(t, notebookOf("x := 1"), s.page("/files/submission?student=ada"))
	packed := s.page("/files/feedback.zip")
	z, err := zip.NewReader(strings.NewReader(packed), int64(len(packed)))
	require.NoError(t, err)
	require.Len(t, z.File, 4)
	require.Contains(t, s.page("/report/"), `href="feedback/ada.html"`)
	require.Contains(t, s.page("/report/feedback/ada.html"), "message plain")
	require.Equal(t, http.StatusNotFound, status404(s.get("/files/secrets")))
	require.Equal(t, http.StatusNotFound, status404(s.get("/report/feedback/eve.html")))
}

func status404(status int, _ string, _ http.Header) int { return status }

// Grading here fills the ledger; it can be stopped, and a folder that is not there
// is said.
func TestGrading(t *testing.T) {
	lab, err := labs.Find("T0")
	require.NoError(t, err)
	s := set(t, grade.Options{Dir: t.TempDir() + "/nowhere", Workers: 1}, func(l *ledger.Ledger) {
		blob, err := l.Put([]byte(labs.Worked(lab, "ada")))
		require.NoError(t, err)
		_, err = l.Submit(ledger.Submission{Assignment: "T0", Student: "ada", File: "ada.lab", Blob: blob})
		require.NoError(t, err)
	}).enter()
	require.NotContains(t, s.page("/"), "open nowhere")
	status, _ := s.post("/grade", url.Values{"token": {found(t, tokens, s.page("/"))}})
	require.Equal(t, http.StatusOK, status)
	require.Eventually(t, func() bool { return strings.Contains(s.page("/"), "reading the folder of submissions") }, 20*time.Second, 20*time.Millisecond)

	again := set(t, grade.Options{Workers: 1}, func(l *ledger.Ledger) {
		blob, err := l.Put([]byte(labs.Worked(lab, "ada")))
		require.NoError(t, err)
		_, err = l.Submit(ledger.Submission{Assignment: "T0", Student: "ada", File: "ada.lab", Blob: blob})
		require.NoError(t, err)
	}).enter()
	require.Contains(t, again.page("/"), "0 of 1")
	require.NoError(t, again.c.Start())
	require.Error(t, again.c.Start(), "it goes on")
	require.Eventually(t, func() bool { return strings.Contains(again.page("/"), "Finished 1 submissions") }, 60*time.Second, 20*time.Millisecond)
	require.Contains(t, again.page("/"), "1 of 1")
	require.Contains(t, again.page("/submission?student=ada"), "30 of 30 points")
}
