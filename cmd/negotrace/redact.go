package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
)

const aboutRedact = `redact writes the same capture so that it can be shown to others: the same
packets, sizes, times, statuses, challenges, flags and error codes, and not the
names, addresses, secrets and contents. The same name becomes the same
pseudonym everywhere, of the same length; addresses keep the prefixes that they
share. Cookies, bearer tokens, passwords, NTLM responses, ciphers, nonces and
bodies become noise. What is not understood becomes zeros, and is counted.
TLS stays closed, and its content becomes noise: keys are left out, since
somebody may hold them. A capture in pcap stays pcap, others become pcapng.

A HAR, a NetLog or a SAZ archive stays what it is. Entries, events, times,
sizes, statuses, names of header lines and what a browser logs about
authentication stay; members of the file that are not known are left out, and
counted. Of a body stay only the words that say what went wrong.

It proves itself: OUT is analysed again, and is kept only if it says what the
original says, with names replaced, and if no replaced name is in it in plain
text, base64, hexadecimal, UTF-16 or percent-encoding. Lines such as User-Agent
and Server stay as they are, with a name in them too. OUT.manifest.txt says
what was replaced how often. What others can still learn from OUT is in README,
under "Privacy".`

const examplesRedact = `  negotrace redact capture.pcapng -o for-the-vendor.pcapng
  negotrace redact trace.etl -o safe.pcapng --map ../private/map.txt
  negotrace redact site.har -o site-safe.har
  negotrace redact capture.pcap -o safe.pcap --keep-names corp.example,HTTP/web`

// A redaction is what redact was asked for.
type redaction struct {
	files     []string
	keylogs   []string // which are refused
	out       string
	names     []string // that stay
	addresses bool     // stay
	mapFile   string
	mapBeside bool // the map may be where OUT is
}

// redact is the command that makes captures safe to share.
func (t *tool) redact() *cobra.Command {
	v := &redaction{}
	c := &cobra.Command{
		Use:     "redact [flags] FILE -o OUT",
		Short:   "Write the same capture, safe to share",
		Long:    aboutRedact,
		Example: examplesRedact,

		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("format") {
				return errors.New("redact writes a capture: --format is for reports")
			}
			if err := v.check(); err != nil {
				return err
			}
			return t.writeRedacted(c.Context(), v, append(slices.Clone(v.files), args...))
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&v.out, "output", "o", "", "file `OUT` to write")
	f.StringSliceVar(&v.names, "keep-names", nil, "names that stay, as a `LIST` with commas\n(each label of a host's name, user or path in it)")
	f.BoolVar(&v.addresses, "keep-addresses", false, "IP and MAC addresses stay")
	f.StringVar(&v.mapFile, "map", "", "write what stands for what into `FILE`, for you alone\n(it must not be in the folder of OUT)")
	f.BoolVar(&v.mapBeside, "map-beside-out", false, "allow the map in the folder of OUT")
	f.StringArrayVarP(&v.files, "read", "r", nil, "the same as `FILE`")
	f.Lookup("read").Hidden = true
	f.StringArrayVar(&v.keylogs, "keylog", nil, "not taken: TLS stays closed")
	f.Lookup("keylog").Hidden = true
	return c
}

// check refuses what cannot be done, or should not.
func (v *redaction) check() error {
	switch {
	case v.out == "":
		return errors.New("redact needs the name of the file that it writes: -o OUT\nsee negotrace redact --help")
	case len(v.keylogs) > 0:
		return errors.New("redact does not open TLS: its content becomes noise, and --keylog is not taken. Whoever gets OUT must not need keys")
	case v.out == standardInput:
		return errors.New("redact reads again what it wrote, to prove it: -o must name a file")
	case v.mapFile == "":
		return nil
	}
	same, err := sameFolder(v.mapFile, v.out)
	if err == nil && same && !v.mapBeside {
		err = fmt.Errorf("%q is in the folder of OUT: whoever gets the map can undo everything. Name another folder, or add --map-beside-out", v.mapFile)
	}
	return err
}

