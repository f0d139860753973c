package analysis

import (
	"cmp"
	"slices"
	"strings"

	"negotrace/capture/serverlog"
	"negotrace/tokens"
)

// errorMarks begin the sentences in which security libraries say what went wrong: of Java
// (sun.security.krb5), of Spring Security, of MIT Kerberos and Heimdal, of mod_auth_gssapi and of
// Windows; and those in which a server says that it got HTTP where it waits for TLS.
var errorMarks = slices.Concat([]string{
	"GSSException:", "KrbException:", "Mechanism level:", "gss_accept_sec_context", "Unspecified GSS failure",
	"Cannot find key of appropriate type", "Cannot find key for type", "Wrong principal in request", "No key table entry",
	"No credential found for", "Kerberos validation not successful", "AcceptSecurityContext", "SEC_E_", "KRB_AP_ERR_", "KDC_ERR_",
}, wholeSentences, plainToTLS)

// plainToTLS are in the pages of servers that got HTTP on a port for TLS: nginx, Apache httpd, Go and Tomcat.
var plainToTLS = []string{
	"The plain HTTP request was sent to HTTPS port", "speaking plain HTTP to an SSL-enabled server port",
	"Client sent an HTTP request to an HTTPS server", "This combination of host and port requires TLS",
}

// wholeSentences are those of the errorMarks that are a sentence by themselves.
var wholeSentences = slices.Concat([]string{"Checksum failed"}, tokens.KRBAPErrRepeat.Words(), tokens.KRBAPErrSkew.Words(), tokens.KRBAPErrBadIntegrity.Words(), tokens.KRBAPErrTktExpired.Words())

// firstMark returns where the first of the errorMarks is on a page, -1 if there is none.
func firstMark(page []byte) int { return markSearch.first(page) }

var markSearch = newSearch(errorMarks)

// Facts about what a sentence of a server says went wrong. A sentence that names none of it,
// such as "Failure unspecified at GSS-API level", leaves the cause open.
const (
	SaysClock   Fact = "says:clock"
	SaysKey     Fact = "says:key"      // the acceptor's key does not open the ticket
	SaysNoKey   Fact = "says:no-key"   // the acceptor has no key of that name, type or version
	SaysReplay  Fact = "says:replay"   // the token came before
	SaysExpired Fact = "says:expired"  // the ticket is too old, or not valid yet
	SaysName    Fact = "says:name"     // the ticket is for another name
	SaysToken   Fact = "says:token"    // the token cannot be read, or is of a mechanism that is not taken
	SaysBinding Fact = "says:binding"  // the channel binding does not fit
	SaysConfig  Fact = "says:config"   // the credentials are of a kind that is turned off there
	SaysRule    Fact = "says:rule"     // an access rule refuses
	SaysPlain   Fact = "says:plain"    // the message is not encrypted, and has to be
	SaysTLSPort Fact = "says:tls-port" // the port is one for TLS
	SaysRight   Fact = "says:right"    // the user has no right to what the request does
	SaysEType   Fact = "says:etype"    // the acceptor allows no such encryption type
	SaysUser    Fact = "says:user"     // a KDC refuses the user or the password that the acceptor had checked
	SaysNoCred  Fact = "says:no-cred"  // the acceptor has no credentials of its own
)

