package analysis

import "strings"

// notAboutUser are the sub-statuses by which IIS refuses anybody, and what it says with them
// (Microsoft, HTTP status codes in IIS).
var notAboutUser = map[string]string{
	"403.4":   "https is required",
	"403.5":   "encryption with 128 bits is required",
	"403.6":   "the client's address is rejected",
	"403.7":   "a client certificate is required",
	"403.8":   "the client's domain name is rejected",
	"403.12":  "the client certificate has no account",
	"403.13":  "the client certificate is revoked, or whether it is could not be checked",
	"403.14":  "the directory has no default document, and is not listed",
	"403.16":  "the client certificate is not trusted or not valid",
	"403.17":  "the client certificate has expired or is not valid yet",
	"403.501": "too many requests of the client's address at one time",
	"403.502": "too many requests of the client's address",
	"403.503": "the client's address is rejected",
}

// NotAboutUser returns the sub-status on the page of a leg by which IIS refuses whoever it is,
// and what it asks for; "" if there is none.
func (l *Leg) NotAboutUser() (subStatus, reason string) {
	subStatus, _, _ = strings.Cut(l.SubStatus, " ")
	if reason = notAboutUser[subStatus]; reason == "" {
		return "", ""
	}
	return subStatus, reason
}

// PageFact is the fact that the page of an error names the sub-status: "page:403.7".
func PageFact(subStatus string) Fact { return Fact("page:" + subStatus) }
