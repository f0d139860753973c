package capture

import (
	"bytes"
	"regexp"

	"negotrace/internal/lazyregexp"
)

// How lines of text begin that programs print for packets.
var (
	// Wireshark's and od's: an offset in four digits or more, then single bytes.
	hexDump = lazyregexp.New(`(?m)^0{4,8}[ \t]+([0-9a-fA-F]{2} +){8}`)
	xxdDump = lazyregexp.New(`^00000000: ([0-9a-f]{4} ){4}`)
	// A time, or the dump of tcpdump -x after it.
	tcpdumpText = lazyregexp.New(`(?m)^(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{6} (IP6?|ARP|eth|lo|[0-9a-f]{2}:)|^\t0x0000:  [0-9a-f]{4} `)
	// Client, user, date and time as the country writes them, and the number of the site.
	iisFormat = lazyregexp.New(`^[0-9a-fA-F.:]{3,45}, [^,]*, [0-9./-]{6,10}, [0-9.:]{7,8}, W3SVC[0-9]+, `)
	// What HAProxy writes with option httplog or tcplog, with or without the heading of syslog.
	haproxyLog = lazyregexp.New(`(?m)^(.{10,80} )?haproxy\[\d+\]: `)
	sssdLog    = lazyregexp.New(`^\(.{10,40}\): \[[a-z0-9_]+(\[[^\]]*\])?\] \[[a-z0-9_]+\] \(0x[0-9a-f]+\): `)
	// The numbers of klist's tickets, and a distinguished name below a service principal name.
	otherLanguage = lazyregexp.New(`(?m)^#\d+>\s+Client ?: |^\s*(HTTP|HOST|TERMSRV|MSSQLSvc|cifs|ldap)/[^\r\n]* [^\r\n]*:\r?\n\s+CN=[^\r\n]*,DC=`)
	// A tnetstring of a dictionary whose first key is one that mitmproxy writes
	// (mitmproxy/io/tnetstring.py; keys were byte strings before they were text).
	mitmproxyFlow = lazyregexp.New(`^[0-9]{1,12}:[0-9]{1,2}:(version|type|request|response|error|client_conn|server_conn|websocket|id|marked|metadata|comment|intercepted|is_replay|backup|timestamp_created)[;,]`)
	dissected     = lazyregexp.New(`^(<\?xml[^>]*>\s*(<\?xml-stylesheet[^>]*>\s*)?(<!--[^>]*-->\s*)?<(pdml|psml)\b|\[\s*\{\s*"_index": "packets-|"No\.","Time",)`)
	burpReport    = lazyregexp.New(`<!DOCTYPE issues\b|<issues burpVersion=`)
	manifestText  = lazyregexp.New(`^([^\n]+ (is a redacted capture|holds \d+ redacted captures of one event, with the same pseudonyms in all), made by negotrace\.\r?\n|\{\s*"out": "([^"\\]|\\.)*",\s*"captures": \d+,\s*"parts": \[)`)
	charlesText   = lazyregexp.New(`^(<\?xml[^>]*>\s*(<\?charles[^>]*>\s*)?<charles-session|HTTP-Trace-Version:|\[\s*\{\s*"status": ?"[A-Z_]+",\s*"method": ?")`)
	firefoxLog    = lazyregexp.New(`(?m)^(\d{4}-\d\d-\d\d [0-9:.]+ UTC - )?(\[[^\]\n]*\]|-?\d+\[[0-9a-f]+\]): ([A-Z]/negotiateauth |.*nsAuth(GSSAPI|SSPI|SambaNTLM)::|.*using negotiate-)`)
	sambaLog      = lazyregexp.New(`^\[\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(\.\d+, +\d+[,\]]|\]: .*(gssproxy|Client|gp_))`)
	collection    = lazyregexp.New(`"schema": ?"https://schema\.(getpostman|postman)\.com/json/collection/|"__export_source": ?"insomnia|"_postman_id"`)
	// The text of Envoy, that of load balancers of AWS, and the names of members that Traefik, Caddy and Envoy write.
	otherAccessLog = lazyregexp.New(`^\[\d{4}-\d\d-\d\dT[\d:.]+Z\] "[A-Z]+ \S+ HTTP/[\d.]+" \d{3} |^(?:https?|h2|grpcs?|wss?) \d{4}-\d\d-\d\dT[\d:.]+Z \S+ [0-9a-f.:]+ |^\{"[^\n]*"(?:DownstreamStatus|http\.log\.access[^"]*|response_code|request_uri|remote_addr|upstream_addr)"`)
	javaLog        = lazyregexp.New(`(?m)^(?:>>> ?(?:KdcAccessibility|EType|KrbAsReq|KrbKdcReq)|Java config name: |Found KeyTab |Search Subject for |Entered Krb5Context|GSSException: |Debug is +true storeKey )|\bLoginException: |^\s+at [\w.]*[./]sun\.security\.(?:jgss|krb5)\.`)
	chromiumLog    = lazyregexp.New(`(?m)^\[[\d:/.]+:(?:INFO|WARNING|ERROR|VERBOSE\d):[\w./]*http_auth\w*\.cc`)
	curlUnsent     = lazyregexp.New(`(?m)^\* +(?:Trying \[?[0-9a-fA-F.:]+|Could not resolve (?:host|proxy): |Host \S+ was resolved\.)`)
	ktpassText     = lazyregexp.New(`(?m)^(?:Targeting domain controller: |Output keytab to |keysize \d+ \S+ ptype \d+)`)
	heimdalText    = lazyregexp.New(`^(?:Credentials cache: |Ticket cache: API:)`)
	htmlPage       = lazyregexp.New(`(?i)^\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body|meta|script)\b`)
)

