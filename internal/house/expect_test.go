package house

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"negotrace/internal/testcost"
)

var update = flag.Bool("update", false, "rewrite expected reports and tables")

func TestMain(m *testing.M) {
	testcost.Main(m)
}

// expect compares text with the file that holds what it should be, or with -update
// rewrites that file.
func expect(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
		return
	}
	if got != string(want) {
		n := firstDifference(got, string(want))
		t.Errorf("%s differs at line %d:\n-%s\n+%s\n-update rewrites it", file, n, line(string(want), n), line(got, n))
	}
}

// line returns a line of a text, counted from 1; nothing behind its end.
func line(text string, n int) string {
	lines := strings.Split(text, "\n")
	if n > len(lines) {
		return ""
	}
	return lines[n-1]
}

// firstDifference returns the number of the first line in which a and b differ.
func firstDifference(a, b string) int {
	x, y := bytes.Split([]byte(a), []byte("\n")), bytes.Split([]byte(b), []byte("\n"))
	for i := range min(len(x), len(y)) {
		if !bytes.Equal(x[i], y[i]) {
			return i + 1
		}
	}
	return min(len(x), len(y)) + 1
}
