package message

import (
	"bytes"
	"slices"
	"strings"

	"negotrace/capture/redact/standin"
)

// Ports of SMB, over NetBIOS and without it.
const (
	portNetBIOSDatagram = 138
	portNetBIOSSession  = 139
	portSMB             = 445
)

// Beginnings of messages of SMB (MS-CIFS section 2.2.3.1, MS-SMB2 sections 2.2.1, 2.2.41 and 2.2.42).
const (
	beginsSMB1       = "\xffSMB"
	beginsSMB2       = "\xfeSMB"
	beginsSMB2Sealed = "\xfdSMB"
	beginsSMB2Packed = "\xfcSMB"
)

// Types of packets of the session service of NetBIOS (RFC 1002 section 4.3.1).
const (
	netBIOSMessage  = 0x00
	netBIOSRequest  = 0x81
	netBIOSPositive = 0x82
	netBIOSNegative = 0x83
	netBIOSKeeps    = 0x85
)

// sessionSize returns the length of a packet of the session service of NetBIOS, with its head, as Stream.Size does.
func sessionSize(b []byte) int {
	const head, magic = 4, 4
	if len(b) < head {
		return 0
	}
	n := int(be.Uint32(b) & 0xffffff)
	switch {
	case b[0] == netBIOSMessage && n == 0,
		b[0] == netBIOSRequest && n == 2*encodedNameLen,
		(b[0] == netBIOSPositive || b[0] == netBIOSKeeps) && n == 0,
		b[0] == netBIOSNegative && n == 1:
		return head + n
	case b[0] != netBIOSMessage || n < magic:
		return -1
	case len(b) < head+magic:
		return 0
	case !slices.Contains([]string{beginsSMB1, beginsSMB2, beginsSMB2Sealed, beginsSMB2Packed}, string(b[head:head+magic])):
		return -1
	}
	return head + n
}

// session rewrites a packet of the session service of NetBIOS.
func session(v *standin.Values, b []byte) {
	head, body := b[:min(4, len(b))], b[min(4, len(b)):]
	switch {
	case len(head) == 4 && head[0] == netBIOSRequest:
		for len(body) > 0 {
			n := min(encodedNameLen, len(body))
			encodedName(v, body[:n])
			body = body[n:]
		}
	case len(head) == 4 && head[0] == netBIOSNegative: // the number of an error
	default:
		smb(v, body)
	}
}

// smb rewrites what a packet holds: messages of one version of SMB.
func smb(v *standin.Values, b []byte) {
	const sealedHead = "====" + "................" + "................" + "====" + ".." + "==" + "########" // MS-SMB2 section 2.2.41
	switch {
	case bytes.HasPrefix(b, []byte(beginsSMB2)):
		smb2(v, b)
	case bytes.HasPrefix(b, []byte(beginsSMB1)):
		smb1(v, b)
	case bytes.HasPrefix(b, []byte(beginsSMB2Sealed)):
		fields(v, b, sealedHead)
		standin.Noise.Fill(b[min(len(sealedHead), len(b)):], 0)
	case bytes.HasPrefix(b, []byte(beginsSMB2Packed)):
		clear(b[4:])
	default:
		clear(b)
	}
}

// encodedNameLen is how long a name of NetBIOS is with its length, and the end of its scope.
const encodedNameLen = 34

// encodedName rewrites a name of NetBIOS, with its length and without a scope.
func encodedName(v *standin.Values, b []byte) {
	if m := (&dnsMessage{Values: v}); len(b) != encodedNameLen || b[0] != encodedNameLen-2 || b[len(b)-1] != 0 || !m.encodedNetBIOSName(b[1:len(b)-1]) {
		clear(b)
	}
}

const (
	// smb1Head is the layout of the header (MS-CIFS section 2.2.3.1): protocol, command, status, flags, process,
	// signature, tree, process, user, message.
	smb1Head = "====" + "=" + "====" + "===" + ".." + "........" + ".." + "##" + ".." + "##" + "=="
	// smb1Mailslot is the layout of what writes to a mailslot (MS-CIFS section 2.2.4.33.1), up to its name: how many
	// words, those of a transaction and three of its own, how many bytes.
	smb1Mailslot = "=" + "============================" + "======" + "=="
)

// smb1 rewrites a message of SMB 1. All commands become empty, but for what writes to the mailslots of the
// browser service.
func smb1(v *standin.Values, b []byte) {
	const transaction, words = 0x25, 17
	body := b[min(len(smb1Head), len(b)):]
	if len(body) > len(smb1Mailslot) && b[4] == transaction && body[0] == words {
		rest := body[len(smb1Mailslot):]
		for _, name := range []string{"\\MAILSLOT\\BROWSE\x00", "\\MAILSLOT\\LANMAN\x00"} {
			if strings.HasPrefix(string(rest), name) && len(rest) > len(name) {
				fields(v, body, smb1Mailslot+strings.Repeat("=", len(name)+1)) // and the command
				fields(v, b[:len(smb1Head)], smb1Head)
				return
			}
		}
	}
	fields(v, b, smb1Head)
}

// datagramNames is where the names are in a datagram of NetBIOS, and datagramHead how long its head is (RFC 1002
// section 4.4).
const (
	datagramNames = 14
	datagramHead  = datagramNames + 2*encodedNameLen
)

// isNetBIOSDatagram reports whether b is a datagram of NetBIOS with a message.
func isNetBIOSDatagram(b []byte) bool {
	const unique, broadcast = 0x10, 0x12
	return len(b) >= datagramHead && unique <= b[0] && b[0] <= broadcast
}

// netBIOSDatagram rewrites one.
func netBIOSDatagram(v *standin.Values, b []byte) {
	v.Address(b[4:8])
	encodedName(v, b[datagramNames:datagramNames+encodedNameLen])
	encodedName(v, b[datagramNames+encodedNameLen:datagramHead])
	smb(v, b[datagramHead:])
}
