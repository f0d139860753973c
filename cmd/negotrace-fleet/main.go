// Command negotrace-fleet analyses the captures of many hosts on an engine of Apache Beam,
// in this process or on a cluster, and joins what belongs together.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners/prism"

	"negotrace/analysis"
	"negotrace/analysis/report"
	"negotrace/internal/fleet"
)

// The exit statuses, the same as those of negotrace.
const (
	clean       = 0 // analysed, nothing at or above the level of -fail-on
	found       = 1 // analysed, and something was found
	notAnalysed = 2 // a file could not be read, or the run failed; bad usage
)

// embedded is the runner that needs only this process.
const embedded = "prism"

func main() {
	os.Exit(run(context.Background(), flag.CommandLine, os.Args[1:], os.Stdout, os.Stderr))
}

// A command holds the flags.
type command struct {
	job
	manifest string
	workers  int
	failOn   string
}

// flags defines the flags. The flags of Beam are in the set already.
func (c *command) flags(f *flag.FlagSet) []string {
	f.StringVar(&c.Out, "out", "", "`DIRECTORY` for the results, of any file system")
	f.StringVar(&c.manifest, "manifest", "", "`FILE` that says which files are of which set: lines with\nSET,HOST,PATTERN")
	f.IntVar(&c.workers, "workers", min(maxWorkers, runtime.GOMAXPROCS(0)), "`N` sets are analysed at a time, 1 to 8; on a cluster its own settings\ncount")
	f.IntVar(&c.Shards, "shards", 1, "each table is split into `N` files, of which each has to fit into\nthe memory of a worker")
	f.StringVar(&c.Keylog, "keylog", "", "TLS secrets: key log `FILE`, or a pattern for several; read where\nsets are analysed")
	f.StringVar(&c.Keytab, "keytab", "", "keys of services: a keytab `FILE`, read likewise")
	f.StringVar(&c.failOn, "fail-on", "error", "`LEVEL` of findings that makes the exit status 1: error, warning,\ninfo, never")
	return []string{"out", "manifest", "workers", "shards", "keylog", "keytab", "fail-on"}
}

// run is main, with everything external as an argument.
func run(ctx context.Context, flags *flag.FlagSet, args []string, stdout, stderr io.Writer) int {
	c := &command{}
	own := c.flags(flags)
	flags.Usage = func() {}
	flags.SetOutput(io.Discard)
	flags.Init("negotrace-fleet", flag.ContinueOnError)
	switch err := flags.Parse(args); {
	case err == flag.ErrHelp:
		usage(stdout, flags, own)
		return clean
	case err != nil:
		return fail(stderr, err)
	}
	register()
	log.SetupLogging("warn", "text")
	beam.Init() // does not return on a worker of a cluster
	if err := c.check(flags.Args()); err != nil {
		return fail(stderr, err)
	}
	if err := c.prepare(ctx, flags.Args()); err != nil {
		return fail(stderr, err)
	}
	if err := c.execute(ctx, stderr); err != nil {
		return fail(stderr, err)
	}
	if *jobopts.Async {
		fmt.Fprintln(stdout, "submitted; the results will be in "+report.Printable(c.Out))
		return clean
	}
	o, err := c.overview(ctx)
	if err != nil {
		return fail(stderr, err)
	}
	fmt.Fprintln(stdout, report.Printable(o.Headline()))
	fmt.Fprintln(stdout, report.Printable(join(c.Out, "overview.html")))
	sayFailed(stderr, o.Captures)
	worst := o.Worst()
	switch {
	case o.Failed > 0 || o.Aborted > 0:
		return notAnalysed
	case worst != "" && c.failOn != "never" && worst.Rank() <= analysis.Severity(c.failOn).Rank():
		return found
	}
	return clean
}

// sayFailed names the first files that could not be read.
func sayFailed(stderr io.Writer, all []*fleet.Capture) {
	left := 5
	for _, c := range all {
		if c.Failure != "" && left > 0 {
			left--
			fmt.Fprintf(stderr, "negotrace-fleet: %s: %s\n", report.Printable(c.Name), report.Printable(c.Failure))
		}
	}
}

