package message

import "negotrace/capture/redact/standin"

// Ports of PTP.
const (
	portPTPEvent = 319
	portPTP      = 320
)

// ptpLayout is the layout of the head of a message (IEEE 1588 section 13.3): kind, version, length, domain, flags,
// correction, clock, number, kind, interval.
const ptpLayout = "====" + "====" + "........" + "...." + "########" + ".." + "===="

// isPTP reports whether b is a message of PTP: it has a version, and its length.
func isPTP(b []byte) bool {
	return len(b) >= len(ptpLayout) && (b[1]&0xf == 1 || b[1]&0xf == 2) && int(be.Uint16(b[2:])) <= len(b)
}

// ptp rewrites a message.
func ptp(v *standin.Values, b []byte) { fields(v, b, ptpLayout) }
