//go:build !race

package script_test

// raceEnabled says whether the race detector is linked in.
const raceEnabled = false
