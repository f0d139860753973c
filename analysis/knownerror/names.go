package knownerror

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"negotrace/analysis"
)

// The families of errors that have names, or numbers of their own.
const (
	gssFamily     = "GSS-API (major status, RFC 2744 section 3.9.1)"
	browserFamily = "Chromium (net/base/net_error_list.h)"
	entraFamily   = "Microsoft Entra ID (error codes of its token service)"
	remoteFamily  = "WinRM (wsmerror.h)"
)

// protocolName returns the name or number that the protocol has for an error that libraries call
// otherwise.
func protocolName(text string) string {
	for prefix, name := range map[string]string{"KRB5KDC_ERR_": "KDC_ERR_", "KRB5KRB_": "KRB_", "NT_STATUS_": "STATUS_"} {
		if rest, ok := strings.CutPrefix(strings.ToUpper(text), prefix); ok {
			return name + rest
		}
	}
	const protocol = 128 // what is more above errorTable is no code of a KDC
	if n, ok := libraryNumber(text); ok && n < errorTable+protocol {
		return strconv.Itoa(n - errorTable)
	}
	if n, err := strconv.ParseUint(text, 0, 32); err == nil && majorError(n) != "" {
		return majorError(n)
	}
	return text
}

// namedOnly returns the error of GSS-API, Chromium, Entra ID or WinRM with that name or number.
func namedOnly(text string) []analysis.KnownError {
	text = strings.ToUpper(text)
	if m, ok := gssErrors[text]; ok {
		return []analysis.KnownError{{Name: text, Family: gssFamily, Means: m.means, Checks: m.checks}}
	}
	if m, ok := browserErrors[text]; ok {
		return []analysis.KnownError{{Name: text, Number: fmt.Sprint(analysis.NetErrorNumber(text)), Family: browserFamily, Means: m.means, Checks: m.checks}}
	}
	if m, ok := entraErrors[text]; ok {
		return []analysis.KnownError{{Name: text, Family: entraFamily, Means: m.means, Checks: m.checks}}
	}
	if n, ok := libraryNumber(text); ok {
		for _, s := range sentences {
			if slices.Contains(s.parts, strconv.Itoa(n)) {
				return s.known(strconv.Itoa(n))
			}
		}
	}
	if n, ok := statusNumber(text); ok && remoteErrors[n].means != "" {
		m := remoteErrors[n]
		return []analysis.KnownError{{Name: fmt.Sprintf("0x%08X", n), Number: fmt.Sprintf("%d, %d", n, int32(n)), Family: remoteFamily, Means: m.means, Checks: m.checks}}
	}
	return nil
}

// gssErrors are the routine errors of GSS-API (RFC 2743 section 1.2.1.1).
var gssErrors = map[string]meaning{
	"GSS_S_BAD_MECH":             {"The library does not have the mechanism that was asked for or that the token is of.", []string{"ntlm-not-accepted"}},
	"GSS_S_BAD_NAME":             {"The library cannot use the name of the service or user.", []string{"spn-not-found"}},
	"GSS_S_BAD_BINDINGS":         {"The channel binding does not fit the TLS connection.", []string{"extended-protection-suspected"}},
	"GSS_S_BAD_MIC":              {"A signature does not fit: the other side has another key, or a message was altered.", []string{"spnego-mic-problem"}},
	"GSS_S_NO_CRED":              {"There are no credentials: of a client no ticket-granting ticket, of an acceptor no key in its keytab.", []string{"client-token-generation-failed", "reported-reason"}},
	"GSS_S_NO_CONTEXT":           {"The program went on with a handshake that it had not begun, or that had ended.", []string{"ntlm-handshake-split-across-connections"}},
	"GSS_S_DEFECTIVE_TOKEN":      {"The library cannot read the token. Mostly it is NTLM, and Kerberos was expected.", []string{"ntlm-not-accepted", "auth-token-malformed"}},
	"GSS_S_DEFECTIVE_CREDENTIAL": {"The credentials are damaged, or of a kind that the library does not know.", []string{"client-token-generation-failed"}},
	"GSS_S_CREDENTIALS_EXPIRED":  {"The ticket has expired.", []string{"krb-ap-req-rejected"}},
	"GSS_S_CONTEXT_EXPIRED":      {"The handshake was finished, and its ticket has expired since.", []string{"krb-ap-req-rejected"}},
	"GSS_S_FAILURE":              {"It failed, and the minor status (the text behind it) says why.", []string{"reported-reason"}},
	"GSS_S_UNAVAILABLE":          {"The library or its mechanism cannot do what was asked for.", nil},
	"GSS_S_UNAUTHORIZED":         {"Local policy forbids it.", nil},
	"GSS_S_BAD_STATUS":           {"The library had no words for the error before this one. What stands in brackets is left of it; on Linux it is mostly NTLM without gss-ntlmssp, or without a password for it.", []string{"client-token-generation-failed"}},
	"GSS_S_DUPLICATE_TOKEN":      {"The token came before.", []string{"token-sent-twice"}},
}

