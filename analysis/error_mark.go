package analysis

import (
	"cmp"
	"strings"

	"negotrace/capture/serverlog"
)

// errorMarks begin the sentences in which security libraries say what went wrong: of Java
// (sun.security.krb5), of Spring Security, of MIT Kerberos and Heimdal, of mod_auth_gssapi and of
// Windows.
var errorMarks = [...]string{
	"GSSException:", "KrbException:", "Mechanism level:", "gss_accept_sec_context", "Unspecified GSS failure",
	"Request is a replay", "Clock skew too great", "Checksum failed", "Cannot find key of appropriate type",
	"Cannot find key for type", "Wrong principal in request", "No key table entry", "Decrypt integrity check failed",
	"No credential found for", "Ticket expired", "Kerberos validation not successful", "AcceptSecurityContext", "SEC_E_", "KRB_AP_ERR_", "KDC_ERR_",
}

// firstMark returns where the first of the errorMarks is on a page, -1 if there is none.
func firstMark(page []byte) int { return markSearch.first(page) }

var markSearch = newSearch(errorMarks[:])

// Facts about what a sentence of a server says went wrong. A sentence that names none of it,
// such as "Failure unspecified at GSS-API level", leaves the cause open.
const (
	SaysClock   Fact = "says:clock"
	SaysKey     Fact = "says:key"     // the acceptor's key does not open the ticket
	SaysNoKey   Fact = "says:no-key"  // the acceptor has no key of that name, type or version
	SaysReplay  Fact = "says:replay"  // the token came before
	SaysExpired Fact = "says:expired" // the ticket is too old, or not valid yet
	SaysName    Fact = "says:name"    // the ticket is for another name
	SaysToken   Fact = "says:token"   // the token cannot be read, or is of a mechanism that is not taken
	SaysBinding Fact = "says:binding" // the channel binding does not fit
	SaysConfig  Fact = "says:config"  // the credentials are of a kind that is turned off there
	SaysRule    Fact = "says:rule"    // an access rule refuses
	SaysPlain   Fact = "says:plain"   // the message is not encrypted, and has to be
	SaysEType   Fact = "says:etype"   // the acceptor allows no such encryption type
	SaysUser    Fact = "says:user"    // a KDC refuses the user or the password that the acceptor had checked
	SaysNoCred  Fact = "says:no-cred" // the acceptor has no credentials of its own
)

// sayings are parts of the sentences of security libraries, in lower case, and what they say
// went wrong: of Java (sun.security.krb5), MIT Kerberos and Heimdal, Windows, and squid.
var sayings = []struct {
	part string
	fact Fact
}{
	{"preauthentication failed", SaysUser}, {"client not found in kerberos database", SaysUser}, {"password incorrect", SaysUser}, {"credentials have been revoked", SaysUser},
	{"clock skew too great", SaysClock}, {"krb_ap_err_skew", SaysClock}, {"sec_e_time_skew", SaysClock},
	{"failed to get server creds", SaysNoCred}, {"failed to find any kerberos", SaysNoCred}, {"no credentials were supplied", SaysNoCred}, {"nonexistent or empty", SaysNoCred}, {"sec_e_no_credentials", SaysNoCred},
	{"is not supported/enabled", SaysEType}, {"program lacks support for encryption type", SaysEType}, {"bad encryption type", SaysEType},
	{"encryption type not permitted", SaysEType}, {"arcfour-hmac not permitted", SaysEType}, {"arcfour-hmac-md5 not permitted", SaysEType},
	{"cbc-crc not permitted", SaysEType}, {"cbc-md5 not permitted", SaysEType}, {"cbc-sha1 not permitted", SaysEType}, {"hmac-sha1-96 not permitted", SaysEType},
	{"request is a replay", SaysReplay}, {"krb_ap_err_repeat", SaysReplay},
	{"cannot find key of appropriate type", SaysNoKey}, {"cannot find key for ", SaysNoKey},
	{"no key table entry", SaysNoKey}, {"key table entry not found", SaysNoKey}, {"key version is not available", SaysNoKey}, {"version of key is not available", SaysNoKey},
	{"krb_ap_err_badkeyver", SaysNoKey}, {"krb_ap_err_nokey", SaysNoKey},
	{"ticket expired", SaysExpired}, {"ticket not yet valid", SaysExpired}, {"krb_ap_err_tkt_", SaysExpired},
	{"wrong principal in request", SaysName}, {"krb_ap_err_not_us", SaysName},
	{"does not match server principal", SaysName}, {"does not match request ticket server", SaysName},
	{"channel binding", SaysBinding}, {"sec_e_bad_bindings", SaysBinding},
	{"defective token", SaysToken}, {"no credential found for", SaysToken}, {"unsupported mechanism", SaysToken}, {"sec_e_invalid_token", SaysToken},
	{"checksum failed", SaysKey}, {"integrity check failed", SaysKey}, {"integrity check on decrypted field failed", SaysKey},
	{"krb_ap_err_modified", SaysKey}, {"krb_ap_err_bad_integrity", SaysKey},
	{"not found in keytab", SaysNoKey}, {"cannot decrypt ticket", SaysKey},
	{"only one authentication iteration", SaysToken}, {"gss_acquire_cred() failed", SaysNoCred},
	{"err_access_denied", SaysRule}, {"unencrypted traffic", SaysPlain},
	// On IIS's detailed pages: SEC_E_BAD_BINDINGS, TIME_SKEW, WRONG_PRINCIPAL, INVALID_TOKEN.
	{"0x80090346", SaysBinding}, {"0x80090324", SaysClock}, {"0x80090322", SaysKey}, {"0x80090308", SaysToken},
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
	case SaysRule, SaysPlain:
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
	for _, s := range sayings {
		if strings.Contains(text, s.part) {
			return s.fact
		}
	}
	return ""
}
