package plain

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"negotrace/capture/decode"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
	"negotrace/internal/testcost"
)

func TestMain(m *testing.M) { testcost.Main(m) }

// talk is HTTP in TLS, in HTTP/2, in both, and in TLS in a tunnel.
const talk = `
conn 1 10.0.0.10:50001 > 10.0.0.20:443 tls sni=web.contoso.com
> GET /one HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
<
< denied

> GET /one HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM}}
< HTTP/1.1 200 OK
close client fin
conn 2 10.0.0.10:50002 > 10.0.0.20:443 tls12 h2 sni=web.contoso.com
> POST /two HTTP/1.1
> Host: web.contoso.com
>
> so much
< HTTP/1.1 200 OK
<
< content
close server rst
conn 3 10.0.0.10:50003 > 10.0.0.20:8080 h2
> GET /three HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 403 Forbidden
<
< no
conn 4 10.0.0.10:50004 > 10.0.0.30:3128
> CONNECT web.contoso.com:443 HTTP/1.1
> Host: web.contoso.com:443
< HTTP/1.1 200 OK
tls sni=web.contoso.com
> GET /four HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 200 OK
`

// recorded returns the packets of the script, changed so, and its secrets.
func recorded(t testing.TB, script string, variants ...capturetest.Variant) ([]pcap.Packet, *httpstream.Secrets) {
	t.Helper()
	c, err := capturetest.Parse(script)
	if err != nil {
		t.Fatal(err)
	}
	r, err := capturetest.Read(c.With(variants...).Pcapng())
	if err != nil {
		t.Fatal(err)
	}
	var packets []pcap.Packet
	for i, p := range r.Packets {
		packets = append(packets, pcap.Packet{Frame: i + 1, Data: p.Data, Wire: len(p.Data), Link: linkEthernet, Time: httpstream.TimeOf(p.Time)})
	}
	secrets := &httpstream.Secrets{}
	secrets.Add(c.KeyLog)
	return packets, secrets
}

// opened returns the packets that are made.
func opened(o *Opener, packets []pcap.Packet) (made []pcap.Packet) {
	for _, p := range beside(o, packets) {
		if p.Synthetic {
			made = append(made, p)
		}
	}
	return made
}

// hiding returns an Opener that clears HTTP/2 in the packets.
func hiding(secrets *httpstream.Secrets, packets []pcap.Packet) *Opener {
	first, o := New(secrets), New(secrets)
	beside(first, packets)
	o.Hide = first.Cleartext
	return o
}

// beside returns the packets with those that are made.
func beside(o *Opener, packets []pcap.Packet) (all []pcap.Packet) {
	add := func(some []Packet) {
		for _, p := range some {
			all = append(all, p.Packet)
		}
	}
	for i := range packets {
		k := packets[i]
		k.Data = slices.Clone(k.Data)
		before, behind := o.Packet(&k, 0, httpstream.File{})
		add(before)
		k.Data = slices.Clone(k.Data)
		all = append(all, k)
		add(behind)
	}
	add(o.Close())
	for i := range all {
		all[i].Frame = i + 1
	}
	return all
}

// exchanges says what is read of packets.
func exchanges(packets []pcap.Packet, secrets *httpstream.Secrets, wants func(*httpstream.Exchange) bool) (said []string) {
	var counters httpstream.Counters
	counters.Undecoded, counters.Dropped = map[string]int{}, map[string]int{}
	counters.TLSNotOpened, counters.Responses = map[string]int{}, map[int]int{}
	a := httpstream.NewAssembler(httpstream.Sink{Exchange: func(x *httpstream.Exchange) bool {
		if !wants(x) {
			return false
		}
		text := fmt.Sprint(x.Conn.Client.Addr(), " ", x.Pos().Time)
		if c := x.Conn; c.TLS != nil {
			text += fmt.Sprint(" in ", c.TLS.Version, c.TLS.Cipher, c.TLS.SNI, c.TLS.ALPN, c.TLS.ClientHello, len(c.TLS.Certificate), c.TLS.Opened, c.TLS.Obstacle, c.Server.Port(), c.Tunnel != nil)
		}
		if q := x.Request; q != nil {
			text += fmt.Sprint(" ~", q.Method, q.Target, q.Host, q.BodyLen, len(q.Header.Value("Authorization")))
		}
		if p := x.Response; p != nil {
			text += fmt.Sprint(" ~", p.Status, p.BodyLen, p.Header.Value("WWW-Authenticate"), string(p.Body))
		}
		said = append(said, text)
		return false
	}}, secrets, &counters)
	d := decode.New(&counters, 1, func(events []decode.Event) []decode.Event {
		for i := range events {
			if events[i].Datagram == nil {
				a.Segment(&events[i].Segment)
			}
		}
		return events[:0]
	})
	for i := range packets {
		d.Packet(&packets[i], 0, httpstream.File{})
		d.HandOver()
	}
	a.Close()
	slices.Sort(said)
	return said
}

