package message

import (
	"strings"

	"negotrace/capture/redact/standin"
)

// Layouts of protocols of Cisco.
var (
	eigrpLayout = tlvLayout{"==.." + "============" + "====", 2, 1} // RFC 7868 section 6.2: sum, flags, numbers, system
	cdpLayout   = tlvLayout{"==..", 2, 1}                           // version, time to live, sum
	dtpLayout   = tlvLayout{"=", 2, 1}                              // version
)

// cisco rewrites a protocol of Cisco in SNAP (RFC 1042), or IS-IS, and clears all others. before is what is in front of it.
func cisco(v *standin.Values, before, b []byte) {
	const cdp, dtp, osi = "\x00\x00\x0c\x20\x00", "\x00\x00\x0c\x20\x04", "\xfe\xfe\x03\x83"
	switch is := string(before[max(len(before)-len(cdp), 0):]); {
	case is == cdp && len(b) > 0 && (b[0] == 1 || b[0] == 2):
		tlv(v, b, cdpLayout, nil)
		summed(b)
	case is == dtp && len(b) > 0 && b[0] == 1:
		tlv(v, b, dtpLayout, nil)
	case strings.HasSuffix(is, osi) && isISIS(b):
		isis(v, b)
	default:
		clear(b)
	}
}

// eigrp rewrites a message of EIGRP, and clears what has another version.
func eigrp(v *standin.Values, b []byte) {
	const version = 2
	if len(b) == 0 || b[0] != version {
		clear(b)
		return
	}
	tlv(v, b, eigrpLayout, nil)
	summed(b)
}
