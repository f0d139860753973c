package knownerror

import (
	"fmt"
	"strconv"
	"strings"

	"negotrace/internal/lazyregexp"
)

// statusNumber reads a number of 32 bits whose highest bit is set: in hexadecimal, with 0x before its digits or
// without, or in decimal, with a sign or without.
func statusNumber(word string) (uint32, bool) {
	if n, err := strconv.ParseInt(word, 10, 32); err == nil && n < -1<<24 {
		return uint32(int32(n)), true
	}
	if n, err := strconv.ParseUint(strings.ToLower(word), 0, 32); err == nil && n>>31 == 1 {
		return uint32(n), true
	}
	n, err := strconv.ParseUint(word, 16, 32)
	return uint32(n), err == nil && len(word) == 8 && n>>31 == 1
}

// errorTable is the number that MIT Kerberos and Heimdal have for code 0 of Kerberos (krb5_err.et). They print
// the numbers of their errors with a sign, without, or in hexadecimal.
const errorTable, lastOfTable = -1765328384, -1765328100

// libraryNumber returns the number of such an error with its sign.
func libraryNumber(word string) (int, bool) {
	n, ok := statusNumber(word)
	signed := int(int32(n))
	return signed, ok && errorTable < signed && signed <= lastOfTable
}

// majorError returns the name of the routine error in a major status of GSS-API (RFC 2744 section 3.9.1), "" if
// a number is none.
func majorError(n uint64) string {
	names := []string{"", "BAD_MECH", "BAD_NAME", "", "BAD_BINDINGS", "BAD_STATUS", "BAD_MIC", "NO_CRED", "NO_CONTEXT", "DEFECTIVE_TOKEN", "DEFECTIVE_CREDENTIAL",
		"CREDENTIALS_EXPIRED", "CONTEXT_EXPIRED", "FAILURE", "", "UNAUTHORIZED", "UNAVAILABLE"}
	if i := n >> 16; n&0xffff == 0 && i < uint64(len(names)) && names[i] != "" {
		return "GSS_S_" + names[i]
	}
	return ""
}

var (
	// kerberosNumber is a code of Kerberos in events of Windows (4768, 4769, 4771) and in what Java of Oracle and IBM prints.
	kerberosNumber = lazyregexp.New(`(?i)\b(?:(?:failure|result) code:?\s+(0x[0-9a-f]{1,2})|(?:error code is|KrbException, status code:) (\d{1,2}))\b`)
	// win32Number is an error of Windows as net, sc and others print it.
	win32Number = lazyregexp.New(`(?i)\b(?:error|return code):? (?:code:? )?(?:0x[0-9a-f]{3,4}/)?(1\d{3}|8\d{3}|0x[0-9a-f]{3,4})\b`)
	// bindNumber is an error of Windows in the answer of Active Directory to an LDAP bind, behind the number of SSPI's
	// that stands for all of them.
	bindNumber = lazyregexp.New(`AcceptSecurityContext error, data ([0-9a-f]{3,8})\b`)
	// majorNumber is a major status, which leaves the cause to the minor one.
	majorNumber = lazyregexp.New(`(?i)\bmajor(?:[ _](?:error|status|code))?[ :=(]{1,3}(?:0x)?([0-9a-f]{5,8})\b`)
)

// A labelledNumber is a number that is an error by the words before it.
type labelledNumber struct {
	at     int
	number string // or the name of the error
}

// labelledNumbers returns those in a text, of errors that leave the cause open or of the others.
func labelledNumbers(text string, general bool) []labelledNumber {
	var all []labelledNumber
	if general {
		for _, m := range majorNumber().FindAllStringSubmatchIndex(text, maxFound) {
			number := text[m[2]:m[3]]
			for _, base := range []int{10, 16} {
				if n, err := strconv.ParseUint(number, base, 32); err == nil && majorError(n) != "" {
					all = append(all, labelledNumber{m[0], majorError(n)})
				}
			}
		}
		return all
	}
	for _, m := range kerberosNumber().FindAllStringSubmatchIndex(text, maxFound) {
		from := max(m[2], m[4])
		if n, err := strconv.ParseUint(strings.ToLower(text[from:m[1]]), 0, 8); err == nil && n > 0 {
			all = append(all, labelledNumber{m[0], fmt.Sprint(n)})
		}
	}
	for _, m := range bindNumber().FindAllStringSubmatchIndex(text, maxFound) {
		all = append(all, labelledNumber{m[0], "0x" + text[m[2]:m[3]]})
	}
	for _, m := range win32Number().FindAllStringSubmatchIndex(text, maxFound) {
		all = append(all, labelledNumber{m[0], text[m[2]:m[3]]})
	}
	return all
}
