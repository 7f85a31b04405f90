package grade_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// watchTree looks ten times a second at the memory of a process and of all below
// it, pages that they share counted once, and returns the most until now. It is 0
// where there is no /proc.
func watchTree(pid int) (most func() int64) {
	stop, done := make(chan struct{}), make(chan int64)
	go func() {
		var peak int64
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				done <- peak
				return
			case <-tick.C:
				peak = max(peak, memoryOf(pid))
			}
		}
	}()
	return func() int64 { close(stop); return <-done }
}

var share = regexp.MustCompile(`(?m)^Pss:\s+(\d+) kB`)

func memoryOf(pid int) int64 {
	var sum int64
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid)); err == nil {
		if m := share.FindSubmatch(text); m != nil {
			kb, _ := strconv.ParseInt(string(m[1]), 10, 64)
			sum = kb << 10
		}
	}
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, t := range threads {
		text, _ := os.ReadFile(t)
		for child := range strings.FieldsSeq(string(text)) {
			if n, err := strconv.Atoi(child); err == nil {
				sum += memoryOf(n)
			}
		}
	}
	return sum
}
