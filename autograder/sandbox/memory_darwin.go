package sandbox

import "os"

// unnamed is a file that has lost its name.
func unnamed() (*os.File, error) {
	f, err := os.CreateTemp("", "mlgrade-")
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name())
}
