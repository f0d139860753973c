package analysis

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// netErrors are Chromium's errors about authentication, and those with which a request most often gets no response
// (net/base/net_error_list.h).
var netErrors = map[int]string{
	-100: "ERR_CONNECTION_CLOSED",
	-101: "ERR_CONNECTION_RESET",
	-102: "ERR_CONNECTION_REFUSED",
	-105: "ERR_NAME_NOT_RESOLVED",
	-106: "ERR_INTERNET_DISCONNECTED",
	-109: "ERR_ADDRESS_UNREACHABLE",
	-111: "ERR_TUNNEL_CONNECTION_FAILED",
	-115: "ERR_PROXY_AUTH_UNSUPPORTED",
	-118: "ERR_CONNECTION_TIMED_OUT",
	-127: "ERR_PROXY_AUTH_REQUESTED",
	-130: "ERR_PROXY_CONNECTION_FAILED",
	-202: "ERR_CERT_AUTHORITY_INVALID",
	-320: "ERR_INVALID_RESPONSE",
	-323: "ERR_UNEXPECTED_PROXY_AUTH",
	-324: "ERR_EMPTY_RESPONSE",
	-338: "ERR_INVALID_AUTH_CREDENTIALS",
	-339: "ERR_UNSUPPORTED_AUTH_SCHEME",
	-341: "ERR_MISSING_AUTH_CREDENTIALS",
	-342: "ERR_UNEXPECTED_SECURITY_LIBRARY_STATUS",
	-343: "ERR_MISCONFIGURED_AUTH_ENVIRONMENT",
	-344: "ERR_UNDOCUMENTED_SECURITY_LIBRARY_STATUS",
	-364: "ERR_PROXY_AUTH_REQUESTED_WITH_NO_CONNECTION",
}

// NetErrorName returns the name of one of Chromium's errors that are known here, "" for any other.
func NetErrorName(n int) string { return netErrors[n] }

// NetErrorNumber returns the number of one of these errors by its name, 0 for any other.
func NetErrorNumber(name string) int { return int(codesByName()[name].Value) }

// routineErrors are the names of the routine errors of GSS-API, from 1 (RFC 2744 section 3.9.1).
var routineErrors = []string{
	"GSS_S_BAD_MECH", "GSS_S_BAD_NAME", "GSS_S_BAD_NAMETYPE", "GSS_S_BAD_BINDINGS", "GSS_S_BAD_STATUS", "GSS_S_BAD_MIC",
	"GSS_S_NO_CRED", "GSS_S_NO_CONTEXT", "GSS_S_DEFECTIVE_TOKEN", "GSS_S_DEFECTIVE_CREDENTIAL", "GSS_S_CREDENTIALS_EXPIRED",
	"GSS_S_CONTEXT_EXPIRED", "GSS_S_FAILURE", "GSS_S_BAD_QOP", "GSS_S_UNAUTHORIZED", "GSS_S_UNAVAILABLE",
	"GSS_S_DUPLICATE_ELEMENT", "GSS_S_NAME_NOT_MN",
}

// majorName returns the name of the routine error in a major status of GSS-API.
func majorName(major uint32) string {
	if n := int(major >> 16 & 0xff); n > 0 && n <= len(routineErrors) {
		return routineErrors[n-1]
	}
	return ""
}

// minorName returns the name of a minor status of MIT Kerberos that stands for an error of the
// protocol: the base of its table of errors and the number of the error (krb5_err.et).
func minorName(minor uint32) string {
	const base, protocol = -1765328384, 128
	if n := int64(int32(minor)) - base; n > 0 && n < protocol {
		return tokens.ErrorCode(n).Name()
	}
	return ""
}

// eventCodes returns the errors in an event of a client's log.
func eventCodes(e *httpstream.AuthEvent) []Code {
	var codes []Code
	if e.NetError < -1 { // -1 is ERR_IO_PENDING: no answer yet
		codes = append(codes, Code{NetError, netErrors[e.NetError], int64(e.NetError)})
	}
	if e.Security != 0 {
		codes = append(codes, Code{Win32Error, tokens.Win32Status(e.Security).Name(), int64(e.Security)})
	}
	if e.Major != 0 {
		codes = append(codes, Code{GSSMajor, majorName(e.Major), int64(e.Major)})
	}
	if e.Minor != 0 {
		codes = append(codes, Code{GSSMinor, minorName(e.Minor), int64(e.Minor)})
	}
	return codes
}

