package tokens

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestSamplesFile keeps the samples as a file, in hexadecimal digits, for the tests of other
// packages. With NEGOTRACE_UPDATE set it writes the file.
func TestSamplesFile(t *testing.T) {
	const file = "testdata/samples.txt"
	var want strings.Builder
	all := samples()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&want, "%s: %x\n", name, all[name])
	}
	if os.Getenv("NEGOTRACE_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want.String() {
		t.Errorf("%s is not what samples makes: run with NEGOTRACE_UPDATE=1 and read the difference", file)
	}
}
