package correlate

import (
	"negotrace/analysis"
	"negotrace/httpstream"
)

// kdcNotSeen says what it means that a capture of packets holds nothing of any KDC although
// Kerberos was offered or used, nil if that is not so.
func (e *engine) kdcNotSeen(handshakes []*analysis.Handshake) *httpstream.Limitation {
	if e.knowledge.kdcSeen {
		return nil
	}
	tickets, none := false, false
	for _, h := range handshakes {
		_, ap := h.APReq()
		switch {
		case h.Browser():
		case ap != nil:
			tickets = true
		case h.Scheme == "Negotiate" || h.Opening() == nil && h.Offers("Negotiate"):
			none = true // somebody who sends NTLM or Basic by itself may not want a ticket
		}
	}
	var means string
	switch {
	case tickets && none:
		means = "the tickets come from caches of the clients or from a KDC out of sight, and why some clients used none cannot be seen"
	case tickets:
		means = "the tickets come from caches of the clients or from a KDC out of sight"
	case none:
		means = "whether a client asked for a ticket, and why it got none, cannot be seen: it may remember a refusal, or have a KDC out of sight"
	default:
		return nil
	}
	return &httpstream.Limitation{Kind: "kdc-not-seen", Text: "No message to or from a KDC is in the capture: " + means +
		" (another way through the network, a KDC proxy inside TLS). Purge tickets first (klist purge, kdestroy), and capture port 88 on the client"}
}
