package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/mlsysim/show"
)

func question(o export.Outcome, points float64, v check.Verdict) export.Question {
	return export.Question{Outcome: o, Why: map[bool]string{true: "", false: "because"}[o == export.Graded], Verdict: labs.Verdict{
		ID: "q1", Title: "Where?", Points: points, Max: 10, Answered: true, Claimed: []string{"q1.latency = 5 ms"},
		Parts: []labs.Part{{Name: "answer", Points: points, Max: 10, Verdict: v}},
	}}
}

func report() export.Report {
	wrong := check.Verdict{Invariant: "SUM: the parts add up", Message: "they <b>overlap</b>", CounterExample: "1 + 1 = 3"}
	return export.Report{
		Lab: "T0", Title: "Hello", Version: 1, Engine: "e", Registry: "r", Isolation: "process", Max: 10,
		Submissions: []export.Submission{
			{Student: "=cmd()", File: "=cmd().lab", Outcome: export.NotGraded, Max: 10, Problem: "empty file", Questions: []export.Question{question(export.NotGraded, 0, wrong)}},
			{Student: "ada, \"the first\"", Outcome: export.Graded, Points: 7.25, Max: 10, Questions: []export.Question{question(export.Graded, 7.25, wrong)}},
			{Student: "bob/../../x", Outcome: export.Failed, Max: 10, Ends: []string{"cell 4, line 2: stopped"}, Questions: []export.Question{question(export.Failed, 0, wrong)}},
			{Student: "eve", Outcome: export.Graded, Points: 10, Max: 10, Questions: []export.Question{question(export.Graded, 10, check.Verdict{OK: true, Score: 1, Message: "right"})}},
		},
	}
}

func TestGrades(t *testing.T) {
	var b strings.Builder
	require.NoError(t, export.Grades(&b, report()))
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	require.NoError(t, err)
	require.Equal(t, "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score,status", strings.Join(rows[0], ","))
	require.Equal(t, []string{"T0", "", "", "'=cmd()", "", "", "", "", "", "", "10", "not graded"}, rows[1], "blank, not 0")
	require.Equal(t, []string{"T0", "", "", "ada, \"the first\"", "", "", "", "7.3", "0", "7.3", "10", "graded"}, rows[2])
	require.Equal(t, []string{"0", "0", "0", "10", "failed"}, rows[3][7:])
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, export.Write(report(), dir))
	require.NoError(t, export.Write(report(), dir), "again over the old one")

	pages, err := os.ReadDir(filepath.Join(dir, "feedback"))
	require.NoError(t, err)
	var names []string
	for _, p := range pages {
		names = append(names, p.Name())
	}
	require.Equal(t, []string{"ada~2c~20~22the~20first~22.html", "bob~2f..~2f..~2fx.html", "eve.html", "~3dcmd~28~29.html"}, names)

	var back struct {
		Submissions []struct {
			Outcome   string
			Questions []struct {
				ID      string
				Outcome string
			}
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "results.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &back))
	require.Len(t, back.Submissions, 4)
	require.Equal(t, "failed", back.Submissions[2].Questions[0].Outcome)
	require.Equal(t, "q1", back.Submissions[2].Questions[0].ID)

	index, err := os.ReadFile(filepath.Join(dir, "index.html"))
	require.NoError(t, err)
	require.Contains(t, string(index), `href="feedback/ada~2c~20~22the~20first~22.html"`)
}

func TestPage(t *testing.T) {
	r := report()
	page := export.Page(r, r.Submissions[1])
	for _, text := range []string{"7.3 of 10 points", "q1.latency = 5 ms", "broken: SUM: the parts add up", "counter-example: 1 &#43; 1 = 3", "they &lt;b&gt;overlap", "color-scheme:light dark"} {
		require.Contains(t, page, text)
	}
	for _, text := range []string{"<script", "http://", "https://", "src=", "<b>overlap"} {
		require.NotContains(t, page, text)
	}
	require.Contains(t, export.Page(r, r.Submissions[0]), "No points are recorded, not even zero")
	require.Contains(t, export.Page(r, r.Submissions[2]), "cell 4, line 2: stopped")
}

func TestView(t *testing.T) {
	r := report()
	text := show.Text(r.View(), show.Options{Width: 100})
	require.Contains(t, text, "4 submissions: 2 graded, 1 failed, 1 not graded")
	require.Contains(t, text, "isolation: process")
	require.False(t, r.AllRight())
	r.Submissions = r.Submissions[3:]
	require.True(t, r.AllRight())
}

func TestNoFormulas(t *testing.T) {
	for _, id := range []string{"=1+1", "+1", "-1", "@sum", " =1", "\t=1", "\n=1", "\uff1d1", "\u00a0@x"} {
		var b strings.Builder
		r := report()
		r.Submissions = []export.Submission{{Student: id, Outcome: export.Graded}}
		require.NoError(t, export.Grades(&b, r))
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		require.NoError(t, err)
		require.Equal(t, "'"+id, rows[1][3])
	}
}

// The zip file holds the files that Write writes, byte for byte.
func TestZip(t *testing.T) {
	r := canvasReport()
	dir := t.TempDir()
	require.NoError(t, export.Write(r, dir))
	var b bytes.Buffer
	require.NoError(t, export.Zip(&b, r))
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	require.Len(t, z.File, len(r.Submissions)+3)
	for _, f := range z.File {
		have, err := fs.ReadFile(z, f.Name)
		require.NoError(t, err)
		want, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Name)))
		require.NoError(t, err)
		require.Equal(t, string(want), string(have), f.Name)
	}
	var page bytes.Buffer
	require.NoError(t, export.Class(&page, r))
	index, err := os.ReadFile(filepath.Join(dir, "index.html"))
	require.NoError(t, err)
	require.Equal(t, string(index), page.String())
}
