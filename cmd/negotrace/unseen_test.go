package main

import (
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/internal/capturetest"
)

const everythingRead = "Nothing: everything in this capture could be read"

// clientHello is one without extensions, in a record.
const clientHello = "\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03" + "0123456789abcdef0123456789abcdef" + "\x00\x00\x02\xc0\x2f\x01\x00"

// TestNothingUnseen holds that a report says that everything could be read only where that
// is true: not where one packet more is of a protocol that is not read, or one is missing.
func TestNothingUnseen(t *testing.T) {
	additions := map[string][]capturetest.Packet{
		"QUIC":                           {packetOf(17, 40000, 443, append(make([]byte, 8), "\xc3\x00\x00\x00\x01\x08QUICQUIC"...))},
		"a datagram to a port of nobody": {packetOf(17, 40000, 5555, append(make([]byte, 8), "hello"...))},
		"ESP":                            {packetOf(50, 0, 0, make([]byte, 40))},
		"SCTP":                           {packetOf(132, 40000, 80, make([]byte, 40))},
		"an EtherType of nobody":         {{Data: append([]byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x88\xb5"), "experiment"...)}},
		"TLS that fails":                 {tcpOf(1000, 0, 2, ""), tcpOf(1001, 5001, 0x18, clientHello), tcpOf(uint32(1001+len(clientHello)), 5001, 0x14, "")},
		"a connection of no known protocol": {
			tcpOf(1000, 0, 2, ""), tcpOf(1001, 5001, 0x18, "\x00\x01\x02\x03 some protocol of its own"), tcpOf(1031, 5001, 0x11, ""),
		},
	}
	dir, whole := t.TempDir(), 0
	for i, r := range some(t) {
		if i%8 > 0 {
			continue
		}
		table, _ := analyse(t, "table", append(r.flag, r.path)...)
		if !strings.Contains(table, everythingRead) {
			continue
		}
		whole++
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(dir, r.name+".pcapng")
			for name, packets := range additions {
				rec := r.take(t)
				last := rec.Packets[len(rec.Packets)-1].Time
				for j, p := range packets {
					p.Time = last.Add(time.Duration(j+1) * time.Millisecond)
					rec.Packets = append(rec.Packets, p)
				}
				write(t, file, rec.Pcapng(binary.LittleEndian))
				if table, _ := analyse(t, "table", append(r.flag, file)...); strings.Contains(table, everythingRead) {
					t.Errorf("with %s more, it says %q", name, everythingRead)
				}
			}
			rec := r.take(t)
			longest, size := -1, 100
			for j, p := range rec.Packets { // a datagram that is missing leaves no gap
				if isTCP := len(p.Data) > 23 && p.Data[12] == 8 && p.Data[23] == 6; isTCP && len(p.Data) > size {
					longest, size = j, len(p.Data)
				}
			}
			if longest < 0 {
				return
			}
			rec.Packets = slices.Delete(rec.Packets, longest, longest+1)
			write(t, file, rec.Pcapng(binary.LittleEndian))
			if table, _ := analyse(t, "table", append(r.flag, file)...); strings.Contains(table, everythingRead) {
				t.Errorf("without packet %d, it says %q", longest+1, everythingRead)
			}
		})
	}
	if whole == 0 {
		t.Error("no capture could be read as a whole")
	}
}

// packetOf returns an IPv4 packet in Ethernet, with the ports at the beginning of what it holds.
func packetOf(proto byte, src, dst uint16, inside []byte) capturetest.Packet {
	be := binary.BigEndian
	if src != 0 {
		be.PutUint16(inside, src)
		be.PutUint16(inside[2:], dst)
	}
	if proto == 17 {
		be.PutUint16(inside[4:], uint16(len(inside)))
	}
	ip := append([]byte("\x45\x00\x00\x00\x00\x01\x00\x00\x40\x00\x00\x00\xc0\x00\x02\x01\xc0\x00\x02\x02"), inside...)
	ip[9] = proto
	be.PutUint16(ip[2:], uint16(len(ip)))
	return capturetest.Packet{Data: append([]byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00"), ip...)}
}

// tcpOf returns a TCP segment of a client.
func tcpOf(seq, ack uint32, flags byte, payload string) capturetest.Packet {
	b := append(make([]byte, 20), payload...)
	binary.BigEndian.PutUint32(b[4:], seq)
	binary.BigEndian.PutUint32(b[8:], ack)
	b[12], b[13], b[14] = 0x50, flags, 0xff
	return packetOf(6, 40001, 9999, b)
}
