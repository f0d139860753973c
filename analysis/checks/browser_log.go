package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// saidUnknown returns the words by which the client's security library says that the
// service principal is not in the directory, the name it asked for and where; ""
// where it says nothing of the kind. SEC_E_TARGET_UNKNOWN is SSPI's, the sentence MIT
// Kerberos's for KDC_ERR_S_PRINCIPAL_UNKNOWN.
func saidUnknown(h *analysis.Handshake) (status, spn string, at httpstream.Pos) {
	for _, l := range h.Legs {
		for _, e := range l.Events {
			if e.SPN != "" {
				spn = e.SPN
			}
			if strings.Contains(e.Status, "Server not found in Kerberos database") || strings.Contains(strings.ToLower(e.Status), "80090303") {
				return e.Status, spn, e.Pos
			}
		}
	}
	return "", "", httpstream.Pos{}
}
