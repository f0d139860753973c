package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConvertInterrupted holds that a file that can be read again is converted whole or not at all.
func TestConvertInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	var diag bytes.Buffer
	args := []string{"convert", "../../testdata/ntlm-scheme.pcapng", "-o", filepath.Join(dir, "out.pcapng")}
	status := run(ctx, args, func(string) string { return "" }, strings.NewReader(""), io.Discard, &diag)
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 || status != notAnalysed || !strings.Contains(diag.String(), "interrupted: no file was written") {
		t.Errorf("status %d, %v, %v: %s", status, left, err, diag.String())
	}
}
