package etw

import (
	"errors"
	"fmt"
	"io"
	"time"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// Network types of frames.
const (
	netmonEthernet0  = 0 // some VPN adapters
	netmonEthernet   = 1
	netmonTokenRing  = 2
	netmonFDDI       = 3
	netmonWAN        = 4 // Ethernet, or LLC behind a header for ATM
	netmonDot11      = 6 // after a header of its own
	netmonTunnel     = 7 // raw IP, like the next two
	netmonCellular   = 8
	netmonRawIP      = 9
	netmonPcap       = 0xe000 // plus a link type of pcap
	netmonWiFi       = 0xe080 // of Message Analyzer; those after it have no link layer
	netmonMessageEnd = 0xe08a
	netmonEvent      = 0xffe0
	netmonAdapters   = 0xfffb // of this and the following ones, Wireshark numbers only this and netmonFilter
	netmonPayload    = 0xfffc
	netmonNames      = 0xfffe
	netmonFilter     = 0xffff
)

const (
	linkTokenRing pcap.LinkType = 6
	linkFDDI      pcap.LinkType = 10
	linkATM       pcap.LinkType = 100

	netmonATMHeader   = 16 // addresses, path and circuit
	netmonDot11Header = 32
	// netmonEventContext is the length between the header and the payload of an event.
	netmonEventContext = 9
)

// read reads a frame into k. It reports whether it is a packet. Events are given to the log,
// which finds the packets in them.
func (n *netmonFile) read(frame []byte, k *pcap.Packet) bool {
	captured := len(frame) - frameHeaderLen - n.trailer
	data, trailer := frame[frameHeaderLen:frameHeaderLen+captured], frame[frameHeaderLen+captured:]
	network := n.network
	if n.minor >= 1 {
		network = le.Uint16(trailer)
	}
	if network >= netmonPayload && network <= netmonNames {
		return false
	}
	n.others++
	switch network {
	case netmonAdapters, netmonFilter:
		return false
	case netmonEvent:
		n.event(data, trailer)
		return false
	}
	link, skip, ok := netmonLink(network, data)
	if !ok {
		n.log.others.add(fmt.Sprintf("frames of Network Monitor's network type %#x", network))
		return false
	}
	*k = pcap.Packet{
		Data: data[skip:],
		Time: n.time(frame, trailer),
		Wire: max(int(le.Uint32(frame[8:])), captured) - skip,
		Link: link,

		Interface: n.log.interfaceOf(link),
	}
	return true
}

// netmonLink returns the link type of a frame, and the length of what comes before the link
// header.
func netmonLink(network uint16, data []byte) (link pcap.LinkType, skip int, ok bool) {
	switch network {
	case netmonEthernet0, netmonEthernet:
		return linkEthernet, 0, true
	case netmonTokenRing:
		return linkTokenRing, 0, true
	case netmonFDDI:
		return linkFDDI, 0, true
	case netmonWAN:
		if len(data) > 14 && (data[12] == 0x08 && data[13] == 0 || data[12] == 0x86 && data[13] == 0xdd) {
			return linkEthernet, 0, true
		}
		return linkATM, netmonATMHeader, len(data) >= netmonATMHeader
	case netmonDot11:
		if len(data) < netmonDot11Header {
			return 0, 0, false
		}
		skip = int(le.Uint16(data[1:])) // after the version
		return linkDot11, skip, skip >= netmonDot11Header && skip <= len(data)
	case netmonTunnel, netmonCellular, netmonRawIP:
		return linkRaw, 0, true
	case netmonWiFi:
		return linkDot11, 0, true
	}
	if network > netmonWiFi && network <= netmonMessageEnd || network&0xf000 != netmonPcap {
		return 0, 0, false
	}
	return pcap.LinkType(network &^ netmonPcap), 0, true
}

// time returns the time of a frame. From version 2.3 on frames have it in UTC. Before that they
// have the time since the beginning of the capture, which is in local time.
func (n *netmonFile) time(frame, trailer []byte) httpstream.Time {
	if n.minor >= 3 {
		if t := filetime(le.Uint64(trailer[6:])); !t.IsZero() {
			return t
		}
	}
	n.isLocal = true
	return n.start.Add(time.Duration(int64(le.Uint64(frame)*10) * 100)) // it may be negative
}

// event reads a frame with an ETW event.
func (n *netmonFile) event(data, trailer []byte) {
	if len(data) < eventHeaderLen+netmonEventContext {
		n.log.others.add(providerNames[unknownProvider])
		return
	}
	var e event
	e.readHeader(data)
	e.data = data[eventHeaderLen+netmonEventContext:]
	if size := int(le.Uint16(data[86:])); size <= len(e.data) { // extended data items come first
		e.data = e.data[len(e.data)-size:]
	}
	if n.minor >= 3 {
		if at := le.Uint64(trailer[6:]); at != 0 {
			e.at = int64(at)
		}
	}
	n.log.event(&e)
}

// scanFrame returns the next frame in file order. It finds frames where the table after them
// cannot be read, as in a pipe.
func (n *netmonFile) scanFrame() ([]byte, error) {
	if n.scanned == 0 {
		n.skipPadding()
	}
	for {
		if n.tableAt > 0 && n.Blocks.Pos() == n.tableAt {
			if said := n.tableLen / 4; said != int64(n.scanned) {
				n.Damage("the table of the file has %s, %d %s found", plural.Count(said, "frame"), n.scanned, plural.Verb(n.scanned, "was", "were"))
			}
			return nil, io.EOF
		}
		head, err := n.Blocks.Peek(frameHeaderLen)
		if err != nil {
			return nil, err
		}
		length := n.length(head)
		if !n.plausible(head) {
			if err := n.SkipDamage(fmt.Sprintf("damaged: a frame of %d bytes", length), frameHeaderLen, n.isFrameAt); err != nil {
				return nil, err
			}
			continue
		}
		if head, err = n.Blocks.Peek(length); err != nil {
			return nil, err
		}
		n.scanned++
		n.lastTime = int64(le.Uint64(head))
		n.Blocks.Take(length)
		return head[:length:length], nil
	}
}

// skipPadding moves to the first frame. In older files the header is padded.
func (n *netmonFile) skipPadding() {
	const padding = netmonPadded - netmonHeaderLen
	b, _ := n.Blocks.Peek(padding + frameHeaderLen) // a shorter file has no padding
	if len(b) >= padding+frameHeaderLen && n.plausible(b[padding:]) && (!n.plausible(b) || le.Uint32(b[12:]) == 0) {
		n.Blocks.Take(padding)
	}
}

// Limits for frames that are found without the table: the longest frame, and the largest
// distance in time to the frame before, in microseconds.
const (
	maxFrame = 1 << 20
	maxApart = 24 * 3600 * 1_000_000
)

// plausible reports whether b may be the beginning of a frame.
func (n *netmonFile) plausible(b []byte) bool {
	captured, original := le.Uint32(b[12:]), le.Uint32(b[8:])
	length := int64(n.length(b))
	return captured <= maxFrame && captured <= original &&
		(n.tableAt <= n.Blocks.Pos() || n.Blocks.Pos()+length <= n.tableAt)
}

// isFrameAt reports whether b begins with a frame: a plausible one of a known network type, or in
// version 2.0 one with another frame after it. ends is set if b is the rest of the file.
func (n *netmonFile) isFrameAt(b []byte, ends bool) bool {
	if len(b) < frameHeaderLen || !n.plausible(b) || le.Uint32(b[12:]) == 0 {
		return false
	}
	if apart := int64(le.Uint64(b)) - n.lastTime; apart > maxApart || apart < -maxApart {
		return false
	}
	length := n.length(b)
	switch {
	case length > len(b):
		return false
	case n.minor >= 1 && !isNetwork(le.Uint16(b[length-n.trailer:])):
		return false
	case len(b)-length < frameHeaderLen:
		return ends
	}
	return n.minor >= 1 || n.plausible(b[length:])
}

// isNetwork reports whether a network type is a known one.
func isNetwork(network uint16) bool {
	return network <= netmonRawIP || network&0xf000 == netmonPcap || network == netmonEvent || network >= netmonAdapters
}

// end reports the other events of the file. It returns false, for next.
func (n *netmonFile) end() bool {
	if n.packets == 0 && len(n.log.others) > 0 && n.err == io.EOF {
		n.Err = errors.New("capture of Network Monitor without packets: it holds events of " + n.log.others.String())
		return false
	}
	n.log.report()
	if n.isLocal {
		n.Limited("time-zone-unknown", "This version of Network Monitor's files gives the local time of the machine and no time zone: times are shown as if they were UTC, and may be whole hours off")
	}
	return n.End(n.err)
}
