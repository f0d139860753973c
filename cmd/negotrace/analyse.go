package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/httpstream"
)

const about = `negotrace tells from a capture who authenticated how over HTTP (Negotiate,
Kerberos, NTLM, Basic ...), what went wrong, and why.

It reads packet captures (pcap, pcapng) and browser exports (HAR, NetLog, SAZ),
told apart by their content, compressed or not. A directory stands for the files
in it, "-" for standard input. Several files are one timeline.`

const examples = `  negotrace capture.pcapng
  negotrace --keylog sslkeys.log https.pcapng
  negotrace ring.pcapng0 ring.pcapng1 ring.pcapng2
  tcpdump -w - 'tcp port 80 or port 88' | negotrace -
  negotrace --format json net-export.json | jq .findings
  negotrace explain spn-not-found`

const usage = `Usage:
  {{.UseLine}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

General flags:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if not .HasParent}}

Exit status:
  0  analysed, and nothing found at or above the level of --fail-on
  1  analysed, and something found
  2  not analysed: unreadable, unknown format, bad usage

Environment:
  SSLKEYLOGFILE  TLS secrets, if there is no --keylog
  NO_COLOR       no colour, if set
  COLUMNS        width, if standard output is no terminal{{end}}
`

// analyseFlags are the flags of the analysis.
type analyseFlags struct {
	keylogs []string
	rsaKeys []string
	keytab  string
	failOn  choice
}

// analyse is the command without a name: the main job.
func (t *tool) analyse() *cobra.Command {
	n := &analyseFlags{failOn: choice{value: "error", of: []string{"error", "warning", "info", "never"}}}
	c := &cobra.Command{
		Use:           "negotrace [flags] FILE...",
		Short:         "Who authenticated how over HTTP, what went wrong, and why",
		Long:          about,
		Example:       examples,
		Version:       buildVersion().String(),
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,

		DisableFlagsInUseLine: true,
		RunE:                  func(c *cobra.Command, args []string) error { return t.diagnose(c.Context(), args, n) },
	}
	c.SetUsageTemplate(usage)
	c.SetVersionTemplate("{{.Version}}\n")
	t.display.flags(c)
	f := c.Flags()
	f.SortFlags = false
	f.StringArrayVar(&n.keylogs, "keylog", nil, "TLS secrets in a key log `FILE` of a browser; repeatable")
	f.StringArrayVar(&n.rsaKeys, "rsa-key", nil, "private RSA key of a server in a PEM `FILE`, to open\nTLS 1.0 to 1.2 with RSA key exchange; repeatable")
	f.StringVar(&n.keytab, "keytab", "", "keys of services: a keytab `FILE`, to look into tickets")
	f.Var(&n.failOn, "fail-on", "`LEVEL` of findings that makes the exit status 1: error,\nwarning, info, never")
	f.BoolVar(&t.display.local, "local", false, "times in the local zone, not in UTC")
	return c
}

const standardInput = "-"

// sources turns the arguments into inputs.
func (t *tool) sources(args []string) ([]capture.Source, error) {
	if len(args) == 0 {
		return nil, errors.New("no capture given\nsee negotrace --help")
	}
	i := slices.Index(args, standardInput)
	if i < 0 {
		return capture.Open(args, t.stdin)
	}
	if slices.Contains(args[i+1:], standardInput) {
		return nil, errors.New("standard input can be read only once")
	}
	if isTerminal(t.stdin) {
		return nil, errors.New("standard input is a terminal: pipe a capture into it")
	}
	return capture.Open(args, t.stdin)
}

// diagnose reads the files and writes the report. When ctx is done, or at an interrupt,
// that is the report of what was read so far.
func (t *tool) diagnose(ctx context.Context, args []string, n *analyseFlags) error {
	write, err := chosen(t, "the analysis", func(f report.Format) report.Writer[*analysis.Report] { return f.Report })
	if err != nil {
		return err
	}
	sources, err := t.sources(args)
	if err != nil {
		return err
	}
	secrets, err := t.secrets(n.keylogs)
	if err != nil {
		return err
	}
	if err := rsaKeys(secrets, n.rsaKeys); err != nil {
		return err
	}
	decoder, err := decoder(n.keytab)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second interrupt ends the program

	bar := newBar(t.stderr)
	trace := correlate.NewTrace(correlate.Options{Decoder: decoder, Checks: checks.All()})
	counters, err := capture.Read(ctx, sources, capture.Sink{
		Exchange: trace.Exchange,
		Conn:     trace.Conn,
		Kerberos: trace.Kerberos,
		DNS:      trace.DNS,
	}, capture.Options{Secrets: secrets, Decoder: decoder, Progress: bar.show})
	bar.clear()
	if err != nil {
		t.warn(err)
		t.status = notAnalysed
		if counters == nil || counters.Packets == 0 {
			return nil
		}
	}
	t.damage(counters.Damage)
	r := trace.Report(counters)
	if t.status == clean && fails(r.Worst(), n.failOn.value) {
		t.status = found
	}
	return write(t.stdout, r, t.options())
}

// damage says on standard error where a capture is cut short or corrupt.
func (t *tool) damage(notes []httpstream.Note) {
	const most = 5
	for i, n := range notes {
		if i == most {
			t.warn(fmt.Errorf("damage in %d more places", len(notes)-most))
			return
		}
		var at []string
		if !n.Pos.File.IsZero() {
			at = append(at, n.Pos.File.String())
		}
		if n.Pos.Frame > 0 {
			at = append(at, fmt.Sprintf("frame %d", n.Pos.Frame))
		}
		t.warn(errors.New(strings.Join(append(at, n.Text), ": ")))
	}
}

// fails reports whether the worst finding reaches the level.
func fails(worst analysis.Severity, level string) bool {
	return worst != "" && level != "never" && worst.Rank() <= analysis.Severity(level).Rank()
}
