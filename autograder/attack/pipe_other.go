//go:build !unix

package attack

func pipe(class, student, _ string) error { return write(class, student+".ipynb", "") }
