package checks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/tokens"
)

// TestErrors holds that what is said of errors is about errors and checks that there are.
func TestErrors(t *testing.T) {
	t.Parallel()
	exists := func(check string) bool {
		return slices.ContainsFunc(All(), func(c *analysis.Check) bool { return c.Name == check })
	}
	holds := func(name string, m meaning) {
		for _, check := range m.checks {
			if !exists(check) {
				t.Errorf("%s: no check %s", name, check)
			}
		}
	}
	for code, m := range kerberosErrors {
		holds(code.String(), m)
	}
	for name, m := range windowsErrors {
		holds(name, m)
		if !slices.ContainsFunc(tokens.NTStatuses(), func(s tokens.NTStatus) bool { return s.Name() == name }) {
			t.Errorf("no status is called %s", name)
		}
	}
	for _, named := range []map[string]meaning{win32Errors, iisErrors, gssErrors, browserErrors, entraErrors} {
		for name, m := range named {
			holds(name, m)
		}
	}
	for number, m := range remoteErrors {
		holds(fmt.Sprintf("0x%08X", number), m)
	}
	for _, s := range sentences {
		holds(s.parts[0], s.meaning)
		if found := s.known(s.parts[0]); len(found) != 1 || found[0].Means == "" || s.same != "" && s.means != "" {
			t.Errorf("%s: %+v", s.parts[0], found)
		}
	}
	for _, name := range ErrorNames() {
		if len(LookUpErrors(name)) != 1 {
			t.Errorf("%s: %d errors are called so", name, len(LookUpErrors(name)))
		}
	}
}

// TestErrorsIn holds what is found in texts that people copy.
func TestErrorsIn(t *testing.T) {
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
		"no error at 10.0.0.7 port 8080, 7 of 41 files, 1795250401":                                                      "",
		"": "",
	} {
		var names []string
		for _, e := range ErrorsIn(text) {
			names = append(names, e.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", text, got, want)
		}
	}
}
