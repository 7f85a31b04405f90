//go:build !unix

package assignment

import (
	"errors"
	"os"
)

func wire() (a, b *os.File, err error) {
	return nil, nil, errors.New("nothing on this system can hold Python cells, so none are run: grade on Linux")
}
