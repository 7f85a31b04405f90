package intake_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/intake"
	"github.com/mlsysim/golab/autograder/notebook"
)

// folder writes files into a new folder; all have the same time.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			require.NoError(t, os.MkdirAll(path, 0o755))
			continue
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.NoError(t, os.Chtimes(path, noon, noon))
	}
	return dir
}

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// packed writes files into a zip file.
func packed(t *testing.T, files ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "class.zip")
	require.NoError(t, os.WriteFile(path, archive(t, files...), 0o600))
	return path
}

// archive is a zip file of names and contents in turn.
func archive(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: files[i], Method: zip.Deflate, Modified: noon.Add(time.Duration(i) * time.Hour)})
		require.NoError(t, err)
		_, err = f.Write([]byte(files[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// found prints what is found, a line for each student.
func found(t *testing.T, name string, o intake.Options) (string, *intake.Found) {
	t.Helper()
	f, err := intake.Open(name, o)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	var b strings.Builder
	for _, i := range f.Items {
		file, data, err := i.Read()
		fmt.Fprintf(&b, "%s: %s: %s", i.Student, file, data)
		if err != nil {
			fmt.Fprintf(&b, "error %v", err)
		}
		if !i.Submitted.IsZero() {
			fmt.Fprintf(&b, " at %s", i.Submitted.UTC().Format(time.RFC3339))
		}
		for _, n := range i.Notes {
			fmt.Fprintf(&b, " (%s)", n)
		}
		b.WriteByte('\n')
	}
	return b.String(), f
}

func TestPlain(t *testing.T) {
	files := map[string]string{
		"ada.ipynb": "A", "bob.lab": "B", "cleo/work.ipynb": "C", "dan/": "", "notes.txt": "no", ".hidden.lab": "no",
		"fay/a.lab": "1", "fay/b.lab": "2", "ada~old": "no", "gil/deep/down.lab": "no",
	}
	text, f := found(t, folder(t, files), intake.Options{})
	require.Equal(t, intake.Plain, f.Layout)
	require.Equal(t, `ada: ada.ipynb: A
bob: bob.lab: B
cleo: cleo/work.ipynb: C
dan: dan: error the folder has no notebook and no script
fay: fay/a.lab, fay/b.lab: error more than one submission: fay/a.lab, fay/b.lab
gil: gil: error the folder has no notebook and no script
`, text)
}

func TestLatestWins(t *testing.T) {
	dir := folder(t, map[string]string{"ada.ipynb": "old", "ada.lab": "new"})
	require.NoError(t, os.Chtimes(filepath.Join(dir, "ada.lab"), noon, noon.Add(time.Hour)))
	text, _ := found(t, dir, intake.Options{})
	require.Equal(t, "ada: ada.lab: new (the latest of 2 submissions counts: ada.lab, not ada.ipynb)\n", text)
}

func TestZip(t *testing.T) {
	text, f := found(t, packed(t, "ada.ipynb", "A", "../bob.lab", "B", "/etc/cleo.lab", "C", "dan\\x.lab", "D",
		"ada.ipynb", "again", "__MACOSX/ada.ipynb", "no", "fay/work.lab", "F"), intake.Options{})
	require.Equal(t, "ada: ada.ipynb: A\nfay: fay/work.lab: F\n", text)
	require.Equal(t, []string{
		`"../bob.lab" is passed over: its name leads out of the zip file or is not plain`,
		`"/etc/cleo.lab" is passed over: its name leads out of the zip file or is not plain`,
		`"dan\\x.lab" is passed over: its name leads out of the zip file or is not plain`,
		`"ada.ipynb" is passed over: the same name again`,
	}, f.Notes)
}

// A zip file that was made of a folder is read as the folder.
func TestWrappedZip(t *testing.T) {
	text, _ := found(t, packed(t, "class/ada.lab", "A", "class/bob/work.ipynb", "B", "class/notes.txt", "no"), intake.Options{})
	require.Equal(t, "ada: ada.lab: A\nbob: bob/work.ipynb: B\n", text)
	text, _ = found(t, packed(t, "ada/work.lab", "A"), intake.Options{})
	require.Equal(t, "ada: ada/work.lab: A\n", text)
}

func TestLinksAreRefused(t *testing.T) {
	dir := folder(t, map[string]string{"ada.lab": "A"})
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, "eve.lab")))
	require.NoError(t, os.Symlink("/etc", filepath.Join(dir, "mallory")))
	text, _ := found(t, dir, intake.Options{})
	require.Equal(t, "ada: ada.lab: A\neve: eve.lab: error eve.lab: a symbolic link: links are not followed\nmallory: mallory: error mallory: a symbolic link: links are not followed\n", text)

	var b bytes.Buffer
	w := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "eve.lab"}
	h.SetMode(fs.ModeSymlink | 0o777)
	out, err := w.CreateHeader(h)
	require.NoError(t, err)
	_, err = out.Write([]byte("/etc/passwd"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	path := filepath.Join(t.TempDir(), "class.zip")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	_, err = intake.Open(path, intake.Options{})
	require.ErrorContains(t, err, "no submissions")
}

// A file that becomes a link between listing and reading is not read.
func TestRaceForALink(t *testing.T) {
	dir := folder(t, map[string]string{"eve.lab": "A", "bob.lab": "B"})
	f, err := intake.Open(dir, intake.Options{})
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, os.Remove(filepath.Join(dir, "eve.lab")))
	require.NoError(t, os.Symlink("bob.lab", filepath.Join(dir, "eve.lab")))
	_, _, err = f.Items[1].Read()
	require.ErrorContains(t, err, "not a regular file")
}

