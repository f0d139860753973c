package tokens

import "strconv"

// String returns the name and number of an encryption type as IANA registers it:
// "aes256-cts-hmac-sha1-96 (18)".
func (e EType) String() string {
	name := "unknown"
	switch e {
	case 1:
		name = "des-cbc-crc"
	case 2:
		name = "des-cbc-md4"
	case 3:
		name = "des-cbc-md5"
	case 5:
		name = "des3-cbc-md5"
	case 7:
		name = "des3-cbc-sha1"
	case 16:
		name = "des3-cbc-sha1-kd"
	case 17:
		name = "aes128-cts-hmac-sha1-96"
	case 18:
		name = "aes256-cts-hmac-sha1-96"
	case 19:
		name = "aes128-cts-hmac-sha256-128"
	case 20:
		name = "aes256-cts-hmac-sha384-192"
	case 23:
		name = "rc4-hmac"
	case 24:
		name = "rc4-hmac-exp"
	case 25:
		name = "camellia128-cts-cmac"
	case 26:
		name = "camellia256-cts-cmac"
	case -128:
		name = "rc4-md4"
	case -133:
		name = "rc4-hmac-old"
	case -135:
		name = "rc4-hmac-old-exp"
	}
	return withNumber(name, int(e))
}

func withNumber(name string, n int) string { return name + " (" + strconv.Itoa(n) + ")" }

// NameTypeName returns the name and number of a name-type (RFC 4120 section 6.2, RFC 6111,
// MS-KILE): "NT-SRV-INST (2)".
func NameTypeName(t int) string {
	name := "unknown"
	switch t {
	case 0:
		name = "NT-UNKNOWN"
	case 1:
		name = "NT-PRINCIPAL"
	case 2:
		name = "NT-SRV-INST"
	case 3:
		name = "NT-SRV-HST"
	case 4:
		name = "NT-SRV-XHST"
	case 5:
		name = "NT-UID"
	case 6:
		name = "NT-X500-PRINCIPAL"
	case 7:
		name = "NT-SMTP-NAME"
	case 10:
		name = "NT-ENTERPRISE"
	case 11:
		name = "NT-WELLKNOWN"
	case 12:
		name = "NT-SRV-HST-DOMAIN"
	case -128:
		name = "NT-MS-PRINCIPAL"
	case -129:
		name = "NT-MS-PRINCIPAL-AND-ID"
	case -130:
		name = "NT-ENT-PRINCIPAL-AND-ID"
	}
	return withNumber(name, t)
}

// PADataName returns the name and number of a type of pre-authentication data:
// "PA-ETYPE-INFO2 (19)".
func PADataName(t int) string {
	name, ok := paDataNames[t]
	if !ok {
		name = "unknown"
	}
	return withNumber(name, t)
}

var paDataNames = map[int]string{
	1: "PA-TGS-REQ", 2: "PA-ENC-TIMESTAMP", 3: "PA-PW-SALT", 11: "PA-ETYPE-INFO",
	14: "PA-PK-AS-REQ-OLD", 15: "PA-PK-AS-REP-OLD", 16: "PA-PK-AS-REQ", 17: "PA-PK-AS-REP",
	19: "PA-ETYPE-INFO2", 20: "PA-SVR-REFERRAL-INFO", 128: "PA-PAC-REQUEST",
	129: "PA-FOR-USER", 130: "PA-S4U-X509-USER", 132: "PA-AS-CHECKSUM", 133: "PA-FX-COOKIE",
	136: "PA-FX-FAST", 137: "PA-FX-ERROR", 138: "PA-ENCRYPTED-CHALLENGE", 141: "PA-OTP-CHALLENGE",
	142: "PA-OTP-REQUEST", 144: "PA-OTP-PIN-CHANGE", 147: "PA-PKINIT-KX",
	149: "PA-REQ-ENC-PA-REP", 150: "PA-AS-FRESHNESS", 151: "PA-SPAKE",
	161: "KERB-KEY-LIST-REQ", 162: "KERB-KEY-LIST-REP", 165: "PA-SUPPORTED-ENCTYPES",
	166: "PA-EXTENDED-ERROR", 167: "PA-PAC-OPTIONS", 170: "KERB-SUPERSEDED-BY-USER",
	171: "KERB-DMSA-KEY-PACKAGE",
}

// String returns the name and number of the error: "KRB_AP_ERR_MODIFIED (41)".
func (e *KRBError) String() string { return KRBErrorName(e.Code) }

// KRBErrorName returns the name and number of an error code (RFC 4120 section 7.5.9,
// RFC 4556, RFC 6113): "KRB_AP_ERR_MODIFIED (41)".
func KRBErrorName(code int32) string {
	name, ok := krbErrorNames[code]
	if !ok {
		name = "unknown error"
	}
	return withNumber(name, int(code))
}

