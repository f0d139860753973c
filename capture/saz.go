package capture

import (
	"errors"
	"io"
)

func isSAZ(head []byte) bool { return false }

func readSAZ(r io.Reader, run *run, src string) error {
	return errors.New("SAZ is not read yet")
}
