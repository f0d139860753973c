package paste

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf16"
)

// sample returns a token with the outer form of a SPNEGO token of 180 bytes.
func sample() []byte {
	b := []byte{0x60, 0x81, 177, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, 0xa0}
	for i := len(b); i < 180; i++ {
		b = append(b, byte(i*i*7+i*13+201))
	}
	return b
}

// message1 returns an NTLM NEGOTIATE_MESSAGE without names.
func message1() []byte {
	b := make([]byte, 40)
	copy(b, "NTLMSSP\x00\x01\x00\x00\x00\x07\x82\x08\xa2")
	copy(b[32:], "\x0a\x00\x61\x4a\x00\x00\x00\x0f")
	return b
}

// A form is one way in which text holds a token. The text has %s for its base64.
type form struct {
	name   string
	text   string
	header string // want
	scheme string // want; empty for a token of its own
}

var forms = []form{
	{"header", "Authorization: Negotiate %s", "Authorization", "Negotiate"},
	{"head of a request", "GET / HTTP/1.1\r\nHost: web\r\nauthorization: Negotiate %s\r\nAccept: */*\r\n\r\n", "authorization", "Negotiate"},
	{"curl -v", "* Connected to web\n> GET / HTTP/1.1\n> Authorization: Negotiate %s\n> User-Agent: curl\n>\n", "Authorization", "Negotiate"},
	{"curl -v in colours", "> \x1b[1mAuthorization\x1b[0m: Negotiate %s\n", "Authorization", "Negotiate"},
	{"git", "18:38:25.100000 http.c:845              => Send header: Authorization: Negotiate %s\n", "Authorization", "Negotiate"},
	{"value", "Negotiate %s", "", "Negotiate"},
	{"value in lower case", "negotiate %s\n", "", "negotiate"},
	{"token", "%s", "", ""},
	{"token and a full stop", "%s.", "", ""},
	{"token in a sentence", "the token is %s, as you see", "", ""},
	{"token in quotes", "\"%s\"", "", ""},
	{"quoted", "\"Authorization: Negotiate %s\"", "Authorization", "Negotiate"},
	{"JSON", `{"Authorization": "Negotiate %s", "Accept": "*/*"}`, "Authorization", "Negotiate"},
	{"JSON in JSON", `{"msg":"{\"Authorization\":\"Negotiate %s\",\"Accept\":\"*/*\"}"}`, "Authorization", "Negotiate"},
	{"JSON of HAR", `{"name": "Authorization", "value": "Negotiate %s"}`, "Authorization", "Negotiate"},
	{"JSON over lines", "{\n  \"name\": \"WWW-Authenticate\",\n  \"value\": \"Negotiate %s\"\n}", "WWW-Authenticate", "Negotiate"},
	{"JSON array", `"Www-Authenticate":["Negotiate %s"]`, "Www-Authenticate", "Negotiate"},
	{"Python's dict", "{'Authorization': 'Negotiate %s', 'Accept': '*/*'}", "Authorization", "Negotiate"},
	{"Python's bytes", "b'Negotiate %s'", "", "Negotiate"},
	{"Go's map", "map[Accept:[*/*] Authorization:[Negotiate %s]]", "Authorization", "Negotiate"},
	{"Ruby", `"Authorization"=>"Negotiate %s"`, "Authorization", "Negotiate"},
	{"Java's log", "DEBUG o.a.h.headers - http-outgoing-0 >> Authorization: Negotiate %s", "Authorization", "Negotiate"},
	{"environment of CGI", "HTTP_AUTHORIZATION=Negotiate %s\nHTTP_HOST=web\n", "AUTHORIZATION", "Negotiate"},
	{"XML", "<name>Authorization</name><value>Negotiate %s</value>", "Authorization", "Negotiate"},
	{"HTML", "&quot;Authorization&quot;: &quot;Negotiate %s&quot;", "Authorization", "Negotiate"},
	{"PowerShell's Format-List", "Key   : Authorization\nValue : {Negotiate %s}\n\nKey   : Accept\nValue : {*/*}\n", "Authorization", "Negotiate"},
	{"PowerShell's table", "Authorization                  Negotiate %s\n", "Authorization", "Negotiate"},
	{"copied for curl", "curl 'http://web/' \\\n  -H 'Accept: */*' \\\n  -H 'Authorization: Negotiate %s' \\\n  --insecure", "Authorization", "Negotiate"},
	{"copied for curl on Windows", "curl ^\"http://web/^\" ^\n  -H ^\"Authorization: Negotiate %s^\" ^\n  --insecure", "Authorization", "Negotiate"},
	{"copied for PowerShell", "-Headers @{\n\"Accept\"=\"*/*\"\n  \"Authorization\"=\"Negotiate %s\"\n}", "Authorization", "Negotiate"},
	{"copied for fetch", "fetch(\"http://web/\", {\n  \"headers\": {\n    \"authorization\": \"Negotiate %s\",\n", "authorization", "Negotiate"},
	{"DevTools' pane", "accept\n*/*\nauthorization\nNegotiate %s\nuser-agent\nMozilla\n", "authorization", "Negotiate"},
	{"DevTools' older pane", "Authorization:\nNegotiate %s\nConnection:\nkeep-alive\n", "Authorization", "Negotiate"},
	{"Wireshark's tree", "    Authorization: Negotiate %s\\r\\n\n        GSS-API Generic Security Service\n", "Authorization", "Negotiate"},
	{"log of nginx", `10.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET / HTTP/1.1" 401 "-" auth="Negotiate %s"`, "", "Negotiate"},
	{"logfmt", `level=debug header=Authorization value="Negotiate %s"`, "Authorization", "Negotiate"},
	{"mail", "> > Authorization: Negotiate %s\n> > Accept: */*\n", "Authorization", "Negotiate"},
	{"Markdown", "see `Authorization: Negotiate %s` there", "Authorization", "Negotiate"},
	{"code fence", "```\nAuthorization: Negotiate %s\n```\n", "Authorization", "Negotiate"},
	{"table of Markdown", "| Authorization | Negotiate %s |", "", "Negotiate"},
	{"CSV", `"WWW-Authenticate","Negotiate %s"`, "WWW-Authenticate", "Negotiate"},
	{"YAML", "headers:\n  Authorization: Negotiate %s\n", "Authorization", "Negotiate"},
	{"smart quotes", "\u201cAuthorization: Negotiate\u00a0%s\u201d", "Authorization", "Negotiate"},
	{"list of challenges", "WWW-Authenticate: Negotiate %s", "WWW-Authenticate", "Negotiate"},
}

