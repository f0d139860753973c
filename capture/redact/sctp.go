package redact

import "hash/crc32"

// Layouts of SCTP (RFC 9260).
var (
	sctpPacket = tlvLayout{"====" + "####" + "....", 2, 4}          // section 3: ports, tag, sum
	sctpInit   = tlvLayout{"####" + "====" + "====" + "====", 2, 4} // section 3.3.2: tag, window, streams, number
	sctpCauses = tlvLayout{"", 2, 4}                                // section 3.3.10, and what heartbeats hold
)

// sctp rewrites a packet of SCTP.
func (r *Redactor) sctp(b []byte) {
	const data, init, initAck, sack, heartbeat, heartbeatAck, abort, shutdown, failed = 0, 1, 2, 3, 4, 5, 6, 7, 9
	r.tlv(b, sctpPacket, func(kind int, b []byte) {
		switch kind >> 8 { // flags follow
		case data:
			r.fields(b, "========"+"....")
		case init, initAck:
			r.tlv(b, sctpInit, nil)
		case sack:
			r.fields(b, "============")
		case heartbeat, heartbeatAck, abort, failed:
			r.tlv(b, sctpCauses, nil)
		case shutdown:
			r.fields(b, "====")
		default:
			clear(b)
		}
	})
	if len(b) >= len(sctpPacket.head) {
		le.PutUint32(b[8:], crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
	}
}
