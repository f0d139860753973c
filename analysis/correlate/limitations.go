package correlate

import (
	"fmt"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// ticketsSeen is whether handshakes used tickets.
type ticketsSeen struct {
	used    bool           // a ticket was presented
	without bool           // Kerberos was offered, and something else was used, or nothing
	opened  bool           // a key of the keytab opened one
	sealed  *tokens.Ticket // the first that was not opened
}

// add adds a handshake.
func (s *ticketsSeen) add(h *analysis.Handshake) {
	_, ap := h.APReq()
	switch {
	case h.Browser():
	case ap != nil:
		s.used = true
		s.opened = s.opened || ap.Ticket.Opened != nil
		if s.sealed == nil && ap.Ticket.Opened == nil {
			s.sealed = &ap.Ticket
		}
	case h.Scheme == "Negotiate" || h.OpeningLeg() == nil && h.Offers("Negotiate"):
		s.without = true // somebody who sends NTLM or Basic by itself may not want a ticket
	}
}

// kdcNotSeen returns the note for a capture of packets without any KDC message although
// Kerberos was offered or used; nil if it has one.
func (e *engine) kdcNotSeen() *httpstream.Limitation {
	if e.knowledge.kdcSeen {
		return nil
	}
	var means string
	switch {
	case e.results.tickets.used && e.results.tickets.without:
		means = "the tickets come from caches of the clients or from a KDC out of sight, and why some clients used none cannot be seen"
	case e.results.tickets.used:
		means = "the tickets come from caches of the clients or from a KDC out of sight"
	case e.results.tickets.without:
		means = "whether a client asked for a ticket, and why it got none, cannot be seen: it may remember a refusal, or have a KDC out of sight"
	default:
		return nil
	}
	return &httpstream.Limitation{Kind: "kdc-not-seen", Text: "No message to or from a KDC is in the capture: " + means +
		" (another way through the network, a KDC proxy inside TLS)"}
}

// keytabOfOthers returns the note for a keytab that opens no ticket of the capture; nil if it does,
// or if there is none to open.
func (e *engine) keytabOfOthers() *httpstream.Limitation {
	k, t := e.decoder.Keytab, e.results.tickets.sealed
	if k == nil || t == nil || e.results.tickets.opened {
		return nil
	}
	return &httpstream.Limitation{Kind: "keytab-of-others", Text: fmt.Sprintf("No key of the keytab (it holds %d) opens a ticket that was presented: it is of another account or realm, or of another password than the tickets. "+
		"The first ticket is for %s, kvno %d, %s", k.Len(), t.Service.String(), t.EncPart.KVNO, t.EncPart.EType)}
}

// logsAloneNote says what logs do not show without a capture. web says that there is a web
// server's log among them, which has the status of each request.
func logsAloneNote(web bool) httpstream.Limitation {
	what := "what tokens held and with which status a request was answered cannot be seen"
	if web {
		what = "and what tokens held cannot be seen. " + noConnections
	}
	return httpstream.Limitation{Kind: "logs-alone", Text: "There is no capture: which schemes a server offered, for which name a client asked for a ticket, " + what + ". " +
		"Give a capture of the same time with the logs"}
}

// noConnections says how lines of a web server's log are put together.
const noConnections = "A web server's log has no connections either: lines of one client, program and site that follow each other are taken for one logon"

// logInPlaceNote says that handshakes are those of a log, where a capture has no request.
func logInPlaceNote() httpstream.Limitation {
	return httpstream.Limitation{Kind: "log-in-place", Text: "No request could be read in the capture: the handshakes are those that the web server's log shows. " + noConnections}
}
