package capture

import (
	"errors"
	"fmt"
	"io"

	"negotrace/httpstream"
)

// A packet is one record of a packet file.
type packet struct {
	data []byte          // valid until the next packet of its file is asked for
	time httpstream.Time // zero where the file does not say
	wire int             // its length on the wire, at least len(data)
	link uint16          // LINKTYPE_ value, as tcpdump.org registers them
}

// A packetFile is a packet file being read.
type packetFile struct {
	*input
	next func(*packet) bool
	// damage notes that the file is cut or corrupt here.
	damage func(format string, args ...any)
	// keyLog takes TLS secrets that the file brings along.
	keyLog func(secrets []byte)
}

// openPackets begins reading the packets of an input. name is what it is called in
// Pos.File. Damage is noted and secrets are kept if this is more than a glance.
func (r *run) openPackets(in *input, name httpstream.File, pace stride) (*packetFile, error) {
	f := &packetFile{
		input:  in,
		damage: func(format string, args ...any) { r.damageIn(name, format, args...) },
		keyLog: r.opts.Secrets.Add,
	}
	if pace == glance {
		f.damage, f.keyLog = func(string, ...any) {}, func([]byte) {}
	}
	next, err := in.format.packets(f)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", in.source.Name, err)
	}
	f.next = next
	return f, nil
}

// tellTo has what lies in the file told by a decoder: its blocks are needed until then,
// the last one even after the file is closed, and its secrets come between its packets.
func (f *packetFile) tellTo(d *decoder) {
	f.blocks.retire = d.retire
	f.keyLog = func(secrets []byte) {
		d.later(func(follow *follower) { follow.secrets.Add(secrets) })
	}
}

// close lets go of the file, and of the block that was looked at last.
func (f *packetFile) close() {
	f.blocks.leave()
	f.input.close()
}

// ended says why there are no more packets, where that is not the end of the file.
func (f *packetFile) ended(err error) bool {
	switch {
	case errors.Is(err, errStopped):
		f.damage("reading was interrupted")
	case err == io.ErrUnexpectedEOF && f.blocks.err == io.EOF:
		f.damage("cut short: the file ends in the middle of a packet, %d bytes into it", len(f.blocks.buf))
	case err != io.EOF:
		f.damage("reading failed: %v", err)
	}
	return false
}

// resyncWindow is how much is looked through at once for the next record. A block of
// pcapng longer than that is not found again.
const resyncWindow = 256 << 10

// passOver notes damage and goes on, at least one byte, to the next place where begins
// says that records do. It is shown what is known of the file from each place on, at
// least that many bytes, and whether that is all there is.
func (f *packetFile) passOver(damage string, least int, begins func(b []byte, ends bool) bool) error {
	at := f.blocks.pos
	if err := f.blocks.skip(1); err != nil {
		return err
	}
	for {
		buf, err := f.blocks.peek(resyncWindow)
		skip, found := 0, false
		for len(buf)-skip >= least && !found {
			if found = begins(buf[skip:], err != nil); !found {
				skip++
			}
		}
		if !found && err != nil {
			skip = len(buf)
		}
		f.blocks.take(skip)
		if found || err != nil {
			f.damage("%s; %d bytes are passed over", damage, f.blocks.pos-at)
		}
		switch {
		case found:
			return nil
		case err == io.ErrUnexpectedEOF:
			return io.EOF
		case err != nil:
			return err
		}
	}
}
