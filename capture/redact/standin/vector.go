package standin

// Vector returns a value that follows its length, a number of size bytes, and the rest. A length that
// is too long says that this is no vector: everything is cleared, but for a length that is too long
// again, so that what is malformed stays so.
func Vector(b []byte, size int) (value, rest []byte) {
	n := 0
	for _, c := range b[:min(size, len(b))] {
		n = n<<8 | int(c)
	}
	if n > len(b)-size {
		clear(b)
		for i := range min(size, len(b)) {
			b[i] = 0xff
		}
		return nil, nil
	}
	return b[size : size+n], b[size+n:]
}

// SkipVector returns what follows a vector.
func SkipVector(b []byte, size int) []byte {
	_, rest := Vector(b, size)
	return rest
}

// OpaqueVector replaces a value by noise.
func (v *Values) OpaqueVector(b []byte, size int) []byte {
	value, rest := Vector(b, size)
	copy(value, v.Names.Opaque(value))
	return rest
}
