package packettest

import (
	"slices"
	"time"
)

// Network types of Network Monitor.
const (
	NetmonEthernet = 1
	NetmonWiFi     = 6
	NetmonRawIP    = 9
	NetmonPcap     = 0xe000
	NetmonETW      = 0xffe0
)

// A Netmon makes captures of Network Monitor 2.
type Netmon struct {
	Minor   int // of the version; from 1 on, frames have a network type
	Network int // of all frames in version 2.0
	Start   time.Time
	Zone    time.Duration // how far local time is ahead of UTC
	Padded  bool          // the first frame is at 128
}

// A NetmonFrame is one frame of it.
type NetmonFrame struct {
	At      time.Time
	Network int
	Data    []byte
	Wire    int // length; 0 for that of the data
}

// Frame returns the bytes of a frame in the file.
func (n *Netmon) Frame(f NetmonFrame) []byte {
	if f.Wire == 0 {
		f.Wire = len(f.Data)
	}
	b := slices.Concat(n64(uint64(f.At.Sub(n.Start)/time.Microsecond)), N32(le, f.Wire), N32(le, len(f.Data)), f.Data)
	if n.Minor >= 1 {
		b = append(b, N16(le, f.Network)...)
	}
	if n.Minor >= 2 {
		b = append(b, N32(le, -1)...)
	}
	if n.Minor >= 3 {
		b = append(append(b, n64(Filetime(f.At))...), 0)
	}
	return b
}

// EventFrame returns a frame with an event of Windows' tracing.
func (n *Netmon) EventFrame(e Event) NetmonFrame {
	data := slices.Concat(eventHeader(e, 0, 0x40, Filetime(e.At)), N32(le, 0), N16(le, 0), N16(le, len(e.Payload)), []byte{0}, e.Payload)
	le.PutUint16(data, uint16(80+len(e.Payload)))
	return NetmonFrame{At: e.At, Network: NetmonETW, Data: data}
}

// File returns a file of frames, whose table lists them in their order.
func (n *Netmon) File(frames ...NetmonFrame) []byte {
	var order []int
	for i := range frames {
		order = append(order, i)
	}
	return n.FileInOrder(order, frames...)
}

// FileInOrder returns a file whose table lists the frames in another order.
func (n *Netmon) FileInOrder(order []int, frames ...NetmonFrame) []byte {
	b := n.header()
	var at []int
	for _, f := range frames {
		at = append(at, len(b))
		b = append(b, n.Frame(f)...)
	}
	le.PutUint32(b[24:], uint32(len(b)))
	le.PutUint32(b[28:], uint32(4*len(order)))
	for _, i := range order {
		b = append(b, N32(le, at[i])...)
	}
	return b
}

func (n *Netmon) header() []byte {
	local := n.Start.UTC().Add(n.Zone)
	b := append([]byte("GMBU"), byte(n.Minor), 2)
	b = append(b, N16(le, n.Network)...)
	for _, v := range []int{local.Year(), int(local.Month()), int(local.Weekday()), local.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond() / 1e6} {
		b = append(b, N16(le, v)...)
	}
	size := 72
	if n.Padded {
		size = 128
	}
	return append(b, make([]byte, size-len(b))...)
}
