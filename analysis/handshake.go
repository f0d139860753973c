package analysis

import (
	"net/netip"
	"slices"

	"negotrace/capture/hosttext"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A Target is whom a handshake authenticates to.
type Target string

// The targets: 401 and Authorization, 407 and Proxy-Authorization.
const (
	ToServer Target = "server"
	ToProxy  Target = "proxy"
)

// Challenge returns the status by which the target asks for credentials.
func (t Target) Challenge() HTTPCode {
	if t == ToProxy {
		return httpstream.StatusProxyAuthRequired
	}
	return httpstream.StatusUnauthorized
}

// A Mechanism is what authenticated, or tried to.
type Mechanism string

// A Handshake is one attempt by one client to authenticate to one server or proxy.
type Handshake struct {
	ID        int       `json:"id"` // from 1, in order of first frame
	Target    Target    `json:"side"`
	Scheme    string    `json:"scheme"` // of the client's credentials; of the first challenge where there are none
	Mechanism Mechanism `json:"mechanism"`
	// MechanismFrom says which event names the mechanism, where no message shows it.
	MechanismFrom string  `json:"mechanism_from,omitempty"`
	Outcome       Outcome `json:"outcome"`
	// OutcomeEvidence says how the outcome is known; empty if it is unknown. OutcomeReason says by
	// what, in one sentence.
	OutcomeEvidence Evidence       `json:"outcome_evidence,omitempty"`
	OutcomeReason   string         `json:"outcome_reason"`
	Start           httpstream.Pos `json:"start"`  // where it begins: the first of its messages
	Client          string         `json:"client"` // ip:port; empty where the format does not say
	Server          string         `json:"server"` // ip:port
	Host            string         `json:"host"`   // of the server or proxy, without port
	URL             string         `json:"url"`    // without its query
	// User is DOMAIN\user or user@REALM; empty if not visible. UserFrom says where
	// it was read if not in the handshake itself.
	User     string `json:"user"`
	UserFrom string `json:"user_from,omitempty"`
	// UserEvidence is how the user is known, empty if not visible.
	UserEvidence Evidence `json:"user_evidence,omitempty"`
	SPN          string   `json:"spn"` // of the ticket presented, of the NTLM target name, or asked of the KDC in vain
	// Program is the client's program by its User-Agent; empty if it does not name itself.
	Program string `json:"program,omitempty"`
	// Translated are its two ends on other sides of routers that translate addresses (NAT), where the
	// capture has its packets there, too.
	Translated []httpstream.Translated `json:"translated,omitempty"`
	// ClientHello differs between programs that begin TLS in different ways; empty without TLS.
	ClientHello string `json:"client_hello,omitempty"`
	// Offered lists the schemes of the bare challenge, in the server's order.
	Offered []string `json:"offered"`
	Legs    []*Leg   `json:"legs"` // its exchanges, in order
	// Frames are the frames of its legs in the file where it begins. Files are all files that show
	// it, if there are several.
	Frames []int             `json:"frames"`
	Files  []httpstream.File `json:"files,omitempty"`
	// CommunityIDs are the Community IDs of its connections, in the order of its legs.
	CommunityIDs []string `json:"community_ids,omitempty"`
	// FromLog reports whether only a web server's log shows it. Its legs are then lines of the
	// log. Repeats counts other logons with the same client, user and result then.
	FromLog bool `json:"from_log,omitempty"`
	// Split reports whether its legs ran over more than one connection although the
	// mechanism is bound to one.
	Split bool `json:"split,omitempty"`
	// ClientSide is the ID of the client's handshake with a proxy that this one continues
	// on the proxy's other side, or that it repeats on the other side of a router which
	// translates addresses; 0 if none is in the capture.
	ClientSide int `json:"front,omitempty"`
	// Repeats counts further requests with the same credentials and result that were
	// not kept as legs: Basic, Bearer and Digest are sent with each.
	Repeats int `json:"repeats,omitempty"`
	// LastRepeat is the time of the last of them.
	LastRepeat httpstream.Time `json:"-"`
	// LastLine is the last line of a log that it stands for, if only a log shows it.
	LastLine httpstream.Pos `json:"-"`
	// FollowOnCount is how many requests without credentials the connection carried after
	// it was authenticated.
	FollowOnCount int `json:"carried,omitempty"`
	// RestartedAt is where the client began a new handshake on the same connection instead of
	// going on with this one; the zero Pos if it did not.
	RestartedAt httpstream.Pos `json:"-"`
	// Complete reports whether no packet of its connections is known to be missing.
	Complete bool `json:"complete"`
	// KDC are the exchanges of the same client with a KDC that belong to it.
	KDC []*KDCExchange `json:"kdc,omitempty"`
	// KDCLeftOut counts further ones, which are with other handshakes.
	KDCLeftOut int `json:"kdc_left_out,omitempty"`
	// RefusedBefore is why a KDC refused the client of an NTLM logon the ticket for the host when it
	// last asked for it, at most 15 minutes before: clients remember that, and do not ask again. It
	// may be of one of KDC; KDCErrNone for none.
	RefusedBefore tokens.ErrorCode `json:"-"`
	// Events are those of event logs that are about it, in the order of their times.
	Events []*LoggedEvent `json:"logged_events,omitempty"`
	// ContraryEvents are events of its server about a logon over its connection, at its time, that
	// name another user than its credentials.
	ContraryEvents []*LoggedEvent `json:"contrary_events,omitempty"`
	// HostTexts are what commands printed about its SPN: tickets in caches, keys in keytabs,
	// accounts that have it.
	HostTexts []*hosttext.Entry `json:"host_texts,omitempty"`
	// DNS is what name servers answered the client about the host and the server's address.
	DNS []Lookup `json:"dns,omitempty"`
	// Candidates are the possible causes of a failure, likeliest first, if the capture does not
	// prove one.
	Candidates []Candidate `json:"candidates,omitempty"`
	// Compared says how it differs from a handshake that was let in, if it was not and the capture
	// has one.
	Compared *Comparison `json:"compared,omitempty"`
	// FollowOns are the first of those requests that may matter to a check: somebody else
	// may have sent them, or the user may not do everything. They are there while checks run.
	FollowOns []*httpstream.Exchange `json:"-"`
	// Reason is the sentence of OutcomeReason until that is made of it.
	Reason Reason `json:"-"`
}

// First and Last are the first and last legs.
func (h *Handshake) First() *Leg { return h.Legs[0] }

// Last returns the last leg.
func (h *Handshake) Last() *Leg { return h.Legs[len(h.Legs)-1] }

// AsksTunnel reports whether it is about requests for a tunnel: who answers them is a proxy, also
// where it asks with 401.
func (h *Handshake) AsksTunnel() bool {
	return slices.ContainsFunc(h.Legs, func(l *Leg) bool { return l.Request.AsksTunnel() })
}

// OpeningLeg returns the first leg with credentials, nil if the client never sent any.
func (h *Handshake) OpeningLeg() *Leg {
	for _, l := range h.Legs {
		if l.Sent != nil {
			return l
		}
	}
	return nil
}

// SchemeAsSent returns the scheme of the first credentials as the client wrote it.
func (h *Handshake) SchemeAsSent() string {
	if l := h.OpeningLeg(); l != nil && l.Sent.Spelling != "" {
		return l.Sent.Spelling
	}
	return h.Scheme
}

// AnonymousLegs lists the legs before the first credentials.
func (h *Handshake) AnonymousLegs() []*Leg {
	for i, l := range h.Legs {
		if l.Sent != nil {
			return h.Legs[:i]
		}
	}
	return h.Legs
}

// ChallengeLeg returns the leg with the bare challenge that the client followed: the first
// one, nil if none was seen. Intermediate legs list only the scheme under way.
func (h *Handshake) ChallengeLeg() *Leg {
	for _, l := range h.Legs {
		if l.Asks && l.Answer() == nil && len(l.Got) > 0 && !l.BehindAcceptor() {
			return l
		}
	}
	return nil
}

// NTLM returns the leg and the message of the given type, nil if there is none: types
// 1 and 3 from the client, 2 from the server. The last one counts.
func (h *Handshake) NTLM(messageType int) (*Leg, *tokens.NTLM) {
	for i := len(h.Legs) - 1; i >= 0; i-- {
		l := h.Legs[i]
		if messageType != 2 {
			if m := l.Sent.NTLM(); m.Type() == messageType {
				return l, m
			}
			continue
		}
		for j := range l.Got {
			if m := l.Got[j].NTLM(); m.Type() == 2 {
				return l, m
			}
		}
	}
	return nil, nil
}

// Offers reports whether the server's bare challenge had the scheme.
func (h *Handshake) Offers(scheme string) bool {
	return slices.Contains(h.Offered, scheme)
}

// OfferedInstead lists the schemes that the answer to its credentials asks for, if theirs, which a challenge before had
// asked for, is not among them.
func (h *Handshake) OfferedInstead() []string {
	last := h.Last()
	if !last.Asks || last.Sent == nil || last.Sent.Scheme == "" || h.ChallengeLeg() == last || !h.Offers(last.Sent.Scheme) {
		return nil
	}
	var schemes []string
	for i := range last.Got {
		if !last.Got[i].Bare() || last.Got[i].Scheme == last.Sent.Scheme {
			return nil
		}
		schemes = append(schemes, last.Got[i].Scheme)
	}
	return schemes
}

// Conn returns the connection of its last leg.
func (h *Handshake) Conn() *httpstream.Conn { return h.Last().Conn }

// ClientAddr returns the client's address, the zero Addr where the format does not say.
func (h *Handshake) ClientAddr() netip.Addr { return h.First().Conn.Client.Addr() }

// ServerAddr returns the server's or proxy's address.
func (h *Handshake) ServerAddr() netip.Addr { return h.First().Conn.Server.Addr() }

// Browser reports whether it comes from a browser export, which has no packets.
func (h *Handshake) Browser() bool {
	return !h.FromLog && (!h.ClientAddr().IsValid() || h.First().Exchange.Pos().Stream < 0)
}

// InPackets reports whether packets show it.
func (h *Handshake) InPackets() bool { return !h.FromLog && !h.Browser() }

// LastResponseOnly reports whether it was recorded by a browser that answers challenges
// itself and records only the last response.
func (h *Handshake) LastResponseOnly() bool {
	r := h.Conn().Recorder
	return r != nil && r.LastOnly
}

// HeadersUnseen reports whether it was recorded without header lines: neither what was
// offered nor what the client sent is known.
func (h *Handshake) HeadersUnseen() bool {
	r := h.Conn().Recorder
	return r != nil && r.NoHeaders
}

// sourceAt returns the ID of the source whose event of a NetLog is at a place, 0 if it is
// none of the handshake.
func (h *Handshake) sourceAt(at httpstream.Pos) int64 {
	for _, l := range h.Legs {
		for i := range l.Events {
			if e := &l.Events[i]; e.Pos.Frame == at.Frame && e.Pos.File == at.File {
				return e.Source
			}
		}
		if !at.InPackets() && (l.RequestPos().Frame == at.Frame || l.ResponsePos().Frame == at.Frame) && l.Exchange.Pos().File == at.File {
			return l.Source
		}
	}
	return 0
}
