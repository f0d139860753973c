package capture

import (
	"archive/zip"
	"context"
	"testing"
)

func contextWithCancel(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithCancel(t.Context())
}

// FuzzZip holds that no file ends the program.
func FuzzZip(f *testing.F) {
	file := zipEntry{"x.pcap", msFile("x", 1, 2)}
	f.Add(zipped(f, zip.Deflate, true, file))
	f.Add(zipped(f, zip.Store, false, zipEntry{"a/", nil}, file, zipEntry{"__MACOSX/b", []byte("c")}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := Read(t.Context(), []Source{source("x", b)}, Sink{}, Options{}); err == nil && len(b) == 0 {
			t.Error("an empty file is no error")
		}
	})
}
