package correlate

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A sought handshake is what a handshake shows of itself, as far as events are found by that.
type sought struct {
	h           *attempt
	views       []*attempt // the same handshake, as other capture points show it
	client      netip.Addr
	ports       []netip.AddrPort // of the client, one for each connection
	sent        httpstream.Time  // the first credentials, or where there are none the first request
	end         httpstream.Time  // the last response
	names       []string         // of the server: first labels, in small letters
	spn         string           // without its realm, in small letters
	account     string           // of the user, without a domain, in small letters; empty if not known
	byEvents    bool             // account is what events say
	workstation string           // that NTLM names, in small letters
	ticket      uint64           // the sum of the ticket that is presented; 0 for none
	usedBefore  bool             // an earlier handshake presented the ticket
}

// soughtOf returns what is looked for of handshakes. What several capture points show of one is
// looked for once.
func soughtOf(attempts []*attempt, hosts *hostFacts) []*sought {
	var all []*sought
	of, used := map[[2]string][]*sought{}, map[uint64]bool{}
	for _, h := range attempts {
		if h.Start.Time.IsZero() {
			continue
		}
		ends := [2]string{h.Client, h.Server}
		i := slices.IndexFunc(of[ends], func(s *sought) bool { return !h.Browser() && s.isView(h) })
		if i >= 0 {
			of[ends][i].views = append(of[ends][i].views, h)
			continue
		}
		s := newSought(h)
		for _, name := range hosts.namesOf(h.ServerAddr()) {
			s.addName(name)
		}
		s.usedBefore = s.ticket != 0 && used[s.ticket]
		used[s.ticket] = true
		of[ends], all = append(of[ends], s), append(all, s)
	}
	return all
}

// isView reports whether another capture point shows in h what s is.
func (s *sought) isView(h *attempt) bool {
	if s.h.Conn().Origin == h.Conn().Origin || s.h.Start.Time.Sub(h.Start.Time).Abs() > time.Second {
		return false
	}
	return !slices.ContainsFunc(s.views, func(v *attempt) bool { return v.Conn().Origin == h.Conn().Origin })
}

func newSought(h *attempt) *sought {
	s := &sought{
		h: h, client: h.ClientAddr().Unmap(), sent: h.Start.Time, end: h.Start.Time,
		spn: strings.ToLower(analysis.WithoutRealm(h.SPN)),
	}
	if h.UserEvidence == analysis.Proven {
		s.account = accountOf(h.User)
	}
	if l := h.Opening(); l != nil && l.Request != nil {
		s.sent = l.Request.Pos.Time
	}
	for _, l := range h.Legs {
		if p := netip.AddrPortFrom(l.Conn.Client.Addr().Unmap(), l.Conn.Client.Port()); p.IsValid() && !slices.Contains(s.ports, p) {
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
func (s *sought) addName(host string) {
	if name := firstLabel(analysis.HostOnly(host)); name != "" && !slices.Contains(s.names, name) {
		s.names = append(s.names, name)
	}
}

// isServer reports whether a name is one of the server's.
func (s *sought) isServer(name string) bool { return slices.Contains(s.names, firstLabel(name)) }

// isSPN reports whether a text is the SPN of the handshake, or names its server in another one.
func (s *sought) isSPN(text string) bool {
	text = strings.ToLower(analysis.WithoutRealm(text))
	if text == s.spn && s.spn != "" {
		return true
	}
	class, host, ok := strings.Cut(text, "/")
	return ok && (class == "http" || class == "host" || class == "wsman") && s.isServer(analysis.HostOnly(host))
}
