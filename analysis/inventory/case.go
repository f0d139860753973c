package inventory

import (
	"slices"
	"strings"

	"negotrace/analysis"
)

// A Case is one handshake as it is counted. Other captures of its client may still change the reason.
type Case struct {
	Entry
	// Found are the checks that found something on it and may say why.
	Found []string `json:"found,omitempty"`
	// WhyIfAsked is what Why becomes once it is known that the client asked a KDC.
	WhyIfAsked string `json:"asked,omitempty"`
}

// CaseOf returns how a handshake is counted, given the names of the checks that found something
// on it. It is nil for a handshake that is not counted: the server's side of a proxy whose
// client's side was captured, too, and one without a mechanism. A logon whose credentials an
// export left out counts if its mechanism is known.
func CaseOf(h *analysis.Handshake, found []string) *Case {
	if h.ClientSide != 0 || h.Mechanism == analysis.None {
		return nil
	}
	c := &Case{Entry: Entry{Key: keyOf(h), Count: 1 + h.Repeats, First: h.Start.Time, Last: h.Last().RequestPos().Time}}
	if h.Outcome.Refused() {
		c.Refused = 1
	}
	if h.LastRepeat.After(c.Last) {
		c.Last = h.LastRepeat
	}
	if c.Last.IsZero() {
		c.Last = c.First
	}
	for _, e := range reasons {
		for _, check := range found {
			if check == e.check {
				c.Found = append(c.Found, check)
				break
			}
		}
	}
	c.Why, c.WhyIfAsked = why(h, c.Found, len(h.KDC) > 0), why(h, c.Found, true)
	return c
}

// AskedKDC says that another capture has exchanges of the client with a KDC about the host,
// and which checks found something on these.
func (c *Case) AskedKDC(found []string) {
	c.Why = c.WhyIfAsked
	if c.Mechanism != analysis.NTLM {
		return
	}
	if reason := explain(slices.Concat(found, c.Found)); reason != "" {
		c.Why = reason
	}
}

func keyOf(h *analysis.Handshake) Key {
	k := Key{
		Target: h.Target, Host: strings.ToLower(h.Host), Server: h.Server, SPN: h.SPN, Client: analysis.HostOnly(h.Client), User: h.User, Program: h.Product(),
		Mechanism: h.Mechanism, Version: version(h),
	}
	if _, ap := h.APReq(); ap != nil && h.Mechanism == analysis.Kerberos {
		k.EType = ap.Ticket.EncPart.EType
	}
	return k
}
