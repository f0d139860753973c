package packettest

import (
	"os"
	"path/filepath"
	"strings"
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

// Mappings returns how many parts of a file this process has mapped, as Linux says in /proc.
func Mappings(tb testing.TB, path string) int {
	tb.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		tb.Fatal(err)
	}
	return strings.Count(string(maps), path)
}
