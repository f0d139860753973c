package capturetest

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const everything = `
# Every kind of line and most macros.
dns 10.0.0.10 web.contoso.com CNAME node1.contoso.com A 10.0.0.20
dns 10.0.0.10 gone.contoso.com nxdomain
kdc > as-req cname=alice@CONTOSO.COM etypes=18,17,23
kdc < krb-error 25 sname=krbtgt/CONTOSO.COM@CONTOSO.COM etype-info2=18,23
kdc tcp 10.0.0.10:40001 > 10.0.0.1:88 tgs-req HTTP/web.contoso.com@CONTOSO.COM for-user=bob@CONTOSO.COM
kdc tcp 10.0.0.10:40001 < 10.0.0.1:88 tgs-rep HTTP/web.contoso.com@CONTOSO.COM
conn 1 10.0.0.10:50000 > 10.0.0.20:80
> GET / HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
< WWW-Authenticate: NTLM

> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM mutual}}
< HTTP/1.1 200 OK
< WWW-Authenticate: Negotiate {spnego-resp state=accept-completed mech=ms-krb5 token={aprep}}
<
< hello
wait 2s
conn 2 [fd00::10]:50000 > [fd00::20]:8080
> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: NTLM {ntlm1}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: NTLM {ntlm2}
> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: NTLM {ntlm3 user=alice target=HTTP/web.contoso.com cbt=zero}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate {krberror 41 stime=+10m}
close server rst
conn 1
close
want kerberos-authenticated info proven handshake 1: HTTP/web.contoso.com
`

