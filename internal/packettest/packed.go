package packettest

import (
	"bytes"
	"io"
	"testing"
)

// Packed returns b as pack compresses it.
func Packed(t testing.TB, pack func(io.Writer) (io.WriteCloser, error), b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := pack(&out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