// matches matches files whose beginning holds what a pattern looks for.
func matches(pattern func() *regexp.Regexp) func([]byte) bool {
	return func(head []byte) bool { return pattern().Match(withoutMark(head)) }
}

// withoutMark drops the mark that Windows programs put before UTF-8.
func withoutMark(head []byte) []byte { return bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")) }

func isMitmproxy(head []byte) bool { return mitmproxyFlow().Match(head) }

// isCharles reports whether a file holds sessions of Charles: Java objects, XML, JSON, or its trace files.
func isCharles(head []byte) bool {
	return begins("\xac\xed\x00\x05")(head) || charlesText().Match(withoutMark(head))
}

func isBurpReport(head []byte) bool {
	return begins("<?xml", "<issues")(withoutMark(head)) && burpReport().Match(head)
}

// isTraceEvents reports whether a file is a trace of chrome://tracing or of DevTools' Performance panel.
func isTraceEvents(head []byte) bool {
	head = bytes.TrimLeft(withoutMark(head), " \t\r\n")
	return begins(`{"traceEvents":`, `{"metadata":`)(head) && bytes.Contains(head, []byte(`"traceEvents"`)) ||
		begins(`[{"args":{"name":"`)(head)
}

func isDissection(head []byte) bool { return dissected().Match(withoutMark(head)) }

func isHTML(head []byte) bool { return htmlPage().Match(withoutMark(head)) }

// isSecureChannel reports whether a text has what PowerShell says of the channel of a computer to its domain.
func isSecureChannel(text []byte) bool {
	return bytes.Contains(text, []byte("Test-ComputerSecureChannel")) || bytes.Contains(text, []byte("The secure channel between the local computer and the domain "))
}

// isOtherCommand reports whether a text is what a command of Windows prints that is asked for beside captures.
func isOtherCommand(text []byte) bool {
	for _, s := range []string{"Group Policy Result tool", "| Device State ", "AzureAdJoined : ", "USER INFORMATION\r\n---", "USER INFORMATION\n---", "GROUP INFORMATION\r\n---", "Tracking ", "Leap Indicator: "} {
		if at := bytes.Index(text, []byte(s)); at >= 0 && at < 1024 && (s != "Tracking " || at == 0) {
			return true
		}
	}
	return false
}

// isIISConfig reports whether a text is a configuration of IIS, or a part of one that appcmd lists.
func isIISConfig(text []byte) bool {
	return bytes.Contains(text, []byte("<system.webServer>")) || bytes.Contains(text, []byte("<system.applicationHost>"))
}

// isCollection reports whether a file holds requests that Postman or Insomnia can send.
func isCollection(text []byte) bool { return collection().Match(text) }

// isSambaLog reports whether a file is a log of Samba or winbind, or of gssproxy.
func isSambaLog(text []byte) bool { return sambaLog().Match(text) }