// check returns what is wrong with the flags.
func (c *command) check(patterns []string) error {
	switch {
	case c.Out == "":
		return fmt.Errorf("no -out\nsee negotrace-fleet -help")
	case len(patterns) == 0 && c.manifest == "":
		return fmt.Errorf("no pattern and no -manifest\nsee negotrace-fleet -help")
	case c.workers < 1 || c.workers > maxWorkers:
		return fmt.Errorf("-workers %d: 1 to %d", c.workers, maxWorkers)
	case c.Shards < 1 || c.Shards > maxShards:
		return fmt.Errorf("-shards %d: 1 to %d", c.Shards, maxShards)
	case !slices.Contains([]string{"error", "warning", "info", "never"}, c.failOn):
		return fmt.Errorf("-fail-on %q: error, warning, info or never", c.failOn)
	case *jobopts.Async && c.embedded():
		return fmt.Errorf("-async needs a runner outside of this process: name one with -endpoint")
	}
	return nil
}

// maxWorkers is how many stages the embedded engine works on at a time.
const maxWorkers = 8

// embeddedGC is how much garbage there may be, in per cent of the memory in use. The embedded
// engine holds all records until the end, so memory is what limits it.
const embeddedGC = 40

// maxShards is how many files a table may have. The keys of all are made at the beginning.
const maxShards = 10_000

// prepare reads which files to analyse, and checks the keys and the output directory before the run.
func (c *command) prepare(ctx context.Context, patterns []string) error {
	if err := c.sources(ctx, patterns); err != nil {
		return err
	}
	if c.embedded() {
		if _, err := readKeylogs(ctx, c.Keylog); err != nil {
			return err
		}
		if _, err := readKeytab(ctx, c.Keytab); err != nil {
			return err
		}
	}
	return c.checkOut(ctx)
}

// embedded reports whether this process does all the work.
func (c *command) embedded() bool {
	return (*runners.Runner == "" || *runners.Runner == embedded) && *jobopts.Endpoint == ""
}

// execute runs the pipeline on the runner that the flags name.
func (c *command) execute(ctx context.Context, stderr io.Writer) error {
	runner := *runners.Runner
	if runner == "" {
		runner = embedded
	}
	if c.embedded() {
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(embeddedGC)
		}
		// Each worker has its own partition. Splitting their work would make more of them.
		*jobopts.Experiments = strings.TrimPrefix(*jobopts.Experiments+",prism_disable_sdf_split", ",")
		if err := startLocal(ctx); err != nil {
			fmt.Fprintf(stderr, "negotrace-fleet: %s: %s\n", openPort, report.Printable(err.Error()))
		}
	} else {
		c.workers = 1
	}
	remove, err := useOwnTempDir()
	if err != nil {
		return err
	}
	defer remove()
	_, err = beam.Run(ctx, runner, c.pipeline())
	return err
}

// openPort is the warning if other machines can connect to the embedded engine.
const openPort = "while this runs, a port of it takes pipelines from the network, and with them commands: close it by a firewall"

// startLocal starts the embedded engine. The engine listens on all addresses and runs every pipeline
// that it gets, so it is limited to the loopback device. The error says why that failed.
func startLocal(ctx context.Context) error {
	port, err := listenOnLoopback(func() error {
		_, err := prism.CreateJobServer(ctx, prism.Options{})
		return err
	})
	if port == 0 {
		return cmp.Or(err, errors.New("its socket is not found"))
	}
	*jobopts.Endpoint = fmt.Sprintf("localhost:%d", port)
	if *jobopts.EnvironmentType == "" {
		*jobopts.EnvironmentType = "loopback"
	}
	return err
}

// useOwnTempDir sets a temporary directory for Beam, and returns a function that removes it,
// because Beam leaves an empty file there.
func useOwnTempDir() (remove func(), err error) {
	dir, err := os.MkdirTemp("", "negotrace-fleet-*")
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"TMPDIR", "TMP"} { // of Unix, and of Windows
		if err := os.Setenv(name, dir); err != nil {
			return nil, errors.Join(err, os.Remove(dir))
		}
	}
	return func() { os.RemoveAll(dir) }, nil
}

// fail writes an error and returns the exit status.
func fail(stderr io.Writer, err error) int {
	for line := range strings.Lines(strings.TrimSpace(err.Error())) {
		fmt.Fprintf(stderr, "negotrace-fleet: %s\n", report.Printable(strings.TrimSpace(line)))
	}
	return notAnalysed
}
