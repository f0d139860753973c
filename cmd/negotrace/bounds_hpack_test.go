package main

import (
	"bytes"
	"encoding/binary"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"negotrace/internal/testcost"
)

// commas returns a capture of one connection that speaks HTTP/2. Its responses refer to one
// field of 12,000 commas, again and again.
func commas() []byte {
	const atOnce = 50
	streams := testcost.Count(15_000, 60_000)
	var sent [2]bytes.Buffer // by client and server
	var frames [2]*http2.Framer
	var block bytes.Buffer
	sent[0].WriteString(http2.ClientPreface)
	for side := range frames {
		frames[side] = http2.NewFramer(&sent[side], nil)
		frames[side].WriteSettings(http2.Setting{ID: http2.SettingHeaderTableSize, Val: 1 << 16})
	}
	fields := [2][]hpack.HeaderField{
		{{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "http"}, {Name: ":path", Value: "/"}, {Name: ":authority", Value: "web.test"}},
		{{Name: ":status", Value: "401"}, {Name: "www-authenticate", Value: strings.Repeat(",", 12_000)}},
	}
	var encoders [2]*hpack.Encoder
	for side := range encoders {
		encoders[side] = hpack.NewEncoder(&block)
		encoders[side].SetMaxDynamicTableSizeLimit(1 << 16)
		encoders[side].SetMaxDynamicTableSize(1 << 16)
	}
	file := pcapOf(101) // raw IP
	seq := [2]uint32{1, 1}
	file.segment(0, 0x02, 0, 0, nil)
	file.segment(1, 0x12, 0, 1, nil)
	for i := range streams {
		for side := range fields {
			block.Reset()
			for _, f := range fields[side] {
				encoders[side].WriteField(f)
			}
			frames[side].WriteHeaders(http2.HeadersFrameParam{StreamID: uint32(2*i + 1), BlockFragment: block.Bytes(), EndHeaders: true, EndStream: true})
		}
		if i%atOnce < atOnce-1 {
			continue
		}
		for side := range sent {
			for sent[side].Len() > 0 {
				b := sent[side].Next(1400)
				file.segment(side, 0x18, seq[side], seq[1-side], b)
				seq[side] += uint32(len(b))
			}
		}
	}
	return file.Bytes()
}

// A pcapFile is one being written, of a client and a server.
type pcapFile struct {
	bytes.Buffer
	packets uint32
}

func pcapOf(link byte) *pcapFile {
	f := &pcapFile{}
	f.WriteString("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00")
	f.Write([]byte{link, 0, 0, 0})
	return f
}

// segment writes a TCP segment over IPv4 from the client (0) or the server (1).
func (f *pcapFile) segment(from int, flags byte, seq, ack uint32, payload []byte) {
	be, le := binary.BigEndian, binary.LittleEndian
	ports := [2]uint16{50000, 80}
	size := 40 + len(payload)
	f.packets++
	b := le.AppendUint32(nil, f.packets/1000)
	b = le.AppendUint32(b, f.packets%1000*1000)
	b = le.AppendUint32(le.AppendUint32(b, uint32(size)), uint32(size))
	b = append(b, 0x45, 0, byte(size>>8), byte(size), 0, 0, 0, 0, 64, 6, 0, 0)
	b = append(b, 10, 0, 0, byte(1+from), 10, 0, 0, byte(2-from))
	b = be.AppendUint16(be.AppendUint16(b, ports[from]), ports[1-from])
	b = be.AppendUint32(be.AppendUint32(b, seq), ack)
	b = append(b, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0)
	f.Write(append(b, payload...))
}