func TestBombs(t *testing.T) {
	big := strings.Repeat("\x00", notebook.MaxFile+1)
	bomb := string(archive(t, "x.ipynb", big))
	require.Less(t, len(bomb), 1<<20, "it packs well")
	var many []string
	for i := range 1001 {
		many = append(many, fmt.Sprintf("%d.txt", i), "")
	}
	text, _ := found(t, packed(t, "ada.ipynb", big, "bob.zip", bomb, "cleo.zip", "not a zip", "dan.zip", string(archive(t, many...)),
		"eve.zip", string(archive(t, "in/w.lab", "E", "in/data.csv", "1")), "fay.zip", string(archive(t, "a.lab", "1", "b.lab", "2")),
		"gil.zip", string(archive(t, "../w.lab", "G")), "hal.zip", string(archive(t, "r.txt", ""))), intake.Options{})
	require.Equal(t, `ada: ada.ipynb: error ada.ipynb: too large: want at most 16 MiB
bob: bob.zip: error bob.zip: x.ipynb: too large: want at most 16 MiB
cleo: cleo.zip: error cleo.zip: not a zip file that can be read
dan: dan.zip: error dan.zip: more than 1000 files
eve: eve.zip/in/w.lab: E
fay: fay.zip: error fay.zip: 2 notebooks and scripts inside: want one
gil: gil.zip: error gil.zip: "../w.lab": its name leads out of the zip file or is not plain
hal: hal.zip: error hal.zip: no notebook and no script inside
`, text)
}

func TestCanvas(t *testing.T) {
	zip := packed(t, "doeada_LATE_4711_90210_T0_hello_world.ipynb", "A", "leebob_4712_90300_lab-1.lab", "new", "leebob_4712_90100_lab.lab", "old",
		"o_neil_cleo_4713_90400_my_lab_2.ipynb", "C", "leebob_4712_90200_notes.pdf", "no")
	text, f := found(t, zip, intake.Options{Roster: map[string]string{"4711": "ada@uni"}})
	require.Equal(t, intake.Canvas, f.Layout)
	require.Equal(t, `4712: leebob_4712_90300_lab-1.lab: new (Canvas numbers it as upload 1 of that name) (the latest of 2 submissions counts: leebob_4712_90300_lab-1.lab, not leebob_4712_90100_lab.lab)
4713: o_neil_cleo_4713_90400_my_lab_2.ipynb: C
ada@uni: doeada_LATE_4711_90210_T0_hello_world.ipynb: A (Canvas marks it as late)
`, text)
}

func TestMoodle(t *testing.T) {
	zip := packed(t, "Ada Doe_101_assignsubmission_file/lab.ipynb", "A", "Ægir Þór_102_assignsubmission_file_/lab.lab", "B",
		"Lee, Bob_103_assignsubmission_file_my lab.ipynb", "old", "Lee, Bob_103_assignsubmission_file_my lab 2.ipynb", "new",
		"Zoe_104_assignsubmission_onlinetext_onlinetext.html", "no")
	text, f := found(t, zip, intake.Options{})
	require.Equal(t, intake.Moodle, f.Layout)
	require.Equal(t, `101: Ada Doe_101_assignsubmission_file/lab.ipynb: A
102: Ægir Þór_102_assignsubmission_file_/lab.lab: B
103: Lee, Bob_103_assignsubmission_file_my lab 2.ipynb: new (the latest of 2 submissions counts: Lee, Bob_103_assignsubmission_file_my lab 2.ipynb, not Lee, Bob_103_assignsubmission_file_my lab.ipynb)
`, text)
}

