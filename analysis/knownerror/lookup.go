// Package knownerror says what errors mean for a logon: those of Kerberos, of Windows, of IIS, of GSS-API, of
// browsers, of WinRM and of Entra ID, by their names and numbers, and by the sentences in which libraries print them.
package knownerror

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"negotrace/analysis"
	"negotrace/tokens"
)

// The families of errors.
const (
	kerberosFamily = "Kerberos (RFC 4120 section 7.5.9)"
	windowsFamily  = "Windows (MS-ERREF 2.3, or a status of SSPI)"
	win32Family    = "Windows (Win32, MS-ERREF 2.2; in IIS's log as sc-win32-status)"
	iisFamily      = "IIS (status and sub-status, in its log and on its error page)"
)

// LookUp returns the errors with that name or number: "KDC_ERR_S_PRINCIPAL_UNKNOWN",
// "7", "0x80090322", "STATUS_LOGON_FAILURE", "401.1". Small numbers are codes of Kerberos,
// in decimal or behind 0x; large ones are statuses of Windows, also as negative numbers. Names may be
// those of MIT Kerberos (KRB5KDC_ERR_POLICY, -1765328372) and of Samba (NT_STATUS_LOGON_FAILURE).
func LookUp(text string) []analysis.KnownError {
	text = protocolName(strings.TrimSpace(text))
	if e, ok := iisErrors[text]; ok {
		return []analysis.KnownError{{Name: "HTTP " + text, Number: text, Family: iisFamily, Means: e.means, Checks: e.checks}}
	}
	var found []analysis.KnownError
	number, err := strconv.ParseUint(strings.ToLower(text), 0, 32)
	if n, ok := statusNumber(text); ok {
		number, err = uint64(n), nil
	}
	for _, code := range tokens.ErrorCodes() {
		if strings.EqualFold(text, code.Name()) || err == nil && number == uint64(code) {
			e := kerberosErrors[code]
			found = append(found, analysis.KnownError{Name: code.Name(), Number: fmt.Sprintf("%d (0x%X)", int(code), int(code)), Family: kerberosFamily, Means: e.means, Checks: e.checks})
		}
	}
	for _, status := range tokens.NTStatuses() {
		if strings.EqualFold(text, status.Name()) || err == nil && number == uint64(status) && number != 0 {
			e := windowsErrors[status.Name()]
			found = append(found, analysis.KnownError{Name: status.Name(), Number: fmt.Sprintf("0x%08X (%d)", uint32(status), uint32(status)), Family: windowsFamily, Means: e.means, Checks: e.checks})
		}
	}
	return append(append(found, win32Error(text)...), namedOnly(text)...)
}

// win32Error returns the error of Win32 with that name, or with that number if no other error
// has one so large.
func win32Error(text string) []analysis.KnownError {
	number, err := strconv.ParseUint(strings.ToLower(text), 0, 32)
	const beyondKerberos = 100 // smaller numbers are Kerberos codes here
	hresult, isStatus := statusNumber(text)
	for _, status := range tokens.Win32Errors() {
		if strings.EqualFold(text, status.Name()) || err == nil && number >= beyondKerberos && number == uint64(status) || isStatus && hresult>>16 == 0x8007 && hresult&0xffff == uint32(status) {
			e := win32Errors[status.Name()]
			return []analysis.KnownError{{Name: status.Name(), Number: fmt.Sprint(uint32(status)), Family: win32Family, Means: e.means, Checks: e.checks}}
		}
	}
	return nil
}

// Names returns the names of all errors that LookUp knows.
func Names() []string {
	var names []string
	for _, code := range tokens.ErrorCodes() {
		names = append(names, code.Name())
	}
	for _, status := range tokens.NTStatuses() {
		names = append(names, status.Name())
	}
	for _, status := range tokens.Win32Errors() {
		names = append(names, status.Name())
	}
	for _, named := range []map[string]meaning{iisErrors, gssErrors, browserErrors} {
		names = slices.AppendSeq(names, maps.Keys(named))
	}
	slices.Sort(names)
	return names
}
