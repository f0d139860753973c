package redact

import (
	"encoding/binary"
	"maps"
	"net/netip"
	"strings"

	"negotrace/internal/packettest"
)

// A spoken is a conversation in a protocol that is not read. Messages that begin with > are the client's.
type spoken struct {
	transport byte // the number of a protocol over IP
	port      uint16
	messages  []string
}

const overTCP, overUDP = 6, 17

// packets returns the packets of a conversation, in segments of a size.
func (s spoken) packets(size int) (packets [][]byte) {
	if s.transport == overTCP {
		packets = talked(size, s.messages...)
		for _, p := range packets {
			for _, at := range []int{20, 22} {
				if be.Uint16(p[at:]) == server.Port() {
					be.PutUint16(p[at:], s.port)
				}
			}
		}
		return packets
	}
	for _, m := range s.messages {
		if s.transport != overUDP {
			packets = append(packets, packettest.IPv4(s.transport, client.Addr(), server.Addr(), []byte(m)))
			continue
		}
		from, to := netip.AddrPortFrom(server.Addr(), s.port), client
		text, asks := strings.CutPrefix(m, ">")
		if asks {
			from, to = to, from
		}
		if s.port == portNetBIOSDatagram {
			from, to = netip.AddrPortFrom(from.Addr(), s.port), netip.AddrPortFrom(to.Addr(), s.port)
		}
		packets = append(packets, packettest.IPv4(overUDP, from.Addr(), to.Addr(), packettest.UDP(from.Port(), to.Port(), []byte(text))))
	}
	return packets
}

func u16(n int) string { return string(binary.LittleEndian.AppendUint16(nil, uint16(n))) }
func u32(n int) string { return string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }

// zeroBytes returns so many zeros.
func zeroBytes(n int) string { return strings.Repeat("\x00", n) }

// smb2Of returns a message of SMB 2 behind its length.
func smb2Of(command, side, status int, name, body string) string {
	const session, tree = "\x11\x22\x00\x04\x00\x00\x00\x00", "\x05\x00\x00\x00"
	return lengths(4, smb2+u16(64)+u16(1)+u32(status)+u16(command)+u16(1)+u32(side)+u32(0)+u32(command)+u32(0)+name[:4]+tree+session+(name + name)[:16]+body)
}

// token returns a token that asks for NTLM, in SPNEGO.
func token(name string) string {
	ntlm := "NTLMSSP\x00" + u32(1) + u32(0xa2088207-1<<32) + u16(len(name)) + u16(len(name)) + u32(40) + u16(0) + u16(0) + u32(40) + "\x0a\x00\x63\x45\x00\x00\x00\x0f" + name
	return derElement(0x60, derElement(6, "\x2b\x06\x01\x05\x05\x02"), derElement(0xa0, derElement(0x30, derElement(0xa0, derElement(0x30, derElement(6, "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"))), derElement(0xa2, derElement(4, ntlm)))))
}

const (
	epmSyntax = "\x08\x83\xaf\xe1\x1f\x5d\xc9\x11\x91\xa4\x08\x00\x2b\x14\xa0\xfa\x03\x00\x00\x00"
	ndrSyntax = "\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\x00\x2b\x10\x48\x60\x02\x00\x00\x00"
)

// dcerpcOf returns a PDU.
func dcerpcOf(kind int, body, auth string) string {
	n := 0
	if len(auth) > 0 {
		n = len(auth) - rpcTrailer
	}
	return "\x05\x00" + string(rune(kind)) + "\x03\x10\x00\x00\x00" + u16(16+len(body)+len(auth)) + u16(n) + u32(7) + body + auth
}

// encoded returns a name of NetBIOS as it is sent.
func encoded(name string) string {
	out := "\x20"
	for _, c := range []byte((strings.ToUpper(name) + strings.Repeat(" ", 16))[:16]) {
		out += string([]byte{'A' + c>>4, 'A' + c&15})
	}
	return out + "\x00"
}

// conversations returns one in each protocol, with a name wherever one may be.
func conversations(name string) map[string]spoken {
	all := ofWindows(name)
	maps.Copy(all, ofOthers(name))
	return all
}

