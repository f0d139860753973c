package knownerror

import (
	"slices"
	"strings"
	"testing"

	"negotrace/tokens"
)

// TestIn holds what is found in texts that people copy.
func TestIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"KRB5KDC_ERR_ETYPE_NOSUPP": "KDC_ERR_ETYPE_NOSUPP", "-1765328377": "KDC_ERR_S_PRINCIPAL_UNKNOWN", "-2146893044": "SEC_E_LOGON_DENIED",
		"nt_status_logon_failure": "STATUS_LOGON_FAILURE", "ERR_MISSING_AUTH_CREDENTIALS": "ERR_MISSING_AUTH_CREDENTIALS", "gss_s_no_cred": "GSS_S_NO_CRED",
		"-2144108316": "0x803380E4", "aadsts81004": "AADSTS81004",
		"GSSException: Failure unspecified at GSS-API level (Mechanism level: Clock skew too great (37))":                "KRB_AP_ERR_SKEW",
		"(('Miscellaneous failure (see text)', 851968), ('Server (HTTP/web.corp.test@CORP.TEST) unknown', -1765328377))": "KDC_ERR_S_PRINCIPAL_UNKNOWN",
		"Win32Exception (0x80090322): The target principal name is incorrect.":                                           "SEC_E_WRONG_PRINCIPAL",
		"Keytab FILE:/etc/web.keytab is nonexistent or empty":                                                            "Keytab ... is nonexistent or empty",
		"Keytab FILE:/etc/web.keytab\nis nonexistent or empty":                                                           "",
		"AcceptSecurityContext: 0x80090308; then KDC_ERR_POLICY, and 401.1 of IIS":                                       "SEC_E_INVALID_TOKEN KDC_ERR_POLICY HTTP 401.1",
		"defective token detected: PAC Info Buffers does not contain a KerbValidationInfo":                               "does not contain a KerbValidationInfo",
		"GSSException: Defective token detected (Mechanism level: AP_REP token id does not match!)":                      "AP_REP token id does not match",
		"org.ietf.jgss.GSSException, major code: 13, minor code: 0":                                                      "GSS_S_NO_CRED",
		"Cannot find key for HTTP/web.corp.test@CORP.TEST kvno 4 in keytab":                                              "Cannot find key for ... in keytab",
		"no error at 10.0.0.7 port 8080, 7 of 41 files, 1795250401":                                                      "",
		"error code 49 - 80090308: LdapErr: DSID-0C090446, comment: AcceptSecurityContext error, data 775, v2580":        "ERROR_ACCOUNT_LOCKED_OUT",
		"Server host/web@CORP.TEST not found in Kerberos database":                                                       "KDC_ERR_S_PRINCIPAL_UNKNOWN",
		"Request ticket server HTTP/web.corp.test@CORP.TEST kvno 4 found in keytab but not with enctype rc4-hmac":        "found in keytab but not with enctype",
		"Request ticket server HTTP/web@CORP.TEST kvno 2 not found in keytab; ticket is likely out of date":              "not found in keytab ticket is likely out of date",
		"WARN Header is too large 8193>8192 (org.eclipse.jetty.http.HttpParser)":                                         "Header is too large ...>",
		"GSSException: No credential found for: 1.2.840.113554.1.2.2 usage: Accept":                                      "No credential found for",
		"[express-ntlm] Unexpected NTLM message Type 3 in new connection for URI http://web/":                            "Unexpected NTLM message Type 3 in new connection",
		"KrbException, status code: 37":                                                                                  "KRB_AP_ERR_SKEW",
		"80090322":                                                                                                       "SEC_E_WRONG_PRINCIPAL", "0x8007052e": "ERROR_LOGON_FAILURE", "2529639068": "-1765328228",
		"GSSAPI error: major=d0000 minor=96c73a07":                             "KDC_ERR_S_PRINCIPAL_UNKNOWN",
		"GSSAPI error: Major (458752), and no minor":                           "GSS_S_NO_CRED",
		"Result Code: 0x18, and then Failure Code:\t\t0xE":                     "KDC_ERR_PREAUTH_FAILED KDC_ERR_ETYPE_NOSUPP",
		"Failure Code: 0x0, result code 24, 65536 bytes, error 404, major 5":   "",
		"Failed to assign SPN, error 0x2098/8344 -> words; System error 1326.": "ERROR_DS_INSUFF_ACCESS_RIGHTS ERROR_LOGON_FAILURE",
		"mean 401.1 ms, 403.4 KB, 401.3 req/s":                                 "",
		"":                                                                     "",
	} {
		var names []string
		for _, e := range In(text) {
			names = append(names, e.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// TestMeanings holds that what is said of errors is about errors that there are.
func TestMeanings(t *testing.T) {
	t.Parallel()
	for _, code := range tokens.ErrorCodes() {
		if len(code.Words()) > 0 && kerberosErrors[code].means == "" {
			t.Errorf("%s has words and no meaning", code)
		}
	}
	for name := range windowsErrors {
		if !slices.ContainsFunc(tokens.NTStatuses(), func(s tokens.NTStatus) bool { return s.Name() == name }) {
			t.Errorf("no status is called %s", name)
		}
	}
	for _, s := range sentences {
		if found := s.known(s.parts[0]); len(found) != 1 || found[0].Means == "" || s.same != "" && s.means != "" {
			t.Errorf("%s: %+v", s.parts[0], found)
		}
	}
	if found := LookUp("0xd0000"); len(found) != 1 || found[0].Name != "GSS_S_FAILURE" {
		t.Errorf("0xd0000: %+v", found)
	}
	for _, name := range Names() {
		if len(LookUp(name)) != 1 {
			t.Errorf("%s: %d errors are called so", name, len(LookUp(name)))
		}
	}
}
