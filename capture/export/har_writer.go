package export

import (
	"strings"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A writerKind says how a program sees requests.
type writerKind uint8

// The kinds.
const (
	unknownWriter writerKind = iota
	browserWriter            // answers challenges itself, and records the last response only
	proxyWriter              // sees every message that passes
	clientWriter             // sends requests of its own
)

// A harWriter is a kind of program that writes HARs, with its known habits.
type harWriter struct {
	creator string // how creator.name begins, in lower case
	label   string
	kind    writerKind
	strips  string // why it has no Authorization headers; empty where it has them
}

// harWriters are recognised by creator.name. What the file of any other program lacks proves
// nothing.
var harWriters = []harWriter{
	{creator: "webinspector", label: "DevTools", kind: browserWriter, strips: "DevTools leaves out what its option \"Export HAR (with sensitive data)\" would add, and in either case the credentials of Negotiate and NTLM, which the network stack adds after DevTools has seen the request"},
	{creator: "webkit web inspector", label: "Safari", kind: browserWriter},
	{creator: "firefox", label: "Firefox", kind: browserWriter},
	{creator: "internet explorer", label: "Internet Explorer", kind: browserWriter},
	{creator: "playwright", label: "Playwright", kind: browserWriter, strips: "the browser does not tell Playwright of it"},
	{creator: "puppeteer", label: "Puppeteer", kind: browserWriter, strips: "the browser does not tell Puppeteer of it"},
	{creator: "chrome-har", label: "chrome-har", kind: browserWriter, strips: "the browser does not tell it of them"},
	{creator: "browsertime", label: "Browsertime", kind: browserWriter},
	{creator: "sitespeed", label: "sitespeed.io", kind: browserWriter},
	{creator: "webpagetest", label: "WebPageTest", kind: browserWriter},
	{creator: "fiddler", label: "Fiddler", kind: proxyWriter},
	{creator: "charles", label: "Charles", kind: proxyWriter},
	{creator: "mitmproxy", label: "mitmproxy", kind: proxyWriter},
	{creator: "browsermob", label: "BrowserMob Proxy", kind: proxyWriter},
	{creator: "browserup", label: "BrowserUp Proxy", kind: proxyWriter},
	{creator: "burp", label: "Burp Suite", kind: proxyWriter},
	{creator: "zap", label: "ZAP", kind: proxyWriter},
	{creator: "owasp zap", label: "ZAP", kind: proxyWriter},
	{creator: "zed attack proxy", label: "ZAP", kind: proxyWriter},
	{creator: "selenium wire", label: "Selenium Wire", kind: proxyWriter},
	{creator: "selenium-wire", label: "Selenium Wire", kind: proxyWriter},
	{creator: "http toolkit", label: "HTTP Toolkit", kind: proxyWriter},
	{creator: "proxyman", label: "Proxyman", kind: proxyWriter},
	{creator: "fluxzy", label: "Fluxzy", kind: proxyWriter},
	{creator: "whistle", label: "whistle", kind: proxyWriter},
	{creator: "anyproxy", label: "AnyProxy", kind: proxyWriter},
	{creator: "reqable", label: "Reqable", kind: proxyWriter},
	{creator: "postman", label: "Postman", kind: clientWriter},
	{creator: "insomnia", label: "Insomnia", kind: clientWriter},
	{creator: "bruno", label: "Bruno", kind: clientWriter},
	{creator: "hoppscotch", label: "Hoppscotch", kind: clientWriter},
	{creator: "httpie", label: "HTTPie", kind: clientWriter},
	{creator: "paw", label: "Paw", kind: clientWriter},
}

func harWriterOf(creator string) harWriter {
	name := strings.ToLower(strings.TrimSpace(creator))
	for _, w := range harWriters {
		if strings.HasPrefix(name, w.creator) {
			return w
		}
	}
	return harWriter{label: strings.TrimSpace(creator)}
}

// recorder returns what is known of the program that recorded a request with that User-Agent.
func (w harWriter) recorder(userAgent string) *httpstream.Recorder {
	r := &httpstream.Recorder{Program: w.label, LastOnly: w.kind == browserWriter}
	if w.kind == browserWriter {
		r.Program = browserOf(w.label, userAgent)
		r.AuthLog = logOf(r.Program)
	}
	return r
}

// browserOf names the browser whose DevTools wrote a file. All browsers based on Chromium have the
// same DevTools; the User-Agent distinguishes them.
func browserOf(label, userAgent string) string {
	if label != "DevTools" {
		return label
	}
	for _, b := range []struct{ product, name string }{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Vivaldi/", "Vivaldi"}, {"HeadlessChrome/", "Chrome"}, {"Chrome/", "Chrome"}} {
		if strings.Contains(userAgent, b.product) {
			return b.name
		}
	}
	return "Chrome or Edge"
}

// logOf says where a browser logs how it authenticates; empty if it does not.
func logOf(browser string) string {
	const credentials = ` with "Include cookies and credentials"`
	switch browser {
	case "Edge":
		return "a NetLog from edge://net-export" + credentials
	case "Chrome", "Opera", "Vivaldi":
		return "a NetLog from " + strings.ToLower(browser) + "://net-export" + credentials
	case "Chrome or Edge":
		return "a NetLog from chrome://net-export or edge://net-export" + credentials
	case "Playwright", "Puppeteer", "chrome-har":
		return "a NetLog (start Chromium with --log-net-log=FILE --net-log-capture-mode=IncludeSensitive)"
	case "Firefox":
		return "a log from about:logging with the modules negotiateauth:5,NTLM:5,nsHttp:5"
	}
	return ""
}

// harOmissions counts what the entries of a HAR show of authentication.
type harOmissions struct {
	entries    int
	challenges int // responses with a challenge, or the sign of an authenticated connection
	credential int // requests with credentials
	redacted   int // credentials replaced by words
	decrypted  int // exchanges over TLS
	unnamed    int // entries that name no connection
	userAgent  string
}

func (o *harOmissions) add(x *httpstream.Exchange, named, encrypted bool) {
	o.entries++
	if !named {
		o.unnamed++
	}
	if encrypted {
		o.decrypted++
	}
	if o.userAgent == "" {
		o.userAgent = x.Request.Header.Value("User-Agent")
	}
	if s := x.Response; s != nil && (s.Header.Has("WWW-Authenticate") || s.Header.Has("Proxy-Authenticate") || s.Header.Has("Persistent-Auth")) {
		o.challenges++
	}
	credentials, redacted := CountCredentials(x.Request)
	o.credential += credentials
	o.redacted += redacted
}

// CountCredentials counts the credentials of a request, and those of them that were left out or
// shortened before the text was passed on.
func CountCredentials(q *httpstream.Request) (all, redacted int) {
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		for _, value := range q.Header.Values(name) {
			all++
			if tokens.Stripped(value) {
				redacted++
			}
		}
	}
	return all, redacted
}

