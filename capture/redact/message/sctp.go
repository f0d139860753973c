package message

import (
	"hash/crc32"

	"negotrace/capture/redact/standin"
)

// Layouts of SCTP (RFC 9260).
var (
	sctpPacket = tlvLayout{"====" + "####" + "....", 2, 4}          // section 3: ports, tag, sum
	sctpInit   = tlvLayout{"####" + "====" + "====" + "====", 2, 4} // section 3.3.2: tag, window, streams, number
	sctpCauses = tlvLayout{"", 2, 4}                                // section 3.3.10, and what heartbeats hold
)

// sctp rewrites a packet of SCTP.
func sctp(v *standin.Values, b []byte) {
	const data, init, initAck, sack, heartbeat, heartbeatAck, abort, shutdown, failed = 0, 1, 2, 3, 4, 5, 6, 7, 9
	tlv(v, b, sctpPacket, func(kind int, b []byte) {
		switch kind >> 8 { // flags follow
		case data:
			fields(v, b, "========"+"....")
		case init, initAck:
			tlv(v, b, sctpInit, nil)
		case sack:
			fields(v, b, "============")
		case heartbeat, heartbeatAck, abort, failed:
			tlv(v, b, sctpCauses, nil)
		case shutdown:
			fields(v, b, "====")
		default:
			clear(b)
		}
	})
	if len(b) >= len(sctpPacket.head) {
		le.PutUint32(b[8:], crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
	}
}
