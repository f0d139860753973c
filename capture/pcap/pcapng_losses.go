package pcap

import (
	"maps"
	"strings"

	"negotrace/capture/block"
	"negotrace/internal/plural"
)

// Options of an Interface Statistics Block (pcapng section 4.6).
const (
	ngOptInterfaceDrops = 5
	ngOptSystemDrops    = 7
)

// mostLost is more than any interface loses: with all bits set, programs say that they do not know.
const mostLost = 1 << 40

// Losses are how many packets the machine of a capture lost while it recorded: for want of room in
// the interface, and in the system.
type Losses struct{ Interface, System uint64 }

// String says it.
func (l Losses) String() string {
	var parts []string
	if l.Interface > 0 {
		parts = append(parts, "the interface lost "+plural.Count(int64(l.Interface), "packet"))
	}
	if l.System > 0 {
		parts = append(parts, "the system lost "+plural.Count(int64(l.System), "packet"))
	}
	return strings.Join(parts, ", ")
}

// losses adds up what the statistics of a file say. Each are of all that an interface lost so far: the
// last ones of a section count.
type losses struct {
	of      map[uint32]Losses // by interface of the section
	earlier Losses            // in the sections before
}

// statistics reads an Interface Statistics Block.
func (s *losses) statistics(order block.ByteOrder, body []byte) {
	if len(body) < 12 {
		return
	}
	var lost Losses
	for code, value := range ngOptions(order, body[12:]) {
		if len(value) != 8 || order.Uint64(value) > mostLost {
			continue
		}
		switch code {
		case ngOptInterfaceDrops:
			lost.Interface = order.Uint64(value)
		case ngOptSystemDrops:
			lost.System = order.Uint64(value)
		}
	}
	if lost == (Losses{}) || len(s.of) >= maxInterfaces {
		return
	}
	if s.of == nil {
		s.of = map[uint32]Losses{}
	}
	s.of[order.Uint32(body)] = lost
}

// endSection adds up what the interfaces of a section lost.
func (s *losses) endSection() {
	for lost := range maps.Values(s.of) {
		s.earlier.Interface += lost.Interface
		s.earlier.System += lost.System
	}
	s.of = nil
}

// endFile says how much was lost in all of a file, if anything was.
func (n *ngFile) endFile() {
	if n.losses.endSection(); n.losses.earlier != (Losses{}) {
		n.Lost(n.losses.earlier)
		n.losses = losses{}
	}
}

// Lost writes how many packets were lost, as statistics of the first interface of the section, if
// there is one.
func (w *Writer) Lost(l Losses) {
	if !w.begun || len(w.known) == 0 {
		return
	}
	w.begin(ngStatistics)
	w.numbers(0, 0, 0)
	for _, o := range [...]struct {
		code uint16
		n    uint64
	}{{ngOptInterfaceDrops, l.Interface}, {ngOptSystemDrops, l.System}} {
		if o.n > 0 {
			var b [8]byte
			low, high := uint32(o.n), uint32(o.n>>32)
			if w.order == block.BigEndian {
				low, high = high, low
			}
			w.order.AppendUint32(w.order.AppendUint32(b[:0], low), high)
			w.option(o.code, string(b[:]))
		}
	}
	w.option(ngOptEnd, "")
	w.end()
}
