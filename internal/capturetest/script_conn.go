package capturetest

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// endpoints takes "A > B" or "A < B" from the front of words.
func endpoints(words []string) (from, to netip.AddrPort, rest []string, err error) {
	if len(words) < 3 || words[1] != ">" && words[1] != "<" {
		return from, to, words, nil
	}
	if from, err = netip.ParseAddrPort(words[0]); err == nil {
		to, err = netip.ParseAddrPort(words[2])
	}
	if words[1] == "<" {
		from, to = to, from
	}
	return from, to, words[3:], err
}

// open carries out a conn line.
func (s *script) open(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("conn without a name")
	}
	name := words[0]
	if c := s.conns[name]; c != nil && len(words) == 1 {
		s.current = c
		return nil
	}
	c := &conn{script: s, name: name, syn: true}
	var err error
	if c.ends[client], c.ends[server], words, err = endpoints(words[1:]); err != nil {
		return err
	}
	if !c.ends[client].IsValid() {
		c.ends[client] = netip.AddrPortFrom(netip.MustParseAddr("10.0.0.10"), uint16(50000+len(s.conns)))
		c.ends[server] = netip.MustParseAddrPort("10.0.0.20:80")
	}
	var tls []string
	for _, w := range words {
		switch {
		case w == "nosyn":
			c.syn = false
			s.out.text = append(s.out.text, "connection seen from its middle")
		case w == "refused":
			c.refused()
			return nil
		case w == "unanswered", w == "unanswered=once":
			c.unanswered(w == "unanswered=once")
			return nil
		case w == "tls", w == "tls12", strings.HasPrefix(w, "sni="):
			tls = append(tls, w)
		case w == "h2":
			c.h2 = newH2()
		default:
			return fmt.Errorf("unknown option %q of conn", w)
		}
	}
	c.x.others = func(conn string) []byte {
		if o := s.conns[conn]; o != nil {
			return o.x.target
		}
		return nil
	}
	s.conns[name], s.current = c, c
	c.establish()
	if tls != nil {
		if c.h2 != nil {
			tls = append(tls, "h2")
		}
		return s.startTLS(c, tls)
	}
	return c.startH2()
}

func (s *script) close(words []string) error {
	side, kind := client, "fin"
	for _, w := range words {
		switch w {
		case "client", "server":
			side = sideOf(w)
		case "fin", "rst":
			kind = w
		default:
			return fmt.Errorf("close %q", w)
		}
	}
	return s.current.close(side, kind == "rst")
}

func (s *script) lost(words []string) error {
	if len(words) != 2 {
		return fmt.Errorf("lost needs a side and a number of bytes")
	}
	n, err := strconv.Atoi(words[1])
	s.current.seq[sideOf(words[0])] += uint32(n)
	s.out.text = append(s.out.text, "lost bytes")
	return err
}