func parse(t *testing.T, text string) *Case {
	t.Helper()
	c, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParse(t *testing.T) {
	c := parse(t, everything)
	want := []Want{{Check: "kerberos-authenticated", Severity: "info", Evidence: "proven", Handshake: 1, Message: "HTTP/web.contoso.com"}}
	if d := cmp.Diff(want, c.Wants); d != "" {
		t.Errorf("wants (-want +got):\n%s", d)
	}
	if got, want := len(c.entries), 4; got != want {
		t.Errorf("%d requests, want %d", got, want)
	}
	if again := parse(t, everything); !bytes.Equal(c.Pcapng(), again.Pcapng()) {
		t.Error("the same text gave different bytes")
	}
}

func TestMistakes(t *testing.T) {
	for _, text := range []string{
		"> GET / HTTP/1.1", "conn 1\n> GET / HTTP/1.1\n> X: {nothing}", "conn 1\n> GET / HTTP/1.1\n> X: {ntlm1 colour=red}",
		"conn 1\n> GET / HTTP/1.1\n> X: {ntlm1", "conn 1\n> GET / HTTP/1.1\n> no header", "want this", "conn 1 loud", "hello",
		"conn 1\nclose\n> GET / HTTP/1.1", "event X", "kdc as-req", "conn 1\n> GET / HTTP/1.1\n> X: {apreq etype=x}",
	} {
		if _, err := Parse(text); err == nil {
			t.Errorf("Parse(%q): no error", text)
		}
	}
}

func TestVariantsKeepBytes(t *testing.T) {
	c := parse(t, everything)
	want := payloads(c)
	for name, v := range map[string]Variant{"one byte": OneByte, "reordered": Reordered, "repeated": Repeated, "vlan": VLAN} {
		if got := payloads(c.With(v)); !cmp.Equal(got, want) {
			t.Errorf("%s: bytes changed", name)
		}
	}
	for n := range c.Segments() {
		if got := c.With(Drop(n)).Segments(); got != c.Segments()-1 {
			t.Fatalf("without segment %d: %d segments, want %d", n, got, c.Segments()-1)
		}
	}
}

// payloads puts the bytes of each direction in order of their sequence numbers.
func payloads(c *Case) map[string]string {
	bySeq := map[string]map[uint32]byte{}
	first := map[string]uint32{}
	for _, p := range c.packets {
		key := p.src.String() + p.dst.String()
		if p.flags&syn != 0 {
			first[key], bySeq[key] = p.seq+1, map[uint32]byte{}
		}
		if p.udp {
			continue
		}
		for i, b := range p.payload {
			bySeq[key][p.seq-first[key]+uint32(i)] = b
		}
	}
	out := map[string]string{}
	for key, m := range bySeq {
		b := make([]byte, len(m))
		for i, v := range m {
			b[i] = v
		}
		out[key] = string(b)
	}
	return out
}

func TestHAR(t *testing.T) {
	b, ok := parse(t, everything).HAR()
	if !ok || !json.Valid(b) {
		t.Fatalf("no valid HAR: %v", ok)
	}
	if _, ok := parse(t, "kdc > as-req").HAR(); ok {
		t.Error("a HAR without requests")
	}
}

const encrypted1 = `
conn 1 10.0.0.10:50000 > 10.0.0.20:443 tls h2
> GET / HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: NTLM
> GET /again HTTP/1.1
> Host: web.contoso.com
> Authorization: NTLM {ntlm1}
reset HTTP_1_1_REQUIRED
close
conn 2 10.0.0.10:50001 > 10.0.0.20:443 tls12
> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: NTLM {ntlm1}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: NTLM {ntlm2}
> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: NTLM {ntlm3 cbt=match}
< HTTP/1.1 200 OK
close server
conn 3 10.0.0.10:50002 > 10.0.0.30:3128
> CONNECT web.contoso.com:443 HTTP/1.1
> Host: web.contoso.com:443
< HTTP/1.1 200 Connection established
< Content-Length: none
tls sni=web.contoso.com
> GET /inside HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 200 OK
close
`

// TestTshark lets another reader judge what this package writes.
func TestTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		if os.Getenv("NEGOTRACE_REQUIRE_TSHARK") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	plain, tls := parse(t, everything), parse(t, encrypted1)
	keys := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(keys, tls.KeyLog, 0o600); err != nil {
		t.Fatal(err)
	}
	heads := "401\n200\n401\n401\n"
	for _, test := range []struct {
		name   string
		file   []byte
		filter string
		field  string
		want   string
	}{
		{"nothing malformed", plain.Pcapng(), "_ws.malformed or _ws.expert.severity >= 0x800000", "frame.number", ""},
		{"checksums", plain.Pcapng(), "tcp.checksum.status == 0 or udp.checksum.status == 0 or ip.checksum.status == 0", "frame.number", ""},
		{"responses", plain.Pcapng(), "http.response", "http.response.code", heads},
		{"one byte", plain.With(OneByte).Pcapng(), "http.response", "http.response.code", heads},
		{"reordered", plain.With(Reordered).Pcapng(), "http.response", "http.response.code", heads},
		{"big endian", plain.With(VLAN).PcapngBigEndian(), "http.response", "http.response.code", heads},
		{"pcap", plain.PcapBigEndian(), "http.response", "http.response.code", heads},
		{"NTLM types", plain.Pcap(), "ntlmssp", "ntlmssp.messagetype", "0x00000001\n0x00000002\n0x00000003\n"},
		{"NTLM user", plain.Pcap(), "ntlmssp.auth.username", "ntlmssp.auth.username", "alice\n"},
		{"Kerberos", plain.Pcap(), "kerberos", "kerberos.msg_type", "10\n30\n12,14\n13\n14\n15\n30\n"},
		{"TLS", tls.With(Secrets).Pcapng(), "http.request", "http.request.uri", "/\n/\nweb.contoso.com:443\n/inside\n"},
		{"HTTP/2", tls.With(Secrets).Pcapng(), "http2.headers.status", "http2.headers.status", "401\n"},
		{"key log", tls.Pcapng(), "http2.rst_stream.error", "http2.rst_stream.error", "13\n"},
	} {
		file := filepath.Join(t.TempDir(), "case.pcapng")
		if err := os.WriteFile(file, test.file, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(tshark, "-r", file, "-o", "tls.keylog_file:"+keys, "-o", "tcp.reassemble_out_of_order:TRUE",
			"-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-d", "tcp.port==3128,http",
			"-Y", test.filter, "-T", "fields", "-e", test.field).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimRight(string(out), "\n"); got != strings.TrimRight(test.want, "\n") {
			t.Errorf("%s: tshark shows %q, want %q", test.name, got, test.want)
		}
	}
}
