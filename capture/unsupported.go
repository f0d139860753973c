package capture

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
)

// unzip is the advice for a zip archive.
const unzip = "unpack it with `unzip %s`"

// unsupported returns formats that are known and not read, with advice.
func unsupported() []format { return append(unsupportedFiles(), unsupportedTexts()...) }

func unsupportedFiles() []format {
	const editcap = "convert it with `editcap -F pcapng %s out.pcapng` (editcap comes with Wireshark)"
	return []format{
		{name: "Network Monitor 1 capture", match: begins("RTSS"), advice: editcap},
		{name: "snoop capture", match: begins("snoop\x00\x00\x00"), advice: editcap},
		{name: "Sniffer capture", match: begins("TRSNIFF data    \x1a"), advice: editcap},
		{name: "NetXRay or Windows Sniffer capture", match: begins("XCP\x00"), advice: editcap},
		{name: "Omnipeek or EtherPeek capture", match: begins("\x7fver"), advice: editcap},
		{name: "AIX iptrace capture", match: begins("iptrace "), advice: editcap},
		{name: "HP-UX nettl capture", match: begins("\x54\x52\x00\x64\x00"), advice: editcap},
		{name: "Visual Networks capture", match: begins("\x05VNF"), advice: editcap},
		{name: "NetScaler trace", match: isNetScaler, advice: "take it again with `start nstrace -size 0 -traceformat PCAP`, or leave its IP packets with Wireshark's `tshark -r %s -U IP -w out.pcapng`"},
		{name: "ERF capture", match: isERF, advice: editcap},
		{name: "Observer capture", match: begins("ObserverPktBuffer"), advice: editcap},
		{name: "LANalyzer capture", match: begins("\x01\x10\x4c\x00"), advice: editcap},
		{name: "Bluetooth capture (btsnoop)", match: begins("btsnoop\x00"), advice: "it holds no network traffic: record on a network interface"},
		{name: "cabinet (as netsh trace leaves it)", match: begins("MSCF"),
			advice: "unpack it with `expand -F:* %s .` (elsewhere `cabextract %s`), and give the .etl file in it"},
		{name: "LZ4 archive", match: begins("\x04\x22\x4d\x18", "\x02\x21\x4c\x18"), advice: "unpack it with `lz4 -d %s out.pcapng`"},
		{name: "lzma file", match: isLZMA, advice: "unpack it with `xz -dc --format=lzma %s > out.pcapng`"},
		{name: "lzop archive", match: begins("\x89LZO\x00"), advice: "unpack it with `lzop -dk %s`"},
		{name: "Snappy stream", match: begins("\xff\x06\x00\x00sNaPpY"), advice: "unpack it with `snzip -dk %s`"},
		{name: "lzip archive", match: begins("LZIP"), advice: "unpack it with `lzip -dk %s`"},
		{name: "compress archive", match: begins("\x1f\x9d"), advice: "unpack it with `gzip -dk %s`"},
		{name: "7-Zip archive", match: begins("7z\xbc\xaf\x27\x1c"), advice: "unpack it with `7z x %s`"},
		{name: "RAR archive", match: begins("Rar!\x1a\x07"), advice: "unpack it with `unrar x %s`"},
		{name: "zip archive", match: begins("PK\x03\x04", "PK\x05\x06"), advice: unzip},
		{name: "tar archive", match: isTar, advice: "unpack it with `tar xf %s`"},
	}
}