// shapes are spellings of the base64 itself, tried in each of wrapped forms.
var shapes = map[string]func(s string) string{
	"plain":                  func(s string) string { return s },
	"URL alphabet":           func(s string) string { return strings.NewReplacer("+", "-", "/", "_").Replace(s) },
	"without padding":        func(s string) string { return strings.TrimRight(s, "=") },
	"percent-encoded":        func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "%3D", "%3d") },
	"escaped slashes":        func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
	"escaped plus and equal": func(s string) string { return strings.NewReplacer("+", `\u002b`, "=", `\u003d`).Replace(s) },
}

// breaks are ways in which a token is broken into pieces.
var breaks = map[string]string{
	"lines":               "\n",
	"lines of Windows":    "\r\n",
	"indented lines":      "\n    ",
	"spaces":              " ",
	"quoted mail":         "\n> ",
	"quoted-printable":    "=\n",
	"joined strings":      "\" +\n    \"",
	"strings of C":        "\"\n\"",
	"shell":               "\\\n",
	"PowerShell":          "`\n",
	"concatenated by dot": "' .\n'",
	"escaped":             `\r\n`,
	"escaped and folded":  `\r\n `,
	"escaped line feed":   `\n`,
	"escaped twice":       `\\r\\n`,
	"escaped by code":     `\u000d\u000a`,
	"escaped as in C":     `\x0d\x0a `,
	"of PowerShell":       "`r`n",
}

func broken(s, by string) string {
	const width = 76
	var parts []string
	for ; len(s) > width; s = s[width:] {
		parts = append(parts, s[:width])
	}
	return strings.Join(append(parts, s), by)
}

