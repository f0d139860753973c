package analysis

import (
	"net/netip"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A Side tells whom a handshake authenticates to.
type Side string

// The sides: 401 and Authorization, 407 and Proxy-Authorization.
const (
	ToServer Side = "server"
	ToProxy  Side = "proxy"
)

// A Mechanism is what authenticated, or tried to.
type Mechanism string

// The mechanisms. NTLM inside Negotiate is NTLM.
const (
	Kerberos Mechanism = "kerberos"
	NTLM     Mechanism = "ntlm"
	Basic    Mechanism = "basic"
	Digest   Mechanism = "digest"
	Bearer   Mechanism = "bearer"
	Other    Mechanism = "other"
	None     Mechanism = "none" // challenged, never answered
)

// An Outcome is how a handshake ended.
type Outcome string

// The outcomes.
const (
	Succeeded  Outcome = "succeeded"  // the final response is neither 401 nor 407
	Failed     Outcome = "failed"     // refused: an error token, or the schemes offered anew
	Abandoned  Outcome = "abandoned"  // the next leg never came, and it would have been seen
	Unanswered Outcome = "unanswered" // challenged, and no credentials followed
	Unknown    Outcome = "unknown"    // the capture does not show how it ended
)

// A Handshake is one attempt by one client to authenticate to one server or proxy.
type Handshake struct {
	ID        int            `json:"id"` // from 1, in order of first frame
	Side      Side           `json:"side"`
	Scheme    string         `json:"scheme"` // of the client's credentials; of the first challenge where there are none
	Mechanism Mechanism      `json:"mechanism"`
	Outcome   Outcome        `json:"outcome"`
	Start     httpstream.Pos `json:"start"`
	Client    string         `json:"client"` // ip:port; empty where the format does not tell
	Server    string         `json:"server"`
	Host      string         `json:"host"` // of the server or proxy, without port
	URL       string         `json:"url"`
	// User is DOMAIN\user or user@REALM; empty if not visible. UserFrom says where
	// it was read if not from the handshake itself.
	User     string `json:"user"`
	UserFrom string `json:"user_from,omitempty"`
	SPN      string `json:"spn"`
	// Offered lists the schemes of the bare challenge, in the server's order.
	Offered []string `json:"offered"`
	Legs    []*Leg   `json:"legs"`
	Frames  []int    `json:"frames"`
	// Split tells that its legs ran over more than one connection although the
	// mechanism is bound to one.
	Split bool `json:"split,omitempty"`
	// Complete tells that no packet of its connections is known to be missing.
	Complete bool `json:"complete"`
}

// A Leg is one exchange as a handshake sees it.
type Leg struct {
	*httpstream.Exchange
	// Sent are the credentials of the request for the handshake's side, nil if none.
	Sent *tokens.Auth `json:"sent,omitempty"`
	// Got are the challenges of the response for that side.
	Got []tokens.Auth `json:"got,omitempty"`
}

// A KDCExchange is a request to a KDC and its answer.
type KDCExchange struct {
	Client  netip.AddrPort   `json:"client"`
	KDC     netip.AddrPort   `json:"kdc"`
	Request *tokens.Kerberos `json:"request,omitempty"`
	Asked   httpstream.Pos   `json:"asked"`
	Reply   *tokens.Kerberos `json:"reply,omitempty"` // AS-REP, TGS-REP or KRB-ERROR
	Told    httpstream.Pos   `json:"told,omitzero"`
}

// A Lookup is a name server's answer.
type Lookup struct {
	Pos    httpstream.Pos
	Client netip.AddrPort
	Name   string // without trailing dot, lower case
	Type   string // A, AAAA, SRV ...
	RCode  int
	CNAMEs []string // the chain in order, Name left out
	Addrs  []netip.Addr
}