// browserErrors are those of Chromium about authentication.
var browserErrors = map[string]meaning{
	"ERR_PROXY_AUTH_UNSUPPORTED":               {"The proxy asks for a scheme that the browser does not have or does not use.", []string{"browser-refused", "proxy-auth-407"}},
	"ERR_PROXY_AUTH_REQUESTED":                 {"The proxy asks for credentials, and the browser has sent none yet.", []string{"proxy-auth-407"}},
	"ERR_UNEXPECTED_PROXY_AUTH":                {"A 407 came where no proxy is set: something on the way, or the server itself, sent it.", []string{"browser-refused", "proxy-auth-407"}},
	"ERR_INVALID_AUTH_CREDENTIALS":             {"The credentials were refused.", []string{"browser-refused"}},
	"ERR_UNSUPPORTED_AUTH_SCHEME":              {"The browser finds no library for the scheme (Linux: libgssapi_krb5.so.2).", []string{"client-token-generation-failed"}},
	"ERR_MISSING_AUTH_CREDENTIALS":             {"The browser has no Kerberos credentials: no ticket-granting ticket.", []string{"client-token-generation-failed"}},
	"ERR_UNEXPECTED_SECURITY_LIBRARY_STATUS":   {"The browser's library gave an error that says no more; a NetLog has its status.", []string{"client-token-generation-failed", "reported-reason"}},
	"ERR_MISCONFIGURED_AUTH_ENVIRONMENT":       {"The browser's library finds no KDC, or the KDC does not know the name of the site.", []string{"kdc-unreachable", "spn-not-found"}},
	"ERR_UNDOCUMENTED_SECURITY_LIBRARY_STATUS": {"The browser's library gave an error that it should not give; a NetLog has its status.", []string{"client-token-generation-failed", "reported-reason"}},
}

// entraErrors are those of a logon with a password or a ticket, and of the tokens for Bearer.
var entraErrors = map[string]meaning{
	"AADSTS50011":   {"The address for the answer (redirect_uri) is none that is registered for the application.", nil},
	"AADSTS50020":   {"The user is of another tenant, and no guest in this one.", nil},
	"AADSTS50034":   {"There is no such user in the tenant.", nil},
	"AADSTS50053":   {"The account is locked after too many wrong passwords, or the address is blocked.", nil},
	"AADSTS50055":   {"The password has expired.", nil},
	"AADSTS50057":   {"The account is disabled.", nil},
	"AADSTS50058":   {"There is no session for a logon without a question: the browser has no cookie of Entra ID.", []string{"session-cookie-lost"}},
	"AADSTS50076":   {"The logon needs a second factor, which a password or ticket alone is not.", nil},
	"AADSTS50105":   {"The user is not assigned to the application.", nil},
	"AADSTS50107":   {"The federated realm (AD FS) is none that the tenant knows.", nil},
	"AADSTS50126":   {"Unknown user or wrong password.", nil},
	"AADSTS53003":   {"Conditional access refuses.", nil},
	"AADSTS65001":   {"Nobody has consented to what the application asks for.", nil},
	"AADSTS700016":  {"The tenant does not know the application.", nil},
	"AADSTS7000215": {"The secret of the application is wrong; mostly its ID was taken for its value.", nil},
	"AADSTS7000218": {"The application sent no secret and no assertion, and needs one.", nil},
	"AADSTS7000222": {"The secret of the application has expired.", nil},
	"AADSTS81001":   {"Seamless single sign-on: the Kerberos ticket is too large, mostly for the groups in it.", []string{"token-too-large"}},
	"AADSTS81002":   {"Seamless single sign-on: the ticket cannot be checked.", []string{"keytab-key-mismatch"}},
	"AADSTS81003":   {"Seamless single sign-on: the ticket cannot be checked.", []string{"keytab-key-mismatch"}},
	"AADSTS81004":   {"Seamless single sign-on: the logon with Kerberos failed. The key of the account AZUREADSSOACC may be another one in the domain than in Entra ID.", []string{"keytab-key-mismatch"}},
	"AADSTS81005":   {"Seamless single sign-on: the client sent something else than Kerberos, mostly NTLM.", []string{"ntlm-fallback-over-negotiate"}},
	"AADSTS81006":   {"Seamless single sign-on: the client sent no Authorization header. Its browser has the address of Entra ID in no zone or list for that.", []string{"client-ignored-challenge"}},
	"AADSTS81007":   {"Seamless single sign-on is not switched on for the tenant.", nil},
	"AADSTS81008":   {"Seamless single sign-on: the ticket cannot be checked.", []string{"keytab-key-mismatch"}},
	"AADSTS81009":   {"Seamless single sign-on: the Authorization header cannot be read; mostly it has NTLM.", []string{"ntlm-fallback-over-negotiate", "auth-token-malformed"}},
	"AADSTS81010":   {"Seamless single sign-on: the ticket has expired, or is not valid.", []string{"krb-ap-req-rejected"}},
	"AADSTS81011":   {"Seamless single sign-on: Entra ID knows no user with the SID in the ticket.", nil},
	"AADSTS81012":   {"Seamless single sign-on: the ticket is of another user than the one who logs on.", nil},
	"AADSTS90002":   {"There is no such tenant.", nil},
	"AADSTS90072":   {"The user is of another tenant, and no guest in this one.", nil},
}

// remoteErrors are those of WinRM that say why a logon cannot be.
var remoteErrors = map[uint32]meaning{
	0x80338012: {"Nobody answers at the address and port, or what answers is no WinRM (winrm quickconfig; 5985 for http, 5986 for https).", []string{"server-not-reached"}},
	0x8033809D: {"The logon failed with Kerberos or Negotiate; the error named with it is why.", nil},
	0x803380E4: {"The client sends no credentials to this server: it wants https, or the server on its list of TrustedHosts, for anything but Kerberos with the name of a machine in a domain.", []string{"ip-address-url", "client-ignored-challenge"}},
	0x80338126: {"No connection: the name, a firewall, or the service.", nil},
	0x803381B9: {"The name of the server cannot be resolved.", []string{"host-not-resolved"}},
}