// ofWindows returns those in protocols of Windows.
func ofWindows(name string) map[string]spoken {
	long := strings.Repeat(name, 5)
	w := wide(name)
	file := (name + name)[:16]
	bind := dcerpcOf(rpcBind, u16(4280)+u16(4280)+u32(0)+"\x01\x00\x00\x00"+u16(0)+"\x01\x00"+epmSyntax+ndrSyntax, "\x0a\x06\x00\x00"+name[:4]+"NTLMSSP\x00"+u32(1)+u32(0)+zeroBytes(16))
	bindAck := dcerpcOf(rpcBindAck, u16(4280)+u16(4280)+u32(0)+u16(len(name)+1)+name+"\x00"+strings.Repeat("\x00", (4-(26+len(name)+1)%4)%4)+"\x01\x00\x00\x00"+u16(0)+u16(0)+ndrSyntax, "")
	call := dcerpcOf(rpcRequest, u32(len(long))+u16(0)+u16(3)+long, "\x0a\x06\x00\x00"+name[:4]+"\x01\x00\x00\x00"+name)
	answer := dcerpcOf(rpcResponse, u32(len(long))+u16(0)+"\x00\x00"+long, "")
	write := u16(49) + u16(64+48) + u32(len(bind)) + zeroBytes(8) + file + zeroBytes(16) + bind
	ioctl := func(side int, data string) string {
		at := 64 + 56 - 8*side
		if side == 0 {
			return u16(57) + u16(0) + u32(0x11c017) + file + u32(at) + u32(len(data)) + u32(0) + u32(at) + u32(0) + u32(1024) + u32(1) + u32(0) + data
		}
		return u16(49) + u16(0) + u32(0x11c017) + file + u32(at) + u32(0) + u32(at) + u32(len(data)) + u32(0) + u32(0) + data
	}
	sasl := derElement(0x30, derElement(2, "\x01"), derElement(0x60, derElement(2, "\x03"), derElement(4, name), derElement(0xa3, derElement(4, "GSS-SPNEGO"), derElement(4, token(name)))))
	simple := func(password string) string {
		return derElement(0x30, derElement(2, "\x01"), derElement(0x60, derElement(2, "\x03"), derElement(4, name), derElement(0x80, password)))
	}
	search := "\x30\x84\x00\x00" + lengths(2, derElement(2, "\x02")+derElement(0x63, derElement(4, "DC="+name), derElement(10, "\x02"), derElement(10, "\x00"), derElement(2, "\x00"), derElement(2, "\x00"), derElement(1, "\x00"),
		derElement(0xa0, derElement(0xa3, derElement(4, "sAMAccountName"), derElement(4, name)), derElement(0x87, name)), derElement(0x30, derElement(4, name))))
	entryOf := func(value string) string {
		return derElement(0x30, derElement(2, "\x02"), derElement(0x64, derElement(4, name), derElement(0x30, derElement(0x30, derElement(4, name), derElement(0x31, derElement(4, value))))))
	}
	entry := entryOf(long)
	done := derElement(0x30, derElement(2, "\x02"), derElement(0x65, derElement(10, "\x20"), derElement(4, name), derElement(4, name)))
	mailslot := "\x11" + u16(0) + u16(len(long)+1) + u16(0) + u16(0) + "\x00\x00" + u16(0) + u32(0) + u16(0) + u16(0) + u16(0) + u16(len(long)+1) + u16(32+37+17) + "\x03\x00" + u16(1) + u16(1) + u16(2) + u16(17+len(long)+1) + "\\MAILSLOT\\BROWSE\x00" + "\x0f" + long
	smb1Of := func(command, body string) string {
		return smb1 + command + u32(0) + "\x18\x03\xc8" + name[:2] + name[:8] + zeroBytes(2) + u16(1) + name[:2] + u16(1) + u16(64) + body
	}
	rpcCall := "\x41\x9f\xf5\x30" + zeroBytes(4) + "\x00\x00\x00\x02\x00\x01\x86\xa4\x00\x00\x00\x02\x00\x00\x00\x03" + "\x00\x00\x00\x01" + lengths(4, name[:4]+lengths(4, name)+zeroBytes(12)) + "\x00\x00\x00\x00\x00\x00\x00\x00" + lengths(4, name) + lengths(4, name) + lengths(4, name)
	rpcReply := "\x41\x9f\xf5\x30\x00\x00\x00\x01" + zeroBytes(16) + "\x00\x00\x00\x01" + lengths(4, name)
	return map[string]spoken{
		"SMB 2": {overTCP, portSMB, []string{
			">" + smb2Of(smb2Negotiate, 0, 0, name, u16(36)+u16(2)+u16(1)+u16(0)+u32(1)+file+file[:8]+"\x02\x02\x11\x03"),
			smb2Of(smb2Negotiate, 1, 0, name, u16(65)+u16(1)+u16(0x0311)+u16(1)+file+u32(1)+u32(65536)+u32(65536)+u32(65536)+file+u16(128)+u16(len(token(name)))+name[:4]+token(name)+name),
			">" + smb2Of(smb2SessionSetup, 0, 0, name, u16(25)+"\x00\x01"+u32(1)+u32(0)+u16(64+24)+u16(len(token(name)))+name[:8]+token(name)),
			smb2Of(smb2SessionSetup, 1, 0xc0000016-1<<32, name, u16(9)+u16(0)+u16(64+8)+u16(len(token(name)))+token(name)),
			">" + smb2Of(smb2TreeConnect, 0, 0, name, u16(9)+u16(0)+u16(64+8)+u16(len(w))+w),
			smb2Of(smb2TreeConnect, 1, 0, name, u16(16)+"\x02\x00"+u32(0)+u32(0)+u32(0x1f01ff)),
			">" + smb2Of(smb2Create, 0, 0, name, u16(57)+"\x00\x00"+u32(2)+file+u32(1)+u32(0)+u32(7)+u32(1)+u32(0)+u16(64+56)+u16(len(w))+u32(0)+u32(0)+w),
			smb2Of(smb2Create, 1, 0, name, u16(89)+"\x00\x00"+u32(1)+file+file+file+u32(0x80)+name[:4]+file+u32(0)+u32(0)),
			">" + smb2Of(smb2Write, 0, 0, name, write),
			smb2Of(smb2Write, 1, 0, name, u16(17)+u16(0)+u32(len(bind))+u32(0)+u32(0)),
			">" + smb2Of(smb2Read, 0, 0, name, u16(49)+"\x50\x00"+u32(1024)+zeroBytes(8)+file+u32(0)+zeroBytes(13)),
			smb2Of(smb2Read, 1, 0, name, u16(17)+"\x50\x00"+u32(len(bindAck))+u32(0)+u32(0)+bindAck),
			">" + smb2Of(smb2IOCTL, 0, 0, name, ioctl(0, call)),
			smb2Of(smb2IOCTL, 1, 0, name, ioctl(1, answer)),
			">" + smb2Of(smb2QueryDirectory, 0, 0, name, u16(33)+"\x25\x00"+name[:4]+file+u16(64+32)+u16(len(w))+u32(1024)+w),
			smb2Of(smb2QueryDirectory, 1, 0xc0000034-1<<32, name, u16(9)+u16(0)+u32(len(name))+name),
			">" + lengths(4, smb2Sealed+file+file+u32(len(long))+u16(0)+u16(1)+name[:8]+long),
			">" + lengths(4, smb2Packed+long),
		}},
		"SMB 1": {overTCP, portNetBIOSSession, []string{
			">\x81\x00\x00\x44" + encoded(name) + encoded(name), "\x82\x00\x00\x00",
			">" + lengths(4, smb1Of("\x72", "\x00"+lengths(1, "\x02NT LM 0.12\x00")+"\x00"+"\x02"+name+"\x00")),
			lengths(4, smb1Of("\x73", "\x04\xff\x00\x00\x00\x00\x00"+u16(len(name))+u16(len(long))+name+long)),
		}},
		"SMB over UDP":     {overUDP, portNetBIOSDatagram, []string{">\x11\x0a\x00\x01" + "\xc0\x00\x02\x4d" + "\x00\x8a" + lengths(2, zeroBytes(68+32+len(mailslot)))[:2] + "\x00\x00" + encoded(name) + encoded(name) + smb1Of("\x25", mailslot)}},
		"DCERPC":           {overTCP, 135, []string{">" + bind, bindAck, ">" + call, answer, dcerpcOf(rpcFault, u32(0)+u16(0)+"\x00\x00"+u32(5)+name[:4], "")}},
		"LDAP":             {overTCP, portLDAP, []string{">" + sasl, derElement(0x30, derElement(2, "\x01"), derElement(0x61, derElement(10, "\x0e"), derElement(4, ""), derElement(4, name), derElement(0x87, token(name)))), ">" + search, entry, done, ">" + lengths(4, "\x05\x04\x06\xff\x00\x00\x00\x1c"+name[:8]+long), ">" + lengths(4, "\x01\x00\x00\x00"+long)}},
		"LDAP, simple":     {overTCP, portLDAP, []string{">" + simple(name), ">" + simple("`"+name), ">" + simple("\xa1\x0e0"+name), ">" + simple("NTLMSSP\x00"+u32(1)+long), entryOf("`" + name), entryOf("NTLMSSP\x00" + name)}},
		"CLDAP":            {overUDP, portLDAP, []string{">" + search, entry}},
		"ONC RPC":          {overUDP, 808, []string{">" + rpcCall, rpcReply}},
		"ONC RPC over TCP": {overTCP, 808, []string{">\x80" + lengths(4, rpcCall)[1:] + rpcCall, "\x80" + lengths(4, rpcReply)[1:] + rpcReply}},
	}
}
