package etw

import (
	"negotrace/capture/pcap"
)

// Link types of what Windows logs.
const (
	linkEthernet pcap.LinkType = 1
	linkRaw      pcap.LinkType = 101
	linkDot11    pcap.LinkType = 105
)

// Events of ndiscap, and keywords on them (its manifest).
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

// ndiscap takes an event of Microsoft-Windows-NDIS-PacketCapture: the driver that `netsh
// trace start capture=yes` uses.
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
		l.others.add("packets of ndiscap in an unknown form", 1)
		return
	}
	p := logged{
		at:    e.at,
		data:  data[:min(size, len(data))],
		link:  linkEthernet,
		layer: uint64(le.Uint32(e.data))<<32 | uint64(le.Uint32(e.data[4:])),

		process: e.process,
	}
	p.wire = max(size, 0)
	switch {
	case e.keyword&keywordNative80211 != 0:
		p.link = linkDot11
	case e.keyword&keywordWirelessWAN != 0:
		p.link = linkRaw
	}
	l.fragment(e, &p)
}

// switchFragment returns the length and the bytes of a packet that a virtual switch has seen.
// Between the interfaces and the packet are its source and its destinations: a port and three
// names each. Only a form in which all lengths fit is believed.
func switchFragment(b []byte) (size int, data []byte, ok bool) {
	if len(b) < switchFragmentStart {
		return 0, nil, false
	}
	rest, ok := withoutNames(b[switchFragmentStart:], 3)
	if !ok || len(rest) < 4 {
		return 0, nil, false
	}
	destinations := le.Uint32(rest)
	rest = rest[4:]
	for range destinations {
		if len(rest) < 4 {
			return 0, nil, false
		}
		if rest, ok = withoutNames(rest[4:], 3); !ok {
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

// withoutNames takes n names of UTF-16 with a 0 at their end off the beginning of b.
func withoutNames(b []byte, n int) ([]byte, bool) {
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

// A joined is a packet of which some events have come.
type joined struct {
	logged
	order int // of its first event, so that the oldest can be given up
}

// fragment adds what an event brings of a packet. Until Windows 8 a packet was logged in as
// many events as it had buffers, by one thread, one after the other.
func (l *packetLog) fragment(e *event, p *logged) {
	begins, ends := e.keyword&keywordPacketStart != 0, e.keyword&keywordPacketEnd != 0
	before := l.joining[e.thread]
	switch {
	case begins && ends:
		p.inferWire()
		l.found = append(l.found, *p)
		return
	case begins:
		if before != nil {
			l.giveUp(e.thread)
		}
		if len(l.joining) >= maxJoined {
			l.giveUpOldest()
		}
		l.order++
		p.data = append(make([]byte, 0, 2048), p.data...)
		l.joining[e.thread] = &joined{*p, l.order}
		return
	case before == nil:
		l.others.add("parts of packets whose beginning is missing", 1)
		return
	case len(before.data)+len(p.data) > maxPacket:
		l.giveUp(e.thread)
		return
	}
	before.data = append(before.data, p.data...)
	before.wire += p.wire
	if ends {
		before.at = p.at
		delete(l.joining, e.thread)
		before.inferWire()
		l.found = append(l.found, before.logged)
	}
}

// giveUp lets a packet be whose end does not come: what there is of it is a packet that was
// cut.
func (l *packetLog) giveUp(thread uint32) {
	p := l.joining[thread]
	delete(l.joining, thread)
	p.wire++ // at least
	p.inferWire()
	l.found = append(l.found, p.logged)
}

func (l *packetLog) giveUpOldest() {
	oldest, found := uint32(0), (*joined)(nil)
	for thread, p := range l.joining {
		if found == nil || p.order < found.order {
			oldest, found = thread, p
		}
	}
	l.giveUp(oldest)
}

// inferWire sets the length of the packet on the wire to what its IP header says, if that is
// more: Windows does not log that it cut a packet.
func (p *logged) inferWire() {
	p.wire = max(p.wire, len(p.data))
	if p.link == linkDot11 { // which may have something behind IP, too
		return
	}
	if ip := p.ip(); ip != nil {
		p.wire = max(p.wire, len(p.data)-len(ip)+ipLength(ip))
	}
}
