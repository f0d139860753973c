package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/gopacket/pcapgo"
)

// captures returns those of the lab that hold packets of IPv4 in Ethernet, without keys.
func captures(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("../../testdata/*.pcapng")
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return all
}

// made copies a capture as the n-th host would have it: with other addresses, hours later.
func made(t *testing.T, capture, to string, n int) {
	t.Helper()
	in, err := os.Open(capture)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := pcapgo.NewNgReader(in, pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatalf("%s: %v", capture, err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w := pcapgo.NewWriterNanos(out)
	if err := w.WriteFileHeader(1<<18, r.LinkType()); err != nil {
		t.Fatal(err)
	}
	for {
		data, info, err := r.ReadPacketData()
		if err != nil {
			return
		}
		move(data, n)
		info.InterfaceIndex, info.Timestamp = 0, info.Timestamp.Add(time.Duration(n)*3*time.Hour)
		if err := w.WritePacket(info, data); err != nil {
			t.Fatal(err)
		}
	}
}

// move puts the addresses 198.51.100.x of a frame with IPv4 into the network 10.N.N.x, with
// right checksums.
func move(frame []byte, n int) {
	if len(frame) < 34 || binary.BigEndian.Uint16(frame[12:]) != 0x0800 {
		return
	}
	ip := frame[14:]
	var sums [][]byte
	sums = append(sums, ip[10:12])
	payload := ip[min(len(ip), int(ip[0]&15)*4):]
	switch {
	case ip[9] == 6 && len(payload) >= 18:
		sums = append(sums, payload[16:18])
	case ip[9] == 17 && len(payload) >= 8 && binary.BigEndian.Uint16(payload[6:]) != 0:
		sums = append(sums, payload[6:8])
	}
	for _, at := range []int{12, 16} {
		if string(ip[at:at+3]) != "\xc6\x33\x64" {
			continue
		}
		before := [2]uint16{binary.BigEndian.Uint16(ip[at:]), binary.BigEndian.Uint16(ip[at+2:])}
		ip[at], ip[at+1], ip[at+2] = 10, byte(n>>8), byte(n)
		after := [2]uint16{binary.BigEndian.Uint16(ip[at:]), binary.BigEndian.Uint16(ip[at+2:])}
		for _, sum := range sums {
			for i := range before { // RFC 1624 section 3
				v := uint32(^binary.BigEndian.Uint16(sum)) + uint32(^before[i]) + uint32(after[i])
				v = v&0xffff + v>>16
				v = v&0xffff + v>>16
				binary.BigEndian.PutUint16(sum, ^uint16(v))
			}
		}
	}
}

// makeSets makes captures of so many hosts.
func makeSets(t *testing.T, dir string, n int) (files []string) {
	t.Helper()
	all := captures(t)
	for i := range n {
		name := filepath.Join(dir, fmt.Sprintf("host%05d", i), "ring_00001_20260302120000.pcap")
		made(t, all[i%len(all)], name, i+1)
		files = append(files, name)
	}
	return files
}