var krbErrorNames = map[int32]string{
	0: "KDC_ERR_NONE", 1: "KDC_ERR_NAME_EXP", 2: "KDC_ERR_SERVICE_EXP", 3: "KDC_ERR_BAD_PVNO",
	4: "KDC_ERR_C_OLD_MAST_KVNO", 5: "KDC_ERR_S_OLD_MAST_KVNO", 6: "KDC_ERR_C_PRINCIPAL_UNKNOWN",
	7: "KDC_ERR_S_PRINCIPAL_UNKNOWN", 8: "KDC_ERR_PRINCIPAL_NOT_UNIQUE", 9: "KDC_ERR_NULL_KEY",
	10: "KDC_ERR_CANNOT_POSTDATE", 11: "KDC_ERR_NEVER_VALID", 12: "KDC_ERR_POLICY",
	13: "KDC_ERR_BADOPTION", 14: "KDC_ERR_ETYPE_NOSUPP", 15: "KDC_ERR_SUMTYPE_NOSUPP",
	16: "KDC_ERR_PADATA_TYPE_NOSUPP", 17: "KDC_ERR_TRTYPE_NOSUPP", 18: "KDC_ERR_CLIENT_REVOKED",
	19: "KDC_ERR_SERVICE_REVOKED", 20: "KDC_ERR_TGT_REVOKED", 21: "KDC_ERR_CLIENT_NOTYET",
	22: "KDC_ERR_SERVICE_NOTYET", 23: "KDC_ERR_KEY_EXPIRED", 24: "KDC_ERR_PREAUTH_FAILED",
	25: "KDC_ERR_PREAUTH_REQUIRED", 26: "KDC_ERR_SERVER_NOMATCH", 27: "KDC_ERR_MUST_USE_USER2USER",
	28: "KDC_ERR_PATH_NOT_ACCEPTED", 29: "KDC_ERR_SVC_UNAVAILABLE",
	31: "KRB_AP_ERR_BAD_INTEGRITY", 32: "KRB_AP_ERR_TKT_EXPIRED", 33: "KRB_AP_ERR_TKT_NYV",
	34: "KRB_AP_ERR_REPEAT", 35: "KRB_AP_ERR_NOT_US", 36: "KRB_AP_ERR_BADMATCH",
	37: "KRB_AP_ERR_SKEW", 38: "KRB_AP_ERR_BADADDR", 39: "KRB_AP_ERR_BADVERSION",
	40: "KRB_AP_ERR_MSG_TYPE", 41: "KRB_AP_ERR_MODIFIED", 42: "KRB_AP_ERR_BADORDER",
	44: "KRB_AP_ERR_BADKEYVER", 45: "KRB_AP_ERR_NOKEY", 46: "KRB_AP_ERR_MUT_FAIL",
	47: "KRB_AP_ERR_BADDIRECTION", 48: "KRB_AP_ERR_METHOD", 49: "KRB_AP_ERR_BADSEQ",
	50: "KRB_AP_ERR_INAPP_CKSUM", 51: "KRB_AP_PATH_NOT_ACCEPTED", 52: "KRB_ERR_RESPONSE_TOO_BIG",
	60: "KRB_ERR_GENERIC", 61: "KRB_ERR_FIELD_TOOLONG", 62: "KDC_ERR_CLIENT_NOT_TRUSTED",
	63: "KDC_ERR_KDC_NOT_TRUSTED", 64: "KDC_ERR_INVALID_SIG",
	65: "KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED", 66: "KDC_ERR_CERTIFICATE_MISMATCH",
	67: "KRB_AP_ERR_NO_TGT", 68: "KDC_ERR_WRONG_REALM", 69: "KRB_AP_ERR_USER_TO_USER_REQUIRED",
	70: "KDC_ERR_CANT_VERIFY_CERTIFICATE", 71: "KDC_ERR_INVALID_CERTIFICATE",
	72: "KDC_ERR_REVOKED_CERTIFICATE", 73: "KDC_ERR_REVOCATION_STATUS_UNKNOWN",
	74: "KDC_ERR_REVOCATION_STATUS_UNAVAILABLE", 75: "KDC_ERR_CLIENT_NAME_MISMATCH",
	76: "KDC_ERR_KDC_NAME_MISMATCH", 77: "KDC_ERR_INCONSISTENT_KEY_PURPOSE",
	78: "KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED", 79: "KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED",
	80: "KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED",
	81: "KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED", 85: "KRB_AP_ERR_IAKERB_KDC_NOT_FOUND",
	86: "KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE", 90: "KDC_ERR_PREAUTH_EXPIRED",
	91: "KDC_ERR_MORE_PREAUTH_DATA_REQUIRED", 92: "KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET",
	93: "KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS", 100: "KDC_ERR_NO_ACCEPTABLE_KDF",
}
