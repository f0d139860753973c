package capture

import (
	"context"
	"errors"
	"fmt"
	"io"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// A Conversion is how packets are written as a pcapng file.
type Conversion struct {
	Application string   // the program that writes it, for the header of the file
	Comments    []string // on the file
	// FrameComments are comments by the place of their frame. OnlyFrames are the places of the
	// frames that are written, nil for all. A place is a number and a file. With OnlyFrames,
	// secrets are left out: without all packets of a connection they open nothing.
	FrameComments map[httpstream.Pos][]string
	OnlyFrames    map[httpstream.Pos]bool
	// Note takes what the new file does not have as it was, one sentence each; nil for nobody.
	Note func(text string)
	// Progress is as in Options.
	Progress func(read, total int64)
}

// Convert writes the packets of the sources to out, as one pcapng file. Those of a single source
// keep their numbers; those of several are numbered in the order of the timeline, as mergecap
// does. The blocks of a single pcapng file are copied; damaged ones are left out. The error is of
// sources that could not be read, while the others are written, or of out. Damage inside a source
// is in the Counters.
func Convert(ctx context.Context, sources []Source, out io.Writer, how Conversion) (*httpstream.Counters, error) {
	r := newRun(ctx, Sink{}, Options{Progress: how.Progress})
	defer r.end()
	c := &converter{writing: writing{run: r}, how: how, w: pcap.NewWriter(out)}
	c.w.Application, c.w.Comments = how.Application, how.Comments
	r.other = c.block
	err := r.packets(sources, c.packet)
	c.written(c.w.Close())
	c.finish()
	return r.counters, errors.Join(c.err, err)
}

// A converter writes the packets of a timeline.
type converter struct {
	writing
	how Conversion
	w   *pcap.Writer

	origins int // capture points
	// Counts of what the new file lacks: blocks that were left out, and records that are no
	// packets.
	secrets, others, apart int
}

// packet writes a packet.
func (c *converter) packet(k *pcap.Packet, origin int, file httpstream.File) {
	c.counts(k)
	c.origins = max(c.origins, origin+1)
	at := httpstream.Pos{Frame: k.Frame, File: file}
	if c.how.OnlyFrames != nil {
		if !c.how.OnlyFrames[at] {
			return
		}
		k.Others = 0
	}
	c.apart += k.Others
	comments := c.how.FrameComments[at]
	if k.Block.Bytes != nil && !c.merged {
		c.written(c.w.CopyPacket(k, comments))
	} else {
		c.written(c.w.Packet(k, file, comments))
	}
}

// block writes a block that holds no packet.
func (c *converter) block(b pcap.Block) {
	switch {
	case c.how.OnlyFrames != nil && b.Secret():
		c.secrets++
	case !c.merged:
		c.written(c.w.CopyBlock(b))
	case !b.Structural():
		added, err := c.w.AddBlock(b)
		if c.written(err); !added {
			c.others++
		}
	}
}

// finish notes what the new file lacks.
func (c *converter) finish() {
	note := func(n int, format string) {
		if n > 0 && c.how.Note != nil {
			c.how.Note(fmt.Sprintf(format, n))
		}
	}
	note(c.secrets, "TLS secrets are left out (blocks of them: %d): they open only whole connections")
	note(c.others, "statistics and blocks of unknown types are left out (%d): they would not be true of several files")
	note(c.apart, "records that are no packets are written as empty Custom Blocks, which keep their frame numbers (%d)")
	note(c.w.NotCommented, "comments for which a block has no room are left out (%d)")
	if c.origins > 1 {
		note(c.origins, "the files overlap in time: they are %d capture points. In the new file they are one, and its report can differ")
	}
}
