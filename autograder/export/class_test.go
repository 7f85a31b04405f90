package export_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/autograder/export"
)

func classReport(t *testing.T, r export.Report) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, export.Write(r, dir))
	data, err := os.ReadFile(filepath.Join(dir, "index.html"))
	require.NoError(t, err)
	require.NotContains(t, string(data), "http")
	require.NotContains(t, string(data), "<script")
	return string(data)
}

// sized is a submission with one question and some code of its own.
func sized(student string, points float64, message string, sketch ...uint32) export.Submission {
	v := check.Verdict{OK: message == "", Score: points / 10, Message: message}
	return export.Submission{Student: student, Outcome: export.Graded, Points: points, Max: 10, Sketch: sketch, Questions: []export.Question{question(export.Graded, points, v)}}
}

func TestClassReport(t *testing.T) {
	r := report()
	r.Submissions = []export.Submission{
		sized("a", 2, "3 GB is not 4 GB"), sized("b", 2, "5.5 GB is not 7 GB"), sized("c", 10, ""), sized("d", 5, "<script>alert(1)</script>"),
		{Student: "e", Outcome: export.NotGraded, Max: 10, Questions: []export.Question{question(export.NotGraded, 0, check.Verdict{})}},
	}
	page := classReport(t, r)
	require.Contains(t, page, "5 submissions: 4 graded, 0 failed, 1 not graded")
	require.Contains(t, page, `<b>4.8</b><span>mean of 10</span>`)
	require.Contains(t, page, `<b>3.5</b><span>median</span>`)
	require.Contains(t, page, `2 to 3 points: 2 students. `)
	require.Contains(t, page, `<td class="n">2</td><td>q1</td><td>3 GB is not 4 GB</td>`, "numbers do not make two remarks of one")
	require.Contains(t, page, `&lt;script&gt;alert(1)`)
	require.NotContains(t, page, "Similar submissions")
}

func TestSimilar(t *testing.T) {
	run := func(from, n uint32) []uint32 {
		var out []uint32
		for i := range n {
			out = append(out, from+i)
		}
		return out
	}
	r := report()
	r.Submissions = nil
	for i := range 40 { // everyone shares 1 to 50, which says nothing
		r.Submissions = append(r.Submissions, sized(fmt.Sprintf("s%02d", i), 10, "", append(run(1, 50), run(uint32(1000*i+1000), 60)...)...))
	}
	r.Submissions[7].Sketch = append(run(1, 10), run(9_000_000, 50)...)
	r.Submissions[23].Sketch = append(run(1, 10), run(9_000_010, 50)...)
	r.Submissions[24].Sketch = append(run(1, 50), run(9_000_000, 9)...)
	page := classReport(t, r)
	require.Contains(t, page, "<tr><td>s07</td><td>s23</td><td class=\"n\">40</td><td class=\"n\">67 %</td></tr>")
	require.NotContains(t, page, "<tr><td>s07</td><td>s24</td>")
}
