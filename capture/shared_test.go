package capture

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCapturesCut reads captures of many kinds, cut at many places: an error or a
// report, and never more packets than the whole has.
func TestCapturesCut(t *testing.T) {
	files, _ := filepath.Glob("../../shared/c*/*cap*")
	more, _ := filepath.Glob("../../shared/corpus/containers/*")
	files = append(files, more...)
	if len(files) == 0 {
		t.Skip("no captures beside the project")
	}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, ".har") {
			continue // cut by the tests of HAR
		}
		packets := func(b []byte) int {
			counters, _ := Read(t.Context(), []Source{{Name: path, Open: func() (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(b)), nil
			}}}, Sink{}, Options{})
			return counters.Packets
		}
		whole := packets(b)
		step := max(1, len(b)/40)
		last := 0
		for n := 0; n < len(b); n += step {
			got := packets(b[:n])
			if got < last || got > whole {
				t.Errorf("%s cut at %d: %d packets, %d before, %d in all", filepath.Base(path), n, got, last, whole)
			}
			last = got
		}
	}
}
