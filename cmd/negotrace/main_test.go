package main

import (
	"errors"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"negotrace/internal/capturetest"
)

// TestMain runs the tests, or the program: tests start it by the name negotrace.
func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"negotrace": main})
}

type tests struct{ *testing.M }

// Run collects garbage less often: hundreds of small captures are analysed, and each
// collection looks through all tables of the program.
func (t tests) Run() int {
	debug.SetGCPercent(400)
	return t.M.Run()
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"capture":  writeCapture,
			"status":   wantStatus,
			"truncate": truncate,
		},
	})
}

// writeCapture is the command "capture TEXT FILE": it makes a capture of text.
func writeCapture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture TEXT FILE")
	}
	c, err := capturetest.Parse(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), c.Pcapng(), 0o644))
}

// truncate is the command "truncate FROM TO N": it copies all but the last N bytes.
func truncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: truncate FROM TO N")
	}
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	whole := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(whole[:len(whole)-n]), 0o644))
}

// wantStatus is the command "status N PROGRAM ARGUMENT...": it runs the program and
// fails unless it exits with N.
func wantStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N PROGRAM ARGUMENT...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func TestNearest(t *testing.T) {
	all := []string{"clock-skew", "spn-not-found", "spn-on-ip-literal", "ntlm-authenticated"}
	for _, c := range []struct {
		name string
		want []string
	}{
		{"clok-skew", []string{"clock-skew"}},
		{"spn", []string{"spn-not-found", "spn-on-ip-literal"}},
		{"SPN-NOT", []string{"spn-not-found"}},
		{"zzzzzzzzzzzzzzzzzzzz", nil},
		{"", nil},
	} {
		if got := nearest(all, c.name); !slices.Equal(got, c.want) {
			t.Errorf("nearest(%q) = %q, want %q", c.name, got, c.want)
		}
	}
}
