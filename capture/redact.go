package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"negotrace/capture/pcap"
	"negotrace/capture/plain"
	"negotrace/capture/redact"
	"negotrace/capture/redact/exports"
	"negotrace/capture/redact/pseudonym"
	"negotrace/capture/redact/standin"
	"negotrace/httpstream"
)

// A RedactPlan is how sources are redacted.
type RedactPlan struct {
	Names *pseudonym.Names // the same for all sources
	// Secrets open TLS: the given ones and those in the sources, which are added to them. nil
	// leaves TLS closed.
	Secrets *httpstream.Secrets
	// Create begins to write the source of that number, as a file whose name has this ending.
	Create func(n int, ending string) (io.Writer, error)
	// OpensHTTP2 writes HTTP/2 without TLS anew.
	OpensHTTP2 bool
	// PcapNG writes all packet files as pcapng, also those in pcap.
	PcapNG bool
	// Progress is as in Options.
	Progress func(read, total int64)
}

// ErrNotPcap says that a source is a pcap file while plain copies of TLS or HTTP/2 are to be
// written: a pcap file has no place to mark a packet as one. See PcapNG.
var ErrNotPcap = errors.New("pcap has no place for what is opened")

// ErrHTTP2 says that a source may hold HTTP/2 without TLS. See OpensHTTP2.
var ErrHTTP2 = errors.New("there may be HTTP/2 without TLS")

// A Redaction says what was replaced in a capture, and what was left out.
type Redaction struct {
	standin.Counts
	// Blocks counts blocks of pcapng that are left out: names, comments, statistics, and
	// Secrets those with keys.
	Blocks, Secrets int
	// Plain counts plain copies of TLS and HTTP/2.
	Plain plain.Counts
	// Cleartext is where there is HTTP/2 without TLS.
	Cleartext plain.Cleartext
	// Exports counts what was replaced in browser exports.
	Exports exports.Counts
	// PassedOver are sources in a directory or an archive that are not redacted, and why.
	PassedOver []error
	Written    []int // numbers of the sources that are written
}

// ExpandArchives replaces each archive by a source for each file in it. The error is of those that
// could not be opened.
func ExpandArchives(ctx context.Context, sources []Source) ([]Source, error) {
	r := newRun(ctx, Sink{}, Options{})
	defer r.end()
	return r.expand(sources)
}

// Redact writes each source so that it can be shown to others, with the same pseudonyms in all. A
// pcap file stays one, and so does a browser export; all other packet files become pcapng. Frames
// keep their numbers, unless plain copies of TLS or HTTP/2 come between them. The error is of
// sources that could not be read or written.
func Redact(ctx context.Context, sources []Source, how RedactPlan) (*Redaction, *httpstream.Counters, error) {
	o := Options{Progress: how.Progress, Secrets: how.Secrets, IgnoreCaptureSecrets: true}
	r := newRun(ctx, Sink{}, o)
	defer r.end()
	sources = slices.Clone(sources) // others may read them at the same time
	c := &redacter{writing: writing{run: r}, how: how, files: map[httpstream.File]*packetWriter{}}
	c.redactor = redact.New(how.Names, c.write)
	err := c.classify(sources)
	if err == nil && len(c.packetFiles) > 0 {
		err = c.redactPackets()
	}
	for _, n := range c.exportFiles {
		if err == nil {
			err = c.redactExport(sources, n)
		}
	}
	c.result.Counts = c.redactor.Counts
	if c.exports != nil {
		c.result.Exports = c.exports.Counts
	}
	result := c.result // and nothing of what it took to make it
	return &result, r.counters, errors.Join(c.err, err)
}

// A redacter writes redacted sources.
type redacter struct {
	writing
	how      RedactPlan
	redactor *redact.Redactor
	exports  *exports.Redactor // nil until there is one

	packetFiles, exportFiles []int // numbers of sources
	packetSources            []Source
	files                    map[httpstream.File]*packetWriter
	writers                  []*packetWriter // the same, in order
	result                   Redaction
}

