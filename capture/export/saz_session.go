package export

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"negotrace/httpstream"
)

var errSAZBudget = errors.New("the archive unpacks to more bytes than sessions can have")

// sazMeta is what raw/N_m.xml says about a session.
type sazMeta struct {
	Timers struct {
		Begin    string `xml:"ClientBeginRequest,attr"`
		Sent     string `xml:"ClientDoneRequest,attr"`
		Response string `xml:"ServerBeginResponse,attr"`
		Done     string `xml:"ServerDoneResponse,attr"`
	} `xml:"SessionTimers"`
	Pipe struct {
		ClientReused bool `xml:"CltReuse,attr"`
	} `xml:"PipeInfo"`
	Flags []struct {
		Name  string `xml:"N,attr"`
		Value string `xml:"V,attr"`
	} `xml:"SessionFlags>SessionFlag"`
}

func (m *sazMeta) flag(name string) string {
	for _, f := range m.Flags {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// address returns the address that two flags make; the zero one if they do not.
func (m *sazMeta) address(ipFlag, port string) netip.AddrPort {
	ip, err := netip.ParseAddr(m.flag(ipFlag))
	n, bad := strconv.ParseUint(port, 10, 16)
	if err != nil || bad != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(n))
}

// session adds the exchange of a session to the timeline.
func (s *sazReader) session(in *sazSession) {
	s.out.Counters.Packets++
	at := httpstream.Pos{Frame: in.number, Stream: -1, File: s.out.File}
	if in.request == nil {
		s.out.Damage("SAZ: session %d: the archive has no request of it", in.number)
		return
	}
	meta, err := s.meta(in.meta)
	if err != nil {
		s.out.Damage("SAZ: session %d: its metadata: %v", in.number, err)
	}
	req, u, err := s.request(in.request, at)
	if err != nil {
		s.out.Damage("SAZ: session %d: request: %v", in.number, err)
		return
	}
	x := &httpstream.Exchange{Request: req}
	req.Pos.Time = harTime(meta.Timers.Begin)
	req.Done.Time = harTime(meta.Timers.Sent)
	if in.response != nil && in.response.UncompressedSize64 > 0 {
		if err := s.response(in.response, x, at); err != nil {
			s.out.Damage("SAZ: session %d: response: %v", in.number, err)
		} else {
			x.Response.Pos.Time = harTime(meta.Timers.Response)
			x.Response.Done.Time = harTime(meta.Timers.Done)
		}
	}
	s.connect(x, u, meta)
	s.buffer.addExchange(x)
}

// member begins reading a member of the archive.
func (s *sazReader) member(f *zip.File, most int64) (io.ReadCloser, error) {
	if s.budget <= 0 {
		return nil, errSAZBudget
	}
	rc, err := f.Open()
	if err == nil {
		s.messages.from.Reset(&spending{r: io.LimitReader(rc, most), budget: &s.budget})
	}
	return rc, err
}

// A spending reader takes what it reads from a budget.
type spending struct {
	r      io.Reader
	budget *int64
}

func (s *spending) Read(p []byte) (int, error) {
	if *s.budget <= 0 {
		return 0, errSAZBudget
	}
	n, err := s.r.Read(p)
	*s.budget -= int64(n)
	return n, err
}

func (s *sazReader) meta(f *zip.File) (*sazMeta, error) {
	m := &sazMeta{}
	if f == nil {
		return m, nil
	}
	rc, err := s.member(f, maxSAZMeta)
	if err != nil {
		return m, err
	}
	defer rc.Close()
	return m, xml.NewDecoder(s.messages.from).Decode(m)
}

func (s *sazReader) request(f *zip.File, at httpstream.Pos) (*httpstream.Request, *url.URL, error) {
	rc, err := s.member(f, maxRawHead)
	if err != nil {
		return nil, nil, err
	}
	defer rc.Close()
	q, err := s.messages.request(at, sizeOf(f))
	if err != nil {
		return nil, nil, err
	}
	// Fiddler writes the whole URL, as to a proxy, also of what came inside of TLS.
	u, err := url.Parse(q.Target)
	if q.Method == "CONNECT" || err != nil || u.Host == "" {
		return q, &url.URL{Scheme: "connect", Host: q.Target}, nil
	}
	if u.Scheme == "https" {
		q.Target = u.RequestURI()
	}
	q.Host = firstOf(q.Host, u.Host)
	return q, u, nil
}

// sizeOf returns the length of a member, as far as one is believed.
func sizeOf(f *zip.File) int64 { return int64(min(f.UncompressedSize64, 1<<40)) }

func (s *sazReader) response(f *zip.File, x *httpstream.Exchange, at httpstream.Pos) error {
	rc, err := s.member(f, maxRawHead)
	if err != nil {
		return err
	}
	defer rc.Close()
	return s.messages.response(x, at, sizeOf(f))
}

// connect finds the connection of an exchange: the client's, for which Fiddler is the
// server. What comes inside of a tunnel comes from the port of the tunnel.
func (s *sazReader) connect(x *httpstream.Exchange, u *url.URL, meta *sazMeta) {
	client := meta.address("x-clientip", meta.flag("x-clientport"))
	port := firstOf(u.Port(), map[string]string{"https": "443"}[u.Scheme], "80")
	name := ""
	if client.IsValid() {
		name = client.String() + " " + u.Scheme + "://" + u.Host
	}
	c := s.conns.connection(name)
	x.Conn = c
	if !c.Client.IsValid() {
		if !client.Addr().IsLoopback() { // to Fiddler every program on its machine is that
			c.Client = client
		}
		c.Server = meta.address("x-hostip", port)
		c.SYN = client.IsValid() && !meta.Pipe.ClientReused
	}
	if u.Scheme == "https" && c.TLS == nil {
		c.TLS = &httpstream.TLS{Opened: true}
		if t := s.tunnels[client.String()]; t != nil {
			c.Tunnel, c.SYN, t.used = t.exchange, t.exchange.Conn.SYN, true
		}
	}
	if u.Scheme == "https" {
		s.opened++
	}
	if r := x.Response; x.Request.Method == "CONNECT" && r != nil && r.Status/100 == 2 {
		s.openTunnel(client.String(), x)
	}
}

// openTunnel remembers the CONNECT of a client's port for what comes inside of it.
func (s *sazReader) openTunnel(client string, x *httpstream.Exchange) {
	if s.tunnels[client] == nil && len(s.tunnels) >= maxExportConns {
		s.out.Counters.Drop(tunnelsDropped, 1, x.Pos())
		return
	}
	s.tunnels[client] = &sazTunnel{exchange: x}
}