// unsupportedTexts returns those that are mostly text, and what stands for a capture.
func unsupportedTexts() []format {
	const (
		again   = "save the packets themselves (Wireshark: File > Save As; tshark and tcpdump: -w out.pcap)"
		browser = "export the browser's own record instead (chrome://net-export, or a HAR), or record packets"
		charles = "open it in Charles and export it as HAR (File > Export Session, HTTP Archive)"
		picture = "a picture of a capture cannot be analysed: ask for the capture file itself"
	)
	return []format{
		{name: formatManifest, match: matches(manifestText), advice: "it counts what was replaced: give the capture that it lies beside"},
		{name: "TLS key log", match: inText(isKeyLog), advice: "name it with --keylog %s, beside the capture it belongs to"},
		{name: "private key", match: inText(begins("-----BEGIN RSA PRIVATE KEY", "-----BEGIN PRIVATE KEY", "-----BEGIN ENCRYPTED PRIVATE KEY")),
			advice: "name it with --rsa-key %s, beside the capture it belongs to"},
		{name: "Kerberos keytab", match: begins("\x05\x02\x00\x00"), advice: "name it with --keytab %s, beside the capture it belongs to"},
		{name: "Kerberos credential cache", match: begins("\x05\x04\x00\x0c"), advice: "it holds tickets and no network traffic"},
		{name: "mitmproxy flow file", match: isMitmproxy, advice: "convert it with `mitmdump -nr %s --set hardump=out.har`"},
		{name: "Charles session", match: isCharles, advice: charles},
		{name: "report of Burp Suite on issues", match: isBurpReport, advice: "save the requests themselves: in Proxy, HTTP history, select them, and Save items"},
		{name: "collection of Postman or Insomnia", match: inText(isCollection), advice: "it has the requests that can be sent, not those that were: copy them from Postman's Console as raw log, or from Insomnia's Console"},
		{name: "log of Firefox without requests", match: matches(firefoxLog), advice: "log nsHttp beside negotiateauth (about:logging, or MOZ_LOG=timestamp,nsHttp:3,negotiateauth:5); `negotrace explain - < %s` shows the errors in this one"},
		{name: "log of Samba or gssproxy", match: inText(isSambaLog), advice: "`negotrace explain - < %s` shows the errors in it; which request they are about only a capture or the log of the web server or proxy shows"},
		{name: "performance trace of a browser", match: isTraceEvents, advice: browser},
		{name: "dissection of packets (PDML, PSML, JSON or CSV)", match: isDissection, advice: again},
		{name: "hex dump", match: matches(hexDump), advice: "convert it with `text2pcap %s out.pcapng` (text2pcap comes with Wireshark)"},
		{name: "hex dump of a file (xxd)", match: matches(xxdDump), advice: "convert it back with `xxd -r %s out.pcapng`"},
		{name: "text that tcpdump printed", match: matches(tcpdumpText), advice: again},
		{name: "log of IIS in its own format", match: matches(iisFormat), advice: "have the site log in the format W3C (IIS Manager, Logging), with sc-substatus and sc-win32-status"},
		{name: "log of HAProxy about connections", match: matches(haproxyLog), advice: "have it log requests (option httplog), give the log of the server behind it, or record packets on both sides of HAProxy"},
		{name: "log of sssd", match: matches(sssdLog), advice: "krb5_child.log with debug_level = 9 has the answers of the KDC, and so has what KRB5_TRACE=FILE kinit writes"},
		{name: "text of klist or setspn in another language than English", match: matches(otherLanguage), advice: "only English output is read: record packets at port 88, which are the same in every language, or read the tickets in it yourself"},
		{name: "access log in a form of its own (Envoy, Traefik, Caddy, load balancers)", match: matches(otherAccessLog), advice: "have it log in the common or combined log format (Traefik: accesslog.format=common), or as JSON with client, time, request and status; or give the log of the server behind it"},
		{name: "log of Java about Kerberos", match: matches(javaLog), advice: "`negotrace explain - < %s` shows the errors in it; a KRB-ERROR is read where Java prints it (-Dsun.security.krb5.debug=true), and what the client sent only a capture shows"},
		{name: "log of Chromium", match: matches(chromiumLog), advice: "record a NetLog, which has the requests beside what the library said: chrome://net-export, or --log-net-log=FILE"},
		{name: "trace of .NET (nettrace)", match: begins("Nettrace"), advice: "have the program log its requests with their header lines (HttpClient in appsettings.json at level Trace), or record packets"},
		{name: "output of curl that sent no request", match: matches(curlUnsent), advice: "it failed before that, and no logon is in it: the lines that begin with * say at which step (the name, the connection, TLS, a certificate)"},
		{name: "output of ktpass", match: matches(ktpassText), advice: "it may hold the key of an account: pass it on to nobody. Name the keytab that it made with --keytab, beside a capture"},
		{name: "text of Heimdal's klist", match: matches(heimdalText), advice: "klist of Windows and of MIT Kerberos is read: record packets at port 88, or read the tickets in it yourself"},
		{name: "output of Test-ComputerSecureChannel", match: inText(isSecureChannel), advice: "give what `nltest /sc_verify:DOMAIN` prints, which says why the channel is broken"},
		{name: "output of a command that shows no logon (gpresult, dsregcmd, whoami, w32tm)", match: inText(isOtherCommand), advice: "record packets, and give what klist, setspn and nltest print; how far clocks differ the report says of a capture"},
		{name: "configuration of IIS", match: inText(isIISConfig), advice: "it shows what a site allows, and no logon: record packets, or give the site's log"},
		{name: "file that Export-Clixml wrote", match: inText(isCLIXML), advice: "write them again as JSON: Import-Clixml %s | ConvertTo-Json -Depth 4 > events.json"},
		{name: "text of a Windows event log", match: inText(hasEvents), advice: "export the log itself (`wevtutil epl Security security.evtx`), or its events in XML (`wevtutil qe Security /f:xml`): those are the same in every language"},
		{name: "web page", match: isHTML, advice: "it was saved in place of the download it links to or asks a login for: download the capture again"},
		{name: "picture", match: begins("\x89PNG\r\n", "\xff\xd8\xff", "GIF8"), advice: picture},
		{name: "document or mail of Microsoft Office", match: begins("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), advice: "save the capture that is attached to it"},
		{name: "PDF document", match: begins("%PDF-"), advice: picture},
	}
}

// begins matches files that begin with one of the prefixes.
func begins(prefixes ...string) func([]byte) bool {
	return func(head []byte) bool {
		for _, p := range prefixes {
			if bytes.HasPrefix(head, []byte(p)) {
				return true
			}
		}
		return false
	}
}

// isLZMA reports whether a file is LZMA without the container of xz: the usual properties, a
// dictionary of a usual size, and the unpacked size, which may be open.
func isLZMA(head []byte) bool {
	if len(head) < 13 || head[0] != 0x5d {
		return false
	}
	dictionary, size := binary.LittleEndian.Uint32(head[1:]), binary.LittleEndian.Uint64(head[5:])
	return dictionary >= 1<<12 && bits.OnesCount32(dictionary) <= 2 && (size == math.MaxUint64 || size < 1<<40)
}

func isNetScaler(head []byte) bool {
	return bytes.Contains(head[:min(len(head), 64)], []byte("NetScaler"))
}

// isERF reports whether head holds the first two records of an Endace file, which has no header: a
// time stamp, a type of which few are in use, and a length.
func isERF(head []byte) bool {
	for range 2 {
		if len(head) < 16 {
			return false
		}
		kind, length := head[8]&0x7f, int(binary.BigEndian.Uint16(head[10:]))
		if kind == 0 || kind > 48 || length < 24 || length > len(head)-16 {
			return false
		}
		sec := binary.LittleEndian.Uint32(head[4:])
		if sec < 1e8 || head[9]&0xc0 != 0 {
			return false
		}
		head = head[length:]
	}
	return true
}

func isTar(head []byte) bool {
	return len(head) > 262 && string(head[257:262]) == "ustar"
}

// isKeyLog reports whether one of the first lines is that of a key log in NSS format.
func isKeyLog(head []byte) bool {
	for range 8 {
		line, rest, more := bytes.Cut(head, []byte("\n"))
		if begins("CLIENT_RANDOM ", "CLIENT_HANDSHAKE_TRAFFIC_SECRET ", "SERVER_HANDSHAKE_TRAFFIC_SECRET ",
			"CLIENT_TRAFFIC_SECRET_0 ", "SERVER_TRAFFIC_SECRET_0 ", "CLIENT_EARLY_TRAFFIC_SECRET ",
			"EXPORTER_SECRET ", "RSA ")(line) {
			return true
		}
		if !more || len(line) > 0 && line[0] != '#' {
			return false
		}
		head = rest
	}
	return false
}

// isCLIXML reports whether a file holds PowerShell objects in XML.
func isCLIXML(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("<Objs ")) && bytes.Contains(text, []byte("EventLogRecord"))
}

// hasEvents reports whether a text names the provider of the security log's events.
func hasEvents(text []byte) bool {
	return !bytes.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\t' && c != '\r' && c != '\n' }) && (bytes.Contains(text, []byte("Microsoft-Windows-Security-Auditing")) || bytes.Contains(text, []byte("Microsoft Windows security auditing.")))
}
