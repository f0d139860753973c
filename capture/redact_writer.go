package capture

import (
	"errors"
	"io"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// A packetWriter writes packets without what a file says about them: names of interfaces,
// comments, processes.
type packetWriter struct {
	plain    *pcap.PlainWriter // one of these
	ng       *pcap.Writer
	to       *behindWriter                       // of these; nil if they write themselves
	stripped map[*pcap.Interface]*pcap.Interface // without their names
	lost     pcap.Losses
}

// newPacketWriter returns a writer of a pcap file, or of a pcapng file.
func newPacketWriter(to io.Writer, isPlain bool) *packetWriter {
	behind := newBehindWriter(to)
	if isPlain {
		return &packetWriter{plain: pcap.NewPlainWriter(behind), to: behind}
	}
	return &packetWriter{ng: pcap.NewWriter(behind), to: behind}
}

// packet writes a packet, and leaves it as it is: a reader uses it for the next one.
func (w *packetWriter) packet(of *pcap.Packet) error {
	bare := *of
	k := &bare
	if w.plain != nil {
		if k.Synthetic {
			return ErrNotPcap
		}
		return w.plain.Packet(k)
	}
	if k.Link == pcap.NoPacket {
		k.Others++
	}
	if i := k.Interface; i != nil {
		stripped := w.stripped[i]
		if stripped == nil {
			if stripped = (&pcap.Interface{Link: i.Link, Digits: i.Digits}); k.PlainCopy != nil {
				stripped = pcap.PlainCopyInterface(k.PlainCopy, i.Link, i.Digits)
			}
			if w.stripped == nil {
				w.stripped = map[*pcap.Interface]*pcap.Interface{}
			}
			w.stripped[i] = stripped
		}
		k.Interface = stripped
	}
	k.Process, k.Block = 0, pcap.Block{}
	return w.ng.Packet(k, httpstream.File{}, nil)
}

// close writes what is left.
func (w *packetWriter) close() error {
	var err, behind error
	if w.plain != nil {
		err = w.plain.Close()
	} else {
		if w.lost != (pcap.Losses{}) {
			w.ng.Lost(w.lost)
		}
		err = w.ng.Close()
	}
	if w.to != nil {
		behind = w.to.Close()
	}
	return errors.Join(behind, err)
}
