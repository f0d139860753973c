package capturetest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/gopacket/pcapgo"
)

// A Recording is a packet file taken apart, so that a test can put the same packets
// into other files, tunnels and fragments.
type Recording struct {
	Packets []Packet
	// Secrets are TLS secrets in NSS key log format, for a Decryption Secrets Block.
	Secrets []byte
}

// A Packet is one Ethernet frame of a Recording.
type Packet struct {
	Time time.Time
	Data []byte
}

// Read takes the packets out of a pcapng file of Ethernet frames.
func Read(pcapng []byte) (*Recording, error) {
	r, err := pcapgo.NewNgReader(bytes.NewReader(pcapng), pcapgo.DefaultNgReaderOptions)
	if err != nil {
		return nil, err
	}
	if r.LinkType() != 1 {
		return nil, fmt.Errorf("link type %d, want Ethernet", r.LinkType())
	}
	rec := &Recording{}
	for {
		data, info, err := r.ReadPacketData()
		if err != nil {
			return rec, nil // its end: gopacket has no other word for a clean one
		}
		rec.Packets = append(rec.Packets, Packet{info.Timestamp, data})
	}
}

// Pcapng returns the recording as a pcapng file with nanosecond times.
func (r *Recording) Pcapng() []byte {
	le := binary.LittleEndian
	out := header(le, r.Secrets)
	for _, p := range r.Packets {
		out = append(out, enhanced(le, p)...)
	}
	return out
}

// Pcap returns the recording as a pcap file with nanosecond times, which has no place
// for secrets.
func (r *Recording) Pcap() []byte {
	le := binary.LittleEndian
	out := pcapHeader(le, 0xa1b23c4d)
	for _, p := range r.Packets {
		out = append(out, pcapRecord(le, p, p.Time.Nanosecond())...)
	}
	return out
}

// Cut divides the recording into n files that follow each other, as a ring of rotated
// files does. There are fewer where there are fewer packets.
func (r *Recording) Cut(n int) []*Recording {
	var parts []*Recording
	for i := range n {
		from, to := len(r.Packets)*i/n, len(r.Packets)*(i+1)/n
		if from < to {
			parts = append(parts, &Recording{r.Packets[from:to], r.Secrets})
		}
	}
	return parts
}
