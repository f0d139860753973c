package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"negotrace/capture"
	"negotrace/internal/redactproof"
)

const aboutRedact = `redact writes a copy of a capture that you can show to others. Packets, sizes,
times, statuses, challenges, flags and error codes stay; names, addresses,
secrets and contents are replaced. A name has the same pseudonym everywhere, of
the same length; addresses keep the prefixes that they share. Cookies, bearer
tokens, passwords, NTLM responses, ciphers, nonces and bodies become noise. What
is not understood becomes zeros or noise, and is counted. Keys are left out, and
the content of TLS becomes noise. A capture in pcap stays pcap, others become
pcapng.

With --keylog, --rsa-key or secrets in the capture, the HTTP that was in TLS is
written as well, redacted like the rest: on connections without TLS, between
the same addresses and to port 80. Their packets stand beside those that carried
it, on an interface called "opened TLS". By that negotrace recognises them: its
report of OUT is the report of the original with the keys. HTTP/2 without TLS is
rewritten in this way, too, and becomes zeros in its own packets. OUT is then
pcapng: pcap has no interfaces.

Several captures and exports of one event, a directory or an archive have the
same pseudonyms in all files; another run draws others at random. OUT is then a
new directory, with 1.pcapng, 2.har and so on in the order of the files: their
names may be secret.

A HAR, a NetLog or a SAZ archive stays what it is. Entries, events, times,
sizes, statuses, names of header lines and what a browser logs about
authentication stay. Members of the file that are not known are left out and
counted. Of a body only the words stay that say what went wrong.

redact checks the result: it analyses OUT, and keeps it only if its report is
that of the original with the names replaced, and if no replaced name, address
or value is in it: as it was, in base64, hexadecimal, UTF-16 or percent-
encoding, in lower or upper case. Values are looked for from 16 bytes on, of
random letters and digits from 8; names from 3 letters on. Names and versions
of usual programs stay in User-Agent, Server and the like. OUT.manifest.txt
lists what was replaced, and how often, and OUT.manifest.json says the same for
programs. REDACT.md says what others can still learn from OUT.`

const examplesRedact = `  negotrace redact capture.pcapng -o for-the-vendor.pcapng
  negotrace redact trace.etl -o safe.pcapng --map ../private/map.txt
  negotrace redact --keylog keys.log capture.pcapng -o safe.pcapng
  negotrace redact client.pcapng server.pcap site.har -o for-the-vendor
  negotrace redact capture.pcap -o safe.pcap --keep-names corp.example,HTTP/web`

// A redaction holds the flags of redact.
type redaction struct {
	in        inputFlags
	out       string
	names     []string // that stay
	addresses bool     // stay
	keyFile   string
	mapFile   string
	mapBeside bool // the map may be where OUT is
}

// redact returns the command that makes captures safe to share.
func (t *tool) redact() *cobra.Command {
	v := &redaction{}
	c := &cobra.Command{
		Use:     "redact [flags] FILE... -o OUT",
		Short:   "Write a copy of a capture that is safe to share",
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
			return t.writeRedacted(c.Context(), v, append(slices.Clone(v.in.files), args...))
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&v.out, "output", "o", "", "`OUT` to write: a file, for several captures a directory")
	f.StringSliceVar(&v.names, "keep-names", nil, "names that stay, as a `LIST` with commas\n(each label of a host's name, user or path in it)")
	f.BoolVar(&v.addresses, "keep-addresses", false, "IP and MAC addresses stay")
	f.StringVar(&v.keyFile, "key", "", "make pseudonyms by the secret in `FILE`, not by chance\n(the same captures and the same key give the same OUT)")
	f.StringVar(&v.mapFile, "map", "", "write names and pseudonyms into `FILE`, for you alone\n(it must not be in the folder of OUT)")
	f.BoolVar(&v.mapBeside, "map-beside-out", false, "allow the map in the folder of OUT")
	v.in.flags(f)
	f.Lookup("keytab").Hidden = true // tickets become noise
	return c
}

