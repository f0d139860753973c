package etw

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"negotrace/capture/block"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// Lengths in a file of Network Monitor 2 (its help, "Capture File Format").
const (
	netmonMagic     = "GMBU"
	netmonHeaderLen = 72
	netmonPadded    = 128 // offset of the first frame in older files
	frameHeaderLen  = 16
)

// A netmonFile reads frames of a capture of Network Monitor 2. They may be anywhere in the file,
// mostly one after the other. A table after them has their offsets.
type netmonFile struct {
	*pcap.File
	log      *packetLog
	minor    uint8
	network  uint16 // network type of all frames, in version 2.0
	start    httpstream.Time
	trailer  int // length of the trailer of a frame
	tableAt  int64
	tableLen int64

	table       *bufio.Reader // rest of the frame table; nil without At
	frameNumber int           // number of the frame in the table, from 1
	frameBytes  int64         // total length of the frames so far
	scanned     int           // number of frames that were found without the table
	lastTime    int64         // time offset of the last of these

	others  int // frames that Wireshark numbers, since the last packet and with the next one
	packets int
	isLocal bool  // times are local times
	err     error // why there are no more frames
}

// IsNetmon reports whether a file that begins with head is a capture of Network Monitor 2.
func IsNetmon(head []byte) bool { return len(head) >= 4 && string(head[:4]) == netmonMagic }

// OpenNetmon begins reading a capture of Network Monitor 2. The error is of a file that is
// cut in its header, or of a version that is not known.
func OpenNetmon(f *pcap.File) (pcap.Next, error) {
	head, err := f.Blocks.Peek(netmonHeaderLen)
	if len(head) < netmonHeaderLen {
		return nil, fmt.Errorf("capture of Network Monitor is cut short in its header, after %d bytes: %w", len(head), err)
	}
	if head[5] != 2 {
		return nil, fmt.Errorf("capture of Network Monitor of version %d.%d, which is not known", head[5], head[4])
	}
	n := &netmonFile{
		File:     f,
		log:      newPacketLog(f),
		minor:    head[4],
		network:  le.Uint16(head[6:]),
		start:    systemTime(head[8:24]),
		trailer:  15,
		tableAt:  int64(le.Uint32(head[24:])),
		tableLen: int64(le.Uint32(head[28:])),
	}
	n.log.clock.isFiletime = true
	if n.minor < 3 {
		n.trailer = []int{0, 2, 6}[n.minor]
	}
	if f.At != nil && n.tableAt >= netmonHeaderLen && n.tableLen > 0 && n.tableAt+n.tableLen <= f.Size {
		n.table = bufio.NewReader(io.NewSectionReader(f.At, n.tableAt, n.tableLen))
	}
	f.Blocks.Take(netmonHeaderLen)
	return n.next, nil
}

// systemTime reads a SYSTEMTIME in local time as if it were UTC. The result is zero if there is no
// such time.
func systemTime(b []byte) httpstream.Time {
	field := func(i int) int { return int(le.Uint16(b[2*i:])) }
	year, month, day := field(0), field(1), field(3)
	if month < 1 || month > 12 || day < 1 || day > 31 || field(4) > 23 || field(5) > 59 || field(6) > 60 || field(7) > 999 {
		return httpstream.Time{}
	}
	return httpstream.TimeOf(time.Date(year, time.Month(month), day, field(4), field(5), field(6), field(7)*1e6, time.UTC))
}

// next reads the next packet, which may be in several frames, and reports whether there was one.
func (n *netmonFile) next(k *pcap.Packet) bool {
	for {
		for len(n.log.found) > 0 {
			p := n.log.found[0]
			n.log.found = n.log.found[1:]
			if n.log.admit(&p) {
				*k = n.log.packet(&p)
				n.countPacket(k)
				return true
			}
		}
		if n.err != nil {
			return n.end()
		}
		frame, err := n.frame()
		switch {
		case err == errFrameSkipped:
			n.others++
		case err != nil:
			n.err = err
			n.log.close()
		case n.read(frame, k):
			n.countPacket(k)
			return true
		}
	}
}

// countPacket counts a packet and the frames before it.
func (n *netmonFile) countPacket(k *pcap.Packet) {
	n.packets++
	k.Others, n.others = max(n.others-1, 0), 0
}

// errFrameSkipped is the error for a frame that could not be read, after the damage was noted.
var errFrameSkipped = errors.New("passed over")

// frame returns the next frame: its header, its bytes and its trailer.
func (n *netmonFile) frame() ([]byte, error) {
	if n.table == nil {
		return n.scanFrame()
	}
	var entry [4]byte
	if _, err := io.ReadFull(n.table, entry[:]); err != nil {
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		return nil, err
	}
	n.frameNumber++
	at := int64(le.Uint32(entry[:]))
	if at < netmonHeaderLen || at > n.Size-int64(frameHeaderLen+n.trailer) {
		return nil, n.skipFrame("frame %d lies at %d, which is outside of the file", n.frameNumber, at)
	}
	frame, err := n.frameAt(at)
	if err != nil {
		return nil, err
	}
	// Frames do not overlap: a table may list the same frames again and again.
	if n.frameBytes += int64(len(frame)); n.frameBytes > n.Size {
		n.Damage("damaged: the frames of the table overlap")
		return nil, io.EOF
	}
	return frame, nil
}

func (n *netmonFile) skipFrame(format string, args ...any) error {
	n.Damage("damaged: "+format, args...)
	return errFrameSkipped
}

// frameAt returns the frame at an offset. A frame before the current position is read directly.
func (n *netmonFile) frameAt(at int64) ([]byte, error) {
	if at < n.Blocks.Pos() {
		head := make([]byte, frameHeaderLen)
		if _, err := n.At.ReadAt(head, at); err != nil {
			return nil, err
		}
		length := n.length(head)
		if length > block.MaxRecord || at+int64(length) > n.Size {
			return nil, n.skipFrame("frame %d of %d bytes", n.frameNumber, length)
		}
		frame, err := readFull(n.At, make([]byte, length), at)
		if err == nil && len(frame) < length { // the file became shorter
			err = io.ErrUnexpectedEOF
		}
		return frame, err
	}
	if err := n.Blocks.Skip(at - n.Blocks.Pos()); err != nil {
		return nil, err
	}
	head, err := n.Blocks.Peek(frameHeaderLen)
	if err != nil {
		return nil, err
	}
	length := n.length(head)
	if length > block.MaxRecord || at+int64(length) > n.Size {
		return nil, n.skipFrame("frame %d of %d bytes", n.frameNumber, length)
	}
	if head, err = n.Blocks.Peek(length); err != nil {
		return nil, err
	}
	n.Blocks.Take(length)
	return head[:length:length], nil
}

// length returns the length of a frame with its header and its trailer. It is above
// block.MaxRecord for a frame that is too long.
func (n *netmonFile) length(head []byte) int {
	return int(min(int64(le.Uint32(head[12:])), block.MaxRecord)) + frameHeaderLen + n.trailer
}
