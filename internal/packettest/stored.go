package packettest

import (
	"os"
	"path/filepath"
	"testing"
)

// Stored writes bytes to a temporary file and returns its path.
func Stored(tb testing.TB, b []byte) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "file")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}