// spelled are ways in which bytes are written out.
var spelled = map[string]func(b []byte) string{
	"hex":                   func(b []byte) string { return hex.EncodeToString(b) },
	"hex in capitals":       func(b []byte) string { return fmt.Sprintf("%X", b) },
	"hex in lines":          func(b []byte) string { return broken(hex.EncodeToString(b), "\n") },
	"hex with spaces":       func(b []byte) string { return fmt.Sprintf("% x", b) },
	"hex with colons":       func(b []byte) string { return strings.ReplaceAll(fmt.Sprintf("% x", b), " ", ":") },
	"hex with dashes":       func(b []byte) string { return strings.ReplaceAll(fmt.Sprintf("% X", b), " ", "-") },
	"hex after words":       func(b []byte) string { return fmt.Sprintf("len 180 token=%x end", b) },
	"0x in front":           func(b []byte) string { return fmt.Sprintf("%#x", b) },
	"0x each":               func(b []byte) string { return "{" + strings.ReplaceAll(fmt.Sprintf("%# x", b), " ", ", ") + "}" },
	"array of C":            cArray,
	"slice of Go":           func(b []byte) string { return fmt.Sprintf("%#v", b) },
	"hexdump -C":            hex.Dump,
	"xxd":                   func(b []byte) string { return dumped(b, "%08x: ", 2, "  ") },
	"tcpdump -X":            func(b []byte) string { return dumped(b, "\t0x%04x:  ", 2, "  ") },
	"Wireshark":             func(b []byte) string { return dumped(b, "%04x  ", 1, "   ") },
	"Format-Hex":            func(b []byte) string { return dumped(b, "%08X   ", 1, "  ") },
	"dump in quoted mail":   func(b []byte) string { return "> " + strings.ReplaceAll(dumped(b, "%04x  ", 1, "   "), "\n", "\n> ") },
	"escaped":               func(b []byte) string { return `"` + strings.ReplaceAll(fmt.Sprintf("% x", b), " ", `\x`) + `"` },
	"bytes of Python":       pythonBytes,
	"numbers":               func(b []byte) string { return strings.ReplaceAll(fmt.Sprint(b), " ", ", ") },
	"numbers of PowerShell": func(b []byte) string { return strings.Trim(fmt.Sprint(b), "[]") },
	"signed numbers":        signedNumbers,
	"header in hex": func(b []byte) string {
		return fmt.Sprintf("%x", "Authorization: Negotiate "+base64.StdEncoding.EncodeToString(b))
	},
	"request in a dump": func(b []byte) string {
		return hex.Dump(append([]byte("E\x00\x01\x02GET / HTTP/1.1\r\nAuthorization: Negotiate "), base64.StdEncoding.EncodeToString(b)+"\r\n\r\n"...))
	},
}

func cArray(b []byte) string {
	var s strings.Builder
	s.WriteString("static const unsigned char pkt1[] = {\n")
	for i := 0; i < len(b); i += 8 {
		for _, c := range b[i:min(len(b), i+8)] {
			fmt.Fprintf(&s, "0x%02x, ", c)
		}
		s.WriteString("/* `.a,\"}. */\n")
	}
	return s.String() + "};\n"
}

// dumped writes a dump with groups of bytes and a column of text in which some characters
// look like hex.
func dumped(b []byte, offset string, group int, gap string) string {
	const width = 16
	var s strings.Builder
	for i := 0; i < len(b); i += width {
		line := b[i:min(len(b), i+width)]
		fmt.Fprintf(&s, offset, i)
		for j := 0; j < width; j += group {
			if j < len(line) {
				fmt.Fprintf(&s, "%x ", line[j:min(len(line), j+group)])
			} else {
				s.WriteString(strings.Repeat(" ", 2*group+1))
			}
		}
		fmt.Fprintf(&s, "%sab 0.cd 12 .ef\n", gap[1:])
	}
	return s.String()
}

func pythonBytes(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		if c >= ' ' && c < 0x7f && c != '\'' && c != '\\' {
			s.WriteByte(c)
		} else {
			fmt.Fprintf(&s, `\x%02x`, c)
		}
	}
	return "b'" + s.String() + "'"
}

func signedNumbers(b []byte) string {
	var s []string
	for _, c := range b {
		s = append(s, fmt.Sprint(int8(c)))
	}
	return "[" + strings.Join(s, ", ") + "]"
}

func utf16Of(s string, order func(lo, hi byte) []byte, mark bool) []byte {
	var b []byte
	if mark {
		s = "\ufeff" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, order(byte(u), byte(u>>8))...)
	}
	return b
}
