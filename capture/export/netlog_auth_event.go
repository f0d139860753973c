package export

import (
	"fmt"
	"strings"

	"negotrace/httpstream"
)

// describeAuth adds the parameters of an event to a. The shapes are those of
// Chromium's http_auth_controller.cc, http_auth_gssapi_posix.cc and
// http_auth_sspi_win.cc.
//
// Result is, by the event: the authorization_result of a challenge (accept, reject,
// stale, invalid, different_realm); for AUTH_HANDLER_CREATE_RESULT and
// AUTH_HANDLER_INIT "default-credentials" or "no-default-credentials", as the site is
// or is not trusted with the user's own logon; for a call of the library "complete",
// "continue" or "error".
func describeAuth(a *httpstream.AuthEvent, p *netlogParams) {
	set := func(to *string, value string) {
		if value = printable(value); value != "" {
			*to = value
		}
	}
	set(&a.Scheme, p.Scheme)
	set(&a.SPN, serviceName(p.SPN))
	set(&a.SPN, serviceName(p.Context.Target.name))
	set(&a.User, accountOf(p.Domain, p.User))
	set(&a.User, p.Context.Source.name)
	set(&a.Package, firstOf(p.Context.Mechanism.name, gssMechanisms[p.Context.Mechanism.oid]))
	set(&a.Result, p.Result)
	if p.Default != nil {
		a.Result = "no-default-credentials"
		if *p.Default {
			a.Result = "default-credentials"
		}
	}
	if p.Library != "" {
		set(&a.Status, strings.TrimSpace(p.Library+" "+p.LoadResult+p.LibraryCall))
		if p.LoadResult != "" || a.Name == "AUTH_LIBRARY_BIND_FAILED" {
			a.Result = "error"
		}
	}
	status, result := p.Status.text()
	set(&a.Status, status)
	set(&a.Result, result)
	if result == "error" {
		a.Major, a.Minor = uint32(p.Status.Major.Status), uint32(p.Status.Minor.Status)
		if p.Status.Security != nil {
			a.Security = uint32(*p.Status.Security)
		}
	}
	if p.Status.NetError != 0 {
		a.NetError = p.Status.NetError
	}
	if p.NetError != 0 {
		a.NetError = p.NetError
	}
}

// serviceName writes the host-based name of GSS-API (HTTP@host) as its principal (HTTP/host), see
// RFC 4121.
func serviceName(s string) string {
	if service, host, ok := strings.Cut(s, "@"); ok && !strings.Contains(s, "/") {
		return service + "/" + host
	}
	return s
}

func accountOf(domain, user string) string {
	if domain == "" {
		return user
	}
	return domain + `\` + user
}

// printable drops control characters: GSS-API texts come with their terminating zero.
func printable(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s))
}

// gssMechanisms names mechanism OIDs by their contents in base64, as the log has them.
var gssMechanisms = map[string]string{
	"KwYBBQUC":         "SPNEGO",   // 1.3.6.1.5.5.2
	"KoZIhvcSAQIC":     "Kerberos", // 1.2.840.113554.1.2.2
	"KwYBBAGCNwICCg==": "NTLM",     // 1.3.6.1.4.1.311.2.2.10
}

// text says how a call ended, and why if it failed: SSPI's SECURITY_STATUS in hexadecimal with its
// name, or the messages of GSS-API for the major and the minor status.
func (s *netlogStatus) text() (status, result string) {
	const continueNeeded = 0x00090312 // SEC_I_CONTINUE_NEEDED
	if s.Security != nil {
		code := uint32(*s.Security)
		switch {
		case code == 0:
			return "", "complete"
		case code == continueNeeded:
			return "", "continue"
		}
		return strings.TrimSpace(fmt.Sprintf("0x%08X %s", code, sspiNames[code])), "error"
	}
	if s.Function == "" {
		return "", ""
	}
	const gssContinueNeeded, gssErrors = 1, 0xffff0000 // RFC 2744 section 3.9.1
	switch {
	case s.Major.Status&gssErrors != 0:
		return strings.Join(append(s.Major.Message, s.Minor.Message...), "; "), "error"
	case s.Major.Status&gssContinueNeeded != 0:
		return "", "continue"
	}
	return "", "complete"
}

// sspiNames are the failures of InitializeSecurityContext and AcquireCredentialsHandle
// (winerror.h).
var sspiNames = map[uint32]string{
	0x80090300: "SEC_E_INSUFFICIENT_MEMORY",
	0x80090301: "SEC_E_INVALID_HANDLE",
	0x80090302: "SEC_E_UNSUPPORTED_FUNCTION",
	0x80090303: "SEC_E_TARGET_UNKNOWN",
	0x80090304: "SEC_E_INTERNAL_ERROR",
	0x80090305: "SEC_E_SECPKG_NOT_FOUND",
	0x80090306: "SEC_E_NOT_OWNER",
	0x80090308: "SEC_E_INVALID_TOKEN",
	0x8009030C: "SEC_E_LOGON_DENIED",
	0x8009030D: "SEC_E_UNKNOWN_CREDENTIALS",
	0x8009030E: "SEC_E_NO_CREDENTIALS",
	0x80090311: "SEC_E_NO_AUTHENTICATING_AUTHORITY",
	0x80090322: "SEC_E_WRONG_PRINCIPAL",
	0x80090324: "SEC_E_TIME_SKEW",
	0x80090346: "SEC_E_BAD_BINDINGS",
	0x80090350: "SEC_E_DOWNGRADE_DETECTED",
}
