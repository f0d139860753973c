package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/analysis"
	"negotrace/internal/testcost"
)

// TestOnlyProof holds that what proves the findings of a capture proves the same by itself, but for
// what is not about packets that are there.
func TestOnlyProof(t *testing.T) {
	captures, err := filepath.Glob("../../testdata/*.pcapng")
	if err != nil || len(captures) == 0 {
		t.Fatal(captures, err)
	}
	dir := t.TempDir()
	for i := 0; i < len(captures); i += testcost.Step(19) {
		name := captures[i]
		var keys []string
		if log := strings.TrimSuffix(name, ".pcapng") + ".keylog"; exists(log) {
			keys = []string{"--keylog", log}
		}
		part := filepath.Join(dir, filepath.Base(name))
		if _, diag, status := ran(t, append(keys, "convert", "--only-proof", name, "-o", part)...); status != clean {
			t.Fatalf("%s: %s", name, diag)
		}
		if diff := cmp.Diff(says(t, append(keys, name)), says(t, append(keys, part))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// says returns what a report says of handshakes, and what it found, without numbers of frames.
func says(t *testing.T, args []string) (all []string) {
	t.Helper()
	out, _, _ := ran(t, append(args, "--format", "json")...)
	var r struct {
		Handshakes []struct{ Outcome, Mechanism, User, SPN, Host string }
		Findings   []struct {
			Check, Message string
			Severity       analysis.Severity
		}
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	for _, h := range r.Handshakes {
		all = append(all, strings.Join([]string{h.Outcome, h.Mechanism, h.User, h.SPN, h.Host}, ", "))
	}
	for _, f := range r.Findings {
		if f.Check != "capture-or-har-limitations" {
			all = append(all, strings.Join([]string{f.Check, string(f.Severity), f.Message}, ", "))
		}
	}
	return all
}

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
