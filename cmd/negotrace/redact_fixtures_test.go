package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"negotrace/internal/capturetest"
	"negotrace/internal/testcost"
)

// TestRedactFixtures redacts cases of the checks, as packets and as HAR. redact itself holds that the
// report is the same: what a check looks at must stay.
func TestRedactFixtures(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../analysis/checks/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	number := 0
	for _, file := range files {
		cases, err := capturetest.ParseArchive(mustRead(t, file))
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range cases {
			if number++; number%testcost.Step(31) > 0 {
				continue
			}
			captures := map[string][]byte{}
			if c.Segments() > 0 {
				captures["pcapng"] = c.With(capturetest.Secrets).Pcapng()
			}
			if har, ok := c.HAR(); ok && c.OnlyHTTP() {
				captures["har"] = har
			}
			for kind, b := range captures {
				dir := t.TempDir()
				in, out := filepath.Join(dir, "in."+kind), filepath.Join(dir, "out."+kind)
				if err := os.WriteFile(in, b, 0o600); err != nil {
					t.Fatal(err)
				}
				var stdout, stderr bytes.Buffer
				if status := run(t.Context(), []string{"redact", in, "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
					t.Errorf("%s, case %d as %s: %s", filepath.Base(file), i+1, kind, stderr.String())
				}
			}
		}
	}
}
