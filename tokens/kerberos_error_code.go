package tokens

import (
	"maps"
	"slices"
)

// An ErrorCode is the error-code of a KRB-ERROR (RFC 4120 section 7.5.9, RFC 4556,
// RFC 6113).
type ErrorCode int32

// The error codes, named as the RFCs name them: KDCErrSPrincipalUnknown is
// KDC_ERR_S_PRINCIPAL_UNKNOWN.
const (
	KDCErrNone                            ErrorCode = 0
	KDCErrNameExp                         ErrorCode = 1
	KDCErrServiceExp                      ErrorCode = 2
	KDCErrBadPVNO                         ErrorCode = 3
	KDCErrCOldMastKVNO                    ErrorCode = 4
	KDCErrSOldMastKVNO                    ErrorCode = 5
	KDCErrCPrincipalUnknown               ErrorCode = 6
	KDCErrSPrincipalUnknown               ErrorCode = 7
	KDCErrPrincipalNotUnique              ErrorCode = 8
	KDCErrNullKey                         ErrorCode = 9
	KDCErrCannotPostdate                  ErrorCode = 10
	KDCErrNeverValid                      ErrorCode = 11
	KDCErrPolicy                          ErrorCode = 12
	KDCErrBadOption                       ErrorCode = 13
	KDCErrETypeNoSupp                     ErrorCode = 14
	KDCErrSumTypeNoSupp                   ErrorCode = 15
	KDCErrPADataTypeNoSupp                ErrorCode = 16
	KDCErrTrTypeNoSupp                    ErrorCode = 17
	KDCErrClientRevoked                   ErrorCode = 18
	KDCErrServiceRevoked                  ErrorCode = 19
	KDCErrTGTRevoked                      ErrorCode = 20
	KDCErrClientNotYet                    ErrorCode = 21
	KDCErrServiceNotYet                   ErrorCode = 22
	KDCErrKeyExpired                      ErrorCode = 23
	KDCErrPreauthFailed                   ErrorCode = 24
	KDCErrPreauthRequired                 ErrorCode = 25
	KDCErrServerNoMatch                   ErrorCode = 26
	KDCErrMustUseUser2User                ErrorCode = 27
	KDCErrPathNotAccepted                 ErrorCode = 28
	KDCErrSvcUnavailable                  ErrorCode = 29
	KRBAPErrBadIntegrity                  ErrorCode = 31
	KRBAPErrTktExpired                    ErrorCode = 32
	KRBAPErrTktNYV                        ErrorCode = 33
	KRBAPErrRepeat                        ErrorCode = 34
	KRBAPErrNotUs                         ErrorCode = 35
	KRBAPErrBadMatch                      ErrorCode = 36
	KRBAPErrSkew                          ErrorCode = 37
	KRBAPErrBadAddr                       ErrorCode = 38
	KRBAPErrBadVersion                    ErrorCode = 39
	KRBAPErrMsgType                       ErrorCode = 40
	KRBAPErrModified                      ErrorCode = 41
	KRBAPErrBadOrder                      ErrorCode = 42
	KRBAPErrBadKeyVer                     ErrorCode = 44
	KRBAPErrNoKey                         ErrorCode = 45
	KRBAPErrMutFail                       ErrorCode = 46
	KRBAPErrBadDirection                  ErrorCode = 47
	KRBAPErrMethod                        ErrorCode = 48
	KRBAPErrBadSeq                        ErrorCode = 49
	KRBAPErrInappCksum                    ErrorCode = 50
	KRBAPPathNotAccepted                  ErrorCode = 51
	KRBErrResponseTooBig                  ErrorCode = 52
	KRBErrGeneric                         ErrorCode = 60
	KRBErrFieldTooLong                    ErrorCode = 61
	KDCErrClientNotTrusted                ErrorCode = 62
	KDCErrKDCNotTrusted                   ErrorCode = 63
	KDCErrInvalidSig                      ErrorCode = 64
	KDCErrDHKeyParametersNotAccepted      ErrorCode = 65
	KDCErrCertificateMismatch             ErrorCode = 66
	KRBAPErrNoTGT                         ErrorCode = 67
	KDCErrWrongRealm                      ErrorCode = 68
	KRBAPErrUserToUserRequired            ErrorCode = 69
	KDCErrCantVerifyCertificate           ErrorCode = 70
	KDCErrInvalidCertificate              ErrorCode = 71
	KDCErrRevokedCertificate              ErrorCode = 72
	KDCErrRevocationStatusUnknown         ErrorCode = 73
	KDCErrRevocationStatusUnavailable     ErrorCode = 74
	KDCErrClientNameMismatch              ErrorCode = 75
	KDCErrKDCNameMismatch                 ErrorCode = 76
	KDCErrInconsistentKeyPurpose          ErrorCode = 77
	KDCErrDigestInCertNotAccepted         ErrorCode = 78
	KDCErrPAChecksumMustBeIncluded        ErrorCode = 79
	KDCErrDigestInSignedDataNotAccepted   ErrorCode = 80
	KDCErrPublicKeyEncryptionNotSupported ErrorCode = 81
	KRBAPErrIAKERBKDCNotFound             ErrorCode = 85
	KRBAPErrIAKERBKDCNoResponse           ErrorCode = 86
	KDCErrPreauthExpired                  ErrorCode = 90
	KDCErrMorePreauthDataRequired         ErrorCode = 91
	KDCErrPreauthBadAuthenticationSet     ErrorCode = 92
	KDCErrUnknownCriticalFASTOptions      ErrorCode = 93
	KDCErrNoAcceptableKDF                 ErrorCode = 100
)

