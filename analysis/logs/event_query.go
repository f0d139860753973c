package logs

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// An eventQuery is what the events of a handshake are looked up by.
type eventQuery struct {
	h           *analysis.Handshake
	views       []*analysis.Handshake // the same handshake, as other capture points show it
	client      netip.Addr
	ports       []netip.AddrPort // of the client, one for each connection
	sent        httpstream.Time  // the first credentials, or where there are none the first request
	end         httpstream.Time  // the last response
	names       []string         // of the server: first labels, in small letters
	spn         string           // without its realm, in small letters
	account     string           // of the user, without a domain, in small letters; empty if not known
	byEvents    bool             // account comes from events
	workstation string           // that NTLM names, in small letters
	challenger  string           // the computer that made the NTLM challenge, in small letters
	ticket      uint64           // the sum of the ticket that is presented; 0 for none
	usedBefore  bool             // an earlier handshake presented the ticket
}

// eventQueriesOf returns the queries for handshakes. A handshake that several capture points
// show has one query.
func eventQueriesOf(attempts []*analysis.Handshake, hosts *Hosts) []*eventQuery {
	var all []*eventQuery
	of, used := map[[2]string][]*eventQuery{}, map[uint64]bool{}
	for _, h := range attempts {
		if h.Start.Time.IsZero() {
			continue
		}
		ends := [2]string{h.Client, h.Server}
		i := slices.IndexFunc(of[ends], func(s *eventQuery) bool { return !h.Browser() && s.isView(h) })
		if i >= 0 {
			of[ends][i].views = append(of[ends][i].views, h)
			continue
		}
		s := newEventQuery(h)
		for _, name := range hosts.namesOf(h.ServerAddr()) {
			s.addName(name)
		}
		s.usedBefore = s.ticket != 0 && used[s.ticket]
		used[s.ticket] = true
		of[ends], all = append(of[ends], s), append(all, s)
	}
	return all
}

// isView reports whether h is the handshake of s, seen at another capture point.
func (s *eventQuery) isView(h *analysis.Handshake) bool {
	if s.h.Conn().Origin == h.Conn().Origin || s.h.Start.Time.Sub(h.Start.Time).Abs() > time.Second {
		return false
	}
	return !slices.ContainsFunc(s.views, func(v *analysis.Handshake) bool { return v.Conn().Origin == h.Conn().Origin })
}

func newEventQuery(h *analysis.Handshake) *eventQuery {
	s := &eventQuery{
		h: h, client: h.ClientAddr().Unmap(), sent: h.Start.Time, end: h.Start.Time,
		spn: strings.ToLower(analysis.WithoutRealm(h.SPN)),
	}
	if h.UserEvidence == analysis.Proven {
		s.account = analysis.AccountName(h.User)
	}
	if l := h.OpeningLeg(); l != nil && l.Request != nil {
		s.sent = l.Request.Pos.Time
	}
	for _, l := range h.Legs {
		if p := unmapped(l.Conn.Client); p.IsValid() && !slices.Contains(s.ports, p) {
			s.ports = append(s.ports, p)
		}
		for _, at := range []httpstream.Pos{l.RequestPos(), l.ResponsePos()} {
			if at.Time.After(s.end) {
				s.end = at.Time
			}
		}
	}
	s.addName(h.Host)
	if _, host, ok := strings.Cut(s.spn, "/"); ok {
		s.addName(host)
	}
	if _, m := h.NTLM(2); m != nil && m.Challenge != nil && m.Challenge.TargetInfo != nil {
		if name := m.Challenge.TargetInfo.ComputerName; name != nil {
			s.addName(*name)
			s.challenger = firstLabel(*name)
		}
	}
	if _, m := h.NTLM(3); m != nil && m.Authenticate != nil {
		s.workstation = strings.ToLower(m.Authenticate.Workstation)
	}
	if _, ap := h.APReq(); ap != nil {
		s.ticket = uint64(ap.Ticket.EncPart.Sum)
	}
	return s
}

// addName adds a name by which the server is known.
func (s *eventQuery) addName(host string) {
	if name := firstLabel(analysis.HostOnly(host)); name != "" && !slices.Contains(s.names, name) {
		s.names = append(s.names, name)
	}
}

// isServer reports whether a name is one of the server's.
func (s *eventQuery) isServer(name string) bool { return slices.Contains(s.names, firstLabel(name)) }

// isSPN reports whether text is the SPN of the handshake, or another SPN of its server.
func (s *eventQuery) isSPN(text string) bool {
	text = strings.ToLower(analysis.WithoutRealm(text))
	if text == s.spn && s.spn != "" {
		return true
	}
	class, host, ok := strings.Cut(text, "/")
	return ok && (class == "http" || class == "host" || class == "wsman") && s.isServer(analysis.HostOnly(host))
}
