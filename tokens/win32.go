package tokens

import (
	"fmt"
	"maps"
	"slices"
)

// A Win32Status is a status in logs of Windows' servers: an error of Win32 (MS-ERREF 2.2), the
// same as an HRESULT (2.1), an NTSTATUS, or a security status of SSPI. 0 is none.
type Win32Status uint32

// Statuses of SSPI that servers log for a refusal and for a leg in between.
const (
	SecELogonDenied   Win32Status = 0x8009030C
	SecENoCredentials Win32Status = 0x8009030E
)

// plain returns the Win32 error in an HRESULT, or the status itself.
func (s Win32Status) plain() Win32Status {
	const facilityWin32 = 0x80070000
	if s&0xFFFF0000 == facilityWin32 {
		return s & 0xFFFF
	}
	return s
}

// Name returns the name of a status that authentication meets, "" for any other.
func (s Win32Status) Name() string {
	if s == 0 {
		return ""
	}
	if name := win32Names[s.plain()]; name != "" {
		return name
	}
	return NTStatus(s).Name()
}

// refusesLogon are the errors of Win32 with which a logon fails.
var refusesLogon = map[Win32Status]bool{
	1265: true, 1311: true, 1317: true, 1326: true, 1327: true, 1328: true, 1329: true, 1330: true, 1331: true, 1355: true, 1385: true,
	1396: true, 1397: true, 1398: true, 1787: true, 1788: true, 1789: true, 1793: true, 1907: true, 1909: true,
}

// RefusesLogon reports whether a status says that a logon failed. SEC_E_NO_CREDENTIALS does not:
// IIS logs it with each leg of a handshake that continues.
func (s Win32Status) RefusesLogon() bool {
	const sspi = 0x80090300 // errors of SSPI, to 0x800903FF
	switch s = s.plain(); {
	case s == SecENoCredentials, NTStatus(s) == 0xC0000022: // STATUS_ACCESS_DENIED is about rights
		return false
	case s&0xFFFFFF00 == sspi:
		return true
	case s >= 1<<31:
		return NTStatus(s).Name() != ""
	}
	return refusesLogon[s]
}

// String returns the name, if it is known, and the number: "SEC_E_LOGON_DENIED (0x8009030C)",
// "ERROR_ACCESS_DENIED (5)".
func (s Win32Status) String() string {
	number := fmt.Sprintf("0x%08X", uint32(s))
	if s = s.plain(); s < 1<<16 {
		number = fmt.Sprint(uint32(s))
	}
	if name := s.Name(); name != "" {
		return fmt.Sprintf("%s (%s)", name, number)
	}
	return number
}

// MarshalText writes what String returns.
func (s Win32Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Win32Errors returns all errors of Win32 that have a name, sorted.
func Win32Errors() []Win32Status { return slices.Sorted(maps.Keys(win32Names)) }

var win32Names = map[Win32Status]string{
	2:     "ERROR_FILE_NOT_FOUND",
	3:     "ERROR_PATH_NOT_FOUND",
	5:     "ERROR_ACCESS_DENIED",
	50:    "ERROR_NOT_SUPPORTED",
	53:    "ERROR_BAD_NETPATH",
	64:    "ERROR_NETNAME_DELETED",
	87:    "ERROR_INVALID_PARAMETER",
	121:   "ERROR_SEM_TIMEOUT",
	995:   "ERROR_OPERATION_ABORTED",
	1229:  "ERROR_CONNECTION_INVALID",
	1236:  "ERROR_CONNECTION_ABORTED",
	1265:  "ERROR_DOWNGRADE_DETECTED",
	1311:  "ERROR_NO_LOGON_SERVERS",
	1312:  "ERROR_NO_SUCH_LOGON_SESSION",
	1314:  "ERROR_PRIVILEGE_NOT_HELD",
	1317:  "ERROR_NO_SUCH_USER",
	1326:  "ERROR_LOGON_FAILURE",
	1327:  "ERROR_ACCOUNT_RESTRICTION",
	1328:  "ERROR_INVALID_LOGON_HOURS",
	1329:  "ERROR_INVALID_WORKSTATION",
	1330:  "ERROR_PASSWORD_EXPIRED",
	1331:  "ERROR_ACCOUNT_DISABLED",
	1355:  "ERROR_NO_SUCH_DOMAIN",
	1385:  "ERROR_LOGON_TYPE_NOT_GRANTED",
	1396:  "ERROR_WRONG_TARGET_NAME",
	1397:  "ERROR_MUTUAL_AUTH_FAILED",
	1398:  "ERROR_TIME_SKEW",
	1787:  "ERROR_NO_TRUST_SAM_ACCOUNT",
	1788:  "ERROR_TRUSTED_DOMAIN_FAILURE",
	1789:  "ERROR_TRUSTED_RELATIONSHIP_FAILURE",
	1793:  "ERROR_ACCOUNT_EXPIRED",
	1907:  "ERROR_PASSWORD_MUST_CHANGE",
	1909:  "ERROR_ACCOUNT_LOCKED_OUT",
	8344:  "ERROR_DS_INSUFF_ACCESS_RIGHTS",
	8647:  "ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST",
	12002: "ERROR_WINHTTP_TIMEOUT",
	12007: "ERROR_WINHTTP_NAME_NOT_RESOLVED",
	12029: "ERROR_WINHTTP_CANNOT_CONNECT",
	12030: "ERROR_WINHTTP_CONNECTION_ERROR",
	12175: "ERROR_WINHTTP_SECURE_FAILURE",
}
