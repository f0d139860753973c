package etw

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"negotrace/capture/pcap"
)

// A loggedPacket is a packet as one component of Windows logged it.
type loggedPacket struct {
	at          int64 // timestamp, see clock
	data        []byte
	link        pcap.LinkType
	originalLen int
	// layer identifies the interface or component that logged it, and the side of it.
	layer  uint64
	number pktmonNumber // zero for ndiscap
	// dropped and reason are pktmon's, for a packet that Windows dropped. unreadable is set
	// for a packet without a link layer.
	dropped, unreadable bool
	reason              uint32
	process             uint32 // ID of the process in which the event was logged
}

// A pktmonNumber identifies a packet in pktmon.
type pktmonNumber struct {
	group  uint64
	number uint16
}

func (n pktmonNumber) hash64() uint64 { return mix64(mix64(n.group+1) ^ uint64(n.number)) }

// A packetLog finds the packets in the events of a trace. It gets events in the order of a
// buffer, and admits packets in the order of time.
type packetLog struct {
	file       *pcap.File
	clock      clock
	partial    map[uint32]*partialPacket // by thread
	interfaces map[pcap.LinkType]*pcap.Interface
	order      int
	found      []loggedPacket // packets of the latest events, until the caller takes them

	duplicates duplicates
	drops      drops
	others     eventCounts
}

func newPacketLog(f *pcap.File) *packetLog {
	return &packetLog{
		file:       f,
		partial:    map[uint32]*partialPacket{},
		interfaces: map[pcap.LinkType]*pcap.Interface{},
		others:     eventCounts{},
	}
}

// event reads an event.
func (l *packetLog) event(e *event) {
	switch e.provider {
	case ndisCaptureProvider:
		l.ndiscap(e)
	case pktmonProvider:
		l.pktmon(e)
	default:
		if name := providerName(e.provider); name != "" {
			l.others.add(name)
		}
	}
}

// admit reports whether a packet can be read and was not logged before. It counts packets that
// Windows dropped.
func (l *packetLog) admit(p *loggedPacket) bool {
	if p.dropped {
		l.drops.add(p.reason, l.clock.time(p.at))
	}
	return !p.unreadable && l.duplicates.isNew(p, l.clock.time(p.at))
}

// close ends all partial packets.
func (l *packetLog) close() {
	for len(l.partial) > 0 {
		l.endOldestPartial()
	}
}

// report notes the events without a packet, and the packets that were dropped.
func (l *packetLog) report() {
	for what, n := range l.others {
		l.file.Events(what, n)
	}
	l.drops.report(l.file)
}

// eventCounts counts events by name.
type eventCounts map[string]int

func (t eventCounts) add(what string) {
	if _, known := t[what]; !known && len(t) >= maxProviders {
		what = "other providers"
	}
	t[what]++
}

// String lists the names and counts, the most frequent first.
func (t eventCounts) String() string {
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

// packet converts a packet that was logged.
func (l *packetLog) packet(p *loggedPacket) pcap.Packet {
	k := pcap.Packet{Data: p.data, Time: l.clock.time(p.at), Wire: p.originalLen, Link: p.link, Interface: l.interfaceOf(p.link)}
	if p.process != noProcess {
		k.Process = p.process
	}
	return k
}

// noProcess is the process ID of events that are logged outside of any process.
const noProcess = 1<<32 - 1

// interfaceOf returns the interface for a link type. A trace does not name its interfaces.
func (l *packetLog) interfaceOf(link pcap.LinkType) *pcap.Interface {
	i := l.interfaces[link]
	if i == nil {
		i = &pcap.Interface{Link: link, Digits: 9}
		if l.clock.isFiletime {
			i.Digits = 7
		}
		l.interfaces[link] = i
	}
	return i
}
