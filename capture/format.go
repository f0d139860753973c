package capture

import (
	"bytes"
	"io"

	"negotrace/capture/block"
	"negotrace/capture/etw"
	"negotrace/capture/eventlog"
	"negotrace/capture/export"
	"negotrace/capture/hosttext"
	"negotrace/capture/pcap"
	"negotrace/capture/serverlog"
	"negotrace/capture/transcript"
	"negotrace/capture/unpack"
	"negotrace/capture/wrapped"
	"negotrace/httpstream"
	"negotrace/internal/utf8text"
)

// A format is one kind of input, known by its first bytes and never by its name.
type format struct {
	name string // as a message says it: "is a NAME"
	// match reports whether a file that begins with head is of this format. head is the
	// whole file if that is shorter than headLen.
	match func(head []byte) bool

	// One of these says how the file is read; a format without any is not supported.

	// unpack decompresses; the format of the result is detected again.
	unpack func(*block.Reader) (io.Reader, error)
	text   bool // it is known when all others that are read were ruled out

	// packets begins reading a packet file.
	packets func(*pcap.File) (pcap.Next, error)
	grows   bool // its packets can be read while it is being written
	// transactions reads a file of requests and responses to its end. What could be read
	// is in out when it returns an error.
	transactions func(r io.Reader, out *export.Out) error
	records      logReader       // reads a log
	unit         httpstream.Unit // that its file is counted in; empty for packets
	// advice says how to convert a file that is not read; every %s is the name of the file.
	advice string
}

// isRead reports whether files of the format can be read.
func (f *format) isRead() bool {
	return f.packets != nil || f.transactions != nil || f.records != nil || f.unpack != nil
}

// The names of formats that are redacted in a way of their own.
const (
	formatNetLog = "NetLog"
	formatPcap   = "pcap"
	formatPcapNG = "pcapng"
	formatHAR    = "HAR"
	formatSAZ    = "SAZ archive"
)

// formatManifest names what redact writes beside a capture. It is the one word that is said of it in a directory.
const formatManifest = "manifest"

// inText makes match look at a text in UTF-8: PowerShell may have written it in UTF-16.
func inText(match func([]byte) bool) func([]byte) bool {
	return func(head []byte) bool {
		text, _ := io.ReadAll(utf8text.NewReader(bytes.NewReader(head))) // memory does not fail
		return match(text)
	}
}

// headLen is how many bytes of a file are looked at to find out its format.
const headLen = 16 << 10

// formats returns the formats that are read, in the order in which they are tried.
func formats() []format {
	return []format{
		{name: formatPcap, match: pcap.IsPcap, packets: pcap.OpenPcap, grows: true},
		{name: formatPcapNG, match: pcap.IsPcapng, packets: pcap.OpenPcapng, grows: true},
		{name: "Windows event trace (ETL)", match: etw.IsETL, packets: etw.OpenETL},
		{name: "Network Monitor 2 capture", match: etw.IsNetmon, packets: etw.OpenNetmon},
		{name: "gzip", match: begins("\x1f\x8b"), unpack: unpack.Gzip, advice: "unpack it with `gunzip -k %s`"},
		{name: "zstd", match: begins("\x28\xb5\x2f\xfd"), unpack: unpack.Zstd, advice: "unpack it with `zstd -d %s`"},
		{name: "bzip2", match: begins("BZh"), unpack: unpack.Bzip2, advice: "unpack it with `bunzip2 -k %s`"},
		{name: "xz", match: begins(unpack.XZMagic), unpack: unpack.XZ, advice: "unpack it with `xz -dk %s`"},
		{name: "zip archive", match: func(head []byte) bool { return unpack.IsZip(head) && !export.IsSAZ(head) }, unpack: unpack.Zip, advice: unzip},
		{name: formatNetLog, match: export.IsNetLog, transactions: export.ReadNetLog, unit: httpstream.Events},
		{name: formatHAR, match: export.IsHAR, transactions: export.ReadHAR, unit: httpstream.Entries},
		{name: formatSAZ, match: export.IsSAZ, transactions: export.ReadSAZ, unit: httpstream.Entries},
		{name: "Burp Suite export", match: export.IsBurp, transactions: export.ReadBurp, unit: httpstream.Entries},
		{name: "transcript", match: transcript.Is, transactions: transcript.Read, unit: httpstream.Entries},
		{name: "W3C log of IIS or HTTP.sys", match: inText(serverlog.IsW3C), records: requests(serverlog.ReadW3C), unit: httpstream.Lines},
		{name: "access log of Squid", match: inText(serverlog.IsSquidLog), records: requests(serverlog.ReadSquidLog), unit: httpstream.Lines},
		{name: "log of HAProxy", match: inText(serverlog.IsHAProxyLog), records: readHAProxyLog, unit: httpstream.Lines},
		{name: "log of Envoy or of a balancer of AWS", match: inText(serverlog.IsBalancerLog), records: requests(serverlog.ReadBalancerLog), unit: httpstream.Lines},
		{name: "access log of a web server", match: inText(serverlog.IsAccessLog), records: readServerLog, unit: httpstream.Lines},
		{name: "error log of a web server", match: inText(serverlog.IsErrorLog), records: readServerLog, unit: httpstream.Lines},
		{name: "trace of a request by IIS (FREB)", match: eventlog.IsFailedRequest, records: readFailedRequest, unit: httpstream.Records},
		{name: "Windows event log (EVTX)", match: eventlog.IsEVTX, records: events(eventlog.ReadEVTX), unit: httpstream.Records},
		{name: "Windows event log in XML", match: eventlog.IsXML, records: events(eventlog.ReadXML), unit: httpstream.Records},
		{name: "Windows event log in JSON", match: eventlog.IsJSON, records: events(eventlog.ReadJSON), unit: httpstream.Records},
		{name: "Windows event log in CSV", match: eventlog.IsCSV, records: events(eventlog.ReadCSV), unit: httpstream.Records},
		{name: "Windows event log as a list", match: eventlog.IsList, records: events(eventlog.ReadList), unit: httpstream.Records},
		{name: "messages of a Windows event log", match: eventlog.IsMessage, records: events(eventlog.ReadMessages), unit: httpstream.Records},
		{name: hostTextName, match: hosttext.Is, records: readHostText, unit: httpstream.Lines},
		{name: "log of a container or of syslog", match: isWrapped, unpack: wrapped.Lines, text: true, advice: "take what is before its lines away"},
	}
}

// isWrapped reports whether a file holds a log, or a text, whose lines a container or a collector of logs has put
// something around.
func isWrapped(head []byte) bool {
	text, ok := wrapped.LinesOf(head)
	if !ok {
		return false
	}
	for _, f := range formats() {
		if (f.records != nil || f.transactions != nil) && f.match(text) {
			return true
		}
	}
	return false
}
