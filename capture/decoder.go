package capture

import (
	"fmt"
	"net/netip"

	"negotrace/httpstream"
)

// A decoder takes packets apart, from the link to TCP and UDP. It allocates nothing
// for the encapsulations of every day. Its fields describe the packet at hand.
type decoder struct {
	*run
	*batch                        // what was found and not yet told
	tell      func(*batch) *batch // takes a batch, and returns an empty one
	fragments fragments

	at       httpstream.Pos
	origin   int
	cut      int  // bytes of the frame that the capture does not hold
	isCut    bool // something of what we looked for is not in the capture
	depth    int  // tunnels around what is looked at
	tunnel   uint64
	src, dst netip.Addr // of the innermost IP header
}

func newDecoder(r *run, tell func(*batch) *batch) *decoder {
	d := &decoder{run: r, batch: newBatch(), tell: tell}
	d.at.Stream = -1
	return d
}

// packet takes the next packet of the timeline.
func (d *decoder) packet(k *packet, origin int, file httpstream.File) {
	d.counters.Packets++
	d.counters.Bytes += int64(len(k.data))
	d.at.Frame = d.counters.Packets
	d.at.Time = k.time
	d.at.File = file
	d.origin = origin
	d.cut = k.wire - len(k.data)
	d.isCut = d.cut > 0
	d.depth = 0
	d.tunnel = 0
	switch {
	case k.link == linkNoPacket:
		d.undecoded("record of something else than a packet")
	case len(k.data) == 0:
		d.undecoded("empty packet")
	default:
		d.decode(k.link, k.data)
	}
	if d.isCut {
		d.counters.Cut++
	}
}

// close tells that the timeline ends here.
func (d *decoder) close() {
	d.fragments.close(d)
	d.flush()
}

// enter counts a tunnel, and says whether it is still to be followed.
func (d *decoder) enter() bool {
	if d.depth++; d.depth > maxDepth {
		d.undecoded("too many tunnels inside each other")
		return false
	}
	return true
}

// short counts a packet that ends inside a header.
func (d *decoder) short(header string, b []byte) {
	if d.cut > 0 {
		d.undecoded("cut in the " + header + " header")
		return
	}
	d.undecoded("too short for " + header)
}

func (d *decoder) undecodedNumber(kind string, n uint16) {
	if n > 0xff {
		d.undecoded(fmt.Sprintf("%s 0x%04x", kind, n))
		return
	}
	d.undecoded(fmt.Sprintf("%s %d", kind, n))
}

func (d *decoder) undecoded(reason string) { d.counters.Undecodable(reason) }
