package pcap

import (
	"io"

	"negotrace/capture/block"
	"negotrace/httpstream"
)

// A PlainWriter writes a pcap file, in little-endian order. Its first error ends it.
type PlainWriter struct {
	to    io.Writer
	b     []byte // not written yet
	begun bool
	nanos uint64 // in one unit of the fractions of seconds
	err   error
}

// NewPlainWriter returns a PlainWriter of a file.
func NewPlainWriter(to io.Writer) *PlainWriter { return &PlainWriter{to: to} }

// Packet writes a packet. The first one sets the link type of all and the precision of their
// times.
func (w *PlainWriter) Packet(k *Packet) error {
	order := block.LittleEndian
	if !w.begun {
		w.begin(k)
	}
	var since uint64
	if !k.Time.IsZero() {
		since = uint64(k.Time.Sub(httpstream.UnixTime(0, 0)))
	}
	w.b = order.AppendUint32(w.b, uint32(since/1e9))
	w.b = order.AppendUint32(w.b, uint32(since%1e9/w.nanos))
	w.b = order.AppendUint32(w.b, uint32(len(k.Data)))
	w.b = order.AppendUint32(w.b, uint32(k.Wire))
	w.b = append(w.b, k.Data...)
	if len(w.b) >= writeLen {
		w.flush()
	}
	return w.err
}

// begin writes the header of the file.
func (w *PlainWriter) begin(k *Packet) {
	order := block.LittleEndian
	magic := uint32(pcapMicro)
	w.begun, w.nanos = true, 1000
	if k.Interface != nil && k.Interface.Digits > 6 {
		magic, w.nanos = pcapNano, 1
	}
	w.b = order.AppendUint32(w.b, magic)
	w.b = order.AppendUint16(order.AppendUint16(w.b, 2), 4)
	w.b = order.AppendUint32(order.AppendUint32(w.b, 0), 0)
	w.b = order.AppendUint32(order.AppendUint32(w.b, block.MaxRecord), uint32(k.Link))
}

// Close writes what is left, and a header if there was no packet.
func (w *PlainWriter) Close() error {
	if !w.begun {
		w.begin(&Packet{Link: 1})
	}
	w.flush()
	return w.err
}

func (w *PlainWriter) flush() {
	if w.err == nil {
		_, w.err = w.to.Write(w.b)
	}
	w.b = w.b[:0]
}
