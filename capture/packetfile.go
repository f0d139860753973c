package capture

import (
	"time"
)

// A packet is one record of a packet file.
type packet struct {
	data []byte    // valid until the next packet of its file is asked for
	time time.Time // in UTC; zero where the file does not say
	wire int       // its length on the wire, at least len(data)
	link uint16    // LINKTYPE_ value, as tcpdump.org registers them
}

// A packetFile is a packet file being read.
type packetFile struct {
	blocks *blocks
	next   func(*packet) bool
	// damage notes that the file is cut or corrupt here.
	damage func(format string, args ...any)
	// keyLog takes TLS secrets that the file brings along.
	keyLog func(secrets []byte)
}
