package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// Programs that print messages in their own ways.
var (
	// pythonLine is what http.client of Python prints with debuglevel 1: a head that was sent
	// as a literal, a status line, a header line.
	pythonLine = lazyregexp.New(`^(send|reply|header): (?:b?(['"])(.*)['"]$|(.*))`)
	// httpClientLine is a line of Apache HttpClient's logs of header lines, or of bytes.
	httpClientLine = lazyregexp.New(`(?:(http-outgoing-\d+) |wire\.header(?: +-|\]) )(>>|<<) (.*)$`)
	// mitmRequest and mitmResponse are the first line of a message that mitmdump --flow-detail
	// prints.
	mitmRequest  = lazyregexp.New(`^(\S+:\d+): ([A-Z_]+) (\S+://\S+)(?: HTTP/[\d.]+)?$`)
	mitmResponse = lazyregexp.New(`^ *<< (?:HTTP/[\d.]+ )?(\d{3} ?.*?)(?: [\d.]+[bkmg])?$`)
	// wgetConnected is Wget's line about a connection.
	wgetConnected = lazyregexp.New(`^Connecting to (\S+) .*?\|([0-9a-fA-F.:]+)\|:(\d+)\.\.\. connected\.`)
	// zapMark is the line that ZAP writes before each message that it saves.
	zapMark      = lazyregexp.New(`^={4} \d+ ={5,}$`)
	tlsOfOpenSSL = lazyregexp.New(`^New, (TLSv\d\.\d), Cipher is`)
)

const (
	python     = "Python's http.client"
	httpClient = "Apache HttpClient"
	mitmproxy  = "mitmproxy"
	openSSL    = "openssl s_client"
	telnet     = "telnet"
	zap        = "ZAP"
)

// readers read the lines of programs that have a form of their own.
var readers = []func(r *reader, text string) ([]line, bool){
	(*reader).urllib3Line, (*reader).httpxLine, (*reader).dictLine, (*reader).dotNetLine, (*reader).clientFactoryLine, (*reader).systemNetLine, (*reader).httpURLConnectionLine, (*reader).mozillaLine, (*reader).rubyLine,
}

// mayBe reports whether a program may have written the text: no line shows that it was another one. A body that is
// printed may hold the lines of any.
func (r *reader) mayBe(program string) bool { return r.program == "" || r.program == program }

// programLine reads a line of one of these programs.
func (r *reader) programLine(text string) ([]line, bool) {
	for _, read := range readers {
		if lines, ok := read(r, text); ok {
			return lines, true
		}
	}
	switch {
	case strings.HasPrefix(text, "send: ") || strings.HasPrefix(text, "reply: ") || strings.HasPrefix(text, "header: "):
		return r.pythonLine(text)
	case strings.Contains(text, ">> ") || strings.Contains(text, "<< "):
		if m := httpClientLine().FindStringSubmatch(text); m != nil {
			return r.httpClientLine(m[1], m[2], m[3])
		}
		if m := mitmResponse().FindStringSubmatch(text); m != nil && r.program == mitmproxy {
			r.mode = inResponse
			return []line{{responseLine, r.conn, "HTTP/1.1 " + m[1]}}, true
		}
	case strings.Contains(text, "://"):
		if m := mitmRequest().FindStringSubmatch(text); m != nil {
			r.program, r.mode, r.conn = mitmproxy, inRequest, m[1]
			return []line{{requestLine, r.conn, m[2] + " " + m[3] + " HTTP/1.1"}}, true
		}
	case strings.HasPrefix(text, "Connecting to "):
		if m := wgetConnected().FindStringSubmatch(text); m != nil {
			return []line{{kind: remark, text: "Connected to " + m[1] + " (" + m[2] + ") port " + m[3]}}, true
		}
	case strings.HasPrefix(text, "CONNECTED("):
		r.program, r.mode = openSSL, inBody
		return nil, true
	case r.mayBe(zap) && zapMark().MatchString(text):
		r.program, r.mode = zap, inBody
		return nil, true
	case strings.HasPrefix(text, "Escape character is "):
		r.program, r.mode = telnet, inBody
		return []line{{kind: remark, text: text}}, true
	}
	if m := tlsOfOpenSSL().FindStringSubmatch(text); m != nil && r.program == openSSL {
		return []line{{kind: remark, text: "SSL connection using " + m[1]}}, true
	}
	return nil, false
}

func (r *reader) pythonLine(text string) ([]line, bool) {
	m := pythonLine().FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	literal := strings.NewReplacer(`\r\n`, "\n", `\\`, `\`, `\'`, `'`, `\"`, `"`).Replace(m[3])
	first, _, _ := strings.Cut(literal, "\n")
	switch {
	case m[1] == "send" && m[2] != "" && isRequestLine(first):
		r.program = python
		head, _, _ := strings.Cut(literal, "\n\n")
		return append(linesOf(requestLine, head), line{kind: requestLine}), true
	case r.program != python:
		return nil, false
	case m[1] == "reply" && isStatusLine(first):
		return []line{{kind: responseLine, text: first}}, true
	case m[1] == "header" && m[2] == "":
		return []line{{kind: responseLine, text: m[4]}}, true
	}
	return nil, true
}

// httpClientLine reads a line of a log that may have each message twice, as header lines and as
// bytes in quotes. It uses the form that comes first.
func (r *reader) httpClientLine(conn, way, text string) ([]line, bool) {
	kind := map[string]kind{">>": requestLine, "<<": responseLine}[way]
	bytes, quoted := strings.CutPrefix(text, `"`)
	if quoted {
		text = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(bytes, `"`), `[\n]`), `[\r]`)
	}
	if r.program != httpClient {
		if !r.mayBe(httpClient) || kind != requestLine || !isRequestLine(text) {
			return nil, false
		}
		r.program, r.bytes = httpClient, quoted
	}
	if quoted != r.bytes {
		return nil, true
	}
	return []line{{kind, conn, strings.TrimSpace(text)}}, true
}
