package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// serve grades the folder, prints links that work once, and leaves a ledger when it
// is interrupted.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	data, err := os.ReadFile("../../autograder/testdata/t0/correct.ipynb")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "in"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "in", "ada.ipynb"), data, 0o600))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	keys, typed := io.Pipe()
	printed, out := io.Pipe()
	cmd := rootCommand()
	cmd.SetArgs([]string{"serve", filepath.Join(dir, "in"), "--ledger", filepath.Join(dir, "class.db"), "--who", "prof"})
	cmd.SetIn(keys)
	cmd.SetOut(out)
	cmd.SetErr(io.Discard)
	ended := make(chan error, 1)
	go func() { ended <- cmd.ExecuteContext(ctx) }()

	lines := bufio.NewScanner(printed)
	require.True(t, lines.Scan())
	first := lines.Text()
	require.Regexp(t, `^http://127\.0\.0\.1:\d+/open\?token=[A-Z2-7]{26}$`, first)
	_, err = typed.Write([]byte("\n"))
	require.NoError(t, err)
	require.True(t, lines.Scan())
	second := lines.Text()
	status, _ := visit(t, nil, first)
	require.Equal(t, http.StatusForbidden, status, "Enter prints a link that replaces it")
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	status, _ = visit(t, jar, second)
	require.Equal(t, http.StatusOK, status)
	base := second[:strings.Index(second, "/open")]
	require.Eventually(t, func() bool {
		_, page := visit(t, jar, base)
		return strings.Contains(page, "Finished 1 submissions")
	}, time.Minute, 50*time.Millisecond)
	_, page := visit(t, jar, base+"/submission?student=ada")
	require.Contains(t, page, "3 of 30 points", "the answers are those of another student")
	cancel()
	require.NoError(t, <-ended)
	require.FileExists(t, filepath.Join(dir, "class.db"))
}

func visit(t *testing.T, jar http.CookieJar, address string) (int, string) {
	t.Helper()
	r, err := (&http.Client{Jar: jar}).Get(address)
	require.NoError(t, err)
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return r.StatusCode, string(data)
}
