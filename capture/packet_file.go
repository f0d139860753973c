package capture

import (
	"fmt"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// A packetFile is an input whose packets are being read.
type packetFile struct {
	*input
	records *pcap.File
	read    pcap.Next
	// first has read this packet already, and next returns it again.
	again    *pcap.Packet
	hasAgain bool
	count    int // frames read so far
}

// openPackets begins to read the packets of an input. name is its Pos.File. A probe notes no
// damage and keeps no secrets.
func (r *run) openPackets(in *input, name httpstream.File, isProbe bool) (*packetFile, error) {
	f := &packetFile{input: in}
	f.records = &pcap.File{
		Blocks: in.blocks,
		Other:  r.other,
		Damage: func(format string, args ...any) {
			r.damageAt(httpstream.Pos{Frame: f.count, Stream: -1, File: name}, format, args...)
		},
		KeyLog: r.opts.Secrets.Add,
		Events: r.counters.UnreadEvent,
		Limited: func(kind, format string, args ...any) {
			if !name.IsZero() {
				format, args = "%q: "+format, append([]any{name.String()}, args...)
			}
			r.limited(kind, format, args...)
			r.counters.Notes[len(r.counters.Notes)-1].Recording = true
		},
	}
	f.records.Lost = func(l pcap.Losses) {
		f.records.Limited("capture-incomplete", "While this was captured, %s: give the program that captures a larger buffer (dumpcap -B 64, tcpdump -B 65536), or a filter", l)
		if r.lost != nil {
			r.lost(name, l)
		}
	}
	if in.file != nil {
		f.records.At, f.records.Size = in.file, in.file.size
	}
	if r.opts.IgnoreCaptureSecrets {
		f.records.KeyLog = func([]byte) {}
	}
	if isProbe {
		f.records.Damage, f.records.KeyLog = func(string, ...any) {}, func([]byte) {}
		f.records.Other, f.records.Lost = nil, func(pcap.Losses) {}
		f.records.Events, f.records.Limited = func(string, int) {}, func(string, string, ...any) {}
	}
	var err error
	if f.read, err = in.format.packets(f.records); err != nil {
		return nil, fmt.Errorf("%q: %w", in.source.Name, err)
	}
	return f, nil
}

// next reads the next packet and reports whether there was one.
func (f *packetFile) next(k *pcap.Packet) bool {
	if f.again != nil {
		*k, f.again = *f.again, nil
		return f.hasAgain
	}
	return f.readNext(k)
}

// readNext reads a packet and numbers it, and reports whether there was one.
func (f *packetFile) readNext(k *pcap.Packet) bool {
	k.PlainCopy = nil
	if !f.read(k) {
		return false
	}
	f.count += 1 + k.Others
	k.Frame = f.count
	return true
}

// first returns the first packet, which next will return again, and the zero packet if
// there is none. The error is of a file without packets that should have some.
func (f *packetFile) first() (*pcap.Packet, error) {
	f.again = new(pcap.Packet)
	f.hasAgain = f.readNext(f.again)
	return f.again, f.err()
}

// err returns why a file that was read to its end has no packets, if it should have some.
func (f *packetFile) err() error {
	if f.records.Err == nil {
		return nil
	}
	return fmt.Errorf("%q: %w", f.source.Name, f.records.Err)
}

// A taker takes the next packet of a timeline. origin is the number of the capture point, file what
// Pos.File shall be.
type taker func(k *pcap.Packet, origin int, file httpstream.File)

// readTo reads the only file to its end.
func (f *packetFile) readTo(take taker) {
	for k := new(pcap.Packet); f.next(k); {
		f.source.record.packet(k.Time)
		take(k, 0, httpstream.File{})
	}
	f.close()
}

// close closes the file, and releases its last block.
func (f *packetFile) close() {
	f.blocks.Retire()
	f.input.close()
}
