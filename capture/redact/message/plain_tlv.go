package message

// plainTLV calls value with the values behind types and lengths of so many bytes, and clears what is behind them. Lengths
// count the value alone.
func plainTLV(b []byte, typeSize, lengthSize int, value func(kind int, b []byte)) {
	number := func(b []byte) (n int) {
		for _, c := range b {
			n = n<<8 | int(c)
		}
		return n
	}
	head := typeSize + lengthSize
	for len(b) >= head {
		n := number(b[typeSize:head])
		if head+n > len(b) {
			break
		}
		value(number(b[:typeSize]), b[head:head+n])
		b = b[head+n:]
	}
	clear(b)
}

// clearValue clears a value, whatever its kind.
func clearValue(_ int, b []byte) { clear(b) }
