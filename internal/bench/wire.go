package main

import (
	"bufio"
	"encoding/binary"
	"math/rand/v2"
)

const (
	mss = 1448
	// first is the time of the first packet, in seconds since 1970.
	first = 1_767_323_045
)

// TCP flags.
const (
	fin = 1 << iota
	syn
	rst
	psh
	ack
)

// A wire writes packets to a pcap file. Some of them it drops, delays, repeats or reorders. Checksums
// are zero.
type wire struct {
	w       *bufio.Writer
	rnd     *rand.Rand
	hurt    impairment
	written int64
	micros  int64
	held    []byte   // overtaken by the next packet
	late    [][]byte // to be written some packets later
	count   int
	id      uint16
}

func (w *wire) header() error {
	h := make([]byte, 24)
	le := binary.LittleEndian
	le.PutUint32(h, 0xa1b2c3d4)
	le.PutUint16(h[4:], 2)
	le.PutUint16(h[6:], 4)
	le.PutUint32(h[16:], 262144)
	le.PutUint32(h[20:], 1)
	w.written = 24
	_, err := w.w.Write(h)
	return err
}

// record returns a frame with its record header, with room for a payload of n bytes.
func (w *wire) record(c *endpoints, proto byte, from side, n int) (record, transport []byte) {
	w.micros += 4 + int64(w.rnd.IntN(8))
	size := 14 + 20 + n
	if c.v6 {
		size += 20
	}
	b := make([]byte, 16+size)
	le, be := binary.LittleEndian, binary.BigEndian
	le.PutUint32(b, first+uint32(w.micros/1e6))
	le.PutUint32(b[4:], uint32(w.micros%1e6))
	le.PutUint32(b[8:], uint32(size))
	le.PutUint32(b[12:], uint32(size))
	f := b[16:]
	f[0], f[6], f[5], f[11] = 2, 2, byte(from), byte(from^1)
	ip := f[14:]
	w.id++
	if c.v6 {
		be.PutUint16(f[12:], 0x86dd)
		ip[0], ip[6], ip[7] = 0x60, proto, 64
		be.PutUint16(ip[4:], uint16(n))
		copy(ip[8:], []byte{0x20, 0x01, 0x0d, 0xb8})
		copy(ip[24:], []byte{0x20, 0x01, 0x0d, 0xb8})
		be.PutUint32(ip[20:], c.addr[from])
		be.PutUint32(ip[36:], c.addr[from^1])
		return b, ip[40:]
	}
	be.PutUint16(f[12:], 0x0800)
	ip[0], ip[8], ip[9] = 0x45, 64, proto
	be.PutUint16(ip[2:], uint16(20+n))
	be.PutUint16(ip[4:], w.id)
	be.PutUint16(ip[6:], 0x4000)
	be.PutUint32(ip[12:], c.addr[from])
	be.PutUint32(ip[16:], c.addr[from^1])
	return b, ip[20:]
}

// segment sends a TCP segment.
func (w *wire) segment(c *tcp, from side, flags byte, payload []byte) {
	b, t := w.record(&c.endpoints, 6, from, 20+len(payload))
	be := binary.BigEndian
	be.PutUint16(t, c.port[from])
	be.PutUint16(t[2:], c.port[from^1])
	be.PutUint32(t[4:], c.seq[from])
	if flags&ack != 0 {
		be.PutUint32(t[8:], c.seq[from^1])
	}
	t[12], t[13] = 5<<4, flags
	be.PutUint16(t[14:], 64240)
	copy(t[20:], payload)
	c.seq[from] += uint32(len(payload))
	if flags&(syn|fin) != 0 {
		c.seq[from]++
	}
	w.send(b, len(payload) > 0)
}

// datagram sends a UDP datagram.
func (w *wire) datagram(c *endpoints, from side, payload []byte) {
	b, u := w.record(c, 17, from, 8+len(payload))
	be := binary.BigEndian
	be.PutUint16(u, c.port[from])
	be.PutUint16(u[2:], c.port[from^1])
	be.PutUint16(u[4:], uint16(8+len(payload)))
	copy(u[8:], payload)
	w.write(b)
}

// send writes a segment, unless it is lost.
func (w *wire) send(b []byte, data bool) {
	if !data {
		w.write(b)
		return
	}
	h := &w.hurt
	switch p := w.rnd.IntN(10_000); {
	case p < h.lost:
		return
	case p < h.lost+h.late:
		w.late = append(w.late, b)
		return
	case p < h.lost+h.late+h.twice:
		w.write(b)
	case p < h.lost+h.late+h.twice+h.swapped && w.held == nil:
		w.held = b
		return
	}
	w.write(b)
}

// write writes a packet, then one that it has overtaken, and at times a late one. A packet that was
// held has an earlier time, as in a capture of several queues.
func (w *wire) write(b []byte) {
	w.put(b)
	if held := w.held; held != nil {
		w.held = nil
		w.put(held)
	}
	if w.count++; w.count%50 == 0 && len(w.late) > 0 {
		w.put(w.late[0])
		w.late = w.late[1:]
	}
}

func (w *wire) put(b []byte) {
	w.written += int64(len(b))
	w.w.Write(b) // its error stays until Flush
}

// flush writes the late packets and the held one.
func (w *wire) flush() error {
	if w.held != nil {
		w.put(w.held)
	}
	for _, b := range w.late {
		w.put(b)
	}
	return w.w.Flush()
}
