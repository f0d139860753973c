// Command negotrace reports, from a capture file, who authenticated how over HTTP, what went
// wrong, and why.
//
// What it prints follows three rules. Results go to standard output, everything else to standard
// error. Messages begin with "negotrace: " and a small letter, and end without a full stop.
// Nothing from a capture reaches the terminal unescaped.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
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
	tuneGC()
	os.Exit(run(context.Background(), os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// run is main, with everything external as an argument.
func run(ctx context.Context, args []string, env func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	t := &tool{env: env, stdin: stdin, stdout: stdout, stderr: stderr}
	c := t.root()
	c.SetArgs(numbersAsText(args))
	c.SetIn(stdin)
	c.SetOut(stdout)
	c.SetErr(stderr)
	nameShells(c)
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) { // as the completion of a shell begins
		completeFlags(c)
	}
	under, err := c.ExecuteContextC(ctx)
	if err != nil {
		t.warn(err)
		var usage usageError
		if errors.As(err, &usage) {
			t.warn(fmt.Errorf("see %s --help", under.CommandPath()))
		}
		return notAnalysed
	}
	return t.status
}

// A usageError says what is missing or unknown on the command line; the help of the command has it.
type usageError string

func (e usageError) Error() string { return string(e) }

// root returns the command without a name, with all subcommands.
func (t *tool) root() *cobra.Command {
	c := t.analyse()
	for _, command := range []func(*tool) *cobra.Command{
		(*tool).show,
		(*tool).compare,
		(*tool).inventory,
		(*tool).convert,
		(*tool).redact,
		(*tool).decode,
		(*tool).checks,
		(*tool).explain,
		(*tool).schema,
		(*tool).version,
	} {
		c.AddCommand(command(t))
	}
	c.SetHelpCommand(t.help())
	suggestFlags(c)
	return c
}

// A tool is the state of one run of the program.
type tool struct {
	env            func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	display        display
	reads          []os.FileInfo // the files that are read, which nothing is written over
	status         int
}

// warn writes an error to standard error, one line for each of several.
func (t *tool) warn(err error) {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, e := range joined.Unwrap() {
			t.warn(e)
		}
		return
	}
	if p, ok := err.(*fs.PathError); ok {
		err = fmt.Errorf("%s: %v", p.Path, p.Err) // without the name of the system call
	}
	for line := range strings.Lines(strings.TrimSpace(err.Error())) {
		fmt.Fprintf(t.stderr, "negotrace: %s\n", report.Printable(strings.TrimRight(line, " \r\n")))
	}
}
