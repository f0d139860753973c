package pcap

import (
	"iter"
	"math/bits"

	"negotrace/capture/block"
	"negotrace/httpstream"
)

// Options of an Interface Description Block (pcapng section 4.2).
const (
	ngOptEnd         = 0
	ngOptName        = 2
	ngOptDescription = 3
	ngOptTSResol     = 9
	ngOptTSOffset    = 14
)

// maxName is how much of the name of an interface is kept: more than any system allows.
const maxName = 256

// newInterface reads an Interface Description Block.
func newInterface(order block.ByteOrder, body []byte) *Interface {
	i := &Interface{Link: LinkUnknown, Digits: 6, exp: 6}
	if len(body) < 8 {
		return i
	}
	i.Link, i.snapLen = LinkType(order.Uint16(body)), order.Uint32(body[4:])
	for code, value := range ngOptions(order, body[8:]) {
		switch n := len(value); {
		case code == ngOptName:
			i.Name = string(value[:min(n, maxName)])
		case code == ngOptTSResol && n == 1:
			i.exp, i.binary = value[0]&0x7f, value[0]&0x80 != 0
		case code == ngOptTSOffset && n == 8:
			i.offset = int64(order.Uint64(value))
		}
	}
	i.plainCopy = plainCopyOn(i.Name)
	if i.Digits = min(i.exp, 9); i.binary {
		i.Digits = 9
	}
	return i
}

// ngOptions goes through the options at the end of a block.
func ngOptions(order block.ByteOrder, opts []byte) iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for len(opts) >= 4 {
			code, n := order.Uint16(opts), int(order.Uint16(opts[2:]))
			if code == ngOptEnd || len(opts) < 4+n || !yield(code, opts[4:4+n]) {
				return
			}
			opts = opts[min(4+(n+3)&^3, len(opts)):]
		}
	}
}

var pow10 = [20]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// time returns the time of a stamp; zero where it lies outside of what a Time can hold,
// which no capture means.
func (i *Interface) time(units uint64) httpstream.Time {
	var sec, nsec uint64
	switch {
	case i.binary:
		sec, nsec = binaryTime(units, uint(i.exp))
	case i.exp <= 9:
		sec = units / pow10[i.exp]
		nsec = (units - sec*pow10[i.exp]) * pow10[9-i.exp]
	case i.exp < 20:
		sec = units / pow10[i.exp]
		nsec = (units - sec*pow10[i.exp]) / pow10[i.exp-9]
	case i.exp-9 < 20:
		nsec = units / pow10[i.exp-9]
	}
	const tooFar = 1 << 40
	if sec > tooFar || i.offset > tooFar || i.offset < -tooFar {
		return httpstream.Time{}
	}
	return httpstream.UnixTime(int64(sec)+i.offset, int64(nsec))
}

// binaryTime divides units of 2^-exp seconds into seconds and nanoseconds. The
// fraction needs 128 bits on its way.
func binaryTime(units uint64, exp uint) (sec, nsec uint64) {
	frac := units
	if exp < 64 {
		sec = units >> exp
		frac = units & (1<<exp - 1)
	}
	hi, lo := bits.Mul64(frac, 1e9)
	if exp >= 64 {
		return sec, hi >> (exp - 64)
	}
	return sec, hi<<(64-exp) | lo>>exp
}
