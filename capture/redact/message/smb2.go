package message

import (
	"bytes"
	"slices"

	"negotrace/capture/redact/standin"
)

// smb2Head is the layout of the header (MS-SMB2 section 2.2.1): protocol, size, credits, status, command, credits,
// flags, next command, message, process, tree, session, signature.
const smb2Head = "====" + "==" + "==" + "====" + "==" + "==" + "====" + "====" + "========" + "...." + "####" + "########" + "................"

// Commands (MS-SMB2 section 2.2.1.2).
const (
	smb2Negotiate = iota
	smb2SessionSetup
	smb2Logoff
	smb2TreeConnect
	smb2TreeDisconnect
	smb2Create
	smb2Close
	smb2Flush
	smb2Read
	smb2Write
	smb2Lock
	smb2IOCTL
	smb2Cancel
	smb2Echo
	smb2QueryDirectory
	smb2ChangeNotify
	smb2QueryInfo
	smb2SetInfo
	smb2OplockBreak
)

const (
	fileID    = "################"
	fileTimes = "................................"
	fileSizes = "................"
)

// smb2Bodies are the layouts of requests and answers, up to what has no fixed length (MS-SMB2 section 2.2.3 and
// those that follow). Places and lengths of names are cleared: an empty name needs neither.
var smb2Bodies = [...][2]string{
	smb2Negotiate:      {"======.." + "====" + "................" + "........", "======.." + "................" + "================" + "................" + "====" + "...."},
	smb2SessionSetup:   {"================" + "########", "========"},
	smb2Logoff:         {"==", "=="},
	smb2TreeConnect:    {"====", "================"},
	smb2TreeDisconnect: {"==", "=="},
	smb2Create:         {"========" + "................" + "====================", "========" + fileTimes + fileSizes + "====" + "...." + fileID},
	smb2Close:          {"====" + "...." + fileID, "====" + "...." + fileTimes + fileSizes + "===="},
	smb2Flush:          {"==......" + fileID, "=="},
	smb2Read:           {"================" + fileID + "====", "===.========...."},
	smb2Write:          {"================" + fileID + "............" + "====", "==..===="},
	smb2Lock:           {"========" + fileID, "=="},
	smb2IOCTL:          {"==..====" + fileID + "============================" + "....", "==..====" + fileID + "====================" + "...."},
	smb2Cancel:         {"==", "=="},
	smb2Echo:           {"==", "=="},
	smb2QueryDirectory: {"====...." + fileID + "....====", "========"},
	smb2ChangeNotify:   {"========" + fileID + "====", "========"},
	smb2QueryInfo:      {"========" + "........" + "========" + fileID, "========"},
	smb2SetInfo:        {"==========..====" + fileID, "=="},
	smb2OplockBreak:    {"===....." + fileID, "===....." + fileID},
}

// smb2 rewrites messages of SMB 2 and 3.
func smb2(v *standin.Values, b []byte) {
	for len(b) >= len(smb2Head) && bytes.HasPrefix(b, []byte(beginsSMB2)) && int(le.Uint16(b[4:])) == len(smb2Head) {
		next := le.Uint32(b[20:])
		if next < uint32(len(smb2Head)) || next >= uint32(len(b)) {
			clear(b[20:24])
			next = uint32(len(b))
		}
		smb2Message(v, b[:next])
		b = b[next:]
	}
	clear(b)
}

// smb2Message rewrites one message.
func smb2Message(v *standin.Values, b []byte) {
	head, body := b[:len(smb2Head)], b[len(smb2Head):]
	status, command, side := le.Uint32(head[8:]), le.Uint16(head[12:]), head[16]&1
	fields(v, head, smb2Head)
	const failed, processing, errorSize = 0xc0000000, 0xc0000016, 2
	switch {
	case int(command) >= len(smb2Bodies):
		clear(body)
	case side == 1 && status&failed == failed && status != processing:
		clear(body[min(errorSize, len(body)):])
	default:
		layout := smb2Bodies[command][side]
		fixed := min(len(layout), len(body))
		smb2Data(v, command, side, body[:fixed], body[fixed:])
		fields(v, body[:fixed], layout)
	}
}

// smb2Data rewrites what follows the fixed part of a message.
func smb2Data(v *standin.Values, command uint16, side byte, fixed, b []byte) {
	const request, answer, pipe = 0, 1, 0x11c017 // FSCTL_PIPE_TRANSCEIVE
	switch {
	case command == smb2Negotiate && side == request && len(fixed) >= 4:
		n := min(2*int(le.Uint16(fixed[2:])), len(b))
		dialects(b[:n])
		clear(b[n:])
	case command == smb2Negotiate && side == answer, command == smb2SessionSetup:
		SecurityToken(v, b)
	case command == smb2Read && side == answer, command == smb2Write && side == request, command == smb2IOCTL && len(fixed) >= 8 && le.Uint32(fixed[4:]) == pipe:
		for n := dcerpcSize(b); n > 0 && n <= len(b); n = dcerpcSize(b) {
			dcerpc(v, b[:n])
			b = b[n:]
		}
		clear(b)
	default:
		clear(b)
	}
}

// dialects clears what is no number of a dialect (MS-SMB2 section 2.2.3).
func dialects(b []byte) {
	for ; len(b) >= 2; b = b[2:] {
		if !slices.Contains([]uint16{0x0202, 0x0210, 0x0300, 0x0302, 0x0310, 0x0311, 0x02ff}, le.Uint16(b)) {
			clear(b[:2])
		}
	}
	clear(b)
}