// messages takes exchanges apart.
func messages(exchanges []string) (all []string) {
	for _, x := range exchanges {
		all = append(all, strings.Split(x, " ~")[1:]...)
	}
	slices.Sort(all)
	return all
}

// hidden reports whether an exchange was in TLS or HTTP/2.
func hidden(x *httpstream.Exchange) bool { return x.Conn.TLS != nil || x.HTTP2() }

func every(*httpstream.Exchange) bool { return true }

// TestSameExchanges holds that with what is made the packets say without keys what they say with
// them, of TLS too, whatever segment is lost.
func TestSameExchanges(t *testing.T) {
	t.Parallel()
	for n := -1; n < 60; n += testcost.Step(3) {
		var variants []capturetest.Variant
		if n >= 0 {
			variants = append(variants, capturetest.Drop(n))
		}
		packets, secrets := recorded(t, talk, variants...)
		want := exchanges(packets, secrets, hidden)
		o := hiding(secrets, packets)
		got := exchanges(beside(o, packets), nil, hidden)
		if n >= 0 { // which answer belongs to which request is less sure then
			got, want = messages(got), messages(want)
		}
		if !slices.Equal(got, want) {
			t.Errorf("without segment %d:\n%s\nand not\n%s", n, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if n < 0 && len(want) != 5 {
			t.Errorf("%d exchanges: %q", len(want), want)
		}
	}
}

// TestMadePackets holds that packets have right checksums, numbers that follow each other, the
// times of those that they come behind, and the end that the connection had.
func TestMadePackets(t *testing.T) {
	t.Parallel()
	packets, secrets := recorded(t, talk)
	made := opened(New(secrets), packets)
	next := map[string]uint32{}
	ends, notes := "", 0
	for i, p := range made {
		ip := p.Data[14:]
		pseudo := append([]byte{0, 6, 0, 0}, ip[12:20]...)
		be.PutUint16(pseudo[2:], uint16(len(ip)-20))
		if onesComplementSum(0, ip[:20]) != 0xffff || onesComplementSum(uint32(onesComplementSum(0, pseudo)), ip[20:]) != 0xffff {
			t.Errorf("packet %d has a wrong checksum", i)
		}
		if p.Wire != len(p.Data) || int(be.Uint16(ip[2:])) != len(ip) || !p.Synthetic {
			t.Errorf("packet %d is of %d and %d bytes", i, p.Wire, be.Uint16(ip[2:]))
		}
		if i > 0 && p.Time.Before(made[i-1].Time) {
			t.Errorf("packet %d goes back in time", i)
		}
		tcp := ip[20:]
		from := fmt.Sprint(ip[12:20], tcp[:4])
		seq := be.Uint32(tcp[4:])
		if want, known := next[from]; known && tcp[13]&httpstream.FlagSYN == 0 && seq != want {
			t.Errorf("packet %d begins at %d and not %d", i, seq, want)
		}
		next[from] = seq + uint32(len(tcp)-20)
		if tcp[13]&(httpstream.FlagSYN|httpstream.FlagFIN) != 0 {
			next[from]++
		}
		switch {
		case tcp[13]&httpstream.FlagFIN != 0:
			ends += "F"
		case tcp[13]&httpstream.FlagRST != 0:
			ends += "R"
		}
		if p.PlainCopy == nil {
			t.Errorf("packet %d is not said to be made", i)
		} else if p.PlainCopy.ServerPort != 0 {
			notes++
		}
	}
	if ends != "FFR" || notes != 4 {
		t.Errorf("ends %q, %d notes", ends, notes)
	}
}

// TestHTTP2Alone holds that without secrets only HTTP/2 that is not in TLS is made anew, and
// that it is gone from its own packets, whose checksums stay right.
func TestHTTP2Alone(t *testing.T) {
	t.Parallel()
	packets, _ := recorded(t, talk)
	o := hiding(nil, packets)
	var after, made []pcap.Packet
	for i := range packets {
		k := packets[i]
		before, behind := o.Packet(&k, 0, httpstream.File{})
		for _, p := range append(before, behind...) {
			made = append(made, p.Packet)
		}
		k.Data = slices.Clone(k.Data)
		after = append(after, k)
		ip := k.Data[14:][:be.Uint16(k.Data[16:])]
		pseudo := append([]byte{0, 6, 0, 0}, ip[12:20]...)
		be.PutUint16(pseudo[2:], uint16(len(ip)-20))
		if got := onesComplementSum(uint32(onesComplementSum(0, pseudo)), ip[20:]); got != 0xffff {
			t.Errorf("packet %d has a wrong checksum", i+1)
		}
	}
	if got := exchanges(made, nil, every); len(got) != 1 || !strings.Contains(got[0], "/three") {
		t.Errorf("made: %q", got)
	}
	if got := exchanges(after, nil, func(x *httpstream.Exchange) bool { return x.HTTP2() }); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
	if o.Counts.Connections != 1 {
		t.Errorf("%+v", o.Counts)
	}
}

// TestPortTaken holds that two connections are made of the same ends on different ports.
func TestPortTaken(t *testing.T) {
	t.Parallel()
	packets, secrets := recorded(t, `
conn 1 10.0.0.10:50001 > 10.0.0.20:443 tls
> GET /one HTTP/1.1
> Host: a
conn 2 10.0.0.10:50001 > 10.0.0.20:8443 tls
> GET /two HTTP/1.1
> Host: a
< HTTP/1.1 200 OK
conn 1
< HTTP/1.1 403 Forbidden
`)
	made := opened(New(secrets), packets)
	if got := exchanges(made, nil, every); len(got) != 2 || !strings.Contains(got[0], "/one") || !strings.Contains(got[0], "403") {
		t.Errorf("%q", got)
	}
}

// TestLinks holds that packets are made of each link type, and read again.
func TestLinks(t *testing.T) {
	t.Parallel()
	for _, link := range []pcap.LinkType{linkNull, linkEthernet, linkRawBSD, linkRawOpen, linkRaw, linkLoop, linkSLL, linkSLL2, linkIPv4, linkIPv6, 127} {
		for _, ends := range [][2]string{{"192.0.2.1:5000", "192.0.2.2:80"}, {"[2001:db8::1]:5000", "[2001:db8::2]:80"}} {
			h := header{src: netip.MustParseAddrPort(ends[0]), dst: netip.MustParseAddrPort(ends[1]), seq: 7, flags: httpstream.FlagACK}
			as, b := h.packet(link, []byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
			packets := []pcap.Packet{{Data: b, Wire: len(b), Link: as}}
			if got := exchanges(packets, nil, every); len(got) != 1 {
				t.Errorf("link type %d, written as %d: %q of % x", link, as, got, b)
			}
		}
	}
}

// TestEveryPrefix cuts every packet at every byte.
func TestEveryPrefix(t *testing.T) {
	t.Parallel()
	packets, secrets := recorded(t, talk)
	for i := range packets {
		whole := packets[i]
		for n := 0; n < len(whole.Data); n += 1 + n/70*9 {
			packets[i].Data = whole.Data[:n]
			opened(New(secrets), packets[max(i-4, 0):min(i+3, len(packets))])
		}
		packets[i] = whole
	}
}

// FuzzOpener opens packets of any content behind those of a connection.
func FuzzOpener(f *testing.F) {
	packets, secrets := recorded(f, talk)
	for i := range packets {
		f.Add(packets[i].Data, uint16(i), uint16(linkEthernet))
	}
	f.Fuzz(func(t *testing.T, b []byte, place, link uint16) {
		all := slices.Clone(packets)
		all[int(place)%len(all)] = pcap.Packet{Data: b, Wire: len(b), Link: pcap.LinkType(link)}
		opened(New(secrets), all)
	})
}
