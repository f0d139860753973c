package etw

import "negotrace/capture/pcap"

// Events of pktmon (from its manifest), and offsets in their payload.
const (
	pktmonPacket     = 160
	pktmonDrop       = 170
	pktmonHeaderLen  = 34
	pktmonType       = 14
	pktmonComponent  = 16
	pktmonEdge       = 18
	pktmonDropReason = 22
	pktmonOriginal   = 30
	pktmonLogged     = 32
)

// pktmonLinks are the packet types that begin with a link layer or with IP. The others are logged
// by components above IP.
var pktmonLinks = map[uint16]pcap.LinkType{1: linkEthernet, 2: linkDot11, 3: linkRaw}

// pktmon reads an event of Microsoft-Windows-PktMon, the provider of `pktmon start --capture`.
func (l *packetLog) pktmon(e *event) {
	b := e.data
	if e.id != pktmonPacket && e.id != pktmonDrop {
		return // components, counters, filters
	}
	if len(b) < pktmonHeaderLen {
		l.others.add("packets of pktmon in an unknown form")
		return
	}
	link, ok := pktmonLinks[le.Uint16(b[pktmonType:])]
	if !ok {
		l.others.add("packets of pktmon without a link layer, which it logs higher up")
		if e.id == pktmonPacket {
			return
		}
	}
	data := b[pktmonHeaderLen:]
	size := int(le.Uint16(b[pktmonLogged:]))
	p := loggedPacket{
		at:          e.at,
		data:        data[:min(size, len(data))],
		link:        link,
		originalLen: max(int(le.Uint16(b[pktmonOriginal:])), size),
		// A component sees a packet on its upper and on its lower edge.
		layer:  1<<63 | uint64(le.Uint16(b[pktmonComponent:]))<<16 | uint64(le.Uint16(b[pktmonEdge:])),
		number: pktmonNumber{le.Uint64(b), le.Uint16(b[8:])},

		process: e.process,
	}
	if e.id == pktmonDrop {
		p.dropped, p.reason, p.unreadable = true, le.Uint32(b[pktmonDropReason:]), !ok
	}
	p.inferOriginalLen()
	l.found = append(l.found, p)
}