// String returns the name and number of the code: "KRB_AP_ERR_MODIFIED (41)".
func (c ErrorCode) String() string {
	name := c.Name()
	if name == "" {
		name = "unknown error"
	}
	return withNumber(name, int(c))
}

// Name returns the name of the code, "" if it has none: "KRB_AP_ERR_MODIFIED".
func (c ErrorCode) Name() string { return errorNames[c] }

// ErrorCodes returns all codes that have a name, sorted.
func ErrorCodes() []ErrorCode { return slices.Sorted(maps.Keys(errorNames)) }

var errorNames = map[ErrorCode]string{
	KDCErrNone:                            "KDC_ERR_NONE",
	KDCErrNameExp:                         "KDC_ERR_NAME_EXP",
	KDCErrServiceExp:                      "KDC_ERR_SERVICE_EXP",
	KDCErrBadPVNO:                         "KDC_ERR_BAD_PVNO",
	KDCErrCOldMastKVNO:                    "KDC_ERR_C_OLD_MAST_KVNO",
	KDCErrSOldMastKVNO:                    "KDC_ERR_S_OLD_MAST_KVNO",
	KDCErrCPrincipalUnknown:               "KDC_ERR_C_PRINCIPAL_UNKNOWN",
	KDCErrSPrincipalUnknown:               "KDC_ERR_S_PRINCIPAL_UNKNOWN",
	KDCErrPrincipalNotUnique:              "KDC_ERR_PRINCIPAL_NOT_UNIQUE",
	KDCErrNullKey:                         "KDC_ERR_NULL_KEY",
	KDCErrCannotPostdate:                  "KDC_ERR_CANNOT_POSTDATE",
	KDCErrNeverValid:                      "KDC_ERR_NEVER_VALID",
	KDCErrPolicy:                          "KDC_ERR_POLICY",
	KDCErrBadOption:                       "KDC_ERR_BADOPTION",
	KDCErrETypeNoSupp:                     "KDC_ERR_ETYPE_NOSUPP",
	KDCErrSumTypeNoSupp:                   "KDC_ERR_SUMTYPE_NOSUPP",
	KDCErrPADataTypeNoSupp:                "KDC_ERR_PADATA_TYPE_NOSUPP",
	KDCErrTrTypeNoSupp:                    "KDC_ERR_TRTYPE_NOSUPP",
	KDCErrClientRevoked:                   "KDC_ERR_CLIENT_REVOKED",
	KDCErrServiceRevoked:                  "KDC_ERR_SERVICE_REVOKED",
	KDCErrTGTRevoked:                      "KDC_ERR_TGT_REVOKED",
	KDCErrClientNotYet:                    "KDC_ERR_CLIENT_NOTYET",
	KDCErrServiceNotYet:                   "KDC_ERR_SERVICE_NOTYET",
	KDCErrKeyExpired:                      "KDC_ERR_KEY_EXPIRED",
	KDCErrPreauthFailed:                   "KDC_ERR_PREAUTH_FAILED",
	KDCErrPreauthRequired:                 "KDC_ERR_PREAUTH_REQUIRED",
	KDCErrServerNoMatch:                   "KDC_ERR_SERVER_NOMATCH",
	KDCErrMustUseUser2User:                "KDC_ERR_MUST_USE_USER2USER",
	KDCErrPathNotAccepted:                 "KDC_ERR_PATH_NOT_ACCEPTED",
	KDCErrSvcUnavailable:                  "KDC_ERR_SVC_UNAVAILABLE",
	KRBAPErrBadIntegrity:                  "KRB_AP_ERR_BAD_INTEGRITY",
	KRBAPErrTktExpired:                    "KRB_AP_ERR_TKT_EXPIRED",
	KRBAPErrTktNYV:                        "KRB_AP_ERR_TKT_NYV",
	KRBAPErrRepeat:                        "KRB_AP_ERR_REPEAT",
	KRBAPErrNotUs:                         "KRB_AP_ERR_NOT_US",
	KRBAPErrBadMatch:                      "KRB_AP_ERR_BADMATCH",
	KRBAPErrSkew:                          "KRB_AP_ERR_SKEW",
	KRBAPErrBadAddr:                       "KRB_AP_ERR_BADADDR",
	KRBAPErrBadVersion:                    "KRB_AP_ERR_BADVERSION",
	KRBAPErrMsgType:                       "KRB_AP_ERR_MSG_TYPE",
	KRBAPErrModified:                      "KRB_AP_ERR_MODIFIED",
	KRBAPErrBadOrder:                      "KRB_AP_ERR_BADORDER",
	KRBAPErrBadKeyVer:                     "KRB_AP_ERR_BADKEYVER",
	KRBAPErrNoKey:                         "KRB_AP_ERR_NOKEY",
	KRBAPErrMutFail:                       "KRB_AP_ERR_MUT_FAIL",
	KRBAPErrBadDirection:                  "KRB_AP_ERR_BADDIRECTION",
	KRBAPErrMethod:                        "KRB_AP_ERR_METHOD",
	KRBAPErrBadSeq:                        "KRB_AP_ERR_BADSEQ",
	KRBAPErrInappCksum:                    "KRB_AP_ERR_INAPP_CKSUM",
	KRBAPPathNotAccepted:                  "KRB_AP_PATH_NOT_ACCEPTED",
	KRBErrResponseTooBig:                  "KRB_ERR_RESPONSE_TOO_BIG",
	KRBErrGeneric:                         "KRB_ERR_GENERIC",
	KRBErrFieldTooLong:                    "KRB_ERR_FIELD_TOOLONG",
	KDCErrClientNotTrusted:                "KDC_ERR_CLIENT_NOT_TRUSTED",
	KDCErrKDCNotTrusted:                   "KDC_ERR_KDC_NOT_TRUSTED",
	KDCErrInvalidSig:                      "KDC_ERR_INVALID_SIG",
	KDCErrDHKeyParametersNotAccepted:      "KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED",
	KDCErrCertificateMismatch:             "KDC_ERR_CERTIFICATE_MISMATCH",
	KRBAPErrNoTGT:                         "KRB_AP_ERR_NO_TGT",
	KDCErrWrongRealm:                      "KDC_ERR_WRONG_REALM",
	KRBAPErrUserToUserRequired:            "KRB_AP_ERR_USER_TO_USER_REQUIRED",
	KDCErrCantVerifyCertificate:           "KDC_ERR_CANT_VERIFY_CERTIFICATE",
	KDCErrInvalidCertificate:              "KDC_ERR_INVALID_CERTIFICATE",
	KDCErrRevokedCertificate:              "KDC_ERR_REVOKED_CERTIFICATE",
	KDCErrRevocationStatusUnknown:         "KDC_ERR_REVOCATION_STATUS_UNKNOWN",
	KDCErrRevocationStatusUnavailable:     "KDC_ERR_REVOCATION_STATUS_UNAVAILABLE",
	KDCErrClientNameMismatch:              "KDC_ERR_CLIENT_NAME_MISMATCH",
	KDCErrKDCNameMismatch:                 "KDC_ERR_KDC_NAME_MISMATCH",
	KDCErrInconsistentKeyPurpose:          "KDC_ERR_INCONSISTENT_KEY_PURPOSE",
	KDCErrDigestInCertNotAccepted:         "KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED",
	KDCErrPAChecksumMustBeIncluded:        "KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED",
	KDCErrDigestInSignedDataNotAccepted:   "KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED",
	KDCErrPublicKeyEncryptionNotSupported: "KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED",
	KRBAPErrIAKERBKDCNotFound:             "KRB_AP_ERR_IAKERB_KDC_NOT_FOUND",
	KRBAPErrIAKERBKDCNoResponse:           "KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE",
	KDCErrPreauthExpired:                  "KDC_ERR_PREAUTH_EXPIRED",
	KDCErrMorePreauthDataRequired:         "KDC_ERR_MORE_PREAUTH_DATA_REQUIRED",
	KDCErrPreauthBadAuthenticationSet:     "KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET",
	KDCErrUnknownCriticalFASTOptions:      "KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS",
	KDCErrNoAcceptableKDF:                 "KDC_ERR_NO_ACCEPTABLE_KDF",
}

