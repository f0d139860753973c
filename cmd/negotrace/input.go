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
	"time"

	"github.com/spf13/pflag"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/diagnosis"
)

// inputFlags are the flags of every command that reads captures.
type inputFlags struct {
	keylogs []string
	rsaKeys []string
	keytab  string
	files   []string // as other programs are given them
	hashes  hashFlags
	hash    bool // whether the report names the files by their hashes, see hashFor
	follow  bool // the only one, while it is captured
}

func (in *inputFlags) flags(f *pflag.FlagSet) {
	f.Var((*repeated)(&in.keylogs), "keylog", "TLS secrets: a key log `FILE` of a browser; repeatable")
	f.Var((*repeated)(&in.rsaKeys), "rsa-key", "private RSA key of a server: a PEM `FILE`; repeatable\n(opens TLS 1.0 to 1.2 with RSA key exchange)")
	f.StringVar(&in.keytab, "keytab", "", "keys of services, to look into tickets: a keytab `FILE`")
	f.VarP((*repeated)(&in.files), "read", "r", "the same as `FILE`")
	f.Lookup("read").Hidden = true // tshark and tcpdump have it
}

const standardInput = "-"

// sameInterrupt is how soon after another one an interrupt counts as the same.
const sameInterrupt = 300 * time.Millisecond

// sources turns the arguments into inputs.
func (t *tool) sources(args []string) ([]capture.Source, error) {
	if len(args) == 0 {
		return nil, usageError("no capture given")
	}
	i := slices.Index(args, standardInput)
	if i < 0 {
		return capture.Open(expand(args), t.stdin)
	}
	if slices.Contains(args[i+1:], standardInput) {
		return nil, errors.New("standard input can be read only once")
	}
	if isTerminal(t.stdin) {
		return nil, errors.New("standard input is a terminal: pipe a capture into it")
	}
	return capture.Open(expand(args), t.stdin)
}

// read analyses the files with all checks, and with the keys that the flags name. When ctx is
// done, or at an interrupt, the report is of what was read so far. It is nil if nothing could
// be read; the reason is the error, or was written to standard error.
func (t *tool) read(ctx context.Context, args []string, in *inputFlags, o correlate.Options) (*analysis.Report, error) {
	args = append(slices.Clone(in.files), args...)
	if in.follow {
		return t.follow(ctx, args, in, o)
	}
	sources, err := t.sources(args)
	if err != nil {
		return nil, err
	}
	return t.readSources(ctx, sources, in, o)
}

// readSources does the same as read for sources that are open already.
func (t *tool) readSources(ctx context.Context, sources []capture.Source, in *inputFlags, o correlate.Options) (*analysis.Report, error) {
	secrets, err := t.secrets(in.keylogs)
	if err != nil {
		return nil, err
	}
	t.reads = append(t.reads, t.inputs(sources, in)...)
	return t.analysis(ctx, in, secrets, func(ctx context.Context, c capture.Options) (*analysis.Report, error) {
		bar, heap := newBar(t.stderr), newGrowth()
		defer bar.clear()
		c.Hash, c.Progress = in.hash, func(read, total int64) {
			bar.show(read, total)
			heap.read(read, total)
		}
		return diagnosis.Read(ctx, sources, diagnosis.Options{Capture: c, Correlate: o})
	})
}

// follow does the same as read for a capture that still grows. Key logs may not exist yet.
func (t *tool) follow(ctx context.Context, args []string, in *inputFlags, o correlate.Options) (*analysis.Report, error) {
	switch {
	case len(args) != 1:
		return nil, errors.New("--follow reads one capture: standard input (-), a file, or the directory of a ring")
	case args[0] == standardInput && isTerminal(t.stdin):
		return nil, errors.New("standard input is a terminal: pipe a capture into it")
	}
	t.reads = t.inputs([]capture.Source{{Name: args[0]}}, in)
	return t.analysis(ctx, in, &httpstream.Secrets{}, func(ctx context.Context, c capture.Options) (*analysis.Report, error) {
		c.KeyLogs = in.keylogs
		c.Waiting = func(why error) {
			t.warn(why)
			t.warn(errors.New("waiting for packets"))
		}
		if name := t.env("SSLKEYLOGFILE"); len(c.KeyLogs) == 0 && name != "" {
			c.KeyLogs = []string{name}
		}
		return diagnosis.Follow(ctx, args[0], t.stdin, diagnosis.Options{Capture: c, Correlate: o}, time.After)
	})
}

// analysis calls read with the keys that the flags name, and warns about errors and damage.
func (t *tool) analysis(ctx context.Context, in *inputFlags, secrets *httpstream.Secrets, read func(context.Context, capture.Options) (*analysis.Report, error)) (*analysis.Report, error) {
	if err := rsaKeys(secrets, in.rsaKeys); err != nil {
		return nil, err
	}
	decoder, err := decoder(in.keytab)
	if err != nil {
		return nil, err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	r, err := read(ctx, capture.Options{Secrets: secrets, Decoder: decoder})
	if err != nil {
		t.warn(err)
		t.status = notAnalysed
		if r.Summary.Packets+r.Summary.Records == 0 {
			return nil, nil
		}
	}
	t.damage(r.Summary.Damage)
	r.Tool = analysis.Tool{Name: "negotrace", Version: buildVersion().Version}
	return r, nil
}

// interruptible returns a context that is done at an interrupt. The second one ends the program,
// unless it is the same: timeout sends each to the process and to its group.
func interruptible(ctx context.Context) (context.Context, func()) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() { time.AfterFunc(sameInterrupt, stop) })
	return ctx, stop
}

// damage says on standard error where a capture is cut short or corrupt.
func (t *tool) damage(notes []httpstream.Note) {
	const most = 5
	for i, n := range notes {
		if i == most {
			t.warn(fmt.Errorf("and %d more places", len(notes)-most))
			return
		}
		var at []string
		if !n.Pos.File.IsZero() {
			at = append(at, n.Pos.File.String())
		}
		if n.Pos.Frame > 0 {
			at = append(at, fmt.Sprintf("%s %d", n.Pos.File.Unit(), n.Pos.Frame))
		}
		t.warn(errors.New(strings.Join(append(at, n.Text), ": ")))
	}
}
