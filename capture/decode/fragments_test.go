package decode

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

// v4Fragments cuts an IPv4 packet with a header of 20 bytes into fragments of size bytes.
func v4Fragments(packet []byte, size int) [][]byte {
	var out [][]byte
	body := packet[20:]
	for at := 0; at < len(body); at += size {
		end := min(at+size, len(body))
		b := slices.Concat(packet[:20], body[at:end])
		binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
		flags := at / 8
		if end < len(body) {
			flags |= 0x2000
		}
		binary.BigEndian.PutUint16(b[6:], uint16(flags))
		out = append(out, b)
	}
	return out
}

func v6Fragments(packet []byte, size int) [][]byte {
	var out [][]byte
	body := packet[40:]
	for at := 0; at < len(body); at += size {
		end := min(at+size, len(body))
		more := 0
		if end < len(body) {
			more = 1
		}
		b := slices.Concat(packet[:40], []byte{packet[6], 0}, packettest.U16(at|more), packettest.U32(99), body[at:end])
		b[6] = protoFragment
		binary.BigEndian.PutUint16(b[4:], uint16(len(b)-40))
		out = append(out, b)
	}
	return out
}

func TestFragments(t *testing.T) {
	v4, v6 := v4Fragments(packettest.TCP4(), 24), v6Fragments(packettest.TCP6(), 24)
	shortLast := v4Fragments(packettest.TCP4(), 48)[:2] // the last one has less than 8 bytes
	other := slices.Clone(v4[1])
	for i := range other[20:] {
		other[20+i] = 'x'
	}
	reversed := func(f [][]byte) [][]byte { f = slices.Clone(f); slices.Reverse(f); return f }
	tests := []struct {
		name      string
		fragments [][]byte
	}{
		{"IPv4", v4},
		{"IPv4 reversed", reversed(v4)},
		{"IPv4 twice", slices.Concat(v4[:2], v4)},
		{"IPv4, last one short", shortLast},
		{"IPv4 overlap, first wins", [][]byte{v4[0], v4[1], other, v4[2]}},
		{"IPv6", v6},
		{"IPv6 reversed", reversed(v6)},
	}
	if last := shortLast[1]; len(last)-20 >= 8 {
		t.Fatalf("the last fragment has %d bytes", len(last)-20)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, counters := decoded(t, linkRaw, tt.fragments...)
			if s == nil || string(s.Payload) != packettest.Request || len(counters.Undecoded) > 0 {
				t.Errorf("segment %+v, undecoded %v", s, counters.Undecoded)
			}
			if strings.Contains(tt.name, "overlap") {
				return
			}
			for i := range tt.fragments {
				part := slices.Delete(slices.Clone(tt.fragments), i, i+1)
				if s, _ := decoded(t, linkRaw, part...); s != nil && string(s.Payload) != packettest.Request {
					t.Errorf("without fragment %d: %q", i, s.Payload)
				}
			}
		})
	}
}

// TestFragmentsLater holds that a later fragment is never taken for a TCP header.
func TestFragmentsLater(t *testing.T) {
	for _, f := range [][]byte{v4Fragments(packettest.TCP4(), 24)[1], v6Fragments(packettest.TCP6(), 24)[1]} {
		if s, _ := decoded(t, linkRaw, f); s != nil {
			t.Errorf("segment %+v", *s)
		}
	}
}

func TestFragmentsBounded(t *testing.T) {
	d := newDecoding()
	k := pcap.Packet{Link: linkRaw, Time: httpstream.UnixTime(1, 0)}
	f := v4Fragments(packettest.TCP4(), 24)[1]
	binary.BigEndian.PutUint16(f[6:], 0x2000|8000) // near the end of its datagram
	for id := range 3000 {
		binary.BigEndian.PutUint16(f[4:], uint16(id))
		k.Data, k.Wire = f, len(f)
		d.Packet(&k, 0, httpstream.File{})
		if d.fragments.bytes > maxFragments || len(d.fragments.open) != d.fragments.oldest.Len() {
			t.Fatalf("%d bytes in %d datagrams", d.fragments.bytes, len(d.fragments.open))
		}
	}
	k.Time = k.Time.Add(maxFragmentAge + 1)
	d.Packet(&k, 0, httpstream.File{})
	if n := d.fragments.oldest.Len(); n != 1 {
		t.Errorf("%d datagrams are kept for longer than they may", n)
	}
	d.Close()
	lost := 0
	for _, n := range d.counters.Dropped {
		lost += n
	}
	if d.counters.Undecoded["incomplete IP fragments"] != 3001 || lost == 0 || d.fragments.bytes != 0 {
		t.Errorf("undecoded %v, dropped %v, %d bytes", d.counters.Undecoded, d.counters.Dropped, d.fragments.bytes)
	}
}

