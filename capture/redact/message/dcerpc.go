package message

import (
	"encoding/binary"
	"fmt"
	"slices"

	"negotrace/capture/redact/standin"
)

// dcerpcHead is the layout of the header (C706 section 12.6.3.1): version, type, flags, representation of data,
// length, length of authentication, call.
const dcerpcHead = "==" + "=" + "=" + "====" + "==" + "==" + "===="

// Types of PDUs (C706 section 12.6.4).
const (
	rpcRequest       = 0
	rpcResponse      = 2
	rpcFault         = 3
	rpcBind          = 11
	rpcBindAck       = 12
	rpcBindNak       = 13
	rpcAlter         = 14
	rpcAlterResponse = 15
	rpcAuth3         = 16
	lastPDUType      = 19
)

// dcerpcOrder returns the order of the bytes of a PDU's numbers.
func dcerpcOrder(b []byte) binary.ByteOrder {
	if b[4]&0x10 == 0 {
		return be
	}
	return le
}

// dcerpcSize returns the length of the PDU that b begins with, as Stream.Size does.
func dcerpcSize(b []byte) int {
	const version, minor, littleASCII = 5, 1, 0x10
	for i, c := range b[:min(len(b), 8)] {
		var ok bool
		switch i {
		case 0:
			ok = c == version
		case 1:
			ok = c <= minor
		case 2:
			ok = c <= lastPDUType
		case 3:
			ok = true
		case 4:
			ok = c == 0 || c == littleASCII
		default:
			ok = c == 0
		}
		if !ok {
			return -1
		}
	}
	if len(b) < len(dcerpcHead) {
		return 0
	}
	o := dcerpcOrder(b)
	size, auth := int(o.Uint16(b[8:])), int(o.Uint16(b[10:]))
	if size < len(dcerpcHead) || auth > size-len(dcerpcHead) {
		return -1
	}
	return size
}

// dcerpc rewrites a PDU. Arguments and results become zeros.
func dcerpc(v *standin.Values, b []byte) {
	if len(b) < len(dcerpcHead) {
		clear(b)
		return
	}
	o, kind, flags := dcerpcOrder(b), b[2], b[3]
	body := b[len(dcerpcHead):]
	if n := int(o.Uint16(b[10:])); n > 0 {
		from := min(max(int(o.Uint16(b[8:]))-n-rpcTrailer, len(dcerpcHead)), len(b))
		body = b[len(dcerpcHead):from]
		dcerpcAuth(v, kind, b[from:])
	}
	const withObject = 0x80
	switch {
	case kind == rpcRequest && flags&withObject != 0:
		fields(v, body, "========"+"................")
	case kind == rpcRequest, kind == rpcResponse:
		fields(v, body, "========")
	case kind == rpcFault:
		fields(v, body, "============")
	case kind == rpcBind, kind == rpcAlter:
		dcerpcBind(v, body)
	case kind == rpcBindAck, kind == rpcAlterResponse:
		dcerpcBindAck(v, o, body)
	case kind == rpcBindNak:
		fields(v, body, "==")
	default:
		clear(body)
	}
}

// rpcTrailer is how long the head of what authenticates a PDU is (MS-RPCE section 2.2.2.11).
const rpcTrailer = 8

// dcerpcAuth rewrites what authenticates a PDU: a token, or a signature.
func dcerpcAuth(v *standin.Values, kind byte, b []byte) {
	const layout = "===.####"
	if len(b) < rpcTrailer {
		clear(b)
		return
	}
	switch value := b[rpcTrailer:]; kind {
	case rpcBind, rpcBindAck, rpcAlter, rpcAlterResponse, rpcAuth3:
		SecurityToken(v, value)
	default:
		standin.Noise.Fill(value, 0)
	}
	fields(v, b[:rpcTrailer], layout)
}

// dcerpcBind rewrites a list of interfaces that a client asks for. Those that everybody knows stay.
func dcerpcBind(v *standin.Values, b []byte) {
	const head, item, syntax = 12, 4, 20
	if len(b) < head {
		clear(b)
		return
	}
	n, rest := b[8], b[head:]
	fields(v, b[:head], "===="+"####"+"=...")
	for ; n > 0 && len(rest) >= item; n-- {
		size := min(item+syntax*(1+int(rest[2])), len(rest))
		rest[3] = 0
		for s := rest[item:size]; len(s) > 0; s = s[min(syntax, len(s)):] {
			keepSyntax(s[:min(syntax, len(s))])
		}
		rest = rest[size:]
	}
	clear(rest)
}

// dcerpcBindAck rewrites the answer to that.
func dcerpcBindAck(v *standin.Values, o binary.ByteOrder, b []byte) {
	const head, results, result = 10, 4, 24
	if len(b) < head {
		clear(b)
		return
	}
	size := int(o.Uint16(b[8:]))
	at := min((head+size+3)&^3, len(b)) // an address, and what it is padded with
	fields(v, b[:head], "===="+"####"+"==")
	clear(b[head:at])
	if len(b)-at < results {
		clear(b[at:])
		return
	}
	n, rest := b[at], b[at+results:]
	clear(b[at+1 : at+results])
	for ; n > 0 && len(rest) >= result; n-- {
		keepSyntax(rest[4:result])
		rest = rest[result:]
	}
	clear(rest)
}

// keepSyntax clears the identifier of an interface or of a way to write arguments, unless everybody has that.
func keepSyntax(b []byte) {
	if len(b) < 16 || !slices.Contains(knownSyntaxes, uuidText(b)) {
		clear(b)
	}
}

// uuidText returns a UUID in little-endian order as text.
func uuidText(b []byte) string {
	return fmt.Sprintf("%08x-%04x-%04x-%x-%x", le.Uint32(b), le.Uint16(b[4:]), le.Uint16(b[6:]), b[8:10], b[10:16])
}

// knownSyntaxes are interfaces of Windows (MS-RPCE, MS-DCOM, MS-EPM and the documents of each), and NDR.
var knownSyntaxes = []string{
	"8a885d04-1ceb-11c9-9fe8-08002b104860", "71710533-beba-4937-8319-b5dbef9ccc36", // NDR, NDR64
	"e1af8308-5d1f-11c9-91a4-08002b14a0fa", // endpoint mapper
	"12345678-1234-abcd-ef00-01234567cffb", // MS-NRPC
	"12345778-1234-abcd-ef00-0123456789ab", // MS-LSAD
	"12345778-1234-abcd-ef00-0123456789ac", // MS-SAMR
	"4b324fc8-1670-01d3-1278-5a47bf6ee188", // MS-SRVS
	"6bffd098-a112-3610-9833-46c3f87e345a", // MS-WKST
	"e3514235-4b06-11d1-ab04-00c04fc2dcd2", // MS-DRSR
	"367abb81-9844-35f1-ad32-98f038001003", // MS-SCMR
	"338cd001-2244-31f1-aaaa-900038001003", // MS-RRP
	"12345678-1234-abcd-ef00-0123456789ab", // MS-RPRN
	"4fc742e0-4a10-11cf-8273-00aa004ae673", // MS-DFSNM
	"99fcfec4-5260-101b-bbcb-00aa0021347a", // IObjectExporter
	"000001a0-0000-0000-c000-000000000046", // IRemoteSCMActivator
}
