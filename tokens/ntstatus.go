package tokens

import (
	"fmt"
	"maps"
	"slices"
)

// An NTStatus is an NTSTATUS (MS-ERREF 2.3), or a security status of SSPI.
type NTStatus uint32

// StatusObjectNameCollision is the status that a KDC adds if two accounts have one name.
const StatusObjectNameCollision NTStatus = 0xC0000035

// Name returns the name of a status that authentication meets, "" for any other.
func (s NTStatus) Name() string { return ntStatusNames[s] }

// NTStatuses returns all statuses that have a name, sorted.
func NTStatuses() []NTStatus { return slices.Sorted(maps.Keys(ntStatusNames)) }

// String returns the number and the name, if it is known: "0xC000006D STATUS_LOGON_FAILURE".
func (s NTStatus) String() string {
	if name := s.Name(); name != "" {
		return fmt.Sprintf("0x%08X %s", uint32(s), name)
	}
	return fmt.Sprintf("0x%08X", uint32(s))
}

var ntStatusNames = map[NTStatus]string{
	0x00000000:                "STATUS_SUCCESS",
	0xC0000001:                "STATUS_UNSUCCESSFUL",
	0xC000000D:                "STATUS_INVALID_PARAMETER",
	0xC0000022:                "STATUS_ACCESS_DENIED",
	StatusObjectNameCollision: "STATUS_OBJECT_NAME_COLLISION",
	0xC000005E:                "STATUS_NO_LOGON_SERVERS",
	0xC0000064:                "STATUS_NO_SUCH_USER",
	0xC000006A:                "STATUS_WRONG_PASSWORD",
	0xC000006C:                "STATUS_PASSWORD_RESTRICTION",
	0xC000006D:                "STATUS_LOGON_FAILURE",
	0xC000006E:                "STATUS_ACCOUNT_RESTRICTION",
	0xC000006F:                "STATUS_INVALID_LOGON_HOURS",
	0xC0000070:                "STATUS_INVALID_WORKSTATION",
	0xC0000071:                "STATUS_PASSWORD_EXPIRED",
	0xC0000072:                "STATUS_ACCOUNT_DISABLED",
	0xC000009A:                "STATUS_INSUFFICIENT_RESOURCES",
	0xC00000BB:                "STATUS_NOT_SUPPORTED",
	0xC00000DA:                "STATUS_CANT_ACCESS_DOMAIN_INFO",
	0xC00000DF:                "STATUS_NO_SUCH_DOMAIN",
	0xC00000E5:                "STATUS_INTERNAL_ERROR",
	0xC0000133:                "STATUS_TIME_DIFFERENCE_AT_DC",
	0xC000015B:                "STATUS_LOGON_TYPE_NOT_GRANTED",
	0xC000018A:                "STATUS_NO_TRUST_LSA_SECRET",
	0xC000018B:                "STATUS_NO_TRUST_SAM_ACCOUNT",
	0xC000018C:                "STATUS_TRUSTED_DOMAIN_FAILURE",
	0xC000018D:                "STATUS_TRUSTED_RELATIONSHIP_FAILURE",
	0xC0000192:                "STATUS_NETLOGON_NOT_STARTED",
	0xC0000193:                "STATUS_ACCOUNT_EXPIRED",
	0xC0000199:                "STATUS_NOLOGON_WORKSTATION_TRUST_ACCOUNT",
	0xC0000224:                "STATUS_PASSWORD_MUST_CHANGE",
	0xC0000225:                "STATUS_NOT_FOUND",
	0xC0000272:                "STATUS_NO_MATCH",
	0xC0000233:                "STATUS_DOMAIN_CONTROLLER_NOT_FOUND",
	0xC0000234:                "STATUS_ACCOUNT_LOCKED_OUT",
	0xC00002F4:                "STATUS_MAX_REFERRALS_EXCEEDED",
	0xC00002F8:                "STATUS_NO_PA_DATA",
	0xC00002F9:                "STATUS_PKINIT_NAME_MISMATCH",
	0xC00002FA:                "STATUS_SMARTCARD_LOGON_REQUIRED",
	0xC00002FB:                "STATUS_KDC_INVALID_REQUEST",
	0xC00002FC:                "STATUS_KDC_UNABLE_TO_REFER",
	0xC00002FD:                "STATUS_KDC_UNKNOWN_ETYPE",
	0xC0000320:                "STATUS_PKINIT_FAILURE",
	0xC0000321:                "STATUS_SMARTCARD_SUBSYSTEM_FAILURE",
	0xC0000322:                "STATUS_NO_KERB_KEY",
	0xC0000351:                "STATUS_UNSUPPORTED_PREAUTH",
	0xC000035B:                "STATUS_BAD_BINDINGS",
	0xC0000380:                "STATUS_SMARTCARD_WRONG_PIN",
	0xC0000388:                "STATUS_DOWNGRADE_DETECTED",
	0xC0000389:                "STATUS_SMARTCARD_CERT_REVOKED",
	0xC000038A:                "STATUS_ISSUING_CA_UNTRUSTED",
	0xC000038B:                "STATUS_REVOCATION_OFFLINE_C",
	0xC000038C:                "STATUS_PKINIT_CLIENT_FAILURE",
	0xC000038D:                "STATUS_SMARTCARD_CERT_EXPIRED",
	0xC0000413:                "STATUS_AUTHENTICATION_FIREWALL_FAILED",
	0xC0000418:                "STATUS_NTLM_BLOCKED",
	0x80090302:                "SEC_E_UNSUPPORTED_FUNCTION",
	0x80090303:                "SEC_E_TARGET_UNKNOWN",
	0x80090304:                "SEC_E_INTERNAL_ERROR",
	0x80090305:                "SEC_E_SECPKG_NOT_FOUND",
	0x80090308:                "SEC_E_INVALID_TOKEN",
	0x8009030B:                "SEC_E_NO_IMPERSONATION",
	0x8009030C:                "SEC_E_LOGON_DENIED",
	0x8009030D:                "SEC_E_UNKNOWN_CREDENTIALS",
	0x8009030E:                "SEC_E_NO_CREDENTIALS",
	0x8009030F:                "SEC_E_MESSAGE_ALTERED",
	0x80090310:                "SEC_E_OUT_OF_SEQUENCE",
	0x80090311:                "SEC_E_NO_AUTHENTICATING_AUTHORITY",
	0x80090317:                "SEC_E_CONTEXT_EXPIRED",
	0x80090320:                "SEC_E_INCOMPLETE_CREDENTIALS",
	0x80090322:                "SEC_E_WRONG_PRINCIPAL",
	0x80090324:                "SEC_E_TIME_SKEW",
	0x80090325:                "SEC_E_UNTRUSTED_ROOT",
	0x80090326:                "SEC_E_ILLEGAL_MESSAGE",
	0x80090327:                "SEC_E_CERT_UNKNOWN",
	0x80090328:                "SEC_E_CERT_EXPIRED",
	0x80090331:                "SEC_E_ALGORITHM_MISMATCH",
	0x80090334:                "SEC_E_NO_TGT_REPLY",
	0x80090335:                "SEC_E_NO_IP_ADDRESSES",
	0x80090341:                "SEC_E_KDC_UNABLE_TO_REFER",
	0x80090342:                "SEC_E_KDC_UNKNOWN_ETYPE",
	0x80090343:                "SEC_E_UNSUPPORTED_PREAUTH",
	0x80090345:                "SEC_E_DELEGATION_REQUIRED",
	0x80090346:                "SEC_E_BAD_BINDINGS",
	0x80090347:                "SEC_E_MULTIPLE_ACCOUNTS",
	0x80090348:                "SEC_E_NO_KERB_KEY",
	0x80090350:                "SEC_E_DOWNGRADE_DETECTED",
	0x80090357:                "SEC_E_CROSSREALM_DELEGATION_FAILURE",
	0x8009035E:                "SEC_E_DELEGATION_POLICY",
	0x8009035F:                "SEC_E_POLICY_NLTM_ONLY",
	0x80090363:                "SEC_E_MUTUAL_AUTH_FAILED",
}
