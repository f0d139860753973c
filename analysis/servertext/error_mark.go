package servertext

import (
	"slices"

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

// OfLibrary reports whether a text has one of the errorMarks.
func OfLibrary(text string) bool { return firstMark([]byte(text)) >= 0 }
