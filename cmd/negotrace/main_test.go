package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
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

// TestScripts runs the scripts of testdata. In them "run negotrace" runs in this process, which
// is quick, and "exec negotrace" in one of its own, as it must where it reads standard input.
func TestScripts(t *testing.T) {
	var here sync.Mutex // holds the working directory of the process
	inside := func(ts *testscript.TestScript, args []string) int {
		here.Lock()
		defer here.Unlock()
		was, err := os.Getwd()
		ts.Check(err)
		ts.Check(os.Chdir(ts.MkAbs(".")))
		defer os.Chdir(was)
		return run(t.Context(), args, ts.Getenv, strings.NewReader(""), ts.Stdout(), ts.Stderr())
	}
	scripts, err := filepath.Abs("testdata/script") // the working directory changes
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 scripts,
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"run": func(ts *testscript.TestScript, neg bool, args []string) {
				if len(args) == 0 || args[0] != "negotrace" {
					ts.Fatalf("usage: run negotrace ARGUMENT...")
				}
				if status := inside(ts, args[1:]); (status != clean) != neg {
					ts.Fatalf("exit status %d", status)
				}
			},
			"status": func(ts *testscript.TestScript, neg bool, args []string) {
				wantStatus(ts, neg, args, inside)
			},
			"capture":  writeCapture,
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

// wantStatus is the command "status N [exec] negotrace ARGUMENT...": it runs the program and
// fails unless it exits with N.
func wantStatus(ts *testscript.TestScript, neg bool, args []string, inside func(*testscript.TestScript, []string) int) {
	if neg || len(args) < 2 || args[1] == "exec" && len(args) == 2 || !slices.Contains([]string{"negotrace", "exec"}, args[1]) {
		ts.Fatalf("usage: status N [exec] negotrace ARGUMENT...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if args[1] == "negotrace" {
		got = inside(ts, args[2:])
	} else if err := ts.Exec(args[2], args[3:]...); err != nil {
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
