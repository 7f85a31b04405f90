//go:build !unix

package notebook

// noFollow has no counterpart here; the check for a regular file remains.
const noFollow = 0
