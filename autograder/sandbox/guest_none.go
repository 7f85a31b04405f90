//go:build !guest

package sandbox

// embedded is empty in a program built without the tag guest.
var embedded []byte
