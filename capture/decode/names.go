package decode

import (
	"fmt"

	"negotrace/capture/pcap"
)

// Contents of several link types.
const (
	toIP      = "Wireshark's `tshark -r IN -U IP -w OUT.pcapng` leaves the IP packets"
	usb       = "USB, which is not read: record on the network interface"
	bluetooth = "Bluetooth, which is not read: record on a network interface"
	bus       = "a bus of vehicles or machines, which holds no network traffic"
	sensors   = "IEEE 802.15.4, which is not read"
	phones    = "signalling of telephone networks, which is not read"
	juniper   = "an interface of Juniper, which is not read: " + toIP
)

// linkNames are link types that are not decoded, with advice.
var linkNames = map[pcap.LinkType]string{
	3: "AX.25, which is not read", 7: "ARCNET, which is not read", 114: "LocalTalk, which is not read", 129: "ARCNET, which is not read",
	144: "infrared, which is not read", 139: phones, 140: phones, 141: phones, 142: phones, 177: phones, 203: phones,
	130: juniper, 131: juniper, 132: juniper, 133: juniper, 134: juniper, 135: juniper, 136: juniper, 137: juniper, 164: juniper, 167: juniper,
	168: juniper, 183: juniper, 194: juniper, 200: juniper, 222: juniper, 232: juniper, 233: juniper, 234: juniper,
	182: "multilink frame relay, which is not read: " + toIP, 186: usb, 189: usb, 220: usb, 249: usb, 266: usb,
	187: bluetooth, 201: bluetooth, 251: bluetooth, 254: bluetooth, 255: bluetooth, 256: bluetooth, 272: bluetooth,
	190: bus, 209: bus, 210: bus, 212: bus, 227: bus, 195: sensors, 215: sensors, 230: sensors, 283: sensors,
	224: "Fibre Channel, which is not read",
	225: "Fibre Channel, which is not read", 231: "D-Bus, which holds no network traffic", 243: "MPEG-2 transport streams, which are not read",
	247: "InfiniBand, which is not read", 248: "SCTP, which is not read", 253: "Netlink of Linux, which holds no network traffic",
	250: "a serial line, which is not read", 257: "PROFIBUS, which holds no network traffic",
	271: "sockets between virtual machines, which hold no network traffic", 280: "a trace of VPP, which is not read: " + toIP,
	287: "Z-Wave, which is not read", 288: usb,
	290: "events of Windows: give the trace (.etl) itself, whose packets are read",
}

// linkName names a link type that is not decoded.
func linkName(link pcap.LinkType) string {
	what := linkNames[link]
	switch {
	case link >= 147 && link <= 162:
		what = "private use: if it is Ethernet, say so with `editcap -T ether IN OUT`"
	case what == "":
		what = "not known here: " + toIP
	}
	return fmt.Sprintf("link type %d (%s)", link, what)
}

// etherNames are EtherTypes that are not decoded.
var etherNames = map[uint16]string{
	0x22f0: "audio and video", 0x22ea: "stream reservation", 0x6003: "DECnet", 0x6007: "LAVC", 0x809b: "AppleTalk", 0x80f3: "AppleTalk ARP",
	0x8137: "IPX", 0x8138: "IPX", 0x8191: "NetBEUI", 0x8819: "CobraNet", 0x886c: "Broadcom", 0x886d: "Intel teaming",
	0x887b: "HomePlug", 0x8892: "PROFINET", 0x8899: "Realtek", 0x88a2: "ATA over Ethernet", 0x88a4: "EtherCAT",
	0x88ab: "POWERLINK", 0x88b5: "experimental", 0x88b6: "experimental", 0x88b7: "a maker's own", 0x88b8: "GOOSE", 0x88ba: "sampled values",
	0x88cd: "SERCOS", 0x88e1: "HomePlug AV", 0x88e3: "media redundancy", 0x88f5: "MVRP", 0x88f6: "MMRP", 0x88f8: "NC-SI", 0x88fb: "PRP",
	0x8902: "connectivity faults", 0x8906: "Fibre Channel over Ethernet", 0x890d: "802.11 over Ethernet", 0x8914: "FCoE initialization",
	0x8915: "RDMA over Converged Ethernet", 0x8940: "edge control", 0x4305: "B.A.T.M.A.N.", 0xab37: "BIER", 0x8947: "GeoNetworking",
	0x886f: "Windows network load balancing",
}

// etherName names an EtherType that is not decoded.
func etherName(kind uint16) string {
	what := etherNames[kind]
	if what == "" {
		return fmt.Sprintf("EtherType 0x%04x", kind)
	}
	return fmt.Sprintf("%s (EtherType 0x%04x)", what, kind)
}

// protocolNames are IP protocols that are not decoded (IANA).
var protocolNames = map[uint8]string{
	33: "DCCP", 46: "RSVP", 55: "Mobile IP", 88: "EIGRP", 89: "OSPF", 103: "PIM", 108: "IPComp, compressed", 112: "VRRP", 124: "IS-IS", 132: "SCTP",
	136: "UDP-Lite",
}

// protocolName names an IP protocol that is not decoded.
func protocolName(proto uint8) string {
	if name := protocolNames[proto]; name != "" {
		return fmt.Sprintf("%s (IP protocol %d)", name, proto)
	}
	return fmt.Sprintf("IP protocol %d", proto)
}
