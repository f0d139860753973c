package main

import (
	"fmt"
	"strings"

	"negotrace/analysis/report"
)

// A topic is a help text that belongs to no command.
type topic struct {
	name  string
	title string
	lines string
}

// text returns the topic as a section of its own.
func (t topic) text() string { return t.title + ":\n" + t.lines }

// topics returns all topics, in the order of the help.
func topics() []topic {
	return []topic{
		{"inputs", "What is read", aboutInputs},
		filters(),
		{"formats", "Formats of the result", aboutFormats()},
		{"status", "Exit status", aboutStatus},
		{"environment", "Environment", aboutEnvironment},
	}
}

// filters returns the topic about the flags that filter a report.
func filters() topic {
	return topic{"filters", "Narrow the report; repeatable, * stands for any text", (&filterFlags{}).flags().FlagUsages() + aboutFilters}
}

const aboutInputs = `  packets         pcap, pcapng, Windows' event traces (ETL of netsh trace and
                  pktmon), Network Monitor 2
  browsers        HAR, NetLog of Chrome and Edge, SAZ of Fiddler, items that
                  Burp Suite saved
  transcripts     what curl -v, wget -d, Git, Firefox (MOZ_LOG), Java, OkHttp,
                  .NET, Python and others print of their requests
  event logs      EVTX, or events in XML, JSON, CSV or lists; alone or beside a
                  capture
  server logs     of IIS and HTTP.sys (W3C, FREB), access and error logs of
                  Apache httpd and nginx, logs of Squid, HAProxy, Envoy and AWS'
                  load balancers; alone or beside a capture, also as Docker,
                  Kubernetes, journald and syslog wrap them
  hosts           what klist, setspn, nltest and ipconfig print, and Kerberos
                  libraries (KRB5_TRACE, sssd, Java) of their errors

  They are recognised by their content, also compressed with gzip, zstd, xz or
  bzip2 or in zip and tar archives. A directory stands for the files in it and
  below, "-" for standard input. Several files are read as one timeline.

  TLS is opened with a key log of a browser (--keylog), or TLS 1.0 to 1.2 with
  the key of the server (--rsa-key); a keytab (--keytab) opens tickets. --follow
  reads on while a capture grows: standard input, a file, or a ring's directory.
`

const aboutFilters = `
  If a flag is given several times, one of its values must match. If several
  flags are given, all must match. The verdict and the exit status are about
  what matches; packets, requests and so on are counted for the whole capture.
  show takes the first handshake that matches, if no number is given; compare
  narrows both captures; inventory narrows what it counts. Handshakes keep the
  numbers that they have in the whole report.
`

const aboutStatus = `  0  analysed, and nothing found at or above the level of --fail-on
  1  analysed, and something found; with compare: a difference, if --fail-on
     asks for that
  2  not analysed: unreadable, unknown format, bad usage
`

const aboutEnvironment = `  SSLKEYLOGFILE  TLS secrets, if there is no --keylog
  NO_COLOR       no colour, if set
  COLUMNS        width, if standard output is no terminal
  PAGER          program that shows long reports at a terminal
`

// aboutFormats lists the formats, their uses, and the commands whose results they show.
func aboutFormats() string {
	var b strings.Builder
	for _, f := range report.Formats() {
		fmt.Fprintf(&b, "  %-10s %s\n", f.Name, f.About)
		line := "            "
		for _, name := range commandsOf(f) {
			line += " " + name
		}
		fmt.Fprintln(&b, line)
	}
	return b.String() + "\n  Below each format are the commands that can write it. ndjson and csv have all\n  of a capture, however long it is. --json is --format json.\n"
}

// commandsOf returns the commands whose result a format can show.
func commandsOf(f report.Format) (names []string) {
	for _, c := range []struct {
		name string
		can  bool
	}{
		{"FILE...", f.Report != nil}, {"show", f.Shown != nil}, {"compare", f.Contrast != nil}, {"inventory", f.Inventory != nil},
		{"decode", f.Tokens != nil}, {"checks", f.Checks != nil}, {"explain", f.Check != nil}, {"schema", f.Schema != nil}, {"version", f.Version != nil},
	} {
		if c.can {
			names = append(names, c.name)
		}
	}
	return names
}
