package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
)

const help = `negotrace-fleet reports from the captures of many hosts who authenticated how over
HTTP, what went wrong, and why, and joins what belongs together: the two sides of
a proxy captured on two hosts, a client's messages to a KDC captured elsewhere, the
same finding on many hosts.

Usage:
  negotrace-fleet [flags] -out DIRECTORY PATTERN...

A pattern names files as a shell does ("captures/*/*.pcapng"), of any file system
of which Beam has the scheme: of this machine, or gs://. Quote it. The last
directory of a file is the host on which it was captured; files whose names differ
only in a counter (ring_00001_20260302120000.pcapng, trace.pcap12, day-3.pcap) are
one ring, and one set. Each set is analysed by itself, where it can be read; only
small records leave that machine, without bytes of packets and without secrets.
Without -endpoint all is done in this process. Its engine listens at a port: on
Linux 5.7 and later other machines cannot connect to it, other users of this
machine can; elsewhere have a firewall close it.

Examples:
  negotrace-fleet -out result 'captures/*/*'
  negotrace-fleet -out result -workers 2 -manifest sets.csv
  negotrace-fleet -out gs://results/1 -runner flink -endpoint HOST:PORT 'gs://captures/*/*'

It writes tables, each as NDJSON and as CSV, an overview for a browser
(overview.html) and for programs (overview.json). The same input gives the same
bytes, with any number of workers, also after a run that was broken off.

Flags:
`

const helpEnd = `
Exit status:
  0  analysed, and nothing found at or above the level of -fail-on
  1  analysed, and something found
  2  a file could not be read, which is in the table of captures; the run
     failed; bad usage
`

// usage writes the help: first our flags, then those of Beam.
func usage(w io.Writer, flags *flag.FlagSet, own []string) {
	fmt.Fprint(w, help)
	ours, beams := flag.NewFlagSet("", flag.ContinueOnError), flag.NewFlagSet("", flag.ContinueOnError)
	flags.VisitAll(func(f *flag.Flag) {
		to := beams
		if slices.Contains(own, f.Name) {
			to = ours
		}
		to.Var(f.Value, f.Name, f.Usage)
	})
	ours.SetOutput(w)
	ours.PrintDefaults()
	fmt.Fprint(w, "\nFlags of Beam, see beam.apache.org:\n")
	beams.SetOutput(w)
	beams.PrintDefaults()
	fmt.Fprint(w, helpEnd)
}
