package etw

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"negotrace/capture/pcap"
)

// A logged is a packet as one component of Windows logged it.
type logged struct {
	at   int64 // in the units of the trace's clock
	data []byte
	link pcap.LinkType
	wire int
	// layer is who logged it: an interface or a component, and on which side of it.
	layer  uint64
	number pktmonNumber // zero for ndiscap
	// What pktmon says of a packet that Windows dropped. hidden is a packet of which there
	// is nothing to read.
	dropped, hidden bool
	reason          uint32
	process         uint32 // in which the event was logged
}

// A pktmonNumber is by which pktmon knows a packet again.
type pktmonNumber struct {
	group  uint64
	number uint16
}

func (n pktmonNumber) sum() uint64 { return mix(mix(n.group+1) ^ uint64(n.number)) }

// A packetLog finds the packets in the events of a trace. Events come in the order in which
// they lie in a buffer, and packets leave in the order of time.
type packetLog struct {
	file    *pcap.File
	clock   clock
	joining map[uint32]*joined // by thread
	traced  map[pcap.LinkType]*pcap.Interface
	order   int
	found   []logged // in the events that came since it was emptied

	copies copies
	drops  drops
	others tally
}

func newPacketLog(f *pcap.File) *packetLog {
	return &packetLog{
		file:    f,
		joining: map[uint32]*joined{},
		traced:  map[pcap.LinkType]*pcap.Interface{},
		others:  tally{},
	}
}

// event takes an event.
func (l *packetLog) event(e *event) {
	switch e.provider {
	case ofNDISCapture:
		l.ndiscap(e)
	case ofPktmon:
		l.pktmon(e)
	default:
		if name := providerName(e.provider); name != "" {
			l.others.add(name, 1)
		}
	}
}

// admit reports whether a packet is one that nobody has logged before, and notes what
// Windows says of it.
func (l *packetLog) admit(p *logged) bool {
	if p.dropped {
		l.drops.add(p.reason, l.clock.time(p.at))
	}
	return !p.hidden && l.copies.isNew(p, l.clock.time(p.at))
}

// close gives up what is incomplete.
func (l *packetLog) close() {
	for len(l.joining) > 0 {
		l.giveUpOldest()
	}
}

// report says what the events were that hold no packet, and what was dropped.
func (l *packetLog) report() {
	for what, n := range l.others {
		l.file.Events(what, n)
	}
	l.drops.report(l.file)
}

// A tally counts by name.
type tally map[string]int

func (t tally) add(what string, n int) {
	if _, known := t[what]; !known && len(t) >= maxProviders {
		what = "other providers"
	}
	t[what] += n
}

// String lists what was counted, the most frequent first.
func (t tally) String() string {
	names := slices.SortedFunc(maps.Keys(t), func(a, b string) int { return cmp.Or(t[b]-t[a], cmp.Compare(a, b)) })
	const most = 6
	var parts []string
	for i, name := range names {
		if i == most {
			parts = append(parts, fmt.Sprintf("%d more", len(names)-most))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%d)", name, t[name]))
	}
	return strings.Join(parts, ", ")
}

// packet returns a packet that was logged.
func (l *packetLog) packet(p *logged) pcap.Packet {
	k := pcap.Packet{Data: p.data, Time: l.clock.time(p.at), Wire: p.wire, Link: p.link, Interface: l.iface(p.link)}
	if p.process != noProcess {
		k.Process = p.process
	}
	return k
}

// noProcess is the process of events that Windows logs outside of any.
const noProcess = 1<<32 - 1

// iface is the interface of packets of a link type: a trace does not name those that it has.
func (l *packetLog) iface(link pcap.LinkType) *pcap.Interface {
	i := l.traced[link]
	if i == nil {
		i = &pcap.Interface{Link: link, Digits: 9}
		if l.clock.isFiletime {
			i.Digits = 7
		}
		l.traced[link] = i
	}
	return i
}
