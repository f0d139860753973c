package message

import "negotrace/capture/redact/standin"

const portModbus = 502

// modbusHead is the layout of the header (Modbus over TCP, section 3.1): transaction, protocol, length, unit, function.
const modbusHead = "##" + "==" + "==" + "=="

// modbusSize returns the length of the message that b begins with, as Stream.Size does.
func modbusSize(b []byte) int {
	const before, longest = 6, 254
	switch {
	case len(b) < len(modbusHead):
		return 0
	case be.Uint16(b[2:]) != 0 || be.Uint16(b[4:]) < 2 || be.Uint16(b[4:]) > longest:
		return -1
	}
	return before + int(be.Uint16(b[4:]))
}

// modbus rewrites a message. The number of bytes that follow it stays, and the code of an exception.
func modbus(v *standin.Values, b []byte) {
	const exception, inAnswer, inWrite = 0x80, 0, 4
	data := b[min(len(modbusHead), len(b)):]
	fields(v, b[:len(b)-len(data)], modbusHead)
	for i := range data {
		isCount := (i == inAnswer || i == inWrite) && int(data[i]) == len(data)-i-1
		if !isCount && (i > 0 || b[len(modbusHead)-1]&exception == 0) {
			data[i] = 0
		}
	}
}
