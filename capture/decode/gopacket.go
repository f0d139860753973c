package decode

import (
	"slices"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"negotrace/capture/pcap"
)

// gopacket knows many more encapsulations than this package. It only has to find the first IP
// header or Ethernet frame, which this package then decodes like any other. It gets a copy of each
// packet, and keeps nothing.

// unknownLink decodes a frame of a link type that is not decoded here.
func (d *Decoder) unknownLink(link pcap.LinkType, b []byte) {
	switch {
	case link == pcap.LinkUnknown:
		d.undecodable("no link type")
	// gopacket has a byte for the link type: 276 would come out as 20.
	case link > 0xff || linkNames[link] != "" || layers.LinkTypeMetadata[link].DecodeWith == nil:
		d.undecodable(linkName(link))
	default:
		d.viaGopacket(layers.LinkType(link), linkName(link), b)
	}
}

// unknownEther decodes what follows an EtherType that is not decoded here.
func (d *Decoder) unknownEther(kind uint16, b []byte) {
	d.viaGopacket(layers.EthernetType(kind), etherName(kind), b)
}

// viaGopacket finds IP or Ethernet by gopacket. name is what the packet is counted as if gopacket
// finds neither, and no better name.
func (d *Decoder) viaGopacket(first gopacket.Decoder, name string, b []byte) {
	if !d.enter() {
		return
	}
	// NewPacket recovers from panics in its decoders and returns a DecodeFailure instead.
	p := gopacket.NewPacket(slices.Clone(b), first, gopacket.DecodeOptions{NoCopy: true})
	for _, layer := range p.Layers() {
		switch layer.LayerType() {
		case layers.LayerTypeIPv4:
			d.ipv4(withPayload(layer))
			return
		case layers.LayerTypeIPv6:
			d.ipv6(withPayload(layer))
			return
		case layers.LayerTypeEthernet:
			d.ethernet(withPayload(layer))
			return
		case gopacket.LayerTypeDecodeFailure, gopacket.LayerTypePayload, gopacket.LayerTypeZero:
		default:
			name = layer.LayerType().String()
		}
	}
	d.undecodable(name)
}

// withPayload returns a layer together with all that it carries: gopacket slices both from the
// same bytes.
func withPayload(layer gopacket.Layer) []byte {
	contents := layer.LayerContents()
	return contents[:len(contents)+len(layer.LayerPayload())]
}