// codesIn returns the codes among the arguments of a sentence.
func codesIn(args []any) []Code {
	var codes []Code
	for _, a := range args {
		switch a := a.(type) {
		case HTTPCode:
			codes = append(codes, Code{HTTPStatus, httpstream.StatusText(int(a)), int64(a)})
		case tokens.ErrorCode:
			codes = append(codes, Code{KerberosError, a.Name(), int64(a)})
		case tokens.NTStatus:
			codes = append(codes, Code{NTStatus, a.Name(), int64(a)})
		}
	}
	return codes
}

// codesByName are the codes that have a name.
var codesByName = sync.OnceValue(func() map[string]Code {
	all := map[string]Code{}
	for _, s := range tokens.Win32Errors() {
		all[s.Name()] = Code{Win32Error, s.Name(), int64(s)}
	}
	for _, s := range tokens.NTStatuses() {
		all[s.Name()] = Code{NTStatus, s.Name(), int64(s)}
	}
	for _, c := range tokens.ErrorCodes() {
		all[c.Name()] = Code{KerberosError, c.Name(), int64(c)}
	}
	for n, name := range netErrors {
		all[name] = Code{NetError, name, int64(n)}
	}
	return all
})

// codesNamed returns the codes that a sentence names: by their names, as the statuses of IIS with
// a sub-status, or as statuses of Windows in hexadecimal.
func codesNamed(sentence string) []Code {
	var codes []Code
	begin, named := 0, false // of a word, and whether it may be a name
	for i := range len(sentence) + 1 {
		if i < len(sentence) && inCode[sentence[i]] {
			named = named || sentence[i] == '_'
			continue
		}
		if begin < i && (named || sentence[begin] <= '9') { // most words are neither a name nor a number
			codes = append(codes, codesOfWord(strings.Trim(sentence[begin:i], "."))...)
		}
		begin, named = i+1, false
	}
	return codes
}

// codesOfWord returns the codes that a word of a sentence names.
func codesOfWord(word string) []Code {
	switch {
	case strings.IndexByte(word, '_') >= 0:
		if c, ok := codesByName()[word]; ok {
			return []Code{c}
		}
	case word == "" || word[0] < '0' || word[0] > '9':
	case len(word) == len("0x80090308") && word[0] == '0' && word[1]|0x20 == 'x':
		if n, err := strconv.ParseUint(word[2:], 16, 32); err == nil {
			return windowsCode(uint32(n))
		}
	default:
		if sub, ok := subStatus(word); ok {
			return []Code{{IISStatus, word, int64(sub)}}
		}
	}
	return nil
}

// inCode are the characters that may be in the name or the number of a code.
var inCode = func() (is [256]bool) {
	for _, c := range []byte("_.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
		is[c] = true
	}
	return is
}()

// windowsCode returns the code of a number that only an error of Windows can be: its highest bit
// says that it is one.
func windowsCode(n uint32) []Code {
	switch {
	case n>>30 == 3:
		return []Code{{NTStatus, tokens.NTStatus(n).Name(), int64(n)}}
	case n>>31 == 1:
		return []Code{{Win32Error, tokens.Win32Status(n).Name(), int64(n)}}
	}
	return nil
}

// subStatus reads a status of IIS with its sub-status.
func subStatus(word string) (sub int, ok bool) {
	status, rest, ok := strings.Cut(word, ".")
	if !ok || len(status) != 3 || len(rest) == 0 || len(rest) > 3 || status < "400" || status > "599" {
		return 0, false
	}
	sub, err := strconv.Atoi(rest)
	return sub, err == nil
}

// withCodes adds those of more codes that are not there yet.
func withCodes(codes, more []Code) []Code {
	for _, c := range more {
		if !slices.ContainsFunc(codes, func(o Code) bool {
			return o.Value == c.Value && (o.Family == c.Family || o.Name == c.Name) || o.Name != "" && o.Name == c.Name
		}) {
			codes = append(codes, c)
		}
	}
	return codes
}

// statedCode returns a status with its sub-status, as IIS has it.
func statedCode(status, sub int) Code {
	return Code{IISStatus, fmt.Sprintf("%d.%d", status, sub), int64(sub)}
}
