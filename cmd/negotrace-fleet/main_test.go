package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"negotrace/internal/peak"
)

// asProgram has the test program be negotrace-fleet: one program is linked, not two.
const asProgram = "NEGOTRACE_FLEET_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// A ran is a run of the program.
type ran struct {
	status         int
	stdout, stderr string
	took, cpu      time.Duration
	peak           int64 // bytes
}

// program runs the program to its end, or until the time is over: then it is killed.
func program(t *testing.T, most time.Duration, args ...string) ran {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(ctx, self, args...)
	temp := t.TempDir()
	c.Env = append(os.Environ(), asProgram+"=1", "TMPDIR="+temp, "TMP="+temp)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	began := time.Now()
	err = c.Run()
	r := ran{status: c.ProcessState.ExitCode(), stdout: stdout.String(), stderr: withoutOpenPort(stderr.String()), took: time.Since(began),
		cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
	r.peak = peak.Resident(c.ProcessState)
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 && r.status >= 0 {
		t.Errorf("%d temporary files are left, %v", len(left), err)
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return r
}

// withoutOpenPort returns what a run said without that which depends on the system.
func withoutOpenPort(stderr string) (rest string) {
	for line := range strings.Lines(stderr) {
		if !strings.Contains(line, openPort) {
			rest += line
		}
	}
	return rest
}

// files returns the names and contents of a directory.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(b)
	}
	return all
}

// same compares what two runs have written.
func same(t *testing.T, what, a, b string) {
	t.Helper()
	one, other := files(t, a), files(t, b)
	if len(one) != len(other) || len(one) == 0 {
		t.Errorf("%s: %d files and %d", what, len(one), len(other))
	}
	for name, text := range one {
		if text != other[name] {
			t.Errorf("%s: %s differs", what, name)
		}
	}
}

func TestUsage(t *testing.T) {
	help := program(t, time.Minute, "-help")
	if help.status != 0 || help.stderr != "" {
		t.Errorf("-help: status %d, %s", help.status, help.stderr)
	}
	for _, want := range []string{"-out DIRECTORY", "-manifest FILE", "-workers", "-runner", "-endpoint", "Exit status:"} {
		if !strings.Contains(help.stdout, want) {
			t.Errorf("-help does not have %q", want)
		}
	}
	out := t.TempDir()
	if err := errors.Join(os.WriteFile(out+"/file", nil, 0o644), os.Mkdir(out+"/other", 0o755), os.WriteFile(out+"/other/sets-00000-of-00002.csv", nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"captures/*", "no -out"},
		{"-out " + out, "no pattern"},
		{"-out " + out + " -workers 9 a", "-workers 9"},
		{"-out " + out + " -shards 0 a", "-shards 0"},
		{"-out " + out + " -fail-on worst a", `-fail-on "worst"`},
		{"-out " + out + " -async a", "-async"},
		{"-out " + out + " -manifest nowhere", "nowhere"},
		{"-out " + out + " -keytab nowhere a", "nowhere"},
		{"-out " + out + " -keylog nowhere a", "nowhere"},
		{"-out " + out + "/file a", "file"},
		{"-out " + out + "/other a", "another number of shards"},
		{"-nonsense", "nonsense"},
	} {
		r := program(t, time.Minute, strings.Fields(c.args)...)
		if r.status != notAnalysed || !strings.Contains(r.stderr, c.want) || !strings.HasPrefix(r.stderr, "negotrace-fleet: ") {
			t.Errorf("%s: status %d, %s; want %d and %q", c.args, r.status, r.stderr, notAnalysed, c.want)
		}
	}
}