// check returns an error for flags that do not go together.
func (v *redaction) check() error {
	switch {
	case v.out == "":
		return usageError("redact needs the name of the file that it writes: -o OUT")
	case v.in.keytab != "":
		return errors.New("redact replaces tickets by noise and needs no key for them: leave out --keytab")
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

// sameFolder reports whether two files are in the same folder, even if its paths differ.
func sameFolder(a, b string) (bool, error) {
	x, err := os.Stat(filepath.Dir(a))
	if err != nil {
		return false, err
	}
	y, err := os.Stat(filepath.Dir(b))
	return err == nil && os.SameFile(x, y), err
}

// writeRedacted reads the files and writes them redacted, with their manifest and their map.
func (t *tool) writeRedacted(ctx context.Context, v *redaction, args []string) error {
	sources, err := t.sources(args)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	sources, remove, err := capture.Spool(ctx, sources, filepath.Dir(v.out))
	defer remove()
	if err != nil {
		return err
	}
	inputs := t.inputs(sources, &v.in)
	name := sources[0].Name
	if sources, err = capture.ExpandArchives(ctx, sources); err != nil {
		return err
	}
	isOneFile := len(sources) == 1 && sources[0].Name == name // and no archive
	out, err := newRedactedOut(v.out, len(sources), inputs)
	if err != nil {
		return err
	}
	defer out.discard()
	if err := v.checkBeside(out, inputs); err != nil {
		return err
	}
	secrets, err := t.secrets(v.in.keylogs)
	if err == nil {
		err = rsaKeys(secrets, v.in.rsaKeys)
	}
	if err != nil {
		return err
	}
	key, err := v.key()
	if err != nil {
		return err
	}
	try := attempt{sources: sources, out: out, secrets: secrets, key: key}
	if isOneFile && secrets.Kept == 0 && !secrets.HasRSAKeys() {
		try.original = redactproof.Start(ctx, sources)
	}
	return t.tryRedacting(ctx, v, &try)
}

// checkBeside returns an error if a file that is written beside OUT would take the place of another.
func (v *redaction) checkBeside(out *redactedOut, inputs []os.FileInfo) error {
	beside := []string{v.mapFile}
	for _, ending := range manifestEndings {
		manifest, _ := out.manifest(ending)
		if same, _ := sameFolder(v.mapFile, manifest); same && filepath.Base(v.mapFile) == filepath.Base(manifest) {
			return fmt.Errorf("%q becomes the manifest: give the map another name", v.mapFile)
		}
		beside = append(beside, manifest)
	}
	for _, path := range beside {
		if err := checkNotInput(path, inputs); err != nil {
			return err
		}
	}
	return nil
}

// minKey is the least length of a key, in bytes: a shorter one can be guessed.
const minKey = 16

// key returns the secret of --key, without blanks around it, or a new random one.
func (v *redaction) key() ([]byte, error) {
	if v.keyFile == "" {
		key := make([]byte, 32)
		rand.Read(key) // never fails
		return key, nil
	}
	key, err := os.ReadFile(v.keyFile)
	if err != nil {
		return nil, err
	}
	if key = bytes.TrimSpace(key); len(key) < minKey {
		return nil, fmt.Errorf("the key in %q has %d bytes, and at least %d are needed: openssl rand -hex 32 makes one", v.keyFile, len(key), minKey)
	}
	return key, nil
}

// checkNotInput returns an error if path is one of the inputs.
func checkNotInput(path string, inputs []os.FileInfo) error {
	info, err := os.Stat(path)
	if path == "" || err != nil {
		return nil
	}
	if slices.ContainsFunc(inputs, func(input os.FileInfo) bool { return os.SameFile(info, input) }) {
		return fmt.Errorf("%q is read: it cannot be written as well", path)
	}
	return nil
}