func TestNBGrader(t *testing.T) {
	files := map[string]string{
		"submitted/ada/ps1/problem1.ipynb": "A", "submitted/ada/ps1/timestamp.txt": "2026-11-02 14:00:00.250000 Europe/Paris\n",
		"submitted/bob/ps1/ps1.ipynb": "B", "submitted/bob/ps1/scratch.ipynb": "no", "submitted/bob/ps1/timestamp.txt": "2026-11-02T13:00:00+01:00",
		"submitted/cleo/ps1/": "", "submitted/dan/ps1/a.ipynb": "1", "submitted/dan/ps1/b.ipynb": "2", "submitted/ada/ps1/img/x.ipynb": "no",
		"source/ps1/problem1.ipynb": "no", "gradebook.db": "no",
	}
	want := `ada: %[1]sada/ps1/problem1.ipynb: A at 2026-11-02T13:00:00Z
bob: %[1]sbob/ps1/ps1.ipynb: B at 2026-11-02T12:00:00Z
cleo: %[1]scleo/ps1: error the folder has no notebook and no script
dan: %[1]sdan/ps1: error 2 notebooks and scripts, and none is named ps1
`
	dir := folder(t, files)
	text, f := found(t, dir, intake.Options{})
	require.Equal(t, intake.NBGrader, f.Layout)
	require.Equal(t, fmt.Sprintf(want, "submitted/"), text)
	text, _ = found(t, filepath.Join(dir, "submitted"), intake.Options{Assignment: "ps1"})
	require.Equal(t, fmt.Sprintf(want, ""), text)

	files["submitted/ada/ps2/x.ipynb"] = "X"
	dir = folder(t, files)
	_, err := intake.Open(dir, intake.Options{})
	require.ErrorContains(t, err, "2 assignments: want the name of one of ps1, ps2")
	_, err = intake.Open(dir, intake.Options{Assignment: "ps3"})
	require.ErrorContains(t, err, `no assignment "ps3"`)
	text, _ = found(t, dir, intake.Options{Assignment: "ps2"})
	require.Equal(t, "ada: submitted/ada/ps2/x.ipynb: X\n", text)
}

func TestGradescope(t *testing.T) {
	text, f := found(t, folder(t, map[string]string{
		"submission/lab.ipynb": "A", "results/": "", "source/solution.ipynb": "no",
		"submission_metadata.json": `{"id": 1, "created_at": "2026-11-02T04:00:00.365935-08:00", "users": [{"id": 7, "email": "ada@uni", "name": "Ada"}, {"id": 8, "email": "bob@uni", "name": "Bob"}], "assignment": {"total_points": "30.0"}}`,
	}), intake.Options{})
	require.Equal(t, intake.Gradescope, f.Layout)
	require.Equal(t, "ada@uni: submission/lab.ipynb: A at 2026-11-02T12:00:00Z\nbob@uni: submission/lab.ipynb: A at 2026-11-02T12:00:00Z\n", text)

	text, _ = found(t, folder(t, map[string]string{
		"submission_1/lab.ipynb": "A", "submission_2/lab.lab": "B", "submission_3/readme.md": "no",
		"submission_metadata.yml": `---
submission_1:
  :submitters:
  - :name: Ada
    :sid: '0123'
    :email: ada@uni
  :created_at: 2026-11-02 12:00:00.123000000 Z
  :score: 3.0
submission_2:
  :submitters:
  - :name: Bob
    :sid: ''
    :email: bob@uni
  :created_at: 2026-11-02 13:00:00 Z
submission_3:
  :submitters:
  - :name: Cleo
    :email: cleo@uni
`,
	}), intake.Options{})
	require.Equal(t, `0123: submission_1/lab.ipynb: A at 2026-11-02T12:00:00Z
bob@uni: submission_2/lab.lab: B at 2026-11-02T13:00:00Z
cleo@uni: submission_3: error no notebook and no script was handed in
`, text)
}

func TestOddIds(t *testing.T) {
	text, _ := found(t, packed(t, "e\u0301ve.lab", "1", "\u00e9ve/x.lab", "2", "admin\u202eadb.lab", "3", "張偉.lab", "4", "a b.lab", "5"), intake.Options{})
	require.Equal(t, `a b: a b.lab: 5
admin`+"\uFFFD"+`adb: admin`+"\u202e"+`adb.lab: 3 (the id has characters that do not show: "admin\u202eadb")
éve: éve/x.lab: 2 (the latest of 2 submissions counts: éve/x.lab, not e`+"\u0301"+`ve.lab)
張偉: 張偉.lab: 4
`, text)
}

func TestRefuses(t *testing.T) {
	_, err := intake.Open(filepath.Join(t.TempDir(), "gone"), intake.Options{})
	require.ErrorContains(t, err, "reading the folder of submissions: open")
	_, err = intake.Open(t.TempDir(), intake.Options{})
	require.ErrorContains(t, err, "no submissions")
	_, err = intake.Open(folder(t, map[string]string{"x": "y"})+"/x", intake.Options{})
	require.ErrorContains(t, err, "want a folder or a zip file")
	_, err = intake.Open(t.TempDir(), intake.Options{Layout: "blackboard"})
	require.ErrorContains(t, err, "want one of [plain canvas moodle nbgrader gradescope]")
}

func FuzzUnpack(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := folder(t, map[string]string{"ada.zip": string(data)})
		found, err := intake.Open(dir, intake.Options{})
		require.NoError(t, err)
		defer found.Close()
		_, got, err := found.Items[0].Read()
		require.True(t, err != nil || len(got) <= notebook.MaxFile)
	})
}
