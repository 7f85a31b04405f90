//go:build !unix

package intake

// nonBlock has no counterpart here; the check for a regular file remains.
const nonBlock = 0
