package block

import (
	"encoding/binary"
	"math/bits"
)

// A ByteOrder is the byte order of a file. It is not binary.ByteOrder, whose methods the compiler
// cannot inline: several are called for each packet.
type ByteOrder bool

// The byte orders of files.
const (
	LittleEndian ByteOrder = false
	BigEndian    ByteOrder = true
)

// Uint16 returns the number in the first 2 bytes of b.
func (o ByteOrder) Uint16(b []byte) uint16 {
	v := binary.LittleEndian.Uint16(b)
	if o == BigEndian {
		return bits.ReverseBytes16(v)
	}
	return v
}

// Uint32 returns the number in the first 4 bytes of b.
func (o ByteOrder) Uint32(b []byte) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if o == BigEndian {
		return bits.ReverseBytes32(v)
	}
	return v
}

// Uint64 returns the number in the first 8 bytes of b.
func (o ByteOrder) Uint64(b []byte) uint64 {
	v := binary.LittleEndian.Uint64(b)
	if o == BigEndian {
		return bits.ReverseBytes64(v)
	}
	return v
}

// AppendUint16 appends v to b.
func (o ByteOrder) AppendUint16(b []byte, v uint16) []byte {
	if o == BigEndian {
		return binary.BigEndian.AppendUint16(b, v)
	}
	return binary.LittleEndian.AppendUint16(b, v)
}

// AppendUint32 appends v to b.
func (o ByteOrder) AppendUint32(b []byte, v uint32) []byte {
	if o == BigEndian {
		return binary.BigEndian.AppendUint32(b, v)
	}
	return binary.LittleEndian.AppendUint32(b, v)
}
