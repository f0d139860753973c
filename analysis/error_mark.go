package analysis

// errorMarks begin the sentences in which security libraries say what went wrong: of Java
// (sun.security.krb5), of MIT Kerberos and Heimdal, of mod_auth_gssapi and of Windows.
var errorMarks = [...]string{
	"GSSException:", "KrbException:", "Mechanism level:", "gss_accept_sec_context", "Unspecified GSS failure",
	"Request is a replay", "Clock skew too great", "Checksum failed", "Cannot find key of appropriate type",
	"Cannot find key for type", "Wrong principal in request", "No key table entry", "Decrypt integrity check failed",
	"Ticket expired", "AcceptSecurityContext", "SEC_E_", "KRB_AP_ERR_", "KDC_ERR_",
}

// shortestMark is the length of the shortest of the errorMarks.
const shortestMark = len("SEC_E_")

// markSteps says of two bytes, by their sum, how far a search for the errorMarks may go on
// when a mark of the shortest length would end with them: 0 where one may be there. Nearly
// all pages hold none, and the reader of the capture waits while a page is searched.
var markSteps = func() (steps [1 << 12]uint8) {
	for i := range steps {
		steps[i] = uint8(shortestMark - 1)
	}
	for _, mark := range errorMarks {
		for i := range shortestMark - 1 {
			s := &steps[pairSum(mark[i], mark[i+1])]
			*s = min(*s, uint8(shortestMark-2-i))
		}
	}
	return steps
}()

func pairSum(a, b byte) int { return int(a&0x3f)<<6 ^ int(b) }

// firstMark returns where the first of the errorMarks is on a page, -1 if there is none.
func firstMark(page []byte) int {
	for i := 0; i+shortestMark <= len(page); {
		step := int(markSteps[pairSum(page[i+shortestMark-2], page[i+shortestMark-1])])
		if step == 0 {
			if beginsWithMark(page[i:]) {
				return i
			}
			step = 1
		}
		i += step
	}
	return -1
}

func beginsWithMark(b []byte) bool {
	for _, mark := range errorMarks {
		if len(b) >= len(mark) && string(b[:len(mark)]) == mark {
			return true
		}
	}
	return false
}
