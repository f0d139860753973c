package capture

import (
	"fmt"
	"slices"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// gopacket knows many more encapsulations than this package decodes itself. It is
// asked for the way to the first IP header or Ethernet frame, which this package then
// decodes like any other; it is given a copy, packet by packet, and keeps nothing.

// unknownLink decodes a frame of a link type that is not decoded here.
func (d *decoder) unknownLink(link uint16, b []byte) {
	if link == linkUnknown {
		d.undecoded("no link type")
		return
	}
	// gopacket has a byte for the link type: 276 would come out as 20.
	if link > 0xff || layers.LinkTypeMetadata[link].DecodeWith == nil {
		d.undecoded(fmt.Sprintf("link type %d", link))
		return
	}
	d.unknown(layers.LinkType(link), fmt.Sprintf("link type %d", link), b)
}

// unknownEther decodes what follows an EtherType that is not decoded here.
func (d *decoder) unknownEther(kind uint16, b []byte) {
	d.unknown(layers.EthernetType(kind), fmt.Sprintf("EtherType 0x%04x", kind), b)
}

func (d *decoder) unknown(first gopacket.Decoder, name string, b []byte) {
	if !d.enter() {
		return
	}
	// NewPacket recovers from panics in its decoders and gives a DecodeFailure for them.
	p := gopacket.NewPacket(slices.Clone(b), first, gopacket.DecodeOptions{NoCopy: true})
	for _, layer := range p.Layers() {
		switch layer.LayerType() {
		case layers.LayerTypeIPv4:
			d.ipv4(whole(layer))
			return
		case layers.LayerTypeIPv6:
			d.ipv6(whole(layer))
			return
		case layers.LayerTypeEthernet:
			d.ethernet(whole(layer))
			return
		case gopacket.LayerTypeDecodeFailure, gopacket.LayerTypePayload, gopacket.LayerTypeZero:
		default:
			name = layer.LayerType().String()
		}
	}
	d.undecoded(name)
}

// whole returns a layer together with all that it carries: gopacket splits one slice.
func whole(layer gopacket.Layer) []byte {
	contents := layer.LayerContents()
	return contents[:len(contents)+len(layer.LayerPayload())]
}
