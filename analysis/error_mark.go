package analysis

// errorMarks begin the sentences in which security libraries say what went wrong: of Java
// (sun.security.krb5), of MIT Kerberos and Heimdal, of mod_auth_gssapi and of Windows.
var errorMarks = [...]string{
	"GSSException:", "KrbException:", "Mechanism level:", "gss_accept_sec_context", "Unspecified GSS failure",
	"Request is a replay", "Clock skew too great", "Checksum failed", "Cannot find key of appropriate type",
	"Cannot find key for type", "Wrong principal in request", "No key table entry", "Decrypt integrity check failed",
	"Ticket expired", "AcceptSecurityContext", "SEC_E_", "KRB_AP_ERR_", "KDC_ERR_",
}

// firstMark returns where the first of the errorMarks is on a page, -1 if there is none.
func firstMark(page []byte) int { return markSearch.first(page) }

var markSearch = newSearch(errorMarks[:])
