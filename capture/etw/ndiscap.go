package etw

import (
	"negotrace/capture/pcap"
)

// Link types of the packets that Windows logs.
const (
	linkEthernet pcap.LinkType = 1
	linkRaw      pcap.LinkType = 101
	linkDot11    pcap.LinkType = 105
)

// Events of ndiscap and their keywords (from its manifest).
const (
	ndisFragment        = 1001
	ndisMetadata        = 1002 // of the Wi-Fi packet that follows: signal strength and the like
	ndisSwitchFragment  = 1003
	keywordWirelessWAN  = 0x200
	keywordNative80211  = 0x10000
	keywordPacketStart  = 0x40000000
	keywordPacketEnd    = 0x80000000
	ndisFragmentHeader  = 12
	switchFragmentStart = 12 // SourcePortId ends here
)

// ndiscap reads an event of Microsoft-Windows-NDIS-PacketCapture, the driver of `netsh trace
// start capture=yes`.
func (l *packetLog) ndiscap(e *event) {
	var data []byte
	var size int
	ok := false
	switch e.id {
	case ndisFragment:
		if ok = len(e.data) >= ndisFragmentHeader; ok {
			size, data = int(le.Uint32(e.data[8:])), e.data[ndisFragmentHeader:]
		}
	case ndisSwitchFragment:
		size, data, ok = switchFragment(e.data)
	default:
		return // rules, interfaces, states
	}
	if !ok {
		l.others.add("packets of ndiscap in an unknown form")
		return
	}
	p := loggedPacket{
		at:    e.at,
		data:  data[:min(size, len(data))],
		link:  linkEthernet,
		layer: uint64(le.Uint32(e.data))<<32 | uint64(le.Uint32(e.data[4:])),

		process: e.process,
	}
	p.originalLen = max(size, 0)
	switch {
	case e.keyword&keywordNative80211 != 0:
		p.link = linkDot11
	case e.keyword&keywordWirelessWAN != 0:
		p.link = linkRaw
	}
	l.fragment(e, &p)
}

// switchFragment returns the length and the bytes of a packet of a virtual switch. Between the
// interfaces and the packet are its source and its destinations: a port and three names each. It
// fails unless all lengths fit.
func switchFragment(b []byte) (size int, data []byte, ok bool) {
	if len(b) < switchFragmentStart {
		return 0, nil, false
	}
	rest, ok := skipNames(b[switchFragmentStart:], 3)
	if !ok || len(rest) < 4 {
		return 0, nil, false
	}
	destinations := le.Uint32(rest)
	rest = rest[4:]
	for range destinations {
		if len(rest) < 4 {
			return 0, nil, false
		}
		if rest, ok = skipNames(rest[4:], 3); !ok {
			return 0, nil, false
		}
	}
	if len(rest) < 4 {
		return 0, nil, false
	}
	size, rest = int(le.Uint32(rest)), rest[4:]
	if size > len(rest) || len(rest)-size < 4 || int(le.Uint32(rest[size:])) != len(rest)-size-4 {
		return 0, nil, false
	}
	return size, rest[:size], true
}

// skipNames skips n names in UTF-16, each with a 0 at its end.
func skipNames(b []byte, n int) ([]byte, bool) {
	for range n {
		for {
			if len(b) < 2 {
				return nil, false
			}
			c := le.Uint16(b)
			b = b[2:]
			if c == 0 {
				break
			}
		}
	}
	return b, true
}

// A partialPacket is a packet whose last event was not read yet.
type partialPacket struct {
	loggedPacket
	order int // of its first event, so that the oldest can be given up
}

// fragment adds the bytes of an event to its packet. Until Windows 8 one thread logged each
// buffer of a packet as an event of its own, one after the other.
func (l *packetLog) fragment(e *event, p *loggedPacket) {
	begins, ends := e.keyword&keywordPacketStart != 0, e.keyword&keywordPacketEnd != 0
	before := l.partial[e.thread]
	switch {
	case begins && ends:
		p.inferOriginalLen()
		l.found = append(l.found, *p)
		return
	case begins:
		if before != nil {
			l.endPartial(e.thread)
		}
		if len(l.partial) >= maxPartial {
			l.endOldestPartial()
		}
		l.order++
		p.data = append(make([]byte, 0, 2048), p.data...)
		l.partial[e.thread] = &partialPacket{*p, l.order}
		return
	case before == nil:
		l.others.add("parts of packets whose beginning is missing")
		return
	case len(before.data)+len(p.data) > maxPacket:
		l.endPartial(e.thread)
		return
	}
	before.data = append(before.data, p.data...)
	before.originalLen += p.originalLen
	if ends {
		before.at = p.at
		delete(l.partial, e.thread)
		before.inferOriginalLen()
		l.found = append(l.found, before.loggedPacket)
	}
}

// endPartial ends a packet whose last event is missing. It counts as a packet that was cut.
func (l *packetLog) endPartial(thread uint32) {
	p := l.partial[thread]
	delete(l.partial, thread)
	p.originalLen++ // at least
	p.inferOriginalLen()
	l.found = append(l.found, p.loggedPacket)
}

func (l *packetLog) endOldestPartial() {
	oldest, found := uint32(0), (*partialPacket)(nil)
	for thread, p := range l.partial {
		if found == nil || p.order < found.order {
			oldest, found = thread, p
		}
	}
	l.endPartial(oldest)
}

// inferOriginalLen sets the original length to that of the IP header, if that is more. Windows does
// not log that it cut a packet.
func (p *loggedPacket) inferOriginalLen() {
	p.originalLen = max(p.originalLen, len(p.data))
	if p.link == linkDot11 { // other fields may follow the IP packet
		return
	}
	if ip := p.ipPacket(); ip != nil {
		p.originalLen = max(p.originalLen, len(p.data)-len(ip)+ipLength(ip))
	}
}