// TestFragmentsTiny holds that first fragments of 8 bytes, each of another datagram, are as
// bounded as others, and that giving one up does not look at all others.
func TestFragmentsTiny(t *testing.T) {
	d := newDecoding()
	f := v6Fragments(packettest.TCP6(), 8)[0]
	id := 0
	next := func() {
		id++
		binary.BigEndian.PutUint32(f[44:], uint32(id))
		d.frame(linkRaw, f)
	}
	for range 2 * maxFragments / datagramCost {
		next()
	}
	if n := len(d.fragments.open); n > maxFragments/datagramCost || n != d.fragments.oldest.Len() {
		t.Errorf("%d datagrams are kept, %d in order", n, d.fragments.oldest.Len())
	}
	if n := testing.AllocsPerRun(1000, next); n > 6 {
		t.Errorf("%v allocations for a fragment", n)
	}
}

// TestTunnelNames holds in which encapsulations equal addresses are not the same.
func TestTunnelNames(t *testing.T) {
	inner := packettest.Ethernet(etherIPv4, packettest.TCP4())
	outer := func(proto byte, from, to string, data []byte) []byte {
		src, dst := packettest.Client4.Addr(), packettest.Server4.Addr()
		if from > to {
			src, dst = dst, src
		}
		return packettest.IPv4(proto, src, dst, data)
	}
	vxlan := func(vni string) []byte {
		return outer(protoUDP, "a", "b", packettest.UDP(1, portVXLAN, packettest.Join("\x08\x00\x00\x00\x00\x00"+vni+"\x00", inner)))
	}
	tests := []struct {
		name string
		a, b []byte
		same bool
	}{
		{"VXLAN of two networks", vxlan("\x01"), vxlan("\x02"), false},
		{"VXLAN of one network", vxlan("\x01"), vxlan("\x01"), true},
		{"two directions of a tunnel", outer(protoIPv4, "a", "b", packettest.TCP4()), outer(protoIPv4, "b", "a", packettest.TCP4()), true},
		{"tunnel and no tunnel", outer(protoIPv4, "a", "b", packettest.TCP4()), packettest.TCP4(), false},
		{"mirrored and not", outer(protoGRE, "a", "b", packettest.Join("\x00\x00\x88\xbe", inner)), packettest.TCP4(), true},
	}
	for _, tt := range tests {
		a, _ := decoded(t, linkRaw, tt.a)
		b, _ := decoded(t, linkRaw, tt.b)
		if a == nil || b == nil || (a.Tunnel == b.Tunnel) != tt.same {
			t.Errorf("%s: %v, %v", tt.name, a, b)
		}
	}
}

// TestTunnelDepth holds that tunnels inside each other end somewhere.
func TestTunnelDepth(t *testing.T) {
	b := packettest.TCP4()
	for range maxDepth {
		b = packettest.IPv4(protoIPv4, packettest.Client4.Addr(), packettest.Server4.Addr(), b)
	}
	if s, _ := decoded(t, linkRaw, b); s == nil {
		t.Errorf("%d tunnels are not followed", maxDepth)
	}
	b = packettest.IPv4(protoIPv4, packettest.Client4.Addr(), packettest.Server4.Addr(), b)
	s, counters := decoded(t, linkRaw, b)
	if s != nil || !strings.Contains(strings.Join(keys(counters.Undecoded), " "), "too many tunnels") {
		t.Errorf("segment %v, undecoded %v", s, counters.Undecoded)
	}
}

func keys(m map[string]int) []string {
	var k []string
	for name := range m {
		k = append(k, name)
	}
	slices.Sort(k)
	return k
}