// classify finds out what the sources are.
func (c *redacter) classify(sources []Source) error {
	var errs []error
	for i := range sources {
		s := &sources[i]
		in, err := c.open(s, probing)
		switch {
		case err == nil && in.format.packets != nil:
			c.packetFiles = append(c.packetFiles, i)
			c.packetSources = append(c.packetSources, *s)
		case err == nil && exportEnding(in.format.name) != "":
			c.exportFiles = append(c.exportFiles, i)
		case err == nil:
			err = fmt.Errorf("%q is %s: redact writes packets, HAR, NetLog and SAZ. Make a text safe by hand: replace names, and cut tokens after their first 20 characters", s.Name, withArticle(in.formatName()))
		}
		if in != nil {
			in.close()
		}
		if err != nil && s.FoundInDirectory {
			c.result.PassedOver = append(c.result.PassedOver, err)
		} else if err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) == 0 && len(c.packetFiles)+len(c.exportFiles) == 0 {
		errs = append(c.result.PassedOver, errors.New("there is nothing to redact"))
	}
	return errors.Join(errs...)
}

// redactPackets redacts the packet files, as one timeline.
func (c *redacter) redactPackets() error {
	if c.how.Secrets != nil {
		if err := c.addSecrets(); err != nil {
			return err
		}
	}
	label(c.packetSources)
	defer func() {
		for _, w := range c.writers {
			c.written(w.close())
		}
	}()
	for i, n := range c.packetFiles {
		file := httpstream.File{}
		if len(c.packetFiles) > 1 {
			file = c.packetSources[i].file(httpstream.Frames)
		}
		w, err := c.create(n, c.packetSources[i])
		if err != nil {
			return err
		}
		c.files[file] = w
		c.writers = append(c.writers, w)
		c.result.Written = append(c.result.Written, n)
	}
	c.other = c.block
	c.lost = func(file httpstream.File, l pcap.Losses) { c.files[file].lost = l }
	p := &plainer{take: c.packet, begins: c.beginsHTTP2}
	if c.how.OpensHTTP2 || opens(c.how.Secrets) {
		p.opener = plain.New(c.how.Secrets)
	}
	err := c.packets(c.packetSources, p.packet)
	p.close()
	if c.err == nil {
		c.written(c.redactor.Close())
	}
	if p.opener != nil {
		c.result.Plain, c.result.Cleartext = p.opener.Counts, p.opener.Cleartext
	}
	return err
}

// beginsHTTP2 ends the reading: there is HTTP/2 that must be read from its beginning.
func (c *redacter) beginsHTTP2() {
	if c.err == nil {
		c.err = ErrHTTP2
		c.end()
	}
}

// create begins writing a packet file.
func (c *redacter) create(n int, s Source) (*packetWriter, error) {
	in, err := c.open(&s, probing)
	if err != nil {
		return nil, err
	}
	isPlain := in.format.name == formatPcap && !c.how.PcapNG
	in.close()
	ending := ".pcapng"
	if isPlain {
		ending = ".pcap"
	}
	to, err := c.how.Create(n, ending)
	if err != nil {
		return nil, err
	}
	return newPacketWriter(to, isPlain), nil
}

// addSecrets reads the secrets in pcapng files: they may come after the packets that they open.
func (c *redacter) addSecrets() error {
	var brought []Source
	for i := range c.packetSources {
		in, err := c.open(&c.packetSources[i], probing)
		if err != nil {
			return err
		}
		if in.format.name == formatPcapNG {
			brought = append(brought, c.packetSources[i])
		}
		in.close()
	}
	for i := range brought {
		r := newRun(c.stop, Sink{}, Options{Secrets: c.how.Secrets})
		err := r.packets(brought[i:i+1:i+1], func(*pcap.Packet, int, httpstream.File) {})
		r.end()
		if err != nil {
			return err
		}
	}
	return nil
}

// packet redacts a packet.
func (c *redacter) packet(k *pcap.Packet, origin int, file httpstream.File) {
	if !k.Synthetic {
		c.counts(k)
	}
	if c.err == nil {
		c.written(c.redactor.Packet(k, origin, file))
	}
}

// write writes a packet that is redacted.
func (c *redacter) write(k *pcap.Packet, file httpstream.File) error {
	w := c.files[file]
	if w == nil {
		return fmt.Errorf("there is no file for packets of %q", file.String())
	}
	return w.packet(k)
}

// block counts a block without a packet, which is left out.
func (c *redacter) block(b pcap.Block) {
	switch {
	case b.Secret():
		c.result.Secrets++
	case !b.Structural():
		c.result.Blocks++
	}
}
