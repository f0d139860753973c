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

// nameTypeName returns the name and number of a name-type (RFC 4120 section 6.2, RFC 6111,
// MS-KILE): "NT-SRV-INST (2)".
func nameTypeName(t int) string {
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

// The types of pre-authentication data that are known (RFC 4120 section 7.5.2, RFC 6113, MS-KILE 2.2.10, MS-SFU
// 2.2).
const (
	PATGSReq             = 1
	PAEncTimestamp       = 2
	PAPWSalt             = 3
	PAETypeInfo          = 11
	PAETypeInfo2         = 19
	PAPACRequest         = 128
	PAForUser            = 129
	PAS4UX509User        = 130
	PAFXFast             = 136
	PAEncryptedChallenge = 138
	PASupportedETypes    = 165
	PAPACOptions         = 167
)

// paDataName returns the name and number of a type of pre-authentication data:
// "PA-ETYPE-INFO2 (19)".
func paDataName(t int) string {
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
