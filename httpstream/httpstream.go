// Package httpstream turns TCP segments into HTTP exchanges.
//
// Segments go in, in the order of the capture; Exchanges come out, each one
// request and the response that answers it. In between lie reassembly (what the
// application read, from what the network showed), TLS where the keys are known,
// and the framing of HTTP/1 and HTTP/2. The package does no file I/O, starts no
// goroutine and reads no clock: the same segments give the same exchanges.
//
// The Exchange is the common currency of all input formats: a packet capture
// arrives at it through an Assembler, a browser export builds it directly.
package httpstream

import (
	"cmp"
	"strconv"
)

// A Pos is a place in a capture.
type Pos struct {
	// Frame is the packet number in its file as Wireshark counts it, from 1; in a browser
	// export it is the number of the entry or event, from 1.
	Frame int `json:"frame"`
	// Time is when the capture says it happened. Zero if it does not say.
	Time Time `json:"time,omitzero"`
	// Stream is the connection as Wireshark's tcp.stream counts it, from 0;
	// -1 where there is none.
	Stream int `json:"stream"`
	// File names the input file, where there were several.
	File File `json:"file,omitzero"`
}

// String names a place: "frame 13", "event 88 of log.json".
func (p Pos) String() string {
	text := string(p.File.Unit()) + " " + strconv.Itoa(p.Frame)
	if p.File.IsZero() {
		return text
	}
	return text + " of " + p.File.Label()
}

// Compare orders places, in one file by their numbers, and in several by their times. Entries of an
// export are in order of their times, too: programs write them as they ended, or as a user sorted
// them.
func (p Pos) Compare(q Pos) int {
	switch {
	case p.File != q.File:
		return p.Time.Compare(q.Time)
	case p.Frame != q.Frame && p.File.Unit() == Entries:
		return cmp.Or(p.Time.Compare(q.Time), cmp.Compare(p.Frame, q.Frame))
	}
	return cmp.Compare(p.Frame, q.Frame)
}

// InPackets reports whether it is a place in a packet file.
func (p Pos) InPackets() bool { return p.File.Unit() == Frames }

// A Side is one of the two ends of a connection.
type Side uint8

// The ends of a connection.
const (
	Client Side = iota // who opened it, or sent the first request
	Server
)

func (s Side) String() string {
	if s == Client {
		return "client"
	}
	return "server"
}

// Other returns the end opposite to s.
func (s Side) Other() Side { return s ^ 1 }