// sameFolder reports whether two files are in one folder, whose names may differ.
func sameFolder(a, b string) (bool, error) {
	x, err := os.Stat(filepath.Dir(a))
	if err != nil {
		return false, err
	}
	y, err := os.Stat(filepath.Dir(b))
	return err == nil && os.SameFile(x, y), err
}

// attempts is how often a capture is redacted with other noise, if a name happens to be in
// the noise.
const attempts = 3

// writeRedacted reads the file and writes it redacted, with its manifest and its map.
func (t *tool) writeRedacted(ctx context.Context, v *redaction, args []string) error {
	sources, err := t.sources(args)
	switch {
	case err != nil:
		return err
	case len(sources) > 1:
		return errors.New("redact takes one file at a time: several together can be made one by negotrace convert")
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	sources, remove, err := capture.Spool(ctx, sources, filepath.Dir(v.out))
	defer remove()
	if err != nil {
		return err
	}
	inputs := t.inputs(sources, &inputFlags{})
	for _, beside := range []string{v.out + manifestSuffix, v.mapFile} {
		if err := notOneOf(beside, inputs); err != nil {
			return err
		}
	}
	f, err := createOut(v.out, inputs)
	if err != nil {
		return err
	}
	defer f.discard()
	if f.path == "" {
		return fmt.Errorf("%q is no regular file: redact reads again what it wrote", v.out)
	}
	for attempt := range attempts {
		names := pseudonym.New(pseudonym.Options{Keep: v.names, KeepAddresses: v.addresses, Salt: uint64(attempt)})
		done, err := t.redactOnce(ctx, sources, f.File, names)
		if errors.Is(err, errByChance) && attempt+1 < attempts {
			continue
		}
		if err != nil {
			return err
		}
		return t.keepRedacted(v, f, names, done)
	}
	return nil
}

// redactOnce redacts into a file, and proves it.
func (t *tool) redactOnce(ctx context.Context, sources []capture.Source, f *os.File, names *pseudonym.Names) (*capture.Redaction, error) {
	if err := f.Truncate(0); err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	bar := newBar(t.stderr)
	done, counters, err := capture.Redact(ctx, sources, f, names, bar.show)
	bar.clear()
	switch {
	case ctx.Err() != nil:
		return nil, errInterrupted
	case err != nil:
		return nil, err
	}
	t.damage(counters.Damage)
	return done, t.prove(ctx, sources, f.Name(), names)
}

// keepRedacted puts what was written into its place, and the manifest and the map beside it.
func (t *tool) keepRedacted(v *redaction, f *outFile, names *pseudonym.Names, done *capture.Redaction) error {
	manifest := manifestOf(filepath.Base(v.out), done, names)
	if v.mapFile != "" {
		if err := t.writeOut(v.mapFile, nil, func(w io.Writer) error { return writeMap(w, names) }); err != nil {
			return err
		}
		if err := os.Chmod(v.mapFile, 0o600); err != nil {
			return err
		}
	}
	err := t.writeOut(v.out+manifestSuffix, nil, func(w io.Writer) error {
		_, err := io.WriteString(w, manifest)
		return err
	})
	if err != nil {
		return err
	}
	if err := f.keep(); err != nil {
		return err
	}
	_, err = io.WriteString(t.stdout, manifest)
	return err
}

// manifestSuffix is behind the name of OUT in that of its manifest.
const manifestSuffix = ".manifest.txt"

// notOneOf refuses to write over one of the inputs.
func notOneOf(path string, inputs []os.FileInfo) error {
	info, err := os.Stat(path)
	if path == "" || err != nil {
		return nil
	}
	for _, input := range inputs {
		if os.SameFile(info, input) {
			return fmt.Errorf("%q is read: it cannot be written as well", path)
		}
	}
	return nil
}

// writeMap writes what stands for what.
func writeMap(w io.Writer, names *pseudonym.Names) error {
	var b strings.Builder
	b.WriteString("# What the names and addresses of a redacted capture stand for.\n# Whoever has this and the capture can undo the redaction.\n")
	for _, list := range [][]pseudonym.Pair{names.Words(), names.Addresses()} {
		for _, p := range list {
			fmt.Fprintf(&b, "%s\t%s\n", p.Pseudonym, p.Original)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
