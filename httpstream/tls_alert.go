package httpstream

import "fmt"

// An Alert is one that ended a handshake; of code 0 it is none.
type Alert struct {
	From Side
	Code uint8
}

func (a Alert) String() string {
	return fmt.Sprintf("the %s ended the handshake with alert %d, %s", a.From, a.Code, a.name())
}

// name returns what the alert means, or only its number where it is in no registry.
func (a Alert) name() string {
	if int(a.Code) < len(alertNames) && alertNames[a.Code] != "" {
		return alertNames[a.Code]
	}
	return fmt.Sprintf("alert(%d)", a.Code)
}

// alertNames say what alerts mean (IANA's registry; RFC 8446 section 6, RFC 5246 section 7.2).
var alertNames = [...]string{
	0:   "close notify",
	10:  "unexpected message",
	20:  "bad record MAC",
	21:  "decryption failed",
	22:  "record overflow",
	30:  "decompression failure",
	40:  "handshake failure",
	42:  "bad certificate",
	43:  "unsupported certificate",
	44:  "revoked certificate",
	45:  "expired certificate",
	46:  "unknown certificate",
	47:  "illegal parameter",
	48:  "unknown certificate authority",
	49:  "access denied",
	50:  "error decoding message",
	51:  "error decrypting message",
	60:  "export restriction",
	70:  "protocol version not supported",
	71:  "insufficient security level",
	80:  "internal error",
	86:  "inappropriate fallback",
	90:  "user canceled",
	100: "no renegotiation",
	109: "missing extension",
	110: "unsupported extension",
	111: "certificate unobtainable",
	112: "unrecognized name",
	113: "bad certificate status response",
	114: "bad certificate hash value",
	115: "unknown PSK identity",
	116: "certificate required",
	120: "no application protocol",
	121: "encrypted client hello required",
}
