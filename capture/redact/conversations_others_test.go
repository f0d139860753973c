package redact

import "strings"

// ofOthers returns conversations in protocols of other kinds.
func ofOthers(name string) map[string]spoken {
	long := strings.Repeat(name, 5)
	lines := func(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }
	option := func(kind int, value string) string { return string([]byte{byte(kind)}) + lengths(1, value) }
	tlv := func(kind int, value string) string { // with a length that counts all
		return string([]byte{byte(kind >> 8), byte(kind)}) + lengths(2, zeroBytes(4)+value)[:2] + value + zeroBytes((4-len(value)%4)%4)
	}
	attribute := func(kind int, value string) string { return string([]byte{byte(kind), byte(2 + len(value))}) + value }
	dhcp := "\x01\x01\x06\x00" + name[:4] + "\x00\x00\x00\x00" + zeroBytes(16) + "\x02\x00\x00\x00\x00\x01" + zeroBytes(10) + (name + zeroBytes(192))[:192] + "\x63\x82\x53\x63" +
		option(53, "\x03") + option(12, name) + option(61, "\x01\x02\x00\x00\x00\x00\x01") + option(81, "\x00\x00\x00"+name) + option(60, "MSFT 5.0") + option(55, "\x01\x03\x06\x0f") +
		option(43, name) + option(82, option(1, name)+option(2, name)) + option(121, "\x10\x0a\x01\x0a\x00\x00\x01") + option(50, name[:4]) + option(15, name) + "\xff" + name
	oid := derElement(6, "\x2b\x06\x01\x02\x01\x01\x01\x00")
	bindings := derElement(0x30, derElement(0x30, oid, derElement(4, name)), derElement(0x30, oid, derElement(5)), derElement(0x30, derElement(6, "\x2b\x06\x01\x04\x01"+name), derElement(2, name[:2])))
	snmp := derElement(0x30, derElement(2, "\x01"), derElement(4, name), derElement(0xa2, derElement(2, "\x12\x34"), derElement(2, "\x00"), derElement(2, "\x00"), bindings))
	security := derElement(0x30, derElement(4, name), derElement(2, "\x05"), derElement(2, "\x07"), derElement(4, name), derElement(4, name), derElement(4, ""))
	snmp3 := derElement(0x30, derElement(2, "\x03"), derElement(0x30, derElement(2, "\x12\x34"), derElement(2, "\x10\x00"), derElement(4, "\x04"), derElement(2, "\x03")), derElement(4, security), derElement(0x30, derElement(4, name), derElement(4, name), derElement(0xa0, derElement(2, "\x12\x34"), derElement(2, "\x00"), derElement(2, "\x00"), bindings)))
	longNumber := derElement(0x30, derElement(2, "\x01"), derElement(4, name), derElement(0xa2, derElement(2, name), derElement(2, "\x00"), derElement(2, "\x00"), bindings))
	oneLetter := derElement(0x30, derElement(2, "\x03"), derElement(0x30, derElement(2, "\x12\x34"), derElement(2, "\x10\x00"), derElement(4, "\x00"), derElement(2, "\x03")), derElement(4, security), derElement(0x30, derElement(4, name), derElement(4, name[:1]), derElement(0xa0, derElement(2, "\x12\x34"), derElement(2, "\x00"), derElement(2, "\x00"), bindings)))
	ike := name[:8] + name[:8] + "\x29\x20\x22\x08" + zeroBytes(4) + lengths(4, zeroBytes(28)+long)[:4] + long
	ptp := "\x0b\x02\x00\x40\x00\x00\x00\x00" + name[:8] + name[:4] + name[:8] + "\x00\x01\x00\x05\x05\x01" + long[:30]
	sctp := "\x13\x88\x13\x89" + name[:4] + name[:4]
	cookie := "Cookie: mstshash=" + name + "\r\n"
	connect := lengths(1, "\xe0"+zeroBytes(5)+cookie+zeroBytes(8))[:1] + "\xe0" + zeroBytes(5) + cookie + "\x01\x00\x08\x00\x0b\x00\x00\x00"
	row := lengths(4, zeroBytes(4)+"\x00\x01"+lengths(4, name))[:4] + "\x00\x01" + lengths(4, name)
	dtls := func(kind, epoch int, body string) string {
		return string([]byte{byte(kind), 0xfe, 0xfd, 0, byte(epoch)}) + zeroBytes(6) + lengths(2, body)
	}
	message := func(kind int, body string) string {
		return string([]byte{byte(kind)}) + lengths(3, body)[:3] + "\x00\x00\x00\x00\x00" + lengths(3, body)
	}
	random := strings.Repeat(name, 3)[:32]
	client := "\xfe\xfd" + random + lengths(1, name) + lengths(1, name) + lengths(2, "\xc0\x2b\xc0\x2f") + lengths(1, "\x00") + lengths(2, extension(0, lengths(2, "\x00"+lengths(2, name)))+extension(10, lengths(2, "\x00\x17")))
	server := "\xfe\xfd" + random + lengths(1, name) + "\xc0\x2b\x00"
	part := "\x0b\x00\x02\x00\x00\x02\x00\x00\x00" + lengths(3, long)
	tds := func(kind int, body string) string {
		return string([]byte{byte(kind), 1}) + lengths(2, zeroBytes(8)+body)[:2] + name[:2] + "\x01\x00" + body
	}
	lookup := "\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01\x86\xa3\x00\x00\x00\x03\x00\x00\x00\x03" + zeroBytes(16) + lengths(4, name) + lengths(4, name)
	ldp := func(kind, value string) string {
		message := kind + lengths(2, name[:4]+value)
		return "\x00\x01" + lengths(2, name[:4]+"\x00\x00"+message)
	}
	plain := func(kind int, value string) string {
		return string([]byte{byte(kind >> 8), byte(kind)}) + lengths(2, value)
	}
	modbus := func(body string) string { return name[:2] + "\x00\x00" + lengths(2, body) }
	gtp := func(head, body string) string { return head + lengths(2, body)[:2] + name[:4] + body }
	element := func(kind int, value string) string {
		return string([]byte{byte(kind)}) + lengths(2, "\x00"+value)[:1] + string([]byte{byte(len(value)), 0}) + value
	}
	times := zeroBytes(4) + "\x65\x00\x00\x00"
	template := "\x01\x00\x00\x02\x00\x08\x00\x04\x00\x0c\x00\x04"
	missing := "\x00\x00\x00\x09\x00\x00\x00\x01" + zeroBytes(16) + "\x00\x00\x00\x02\x00\x00\x00\x01" + (long + long)[:84]
	return map[string]spoken{
		"NFS":          {overUDP, 2049, []string{">" + lookup, missing}},
		"LDP":          {overUDP, portLDP, []string{">" + ldp("\x01\x00", plain(0x400, "\x00\x0f\x00\x00")+plain(0x401, name[:4]))}},
		"LDP over TCP": {overTCP, portLDP, []string{">" + ldp("\x02\x00", plain(0x500, "\x00\x01\x00\x1e\x00\x00\x10\x00"+name[:6])), ldp("\x03\x00", plain(0x101, "\x00\x01"+name[:8])) + ldp("\x04\x00", plain(0x100, "\x02\x00\x01\x18"+name[:3])+plain(0x200, "\x00\x00\x00\x10"))}},
		"Modbus":       {overTCP, portModbus, []string{">" + modbus("\x11\x03\x00\x6b\x00\x06"), modbus("\x11\x03\x0c" + name), ">" + modbus("\x11\x10\x00\x01\x00\x06\x0c"+name), modbus("\x11\x10\x00\x01\x00\x06"), ">" + modbus("\x11\x01\x00\x13\x00\x25"), modbus("\x11\x81\x02")}},
		"CoAP":         {overUDP, portCoAP, []string{">\x42\x01" + name[:2] + name[2:4] + "\x3c" + name + "\x8c" + name + "\x4c" + name, "\x62\x45" + name[:2] + name[2:4] + "\x44" + name[:4] + "\x81\x00\xff" + long, "\x60\x00" + name[:2]}},
		"NetFlow 5":    {overUDP, portNetFlow, []string{">\x00\x05\x00\x01" + times + zeroBytes(8) + "\x00\x00\x00\x00" + long[:48]}},
		"NetFlow 9":    {overUDP, portNetFlow, []string{">\x00\x09\x00\x02" + times + zeroBytes(4) + name[:4] + "\x00\x00" + lengths(2, zeroBytes(4)+template)[:2] + template + "\x01\x00\x00\x0c" + name[:8]}},
		"IPFIX":        {overUDP, portIPFIX, []string{">\x00\x0a\x00\x2c" + zeroBytes(8) + name[:4] + "\x00\x02\x00\x10" + template + "\x01\x00\x00\x0c" + name[:8]}},
		"GTP":          {overUDP, portGTP, []string{">" + gtp("\x32\x10", "\x00\x01\x00\x00\x83\x00\x0c"+name), gtp("\x30\x1a", ""), ">\x48\x20" + lengths(2, name[:4]+"\x00\x00\x01\x00"+element(1, name[:8])+element(71, name)+element(93, element(73, name[:1])+element(71, name)))}},
		"RIP":          {overUDP, portRIP, []string{"\x02\x02\x00\x00\x00\x02\x00\x00" + (name + name)[:16]}},
		"TDS":          {overTCP, portTDS, []string{">" + tds(18, "\x00\x00\x06"+lengths(2, name)+"\xff"+name), tds(4, "\x00\x00\x06"+lengths(2, name)+"\xff"+name), ">" + tds(16, u32(len(long)+4)+long), ">" + tds(1, wide(long)), tds(4, "\xfd"+long[:12])}},
		"DTLS": {overUDP, 4433, []string{">" + dtls(22, 0, message(1, client)), dtls(22, 0, message(3, "\xfe\xff"+lengths(1, name))), dtls(22, 0, message(2, server)) + dtls(22, 0, message(14, "")),
			dtls(22, 0, part), ">" + dtls(22, 0, message(16, lengths(1, name))) + dtls(20, 0, "\x01") + dtls(22, 1, long), dtls(21, 0, "\x02\x28"), dtls(23, 1, long), dtls(22, 0, long[:30]), "\x19\xfe\xfd\x00\x01" + zeroBytes(6) + name[:4] + lengths(2, long)}},
		"SMTP": {overTCP, portSMTP, []string{
			lines("220 " + name + " ESMTP"), ">" + lines("EHLO "+name), lines("250-"+name, "250 AUTH NTLM"), ">" + lines("AUTH LOGIN"), lines("334 " + name), ">" + lines(name), lines("535 5.7.8 " + name),
			">" + lines("MAIL FROM:<"+name+">"), lines("250 " + name), ">" + lines("DATA"), lines("354 " + name), ">" + lines("Subject: "+name, "", name+" "+name, "."), lines("250 " + name),
		}},
		"POP":        {overTCP, portPOP, []string{lines("+OK " + name), ">" + lines("USER "+name), lines("+OK"), ">" + lines("PASS "+name), lines("-ERR " + name)}},
		"IMAP":       {overTCP, portIMAP, []string{lines("* OK " + name), ">" + lines(name[:4]+" LOGIN "+name+" "+name), lines(name[:4] + " NO " + name)}},
		"SSDP":       {overUDP, portSSDP, []string{">" + lines("M-SEARCH * HTTP/1.1", "HOST: "+name, "ST: "+name, ""), lines("HTTP/1.1 200 OK", "LOCATION: http://"+name+"/", "")}},
		"SIP":        {overUDP, portSIP, []string{">" + lines("OPTIONS sip:"+name+" SIP/2.0", "From: <sip:"+name+">", "CSeq: 1 OPTIONS", ""), lines("SIP/2.0 404 "+name, "To: "+name, "")}},
		"RDP":        {overTCP, portRDP, []string{">\x03\x00" + lengths(2, zeroBytes(4)+connect)[:2] + connect, "\x03\x00\x00\x13\x0e\xd0" + zeroBytes(5) + "\x02\x00\x08\x00\x02\x00\x00\x00", ">\x03\x00" + lengths(2, zeroBytes(7)+name)[:2] + "\x02\xf0\x80" + name}},
		"PostgreSQL": {overTCP, portPostgreSQL, []string{">" + lengths(4, zeroBytes(8)+"user\x00"+name+"\x00\x00")[:4] + "\x00\x03\x00\x00user\x00" + name + "\x00\x00", "R\x00\x00\x00\x0c\x00\x00\x00\x05" + name[:4], ">p" + lengths(4, zeroBytes(4)+name+"\x00")[:4] + name + "\x00", "D" + row + "Z\x00\x00\x00\x05I"}},
		"DHCP":       {overUDP, portDHCPServer, []string{">" + dhcp, "\x02" + dhcp[1:]}},
		"SNMP":       {overUDP, portSNMP, []string{">" + snmp, snmp, ">" + snmp3, ">" + longNumber, ">" + oneLetter}},
		"RADIUS":     {overUDP, portRADIUS, []string{">\x01\x05" + lengths(2, zeroBytes(20)+attribute(1, name)+attribute(26, name+name)+attribute(79, name))[:2] + (name + name)[:16] + attribute(1, name) + attribute(26, name+name) + attribute(79, name)}},
		"IKE":        {overUDP, portIKE, []string{">" + ike, ike}},
		"PTP":        {overUDP, portPTP, []string{">" + ptp}},
		"EIGRP":      {protocolEIGRP, 0, []string{"\x02\x05" + name[:2] + zeroBytes(12) + "\x00\x00\x00\x64" + tlv(1, name) + tlv(4, name[:4])}},
		"SCTP": {protocolSCTP, 0, []string{
			sctp + tlv(0x100, name[:4]+"\x00\x01\x00\x00\x00\x05\x00\x05\x00\x00\x00\x07"+tlv(5, name[:4])+tlv(0x8002, name)), sctp + tlv(3, "\x00\x00\x00\x07\x00\x01\x00\x00"+name[:4]+name[:8]), sctp + tlv(0x300, "\x00\x00\x00\x07\x00\x01\x00\x00\x00\x00\x00\x00"),
			sctp + tlv(0x400, tlv(1, name)), sctp + tlv(0x700, "\x00\x00\x00\x07") + tlv(0x0600, tlv(12, name)) + tlv(0x0a00, name),
		}},
	}
}