// limitations says what the file cannot show, and where to look instead.
func (o *harOmissions) limitations(w harWriter) []httpstream.Limitation {
	if o.entries == 0 {
		return nil
	}
	var all []httpstream.Limitation
	say := func(kind, text string) {
		all = append(all, httpstream.Limitation{Kind: kind, Text: text})
	}
	switch {
	case o.redacted > 0:
		say("har-auth-stripped", "credentials in this HAR were replaced by words or shortened: which token the client sent is not known; ask for the export as it came from the browser, or for a NetLog")
	case w.strips != "" && o.challenges > 0 && o.credential == 0:
		say("har-auth-stripped", "no request of this HAR has an Authorization header although servers answered about authentication: "+w.strips+"; it does not mean that the client sent none")
	}
	if text := w.missingLegs(o.userAgent); text != "" {
		say("har-legs-missing", text)
	}
	if o.unnamed > 0 && o.challenges+o.credential > 0 {
		say("har-connections-unnamed", "entries of this HAR do not say on which connection they went: whether NTLM kept to its connection is not known")
	}
	if w.kind == proxyWriter && o.decrypted > 0 {
		say("tls-intercepted", interceptedText(w.label))
	}
	return all
}

// missingLegs says which messages of a handshake a program does not record; empty if it
// records them all.
func (w harWriter) missingLegs(userAgent string) string {
	r := w.recorder(userAgent)
	switch w.kind {
	case proxyWriter:
		return ""
	case clientWriter:
		return "this HAR was written by " + w.label + ", which sends requests of its own: it shows what " + w.label + " did and nothing of a browser, and legs of a handshake can be missing"
	case browserWriter:
		better := "a packet capture"
		if r.AuthLog != "" {
			better = r.AuthLog + ", or " + better
		}
		return "this HAR was written by " + r.Program + ": browsers answer 401 and 407 themselves and record only the last response, so legs of a handshake, and a successful NTLM logon altogether, can be missing; take " + better
	}
	writer := w.label
	if writer == "" {
		writer = "an unnamed program"
	}
	return "this HAR was written by " + writer + ": whether it records every message is not known, so legs of a handshake can be missing; a packet capture has them all"
}

// interceptedText says how a proxy that opens TLS changes what its file shows.
func interceptedText(proxy string) string {
	return proxy + " stood between client and server and opened TLS: where the server asks for channel binding (Extended Protection), its presence alone makes authentication fail"
}
