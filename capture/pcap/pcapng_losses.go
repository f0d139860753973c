package pcap

import (
	"maps"
	"strings"

	"negotrace/capture/block"
	"negotrace/internal/plural"
)

// Options of an Interface Statistics Block (pcapng section 4.6), and of a packet (section 4.3).
const (
	ngOptInterfaceDrops = 5
	ngOptSystemDrops    = 7
	ngOptPacketDrops    = 4
)

// unknownDrops is what an obsolete Packet Block (appendix A) says whose writer does not know how many were lost.
const unknownDrops = 0xffff

// mostLost is more than any interface loses: with all bits set, programs say that they do not know.
const mostLost = 1 << 40

// Losses are how many packets the machine of a capture lost while it recorded: for want of room in
// the interface, and in the system. Between are those that only drop counts of the packets behind them
// say, which say not in which of the two.
type Losses struct{ Interface, System, Between uint64 }

// String says it.
func (l Losses) String() string {
	var parts []string
	if l.Interface > 0 {
		parts = append(parts, "the interface lost "+plural.Count(int64(l.Interface), "packet"))
	}
	if l.System > 0 {
		parts = append(parts, "the system lost "+plural.Count(int64(l.System), "packet"))
	}
	if l.Between > 0 {
		parts = append(parts, plural.Count(int64(l.Between), "packet")+plural.Verb(int64(l.Between), " was", " were")+" lost, by the drop counts of those behind them")
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

// before counts the packets that i lost before a packet, as it says itself.
func (i *Interface) before(drops uint64) {
	if drops <= mostLost && i.drops <= mostLost {
		i.drops += drops
	}
}

// dropsIn reads the drop count among the options of a packet.
func dropsIn(order block.ByteOrder, options []byte) uint64 {
	for code, value := range ngOptions(order, options) {
		if code == ngOptPacketDrops && len(value) == 8 {
			return order.Uint64(value)
		}
	}
	return 0
}

// endSection adds up what the interfaces of a section lost. Where both statistics and drop counts say it, the
// greater number counts: each may be of a part only.
func (s *losses) endSection(interfaces []*Interface) {
	for id, i := range interfaces {
		if lost := s.of[uint32(id)]; i.drops > lost.Interface+lost.System {
			delete(s.of, uint32(id))
			s.earlier.Between += i.drops
		}
	}
	for lost := range maps.Values(s.of) {
		s.earlier.Interface += lost.Interface
		s.earlier.System += lost.System
	}
	s.of = nil
}

// endFile says how much was lost in all of a file, if anything was.
func (n *ngFile) endFile() {
	if n.losses.endSection(n.interfaces); n.losses.earlier != (Losses{}) {
		n.Lost(n.losses.earlier)
		n.losses = losses{}
	}
}

// Lost writes how many packets were lost, as statistics of the first interface of the section, if
// there is one. Statistics have no place for those of which only packets say it: they count as lost in
// the interface.
func (w *Writer) Lost(l Losses) {
	if !w.begun || len(w.known) == 0 {
		return
	}
	w.begin(ngStatistics)
	w.numbers(0, 0, 0)
	for _, o := range [...]struct {
		code uint16
		n    uint64
	}{{ngOptInterfaceDrops, l.Interface + l.Between}, {ngOptSystemDrops, l.System}} {
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
