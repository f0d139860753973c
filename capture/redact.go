package capture

import (
	"context"
	"errors"
	"fmt"
	"io"

	"negotrace/capture/pcap"
	"negotrace/capture/redact"
	"negotrace/capture/redact/exports"
	"negotrace/capture/redact/pseudonym"
	"negotrace/httpstream"
)

// A Redaction is what was replaced in a capture, and what is left out of it.
type Redaction struct {
	redact.Counts
	// Blocks counts blocks of pcapng that are left out: names, comments, statistics, and
	// Secrets those with keys.
	Blocks, Secrets int
	// Exports is what became of a browser export.
	Exports exports.Counts
}

// Redact writes the packets of the sources to out so that they can be shown to others, with
// pseudonyms out of names. One pcap file stays one; everything else becomes pcapng. Frames keep
// their numbers. One browser export stays what it is. The error is of sources that could not be read, or of out.
func Redact(ctx context.Context, sources []Source, out io.Writer, names *pseudonym.Names, progress func(read, total int64)) (*Redaction, *httpstream.Counters, error) {
	r := newRun(ctx, Sink{}, Options{Progress: progress, Sealed: true})
	defer r.end()
	c := &redacter{run: r, out: out, stripped: map[*pcap.Interface]*pcap.Interface{}}
	c.redactor = redact.New(names, c.write)
	r.other = c.block
	if done, err := c.export(sources, names); done {
		return &c.result, r.counters, err
	}
	err := r.packets(sources, c, func(several bool) { c.several = several })
	if c.err == nil {
		c.written(c.redactor.Close())
	}
	switch {
	case c.plain != nil:
		c.written(c.plain.Close())
	case c.ng != nil:
		c.written(c.ng.Close())
	}
	c.result.Counts = c.redactor.Counts
	return &c.result, r.counters, errors.Join(c.err, err)
}

// A redacter writes the packets of a timeline when they are redacted.
type redacter struct {
	*run
	redactor *redact.Redactor
	out      io.Writer
	several  bool
	plain    *pcap.PlainWriter // one of these
	ng       *pcap.Writer
	stripped map[*pcap.Interface]*pcap.Interface // without their names
	result   Redaction
	err      error
}

// attach is part of consumer.
func (c *redacter) attach(f *packetFile) {
	switch {
	case c.plain != nil || c.ng != nil:
	case f.format.name == "pcap" && !c.several:
		c.plain = pcap.NewPlainWriter(c.out)
	default:
		c.ng = pcap.NewWriter(c.out)
	}
}

// packet redacts a packet.
func (c *redacter) packet(k *pcap.Packet, origin int, file httpstream.File) {
	c.counters.Packets++
	c.counters.Frames += 1 + k.Others
	c.counters.Bytes += int64(len(k.Data))
	if c.err == nil {
		c.written(c.redactor.Packet(k, origin, file))
	}
}

// write writes a packet that is redacted.
func (c *redacter) write(k *pcap.Packet, _ httpstream.File) error {
	if c.plain != nil {
		return c.plain.Packet(k)
	}
	if k.Link == pcap.NoPacket {
		k.Others++
	}
	if i := k.Interface; i != nil {
		bare := c.stripped[i]
		if bare == nil {
			bare = &pcap.Interface{Link: i.Link, Digits: i.Digits}
			c.stripped[i] = bare
		}
		k.Interface = bare
	}
	return c.ng.Packet(k, httpstream.File{}, nil)
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

// written takes the error of a writing. The first one ends the reading as well.
func (c *redacter) written(err error) {
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("%w: %w", ErrNotWritten, err)
		c.end()
	}
}
