package capturetest

import (
	"encoding/binary"
	"net"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// File returns the file that the case is: packets, or a HAR where its Export is set.
func (c *Case) File() []byte {
	if c.Export == "" {
		return c.Pcapng()
	}
	b, _ := c.HAR()
	return b
}

// Pcapng returns the case as a little-endian pcapng file with one section and one Ethernet interface,
// whose times are in nanoseconds.
func (c *Case) Pcapng() []byte { return c.pcapng(binary.LittleEndian) }

// PcapngBigEndian returns the same file as Pcapng, big-endian.
func (c *Case) PcapngBigEndian() []byte { return c.pcapng(binary.BigEndian) }

// Pcap returns the case as a little-endian pcap file with microsecond times.
func (c *Case) Pcap() []byte { return c.pcap(binary.LittleEndian) }

// PcapBigEndian returns the same file as Pcap, big-endian.
func (c *Case) PcapBigEndian() []byte { return c.pcap(binary.BigEndian) }

func (c *Case) pcapng(order binary.AppendByteOrder) []byte {
	var secrets []byte
	if c.embed {
		secrets = c.KeyLog
	}
	out := header(order, linkEthernet, secrets)
	buf := gopacket.NewSerializeBuffer()
	for _, p := range c.packets {
		out = appendEnhanced(out, order, Packet{p.at, c.captured(buf, p)})
	}
	return out
}

// header returns what comes before the packets of a pcapng file: a section, an interface with
// nanosecond times, and TLS secrets if there are any.
func header(order binary.AppendByteOrder, link uint16, secrets []byte) []byte {
	section := order.AppendUint32(nil, 0x1a2b3c4d)
	section = order.AppendUint16(order.AppendUint16(section, 1), 0)
	section = order.AppendUint64(section, 1<<64-1) // section length not said
	out := block(order, 0x0a0d0d0a, section)
	iface := order.AppendUint16(order.AppendUint16(nil, link), 0)
	iface = order.AppendUint32(iface, 0)                        // no snap length
	iface = order.AppendUint16(order.AppendUint16(iface, 9), 1) // if_tsresol
	out = append(out, block(order, 1, append(iface, 9, 0, 0, 0, 0, 0, 0, 0))...)
	if len(secrets) > 0 {
		b := order.AppendUint32(nil, 0x544c534b)
		b = order.AppendUint32(b, uint32(len(secrets)))
		out = append(out, block(order, 10, pad(append(b, secrets...)))...)
	}
	return out
}

// appendEnhanced appends the Enhanced Packet Block of a packet.
func appendEnhanced(out []byte, order binary.AppendByteOrder, p Packet) []byte {
	at := uint64(p.Time.UnixNano())
	n := uint32(len(p.Data))
	padding := -n & 3
	size := 32 + n + padding
	for _, v := range []uint32{6, size, 0, uint32(at >> 32), uint32(at), n, n} {
		out = order.AppendUint32(out, v)
	}
	out = append(append(out, p.Data...), "\x00\x00\x00"[:padding]...)
	return order.AppendUint32(out, size)
}

// block returns a pcapng block around a body whose length is a multiple of four.
func block(order binary.AppendByteOrder, typ uint32, body []byte) []byte {
	n := uint32(len(body) + 12)
	b := order.AppendUint32(order.AppendUint32(nil, typ), n)
	return order.AppendUint32(append(b, body...), n)
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func (c *Case) pcap(order binary.AppendByteOrder) []byte {
	out := pcapHeader(order, 0xa1b2c3d4, linkEthernet)
	buf := gopacket.NewSerializeBuffer()
	for _, p := range c.packets {
		out = append(out, pcapRecord(order, Packet{p.at, c.captured(buf, p)}, p.at.Nanosecond()/1000)...)
	}
	return out
}

// pcapHeader returns the header of a pcap file.
func pcapHeader(order binary.AppendByteOrder, magic uint32, link uint16) []byte {
	out := order.AppendUint32(nil, magic)
	out = order.AppendUint16(order.AppendUint16(out, 2), 4)
	for _, v := range []uint32{0, 0, 262144, uint32(link)} {
		out = order.AppendUint32(out, v)
	}
	return out
}

// pcapRecord returns a packet of a pcap file, fraction being its time within the second.
func pcapRecord(order binary.AppendByteOrder, p Packet, fraction int) []byte {
	out := order.AppendUint32(nil, uint32(p.Time.Unix()))
	out = order.AppendUint32(out, uint32(fraction))
	out = order.AppendUint32(order.AppendUint32(out, uint32(len(p.Data))), uint32(len(p.Data)))
	return append(out, p.Data...)
}

// captured returns what is kept of the frame of a packet.
func (c *Case) captured(buf gopacket.SerializeBuffer, p packet) []byte {
	b := c.frame(buf, p)
	if c.snap > 0 {
		b = b[:min(len(b), c.snap)]
	}
	return b
}

// frame puts a packet into its Ethernet frame, which is valid until buf is used again.
func (c *Case) frame(buf gopacket.SerializeBuffer, p packet) []byte {
	if c.vlan == 0 && p.frame != nil {
		return p.frame
	}
	eth := &layers.Ethernet{SrcMAC: mac(p.src.Addr().AsSlice()), DstMAC: mac(p.dst.Addr().AsSlice()), EthernetType: layers.EthernetTypeIPv4}
	var network interface {
		gopacket.NetworkLayer
		gopacket.SerializableLayer
	}
	protocol := layers.IPProtocolTCP
	if p.udp {
		protocol = layers.IPProtocolUDP
	}
	if p.src.Addr().Is4() {
		network = &layers.IPv4{Version: 4, TTL: 64, Flags: layers.IPv4DontFragment, Protocol: protocol,
			SrcIP: p.src.Addr().AsSlice(), DstIP: p.dst.Addr().AsSlice()}
	} else {
		eth.EthernetType = layers.EthernetTypeIPv6
		network = &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: protocol, SrcIP: p.src.Addr().AsSlice(), DstIP: p.dst.Addr().AsSlice()}
	}
	stack := []gopacket.SerializableLayer{eth}
	if c.vlan != 0 {
		stack = append(stack, &layers.Dot1Q{VLANIdentifier: c.vlan, Type: eth.EthernetType})
		eth.EthernetType = layers.EthernetTypeDot1Q
	}
	stack = append(stack, network)
	if p.udp {
		udp := &layers.UDP{SrcPort: layers.UDPPort(p.src.Port()), DstPort: layers.UDPPort(p.dst.Port())}
		must(udp.SetNetworkLayerForChecksum(network))
		stack = append(stack, udp)
	} else {
		tcp := &layers.TCP{SrcPort: layers.TCPPort(p.src.Port()), DstPort: layers.TCPPort(p.dst.Port()), Seq: p.seq, Ack: p.ack, Window: 64240,
			FIN: p.flags&fin != 0, SYN: p.flags&syn != 0, RST: p.flags&rst != 0, PSH: p.flags&psh != 0, ACK: p.flags&ack != 0}
		must(tcp.SetNetworkLayerForChecksum(network))
		stack = append(stack, tcp)
	}
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	must(gopacket.SerializeLayers(buf, options, append(stack, gopacket.Payload(p.payload))...))
	return buf.Bytes()
}

// mac makes a locally administered address of the last bytes of an IP address.
func mac(ip []byte) net.HardwareAddr {
	return append(net.HardwareAddr{2, 0}, ip[len(ip)-4:]...)
}

// must panics at an error that only a mistake in this package can cause.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
