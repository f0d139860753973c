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

	"github.com/spf13/pflag"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/diagnosis"
	"negotrace/httpstream"
)

// inputFlags are the flags of every command that reads captures.
type inputFlags struct {
	keylogs []string
	rsaKeys []string
	keytab  string
	files   []string // as other programs are given them
	hash    bool     // whether the report names the files by their hashes
}

func (in *inputFlags) flags(f *pflag.FlagSet) {
	f.StringArrayVar(&in.keylogs, "keylog", nil, "TLS secrets in a key log `FILE` of a browser; repeatable")
	f.StringArrayVar(&in.rsaKeys, "rsa-key", nil, "private RSA key of a server in a PEM `FILE`, to open\nTLS 1.0 to 1.2 with RSA key exchange; repeatable")
	f.StringVar(&in.keytab, "keytab", "", "keys of services: a keytab `FILE`, to look into tickets")
	f.StringArrayVarP(&in.files, "read", "r", nil, "the same as `FILE`")
	f.Lookup("read").Hidden = true // tshark and tcpdump have it
}

const standardInput = "-"

// sources turns the arguments into inputs.
func (t *tool) sources(args []string) ([]capture.Source, error) {
	if len(args) == 0 {
		return nil, errors.New("no capture given\nsee negotrace --help")
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

// read analyses the files with all checks, and with the keys that the flags name. When ctx is done, or
// at an interrupt, the report is of what was read so far. It is nil where nothing could be
// read; why is either the error, or was said.
func (t *tool) read(ctx context.Context, args []string, in *inputFlags, o correlate.Options) (*analysis.Report, error) {
	sources, err := t.sources(append(slices.Clone(in.files), args...))
	if err != nil {
		return nil, err
	}
	return t.readSources(ctx, sources, in, o)
}

// readSources is read for sources that were opened.
func (t *tool) readSources(ctx context.Context, sources []capture.Source, in *inputFlags, o correlate.Options) (*analysis.Report, error) {
	secrets, err := t.secrets(in.keylogs)
	if err != nil {
		return nil, err
	}
	if err := rsaKeys(secrets, in.rsaKeys); err != nil {
		return nil, err
	}
	decoder, err := decoder(in.keytab)
	if err != nil {
		return nil, err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second interrupt ends the program

	bar := newBar(t.stderr)
	r, err := diagnosis.Read(ctx, sources, diagnosis.Options{
		Capture:   capture.Options{Hash: in.hash, Secrets: secrets, Decoder: decoder, Progress: bar.show},
		Correlate: o,
	})
	bar.clear()
	if err != nil {
		t.warn(err)
		t.status = notAnalysed
		if r.Summary.Packets+r.Summary.Records == 0 {
			return nil, nil
		}
	}
	t.damage(r.Summary.Damage)
	return r, nil
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
			at = append(at, fmt.Sprintf("%s %d", n.Pos.File.Unit(), n.Pos.Frame))
		}
		t.warn(errors.New(strings.Join(append(at, n.Text), ": ")))
	}
}
