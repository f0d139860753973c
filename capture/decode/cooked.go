package decode

// Device types in the cooked header of Linux (ARPHRD_ in its if_arp.h) that say more about what
// follows than the EtherType.
const (
	deviceFrameRelay = 770
	deviceGRE        = 778
	deviceDot11      = 801
	devicePrism      = 802
	deviceRadiotap   = 803
	deviceNetlink    = 824
	deviceNone       = 65534 // no link layer, as in a tunnel of a program
)

// cooked decodes what follows the cooked header of a device.
func (d *Decoder) cooked(device, kind uint16, b []byte) {
	switch device {
	case deviceFrameRelay:
		d.frameRelay(b)
	case deviceGRE: // its type of protocol
		d.greProtocol(kind, b, false)
	case deviceDot11:
		d.dot11(b, false)
	case devicePrism:
		d.avs(b)
	case deviceRadiotap:
		d.radiotap(b)
	case deviceNetlink:
		d.undecodable("Netlink of Linux, which holds no network traffic")
	default:
		if device == deviceNone && kind == 0 {
			d.ip(b)
			return
		}
		d.ether(kind, b)
	}
}
