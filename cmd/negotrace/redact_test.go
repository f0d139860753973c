package main

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"negotrace/analysis/report"
	"negotrace/internal/testcost"
)

// packetFiles lists the packet files of testdata, and those under a directory that the
// environment names.
func packetFiles(t *testing.T) (files []string) {
	t.Helper()
	dirs := []string{filepath.Join("..", "..", "testdata")}
	if dir := os.Getenv(capturesVariable); dir != "" {
		dirs = append(dirs, dir)
	}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			switch filepath.Ext(path) {
			case ".pcap", ".pcapng", ".cap", ".etl":
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestRedactProvesItself redacts packet files. The program keeps only what it has
// proven: that the report says the same, and that no name is in it.
func TestRedactProvesItself(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	kept, refused := 0, 0
	for i, file := range packetFiles(t) {
		if i%testcost.Step(7) > 0 {
			continue
		}
		out := filepath.Join(dir, strconv.Itoa(i))
		var stdout, stderr bytes.Buffer
		status := run(t.Context(), []string{"redact", file, "-o", out}, noEnv, nil, &stdout, &stderr)
		text := stderr.String()
		if status == clean {
			kept++
			continue
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: refused, and kept all the same", file)
		}
		if strings.Contains(text, "event trace") { // without packets
			refused++
			continue
		}
		t.Errorf("%s: %s", file, text)
	}
	t.Logf("%d packet files proven, %d have no packets", kept, refused)
}

// noEnv returns an environment without variables.
func noEnv(string) string { return "" }

// TestRedactOptions holds what is refused, and what stays where that is asked for.
func TestRedactOptions(t *testing.T) {
	t.Parallel()
	const file = "../../testdata/kerberos-raw.pcapng"
	dir, private := t.TempDir(), t.TempDir()
	out := filepath.Join(dir, "out.pcapng")
	for _, c := range []struct {
		name string
		args []string
		says string
	}{
		{"no OUT", []string{file}, "-o OUT"},
		{"standard output", []string{file, "-o", "-"}, "must name a file"},
		{"over the input", []string{out, "-o", out}, "is read"},
		{"map beside OUT", []string{file, "-o", out, "--map", filepath.Join(dir, "map")}, "--map-beside-out"},
		{"map as the manifest", []string{file, "-o", out, "--map", out + "." + manifestName + asJSON, "--map-beside-out"}, "becomes the manifest"},
		{"map over the input", []string{out, "-o", filepath.Join(private, "x"), "--map", out}, "is read"},
		{"keys that are not there", []string{file, "-o", filepath.Join(dir, "x"), "--keylog", "x"}, "no such file"},
		{"a keytab", []string{file, "-o", filepath.Join(dir, "x"), "--keytab", "x"}, "leave out --keytab"},
		{"several into a file", []string{file, file, "-o", out}, "-o names a directory"},
		{"several into a directory that is used", []string{file, file, "-o", dir}, "is not empty"},
		{"into a folder that is not there", []string{file, "-o", filepath.Join(dir, "none", "x.pcapng")}, `x.pcapng" cannot be written`},
	} {
		if err := os.WriteFile(out, mustRead(t, file), 0o600); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		if status := run(t.Context(), append([]string{"redact"}, c.args...), noEnv, nil, &stdout, &stderr); status != notAnalysed || !strings.Contains(stderr.String(), c.says) {
			t.Errorf("%s: status %d, %q", c.name, status, stderr.String())
		}
		if !bytes.Equal(mustRead(t, out), mustRead(t, file)) {
			t.Errorf("%s: OUT was written", c.name)
		}
	}
	var stdout, stderr bytes.Buffer
	mapped := filepath.Join(private, "map.txt")
	if status := run(t.Context(), []string{"redact", file, "-o", out, "--map", mapped, "--keep-names", "corp.test", "--keep-addresses"}, noEnv, nil, &stdout, &stderr); status != clean {
		t.Fatal(stderr.String())
	}
	if b := mustRead(t, out); !bytes.Contains(b, []byte("CORP.TEST")) || bytes.Contains(b, []byte("alice")) || !bytes.Contains(b, []byte("\xc6\x33\x64\x0a")) {
		t.Error("what was to be kept is not there, or what was not")
	}
	if m := string(mustRead(t, mapped)); !strings.Contains(m, "\tweb\n") || strings.Contains(m, "\tcorp\n") {
		t.Errorf("the map is %q", m)
	}
	if info, err := os.Stat(mapped); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the map: %v, %v", info.Mode(), err)
	}
	if m := string(mustRead(t, out+"."+manifestName+asText)); !strings.Contains(m, "messages to and from KDCs") || strings.Contains(m, "alice") {
		t.Errorf("the manifest is %q", m)
	}
	var m report.Manifest
	if err := json.Unmarshal(mustRead(t, out+"."+manifestName+asJSON), &m); err != nil || m.String() != string(mustRead(t, out+"."+manifestName+asText)) {
		t.Errorf("the manifest as JSON says %v: %v", &m, err)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestRedactKey holds that a key decides what is written, and that chance does without one.
func TestRedactKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	redacted := func(flags ...string) (out, stderr string) {
		file := filepath.Join(dir, "out.pcapng")
		var errs bytes.Buffer
		args := append([]string{"redact", filepath.Join("..", "..", "testdata", "spn-missing-ntlm-fallback.pcapng"), "-o", file}, flags...)
		run(t.Context(), args, noEnv, nil, io.Discard, &errs)
		b, _ := os.ReadFile(file)
		os.Remove(file)
		return string(b), errs.String()
	}
	one, other := write("one", "0123456789abcdef\r\n"), write("other", "0123456789abcdee")
	first, stderr := redacted("--key", one)
	if first == "" {
		t.Fatal(stderr)
	}
	if again, _ := redacted("--key", one); again != first {
		t.Error("the same key gave other bytes")
	}
	if b, _ := redacted("--key", other); b == first {
		t.Error("another key gave the same bytes")
	}
	a, _ := redacted()
	if b, _ := redacted(); a == b {
		t.Error("two runs without a key gave the same bytes")
	}
	if _, stderr := redacted("--key", write("short", "0123456789abcde\n")); !strings.Contains(stderr, "has 15 bytes, and at least 16 are needed") {
		t.Error(stderr)
	}
}
