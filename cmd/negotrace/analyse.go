package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/analysis/report"
	"negotrace/tokens"
)

const about = `negotrace reports from a capture who authenticated how over HTTP (Negotiate,
Kerberos, NTLM, Basic ...), what went wrong, and why.

It reads packet captures (pcap, pcapng, Windows' ETL, Network Monitor 2) and
browser exports (HAR, NetLog, SAZ), also compressed, and recognises them by
their content; beside them, or alone, event logs of Windows (EVTX, or events in
XML, JSON or CSV), logs of IIS and HTTP.sys (W3C), traces of requests by IIS
(FREB), access and error logs of Apache httpd and nginx. A directory stands for
the files in it and below, "-" for standard input. Several files are read as one
timeline.`

const examples = `  negotrace capture.pcapng
  negotrace --keylog sslkeys.log https.pcapng
  negotrace ring.pcapng0 ring.pcapng1 ring.pcapng2
  tcpdump -w - 'tcp port 80 or port 88' | negotrace -
  tcpdump -U -w - 'tcp port 80 or port 88' | negotrace --follow -
  negotrace --format html capture.pcapng > report.html
  negotrace --format json net-export.json | jq .findings
  negotrace explain spn-not-found`

// analyse returns the command without a name: the main job.
func (t *tool) analyse() *cobra.Command {
	in, narrow := &inputFlags{}, &filterFlags{}
	failOn := &choice{value: "error", of: []string{"error", "warning", "info", "never"}}
	c := &cobra.Command{
		Use:           "negotrace [flags] FILE...",
		Short:         "Who authenticated how over HTTP, what went wrong, and why",
		Long:          about,
		Example:       examples,
		Annotations:   formatsThat(func(f report.Format) bool { return f.Report != nil }),
		Version:       buildVersion().String(),
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,

		DisableFlagsInUseLine: true,
		ValidArgsFunction:     completeFiles(0, -1),
		RunE: func(c *cobra.Command, args []string) error {
			return suggestCommand(c, args, t.diagnose(c, args, in, narrow, failOn.value))
		},
	}
	c.SetHelpFunc(func(c *cobra.Command, _ []string) { writeHelp(t.stdout, c) })
	c.SetVersionTemplate("{{.Version}}\n")
	t.display.flags(c)
	f := c.Flags()
	f.SortFlags = false
	in.flags(f)
	f.Var(failOn, "fail-on", "exit status 1 from this `LEVEL` on\n(error, warning, info, never)")
	in.hashes.flags(f)
	f.BoolVar(&in.follow, "follow", false, "read on while the capture grows\n(standard input, a file, or the directory of a ring; the\nreport comes at the end)")
	t.display.times(f)
	f.AddFlagSet(narrow.flags())
	return c
}

// diagnose reads the files and writes the report. When the context of c is done, or at an interrupt,
// that is the report of what was read so far.
func (t *tool) diagnose(c *cobra.Command, args []string, in *inputFlags, narrow *filterFlags, failOn string) error {
	format, err := t.formatFor(c)
	if err != nil {
		return err
	}
	filter, err := narrow.filter(t.options().Zone)
	if err != nil {
		return err
	}
	if err := in.hashFor(format); err != nil {
		return err
	}
	begin := format.Begin
	if in.follow {
		begin, t.display.noPager = format.Follow, true
	}
	screen := t.output()
	defer screen.Close()
	out := begin(screen, t.options())
	r, err := t.read(c.Context(), args, in, correlate.Options{
		Decoder: tokens.Decoder{Fields: format.Fields}, Filter: filter, Sink: out.Sink, OmitLists: out.WritesAll,
	})
	if r == nil {
		return err
	}
	t.warnNoMatch(r, "")
	r.Exit = exit(t.status, r.Summary.Worst(), failOn)
	t.status = r.Exit.Status
	return out.End(r)
}

// exit returns the exit status of a report by its worst finding, with the reason. status is the
// exit status without the findings.
func exit(status int, worst analysis.Severity, failOn string) analysis.Exit {
	switch {
	case status == notAnalysed:
		return analysis.Exit{Status: status, Reason: "an input could not be read; the report is of what could"}
	case fails(worst, failOn):
		return analysis.Exit{Status: found, Reason: fmt.Sprintf("the worst finding is of severity %s, and --fail-on is %s", worst, failOn)}
	case worst == "":
		return analysis.Exit{Status: clean, Reason: "nothing was found"}
	}
	return analysis.Exit{Status: clean, Reason: fmt.Sprintf("the worst finding is of severity %s, and --fail-on is %s", worst, failOn)}
}

// fails reports whether the worst finding reaches the level.
func fails(worst analysis.Severity, level string) bool {
	return worst != "" && level != "never" && worst.Rank() <= analysis.Severity(level).Rank()
}
