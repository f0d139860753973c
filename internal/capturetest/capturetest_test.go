package capturetest

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/internal/testcost"
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
	want := []Want{{Check: "kerberos-authenticated", Severity: "info", Evidence: "proven", Handshake: 1, Message: "HTTP/web.contoso.com", Line: 1 + strings.Count(everything[:strings.Index(everything, "want ")], "\n")}}
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

// TestMistakesNameLines holds that an error names the line of the archive, also where a
// message is found wrong only at its end.
func TestMistakesNameLines(t *testing.T) {
	for _, tt := range []struct{ archive, want string }{
		{"a comment\n-- fires: a --\nconn 1\nhello\n", "line 4: "},
		{"-- fires: a --\nconn 1\n-- silent: b --\n\nwant this\n", "line 5: "},
		{"-- fires: a --\nconn 1\n> GET / HTTP/1.1\n> Host: a\n> X: {nothing}\n> Y: z\n\n", "line 5: "},
		{"-- fires: a --\nconn 1\n> GET / HTTP/1.1\n> Host: a\n> no header\n< HTTP/1.1 200 OK\n", "line 5: "},
		{"-- fires: a --\n> GET / HTTP/1.1\n> Host: a\n\nconn 1\n", "line 2: "},
		{"-- fires: a --\n-- else: b --\n", "line 2: "},
	} {
		if _, err := ParseArchive([]byte(tt.archive)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("ParseArchive(%q): %v, want %q", tt.archive, err, tt.want)
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
	// Starting tshark takes longer than reading, so several cases are sections of one file.
	// Each has a network of its own: otherwise a connection would go on in the next one.
	in := func(net, script string) *Case {
		return parse(t, strings.NewReplacer("10.0.0.", "10.0."+net+".", "fd00::", "fd0"+net+"::").Replace(script))
	}
	plain, keyed := parse(t, everything), in("4", encrypted1)
	sections := slices.Concat(plain.Pcapng(), in("1", everything).With(OneByte).Pcapng(), in("2", everything).With(Reordered).Pcapng(),
		in("3", everything).With(VLAN).PcapngBigEndian(), keyed.Pcapng(), in("5", encrypted1).With(Secrets).Pcapng())
	keys := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(keys, keyed.KeyLog, 0o600); err != nil {
		t.Fatal(err)
	}
	times := func(n int, of string) string { return strings.TrimSuffix(strings.Repeat(of+" ", n), " ") }
	codes := "401 200 401 401"
	for _, test := range []struct {
		name string
		file []byte
		keys string            // the file with the key log
		want map[string]string // the values of a field, in the order of the frames
	}{
		{"pcapng as it is, in single bytes, reordered, big-endian, and TLS with a key log and with its secrets", sections, keys, map[string]string{
			"_ws.malformed": "", "http.response.code": times(4, codes) + " " + times(2, "401 200 200 200"),
			"ntlmssp.messagetype": times(6, "0x00000001 0x00000002 0x00000003"), "ntlmssp.auth.username": times(6, "alice"),
			"kerberos.msg_type": times(4, "10 30 12,14 13 14 15 30"), "http2.headers.status": times(2, "401"), "http2.rst_stream.error": times(2, "13"),
		}},
		{"pcap, big-endian", plain.PcapBigEndian(), "", map[string]string{"http.response.code": codes}},
		{"pcap, little-endian", plain.Pcap(), "", map[string]string{"ntlmssp.auth.username": "alice"}},
	}[:testcost.Count(1, 3)] {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "case.pcapng")
			if err := os.WriteFile(file, test.file, 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{"-r", file, "-o", "tls.keylog_file:" + test.keys, "-o", "tcp.reassemble_out_of_order:TRUE",
				"-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-d", "tcp.port==3128,http",
				"-T", "fields", "-e", "ip.checksum.status", "-e", "tcp.checksum.status", "-e", "udp.checksum.status", "-e", "_ws.expert.severity"}
			fields := slices.Sorted(maps.Keys(test.want))
			for _, f := range fields {
				args = append(args, "-e", f)
			}
			out, err := exec.Command(tshark, args...).Output()
			if err != nil {
				t.Fatal(err)
			}
			got := map[string][]string{}
			for line := range strings.Lines(string(out)) {
				cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
				if sums := strings.Trim(strings.Join(cells[:3], ""), "1"); sums != "" {
					t.Errorf("tshark finds a checksum wrong: %q", line)
				}
				if strings.Contains(cells[3], strconv.Itoa(0x800000)) {
					t.Errorf("tshark finds an error: %q", line)
				}
				for i, f := range fields {
					if v := cells[4+i]; v != "" {
						got[f] = append(got[f], v)
					}
				}
			}
			for f, want := range test.want {
				if got := strings.Join(got[f], " "); got != want {
					t.Errorf("tshark shows %s %q, want %q", f, got, want)
				}
			}
		})
	}
}
