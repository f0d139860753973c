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
	Link    uint16 // LINKTYPE_ value of all packets
	// Secrets are TLS secrets in NSS key log format, for a Decryption Secrets Block.
	Secrets []byte
}

// A Packet is one frame of a Recording.
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
	if r.LinkType() != linkEthernet {
		return nil, fmt.Errorf("link type %d, want Ethernet", r.LinkType())
	}
	rec := &Recording{Link: linkEthernet}
	for {
		data, info, err := r.ReadPacketData()
		if err != nil {
			return rec, nil // gopacket has this error for the end of a file, too
		}
		rec.Packets = append(rec.Packets, Packet{info.Timestamp, data})
	}
}

// Pcapng returns the recording as a pcapng file with nanosecond times.
func (r *Recording) Pcapng(order binary.AppendByteOrder) []byte {
	out := header(order, r.Link, r.Secrets)
	for _, p := range r.Packets {
		out = appendEnhanced(out, order, p)
	}
	return out
}

// Pcap returns the recording as a pcap file with nanosecond times, which has no place
// for secrets.
func (r *Recording) Pcap(order binary.AppendByteOrder) []byte {
	out := pcapHeader(order, 0xa1b23c4d, r.Link)
	for _, p := range r.Packets {
		out = append(out, pcapRecord(order, p, p.Time.Nanosecond())...)
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
			parts = append(parts, &Recording{r.Packets[from:to], r.Link, r.Secrets})
		}
	}
	return parts
}
