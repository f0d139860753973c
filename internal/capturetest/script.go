package capturetest

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/google/gopacket"
)

// The sides of a connection.
const (
	client = 0
	server = 1
)

// A script is a case being read.
type script struct {
	records int // events that were logged
	out     *Case
	now     time.Time
	conns   map[string]*conn
	kdcs    map[netip.AddrPort]*conn // TCP connections to KDCs that await an answer
	current *conn
	last    *entry // of the last request sent
	number  int    // of the line being read, or blamed for an error
	block   []string
	began   int // the number of the block's first line
	side    int // of block
}

func newScript() *script {
	return &script{
		out: &Case{Events: map[int][]Event{}}, now: start(),
		conns: map[string]*conn{}, kdcs: map[netip.AddrPort]*conn{},
	}
}

// line takes one line of the script.
func (s *script) line(line string) error {
	side, isMessage := client, strings.HasPrefix(line, ">")
	if strings.HasPrefix(line, "<") {
		side, isMessage = server, true
	}
	if isMessage {
		if len(s.block) > 0 && side != s.side {
			if err := s.flush(); err != nil {
				return err
			}
		}
		if len(s.block) == 0 {
			s.began = s.number
		}
		s.side = side
		s.block = append(s.block, strings.TrimPrefix(line[1:], " "))
		return nil
	}
	if err := s.flush(); err != nil {
		return err
	}
	if line == "" || strings.HasPrefix(line, "#") {
		return nil
	}
	word, rest, _ := strings.Cut(line, " ")
	return s.directive(word, strings.TrimSpace(rest))
}

func (s *script) directive(word, rest string) error {
	words := strings.Fields(rest)
	switch word {
	case "conn":
		return s.open(words)
	case "kdc":
		return s.kdc(rest)
	case "dns":
		return s.dns(words)
	case "want":
		return s.want(rest)
	case "printed":
		s.out.Printed = append(s.out.Printed, strings.ReplaceAll(rest, `\t`, "\t")+"\n"...)
		return nil
	case "logged":
		return s.logged(words)
	case "log":
		s.out.Log = append(s.out.Log, rest+"\n"...)
		return nil
	case "export":
		s.out.Export = rest
		return nil
	case "wait":
		d, err := time.ParseDuration(rest)
		s.now = s.now.Add(d)
		return err
	case "time":
		t, err := time.Parse(time.RFC3339Nano, rest)
		s.now = t
		return err
	}
	if s.current == nil {
		return fmt.Errorf("%s before the first conn", word)
	}
	switch word {
	case "tls":
		return s.startTLS(s.current, words)
	case "h2", "h2c":
		return s.current.goOnInH2(word == "h2c")
	case "close":
		return s.close(words)
	case "lost":
		return s.lost(words)
	case "reset":
		return s.reset(words)
	case "body":
		n, err := strconv.Atoi(rest)
		if err != nil {
			return err
		}
		return s.write(s.current, s.side, []byte(strings.Repeat("x", n)))
	case "event":
		return s.event(words)
	case "kdc-proxy":
		return s.kdcProxy(rest)
	case "failed":
		return s.failed(rest)
	}
	return fmt.Errorf("unknown line %q", word)
}

// failed says why the last request got no response.
func (s *script) failed(why string) error {
	if s.last == nil {
		return fmt.Errorf("failed needs a request before it")
	}
	s.last.failed = why
	return nil
}

func sideOf(word string) int {
	if word == "server" {
		return server
	}
	return client
}

// write sends bytes of the application, inside TLS where that has begun.
func (s *script) write(c *conn, side int, b []byte) error {
	if c.h2 != nil {
		return fmt.Errorf("plain bytes on an HTTP/2 connection")
	}
	return c.write(side, b)
}

func (s *script) event(words []string) error {
	if s.last == nil || len(words) == 0 {
		return fmt.Errorf("event needs a request before it and a name")
	}
	e := Event{Name: words[0]}
	text := map[string]*string{"scheme": &e.Scheme, "spn": &e.SPN, "package": &e.Package,
		"user": &e.User, "result": &e.Result, "status": &e.Status}
	for _, w := range split(strings.Join(words[1:], " ")) {
		key, value, _ := strings.Cut(w, "=")
		value = strings.Trim(value, `"`)
		switch {
		case key == "proxy":
			e.Proxy = true
		case key == "net_error":
			n, err := strconv.Atoi(value)
			if err != nil {
				return err
			}
			e.NetError = n
		case text[key] != nil:
			*text[key] = value
		default:
			return fmt.Errorf("unknown key %q of an event", key)
		}
	}
	s.out.Events[s.last.number] = append(s.out.Events[s.last.number], e)
	return nil
}

// want reads "CHECK[/VARIANT] SEVERITY EVIDENCE [handshake N]: message".
func (s *script) want(rest string) error {
	if rest == "none" {
		return nil
	}
	head, message, found := strings.Cut(rest, ":")
	words := strings.Fields(head)
	if !found || len(words) < 3 {
		return fmt.Errorf("want needs a check, a severity, an evidence and a message: %q", rest)
	}
	w := Want{Severity: words[1], Evidence: words[2], Message: strings.TrimSpace(message), Line: s.number}
	w.Check, w.Variant, _ = strings.Cut(words[0], "/")
	switch {
	case len(words) == 5 && words[3] == "handshake":
		n, err := strconv.Atoi(words[4])
		if err != nil {
			return err
		}
		w.Handshake = n
	case len(words) != 3:
		return fmt.Errorf("want %q", head)
	}
	s.out.Wants = append(s.out.Wants, w)
	return nil
}

func (s *script) finish() *Case {
	buf := gopacket.NewSerializeBuffer()
	for i, p := range s.out.packets {
		s.out.packets[i].frame = bytes.Clone(s.out.frame(buf, p))
	}
	return s.out
}