// AsksForMore reports whether the code asks the client for something it can provide:
// pre-authentication, TCP, or another realm (RFC 4120 section 7.5.9).
func (c ErrorCode) AsksForMore() bool {
	switch c {
	case KDCErrPreauthRequired, KRBErrResponseTooBig, KDCErrWrongRealm, KDCErrMorePreauthDataRequired:
		return true
	}
	return false
}

// AboutClient reports whether the code is about the client's account, password or
// certificate.
func (c ErrorCode) AboutClient() bool {
	switch c {
	case KDCErrCPrincipalUnknown, KDCErrNameExp, KDCErrClientRevoked, KDCErrPolicy,
		KDCErrKeyExpired, KDCErrPreauthFailed, KDCErrTGTRevoked, KDCErrClientNotYet,
		// Of a logon with a certificate (RFC 4556).
		KDCErrClientNotTrusted, KDCErrKDCNotTrusted, KDCErrInvalidSig,
		KDCErrDHKeyParametersNotAccepted, KDCErrCertificateMismatch, KDCErrCantVerifyCertificate,
		KDCErrInvalidCertificate, KDCErrRevokedCertificate, KDCErrRevocationStatusUnknown,
		KDCErrRevocationStatusUnavailable, KDCErrClientNameMismatch:
		return true
	}
	return false
}

// AboutTicket reports whether the code is about the ticket that the KDC was given, and not about the
// request.
func (c ErrorCode) AboutTicket() bool {
	switch c {
	case KRBAPErrBadIntegrity, KRBAPErrTktExpired, KRBAPErrTktNYV, KRBAPErrRepeat,
		KRBAPErrBadAddr, KRBAPErrBadVersion, KRBAPErrModified:
		return true
	}
	return false
}
