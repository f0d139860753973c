// Command negotrace tells, from a capture file, who authenticated how over HTTP, what
// went wrong, and why.
//
// What it prints follows three rules: results go to standard output, everything else
// to standard error; messages begin with "negotrace: " and a small letter and end
// without a full stop; nothing that a capture says reaches the terminal unescaped.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"negotrace/analysis/report"
)

// The exit statuses.
const (
	clean       = 0 // analysed, nothing at or above the level of --fail-on
	found       = 1 // analysed, and something was found
	notAnalysed = 2 // unreadable, unknown format, bad usage
)

func main() {
	thrift()
	os.Exit(run(context.Background(), os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// thrift keeps the program small beside the capture's own tools. What passes through it
// is far more than what it keeps, so the heap has half the usual headroom. But a
// collection costs the same however little there is to collect: the first one comes
// when the heap has grown to 24 MB, six times where it would else, which many captures
// never reach. Where a quarter of a million connections are open, memory counts for more
// than time.
func thrift() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(600)
		type sentinel struct{ _ *sentinel } // goes with the first collection
		runtime.AddCleanup(new(sentinel), func(percent int) { debug.SetGCPercent(percent) }, 50)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(224 << 20)
	}
}

// run is main with everything from outside as an argument.
func run(ctx context.Context, args []string, env func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	t := &tool{env: env, stdin: stdin, stdout: stdout, stderr: stderr}
	c := t.analyse()
	for _, command := range []func(*tool) *cobra.Command{
		(*tool).decode,
		(*tool).checks,
		(*tool).explain,
		(*tool).version,
	} {
		c.AddCommand(command(t))
	}
	c.SetArgs(args)
	c.SetIn(stdin)
	c.SetOut(stdout)
	c.SetErr(stderr)
	if err := c.ExecuteContext(ctx); err != nil {
		t.complain(err)
		return notAnalysed
	}
	return t.status
}

// A tool is one run of the program.
type tool struct {
	env            func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	display        display
	status         int
}

// complain says on standard error what went wrong, one line for each error.
func (t *tool) complain(err error) {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, e := range joined.Unwrap() {
			t.complain(e)
		}
		return
	}
	if p, ok := err.(*fs.PathError); ok {
		err = fmt.Errorf("%s: %v", p.Path, p.Err) // the system call is nobody's concern
	}
	for line := range strings.Lines(strings.TrimSpace(err.Error())) {
		fmt.Fprintf(t.stderr, "negotrace: %s\n", report.Printable(strings.TrimSpace(line)))
	}
}
