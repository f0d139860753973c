package message

import "negotrace/capture/redact/standin"

// isisHead is the layout of the head of a PDU behind the number of the protocol (ISO 10589 section 9.5): length, version, length of an
// identifier, kind, version, a reserve, number of areas.
const isisHead = "======="

// isisLayouts are what follows by the kind of the PDU.
var isisLayouts = map[byte]string{
	15: "=" + "######" + "==" + "==" + "=" + "#######", 16: "=" + "######" + "==" + "==" + "=" + "#######", // hello: circuit, source, time, length, priority, LAN
	17: "=" + "######" + "==" + "==" + "=",                                                                           // hello to one: circuit, source, time, length, number
	18: "==" + "==" + "######" + "==" + "====" + ".." + "=", 20: "==" + "==" + "######" + "==" + "====" + ".." + "=", // state: length, time, source, numbers, number, sum, flags
	24: "==" + "######" + "=" + "######" + "==" + "######" + "==", 25: "==" + "######" + "=" + "######" + "==" + "######" + "==", // all numbers: length, source, first, last
	26: "==" + "######" + "=", 27: "==" + "######" + "=", // some numbers: length, source
}

// isISIS reports whether b is a PDU of IS-IS.
func isISIS(b []byte) bool {
	const longestHead = 33
	return len(b) > len(isisHead) && b[0] <= longestHead && b[1] == 1 && isisLayouts[b[3]&0x1f] != ""
}

// isis rewrites a PDU. What is in it becomes padding of the same lengths: zeros are malformed in much of it.
func isis(v *standin.Values, b []byte) {
	const padding = 8
	layout := isisHead + isisLayouts[b[3]&0x1f]
	rest := b[min(len(layout), len(b)):]
	fields(v, b[:len(b)-len(rest)], layout)
	for len(rest) >= 2 && 2+int(rest[1]) <= len(rest) {
		n := 2 + int(rest[1])
		rest[0] = padding
		clear(rest[2:n])
		rest = rest[n:]
	}
	clear(rest)
}
