package export_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/export"
)

// An export as Canvas writes it: a byte order mark, CRLF, quoted names, an
// extra row, a column of notes, read-only totals, odd quoting and a blank at the
// end of the file.
const canvasExport = "\ufeffStudent,ID,SIS User ID,SIS Login ID,Root Account,Section,Notes,\"T0 Hello, World (811)\",T0 extra (812),Quiz (813),Current Score,Final Score\r\n" +
	",,,,,,,Manual Posting,,,,\r\n" +
	"    Points Possible,,,,,,,30.00,10,100,(read only),(read only)\r\n" +
	"\"Doe, Ada\",4711,s0001,ada,uni,\"A, \"\"first\"\"\",\"likes =SUM(1)\",1.50,,7,88.1,88.1\r\n" +
	"\"=cmd|' /C calc'!A0\",4712,s0002,bob,uni,A,,EX,,8,1,1\r\n" +
	"\"Þór, Ægir\",4713,s0003,aegir@uni,uni,A,,12,,9,1,1\r\n" +
	"\"Lee, Cleo\",4714,s0004,cleo,uni,A,,,,\"9\",1,1\r\n" +
	"\"Ng, Dan\",4715,s0005,dan,uni,A,,N/A,,9,1,1\r\n" +
	"\"Roe, Eve\",4716,s0006,eve,uni,A,,22.50,,9,1,1\r\n" +
	"\"Student, Test\",4799,,0123abc,uni,A,,,,,,\r\n"

func canvasReport() export.Report {
	s := func(student string, o export.Outcome, points float64) export.Submission {
		return export.Submission{Student: student, Outcome: o, Points: points, Max: 30}
	}
	return export.Report{Lab: "T0", Max: 30, Submissions: []export.Submission{
		s("ada", export.Graded, 27.25), s("bob", export.Graded, 30), s("aegir@uni", export.NotGraded, 0),
		s("4714", export.Failed, 0), s("s0005", export.Graded, 3), s("eve", export.Graded, 22.5), s("mallory", export.Graded, 30),
	}}
}

func TestCanvasRoundTrip(t *testing.T) {
	g, err := export.ReadCanvas([]byte(canvasExport))
	require.NoError(t, err)
	require.Equal(t, canvasExport, string(g.Bytes()), "unchanged it is the same file")

	column, err := g.Column("811")
	require.NoError(t, err)
	f, err := g.Fill(canvasReport(), column)
	require.NoError(t, err)
	require.Equal(t, export.Filled{
		Column: "T0 Hello, World (811)", Scored: 3, Blank: 1, Kept: []string{"bob", "s0005"}, Unknown: []string{"mallory"},
	}, f)
	want := canvasExport
	for old, now := range map[string]string{
		`SUM(1)",1.50,`: `SUM(1)",27.25,`,
		"uni,A,,12,":    "uni,A,,,", // not graded is blank, not 0
		"cleo,uni,A,,,": "cleo,uni,A,,0.00,",
	} {
		require.Equal(t, 1, strings.Count(want, old))
		want = strings.Replace(want, old, now, 1)
	}
	require.Equal(t, want, string(g.Bytes()))
}

func TestCanvasColumns(t *testing.T) {
	g, err := export.ReadCanvas([]byte(canvasExport))
	require.NoError(t, err)
	for _, name := range []string{"811", "T0 Hello, World", "T0 Hello, World (811)"} {
		_, err := g.Column(name)
		require.NoError(t, err)
	}
	require.Equal(t, []string{"T0 Hello, World (811)", "T0 extra (812)", "Quiz (813)"}, g.Columns())
	_, err = g.Column("T0")
	require.EqualError(t, err, `canvas gradebook: no assignment "T0": want one of "T0 Hello, World (811)", "T0 extra (812)", "Quiz (813)"`)
	_, err = g.Column("Final Score")
	require.ErrorContains(t, err, "no assignment")

	g, err = export.ReadCanvas([]byte("Student,ID,Section,Lab (1),Lab (2),Old (3)\n  Points Possible,,,1,1,(read only)\n"))
	require.NoError(t, err)
	_, err = g.Column("Lab")
	require.ErrorContains(t, err, "want its number")
	_, err = g.Column("3")
	require.ErrorContains(t, err, "read only")
}

func TestCanvasSemicolonsAndScale(t *testing.T) {
	in := "Student;ID;SIS Login ID;Section;T0 (811);Final Score\nPoints Possible;;;;12,5;(read only)\nAda;1;ada;A;;1\nBob;2;bob;A\nAda Two;3;ada2;A;3,00;1"
	g, err := export.ReadCanvas([]byte(in))
	require.NoError(t, err)
	column, err := g.Column("T0")
	require.NoError(t, err)
	r := canvasReport()
	r.Submissions[6].Student, r.Submissions[6].Points = "ada2", 7.2
	f, err := g.Fill(r, column)
	require.NoError(t, err)
	require.Equal(t, "30 points of the lab are 12.5 points of the column", f.Scaled)
	require.Equal(t, "Student;ID;SIS Login ID;Section;T0 (811);Final Score\nPoints Possible;;;;12,5;(read only)\nAda;1;ada;A;11,35;1\nBob;2;bob;A;12,50\nAda Two;3;ada2;A;3,00;1", string(g.Bytes()))
}

// An id that two students share is nobody's.
func TestCanvasAmbiguous(t *testing.T) {
	g, err := export.ReadCanvas([]byte("Student,ID,SIS Login ID,Section,T0 (811)\nA,1,ada,A,\nB,2,ada,A,\n"))
	require.NoError(t, err)
	f, err := g.Fill(export.Report{Submissions: []export.Submission{{Student: "ada", Outcome: export.Graded, Points: 3}}}, 4)
	require.NoError(t, err)
	require.Equal(t, []string{"ada"}, f.Unknown)
}

func TestCanvasRefuses(t *testing.T) {
	for _, c := range []struct{ data, says string }{
		{"", "the file is empty"},
		{"a,b,c\n1,2,3\n", "not that of an export"},
		{"Student,ID,Section\n", "not that of an export"},
		{"Student,ID,Section,\"T0\n", "row 1: a quote is not closed"},
		{"Student,ID,Section,\"T0\"x\n", "something follows a closing quote"},
		{"Student,ID,Section,\xff\n", "not UTF-8"},
	} {
		_, err := export.ReadCanvas([]byte(c.data))
		require.ErrorContains(t, err, c.says)
	}
}

func TestRoster(t *testing.T) {
	r, err := export.ReadRoster([]byte(canvasExport))
	require.NoError(t, err)
	require.Equal(t, "ada", r["4711"])
	require.Len(t, r, 7)
	r, err = export.ReadRoster([]byte("Identifier,\"Full name\",\"Email address\",Status,Grade\n\"Participant 101\",Ada,ada@uni,,\nParticipant 102,Bob,,,\n"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"101": "ada@uni"}, r)
	_, err = export.ReadRoster([]byte("name,mail\nA,b\n"))
	require.ErrorContains(t, err, "Moodle grading worksheet")
}

func FuzzCanvas(f *testing.F) {
	f.Add([]byte(canvasExport))
	f.Add([]byte("Student;ID;Section;\"\"\"\"\r"))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := export.ReadCanvas(data)
		if err == nil {
			require.Equal(t, string(data), string(g.Bytes()))
		}
	})
}