// sayings are what sentences of security libraries say went wrong, by the codes of Kerberos that they name or have the
// words of, and by other parts of them, in lower case: of Java (sun.security.krb5), MIT Kerberos and Heimdal, Windows,
// and squid. The first one that is there counts.
var sayings = []struct {
	fact  Fact
	codes []tokens.ErrorCode
	parts []string
}{
	{SaysUser, []tokens.ErrorCode{tokens.KDCErrPreauthFailed, tokens.KDCErrCPrincipalUnknown, tokens.KDCErrClientRevoked}, nil},
	{SaysClock, []tokens.ErrorCode{tokens.KRBAPErrSkew}, []string{"sec_e_time_skew"}},
	{SaysNoCred, nil, []string{"failed to get server creds", "failed to find any kerberos", "no credentials were supplied", "nonexistent or empty", "sec_e_no_credentials"}},
	{SaysEType, nil, []string{
		"is not supported/enabled", "program lacks support for encryption type", "bad encryption type", "encryption type not permitted", "arcfour-hmac not permitted",
		"arcfour-hmac-md5 not permitted", "cbc-crc not permitted", "cbc-md5 not permitted", "cbc-sha1 not permitted", "hmac-sha1-96 not permitted",
	}},
	{SaysReplay, []tokens.ErrorCode{tokens.KRBAPErrRepeat}, nil},
	{SaysNoKey, []tokens.ErrorCode{tokens.KRBAPErrBadKeyVer, tokens.KRBAPErrNoKey}, []string{"cannot find key of appropriate type", "cannot find key for ", "no key table entry", "key table entry not found", "not found in keytab"}},
	{SaysExpired, []tokens.ErrorCode{tokens.KRBAPErrTktExpired, tokens.KRBAPErrTktNYV}, nil},
	{SaysName, []tokens.ErrorCode{tokens.KRBAPErrNotUs}, []string{"wrong principal in request", "does not match server principal", "does not match request ticket server"}},
	{SaysBinding, nil, []string{"channel binding", "sec_e_bad_bindings"}},
	{SaysToken, nil, []string{"defective token", "no credential found for", "unsupported mechanism", "sec_e_invalid_token", "received type 1 ntlm token", "only one authentication iteration"}},
	{SaysKey, []tokens.ErrorCode{tokens.KRBAPErrModified, tokens.KRBAPErrBadIntegrity}, []string{"checksum failed", "integrity check failed", "cannot decrypt ticket"}},
	{SaysNoCred, nil, []string{"gss_acquire_cred() failed"}},
	{SaysRule, nil, []string{"err_access_denied"}},
	{SaysPlain, nil, []string{"unencrypted traffic"}},
	{SaysTLSPort, nil, plainToTLS},
	{SaysRight, nil, []string{"access is denied"}},
	// On IIS's detailed pages: SEC_E_BAD_BINDINGS, TIME_SKEW, WRONG_PRINCIPAL, INVALID_TOKEN.
	{SaysBinding, nil, []string{"0x80090346"}}, {SaysClock, nil, []string{"0x80090324"}}, {SaysKey, nil, []string{"0x80090322"}}, {SaysToken, nil, []string{"0x80090308"}},
}

// InOwnWords reports whether a response says why it refuses in words that are not those of a
// security library: the service behind the acceptor may have found them.
func (l *Leg) InOwnWords() bool {
	return l.ErrorText != "" && l.Said() == "" && !ofLibrary(l.ErrorText)
}

// BlamesLogon reports whether a response says in an error's text why it does not take the
// credentials, and not what else it does not like.
func (l *Leg) BlamesLogon() bool {
	switch l.Said() {
	case SaysRule, SaysPlain, SaysTLSPort, SaysRight:
		return false
	}
	return l.ErrorText != "" && !l.InOwnWords()
}

// ofLibrary reports whether a text has one of the errorMarks.
func ofLibrary(text string) bool { return firstMark([]byte(text)) >= 0 }

// Said returns what a response to credentials says went wrong, "" if it leaves that open.
func (l *Leg) Said() Fact {
	if l.Response == nil {
		return ""
	}
	said := cmp.Or(SaidIn(l.ErrorText), subStatusSays(l.SubStatus))
	if e := l.ErrorLogReason(); e != nil && said == "" {
		said = SaidIn(e.Text)
	}
	if said == SaysRight && (l.Asks || !isWinRM(l.Request)) { // which says it of a user whom it knows, others of anybody
		said = ""
	}
	if said != "" || l.Asks {
		return said
	}
	return SaidIn(l.Response.Header.Value("X-Squid-Error"))
}

// subStatusSays is SaidIn for the page of IIS. 401.2 is what it says to a request without
// credentials too.
func subStatusSays(subStatus string) Fact {
	if strings.HasPrefix(subStatus, "401.2") {
		return SaysConfig
	}
	return SaidIn(subStatus)
}

// ErrorLogReason returns the line of the server's error log that best says why the credentials
// were answered with a challenge: the first whose meaning is known, else the last error that names
// a reason; nil if there is none.
func (l *Leg) ErrorLogReason() (reason *serverlog.AuthError) {
	if !l.Asks || l.Sent == nil {
		return nil
	}
	for _, e := range l.ErrorLog {
		switch {
		case !e.IsError():
		case SaidIn(e.Text) != "":
			return e
		case reason == nil || !strings.Contains(e.Text, authorizationFailure):
			reason = e
		}
	}
	return reason
}

// authorizationFailure is the number of the line that Apache httpd adds to the one with the reason
// of the module that decides.
const authorizationFailure = "AH01631"

// SaidIn returns what a sentence of a server says went wrong, "" if it leaves that open.
func SaidIn(text string) Fact {
	if text == "" {
		return "" // as nearly always
	}
	text = strings.ToLower(text)
	has := func(part string) bool { return strings.Contains(text, strings.ToLower(part)) }
	for _, s := range sayings {
		if slices.ContainsFunc(s.parts, has) || slices.ContainsFunc(s.codes, func(c tokens.ErrorCode) bool { return has(c.Name()) || slices.ContainsFunc(c.Words(), has) }) {
			return s.fact
		}
	}
	return ""
}
