package export

import (
	"strings"

	"negotrace/httpstream"
)

// A harExporter is a kind of program that writes HARs, and what is known of its habits.
type harExporter struct {
	creator  string // how creator.name begins, in lower case
	label    string
	everyLeg bool   // a proxy sees every message; a browser records only the last answer
	strips   string // why it has no Authorization headers; empty where it has them
}

// harExporters are recognised by creator.name. A program that is not listed is taken for
// a browser: nothing is concluded from what its file lacks.
var harExporters = []harExporter{
	{creator: "webinspector", label: "Chrome or Edge DevTools", strips: "DevTools leaves it out unless told to \"Export HAR (with sensitive data)\""},
	{creator: "webkit web inspector", label: "Safari"},
	{creator: "firefox", label: "Firefox"},
	{creator: "playwright", label: "Playwright", strips: "Playwright is not told of it"},
	{creator: "fiddler", label: "Fiddler", everyLeg: true},
	{creator: "charles", label: "Charles", everyLeg: true},
	{creator: "mitmproxy", label: "mitmproxy", everyLeg: true},
	{creator: "browsermob", label: "BrowserMob Proxy", everyLeg: true},
	{creator: "burp", label: "Burp Suite", everyLeg: true},
	{creator: "http toolkit", label: "HTTP Toolkit", everyLeg: true},
	{creator: "proxyman", label: "Proxyman", everyLeg: true},
	{creator: "fluxzy", label: "Fluxzy", everyLeg: true},
}

func harExporterOf(creator string) harExporter {
	name := strings.ToLower(strings.TrimSpace(creator))
	for _, e := range harExporters {
		if strings.HasPrefix(name, e.creator) {
			return e
		}
	}
	return harExporter{label: strings.TrimSpace(creator)}
}

// harOmissions counts what the entries of a HAR show of authentication.
type harOmissions struct {
	entries    int
	challenges int // responses with a challenge, or the sign of an authenticated connection
	credential int // requests with credentials
	redacted   int // credentials replaced by words
	decrypted  int // exchanges over TLS
	unnamed    int // entries that name no connection
}

func (v *harOmissions) add(x *httpstream.Exchange, named, encrypted bool) {
	v.entries++
	if !named {
		v.unnamed++
	}
	if encrypted {
		v.decrypted++
	}
	if s := x.Response; s != nil && (s.Header.Has("WWW-Authenticate") || s.Header.Has("Proxy-Authenticate") || s.Header.Has("Persistent-Auth")) {
		v.challenges++
	}
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		for _, value := range x.Request.Header.Values(name) {
			v.credential++
			if isRedacted(value) {
				v.redacted++
			}
		}
	}
}

// isRedacted recognises what sanitisers put in the place of credentials.
func isRedacted(value string) bool {
	v := strings.ToLower(value)
	for _, mark := range []string{"redact", "removed", "sanitiz", "stripped", "***"} {
		if strings.Contains(v, mark) {
			return true
		}
	}
	return false
}

// limitations says what the file cannot show, and where to look instead.
func (v *harOmissions) limitations(e harExporter) []httpstream.Limitation {
	if v.entries == 0 {
		return nil
	}
	var all []httpstream.Limitation
	say := func(kind, text string) {
		all = append(all, httpstream.Limitation{Kind: kind, Text: text})
	}
	writer := e.label
	if writer == "" {
		writer = "an unnamed program"
	}
	switch {
	case v.redacted > 0:
		say("har-auth-stripped", "credentials in this HAR were replaced by words: which token the client sent cannot be told; ask for the export as it came from the browser, or for a NetLog")
	case e.strips != "" && v.challenges > 0 && v.credential == 0:
		say("har-auth-stripped", "no request of this HAR has an Authorization header although servers answered about authentication: "+e.strips+"; it does not mean that the client sent none")
	}
	if !e.everyLeg {
		say("har-legs-missing", "this HAR was written by "+writer+": browsers answer 401 and 407 themselves and record only the last response, so legs of a handshake, and a successful NTLM logon altogether, can be missing; take a NetLog (chrome://net-export or edge://net-export, \"Include cookies and credentials\") or a packet capture")
	}
	if v.unnamed > 0 && v.challenges+v.credential > 0 {
		say("har-connections-unnamed", "entries of this HAR do not say on which connection they went: whether NTLM kept to its connection cannot be told")
	}
	if e.everyLeg && v.decrypted > 0 {
		say("tls-intercepted", interceptedText(writer))
	}
	return all
}

// interceptedText says what a proxy that opens TLS does to what it shows.
func interceptedText(proxy string) string {
	return proxy + " stood between client and server and opened TLS: where the server asks for channel binding (Extended Protection), its presence alone makes authentication fail"
}
