package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/internal/capturetest"
	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

// TestRedactAgainstTshark holds that tshark sees the same protocols in what was redacted, and no malformed packet
// more. Traces of Windows and captures of Network Monitor are compared as convert writes them, and
// captures in which TLS is opened without their keys and without the packets that were added. It looks at some files,
// at all where a directory is named.
func TestRedactAgainstTshark(t *testing.T) {
	t.Parallel()
	program := tsharkFor(t)
	dir := t.TempDir()
	key := fixedKey(t, dir)
	out, plain := filepath.Join(dir, "out"), filepath.Join(dir, "plain")
	for i, file := range packetFiles(t) {
		if os.Getenv(capturesVariable) == "" && i%47 != 0 {
			continue
		}
		var stdout, stderr bytes.Buffer
		if run(t.Context(), []string{"redact", file, "-o", out, "--key", key}, noEnv, nil, &stdout, &stderr) != clean {
			continue // see TestRedactProvesItself
		}
		before, filter := file, ""
		switch {
		case filepath.Ext(file) == ".etl" || filepath.Ext(file) == ".cap":
			if before = plain; run(t.Context(), []string{"convert", file, "-o", plain}, noEnv, nil, &stdout, &stderr) != clean {
				t.Fatalf("%s: %s", file, stderr.String())
			}
		case strings.Contains(stdout.String(), "connections to port 80"):
			editcap, err := exec.LookPath("editcap")
			if err != nil {
				continue
			}
			if text, err := exec.Command(editcap, "--discard-all-secrets", file, plain).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %s", file, err, text)
			}
			before, filter = plain, `!(frame.interface_name in {"opened TLS", "HTTP/2 anew"})`
		}
		if before, after := hierarchy(t, program, before, ""), hierarchy(t, program, out, filter); before != after {
			t.Errorf("%s: the protocols differ:\n%s", file, cmp.Diff(before, after))
		}
	}
}

// TestRedactEncapsulatedAgainstTshark holds the same of a logon in every encapsulation and on every kind of link.
func TestRedactEncapsulatedAgainstTshark(t *testing.T) {
	t.Parallel()
	program := tsharkFor(t)
	c, err := capturetest.Parse(`
conn 1 10.0.0.10:50000 > 10.0.0.20:80
> GET /brunhilde HTTP/1.1
> Host: web.contoso.com
> Authorization: NTLM {ntlm1}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: NTLM {ntlm2}
`)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := capturetest.Read(c.Pcapng())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*capturetest.Recording{}
	for _, w := range capturetest.Wrappings() {
		all[w.Name], _ = plain.Wrap(w)
	}
	for name, relinked := range plain.Relinked() {
		all[name] = relinked()
	}
	delete(all, "ERSPAN II without a number") // of which tshark takes addresses for a length
	le := binary.LittleEndian
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pcapng"), filepath.Join(dir, "out.pcapng")
	interfaces, packets := packettest.Section(le), []byte(nil)
	for i, name := range slices.Sorted(maps.Keys(all)) {
		interfaces = append(interfaces, packettest.Interface(le, int(all[name].Link))...)
		for _, p := range all[name].Packets {
			packets = append(packets, packettest.Enhanced(le, i, 7e6, p.Data)...)
		}
	}
	if err := os.WriteFile(in, append(interfaces, packets...), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if run(t.Context(), []string{"redact", in, "-o", out, "--key", fixedKey(t, dir)}, noEnv, nil, &stdout, &stderr) != clean {
		t.Fatal(stderr.String())
	}
	if before, after := hierarchy(t, program, in, ""), hierarchy(t, program, out, ""); before != after || !strings.Contains(before, "http") {
		t.Errorf("the protocols differ:\n%s", cmp.Diff(before, after))
	}
}

// TestRedactBodiesAgainstTshark holds the same of bodies that are not of the type which their head says, and of those
// that tshark takes apart.
func TestRedactBodiesAgainstTshark(t *testing.T) {
	t.Parallel()
	program := tsharkFor(t)
	const xml = `<?xml version="1.0" encoding="UTF-8"?><users><user name="brunhilde"/></users>`
	const point = "\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\x0aIDATx\x9cc`\x00\x00\x00\x02\x00\x01\xe2!\xbc3\x00\x00\x00\x00IEND\xaeB`\x82"
	const gif, jpeg = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00H\x00H\x00\x00\xff\xd9"
	const film, der = "\x00\x00\x00\x1cftypmp42\x00\x00\x00\x00mp42isomavc1", "0\x03\x0a\x01\x06"
	le := binary.LittleEndian
	capture := packettest.PcapHeader(le, packettest.PcapMicro, packettest.LinkRaw)
	for i, c := range [][2]string{
		{"text/html", xml}, {"text/plain", xml}, {"text/css", xml}, {"text/xml", xml}, {"application/soap+xml", "brunhilde"}, {"application/json", xml}, {"application/json", "brunhilde is unknown"},
		{"application/json", ` ["brunhilde"]`}, {"application/json-rpc", `{"a":"brunhilde"}`}, {"text/html", `{"a":"brunhilde"}`}, {"image/png", point}, {"image/png", gif}, {"image/gif", jpeg}, {"image/jpeg", "brunhilde"},
		{"application/x-brunhilde", point}, {"application/x-brunhilde", gif}, {"application/pdf", jpeg}, {"text/html", point}, {"video/mp4", film}, {"application/ocsp-response", der}, {"application/pkix-crl", der},
		{"application/pkcs7-mime", der}, {"application/timestamp-reply", der}, {"application/vnd.ms-sync.wbxml", "\x03\x01j\x00E\x03brunhilde\x00\x01"}, {"message/http", "GET /brunhilde HTTP/1.1"},
	} {
		for n, framing := range []string{fmt.Sprintf("Content-Length: %d\r\n\r\n", len(c[1])), fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n", len(c[1]))} {
			response := "HTTP/1.1 200 OK\r\nContent-Type: " + c[0] + "\r\n" + framing + c[1] + "\r\n0\r\n\r\n"[:7*n]
			client, server := netip.AddrPortFrom(packettest.Client4.Addr(), uint16(50000+2*i+n)), packettest.Server4
			asked := packettest.IPv4(6, client.Addr(), server.Addr(), packettest.Segment(client, server, packettest.Request))
			answered := packettest.IPv4(6, server.Addr(), client.Addr(), packettest.Segment(server, client, response))
			copy(answered[24:], asked[28:32]) // goes on where the client acknowledges
			binary.BigEndian.PutUint32(answered[28:], binary.BigEndian.Uint32(asked[24:])+uint32(len(packettest.Request)))
			capture = append(append(capture, packettest.PcapRecord(le, i, 0, asked)...), packettest.PcapRecord(le, i, n, answered)...)
		}
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pcap"), filepath.Join(dir, "out.pcap")
	if err := os.WriteFile(in, capture, 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if run(t.Context(), []string{"redact", in, "-o", out, "--key", fixedKey(t, dir)}, noEnv, nil, &stdout, &stderr) != clean {
		t.Fatal(stderr.String())
	}
	if before, after := hierarchy(t, program, in, ""), hierarchy(t, program, out, ""); before != after || !strings.Contains(before, "xml") {
		t.Errorf("the protocols differ:\n%s", cmp.Diff(before, after))
	}
}

// TestRedactCutAgainstTshark holds that no packet becomes malformed that is cut, and none that goes on behind one.
func TestRedactCutAgainstTshark(t *testing.T) {
	t.Parallel()
	program := tsharkFor(t)
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pcap"), filepath.Join(dir, "out.pcap")
	whole, err := capturetest.Read(mustRead(t, "../../testdata/proxy-kerberos.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{96, 200, 400, 1200} {
		if err := os.WriteFile(in, snapped(whole.Pcap(binary.LittleEndian), n), 0o600); err != nil {
			t.Fatal(err)
		}
		os.Remove(out)
		var stdout, stderr bytes.Buffer
		if run(t.Context(), []string{"redact", in, "-o", out, "--key", fixedKey(t, dir)}, noEnv, nil, &stdout, &stderr) != clean {
			t.Fatal(stderr.String())
		}
		before, after := hierarchy(t, program, in, "tcp.port == 88"), hierarchy(t, program, out, "tcp.port == 88")
		if before != after || !strings.Contains(before, "kerberos") {
			t.Errorf("cut to %d bytes, the protocols differ:\n%s", n, cmp.Diff(before, after))
		}
	}
}

// fixedKey writes a key, so that what tshark may take for something else is the same each time.
func fixedKey(t *testing.T, dir string) string {
	t.Helper()
	file := filepath.Join(dir, "key")
	if err := os.WriteFile(file, []byte("a key of at least 16 bytes"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// tsharkFor returns the program, and skips the test where it is not installed, or only some tests are wanted.
func tsharkFor(t *testing.T) string {
	t.Helper()
	if os.Getenv(capturesVariable) == "" && testcost.Count(0, 1) == 0 {
		t.Skip("only with NEGOTRACE_EXHAUSTIVE: TestRedactOpensTLS has tshark read what was redacted, too")
	}
	program, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("no tshark")
	}
	return program
}

// hierarchy returns the protocols that tshark sees in the packets of a file that a filter passes, and how many packets
// of each, but not of how many bytes: files count those differently. What is malformed is one of the protocols, and a
// comment on a packet is none.
func hierarchy(t *testing.T, program, file, filter string) string {
	t.Helper()
	statistics := "io,phs"
	if filter != "" {
		statistics += "," + filter
	}
	text, err := exec.Command(program, "-r", file, "-q", "-z", statistics).Output()
	if err != nil {
		t.Fatal(err)
	}
	counts, path := map[string]int{}, []string(nil)
	for _, m := range protocolLine.FindAllStringSubmatch(string(text), -1) {
		path = append(path[:len(m[1])/2], m[2])
		packets, _ := strconv.Atoi(m[3])
		protocols := slices.DeleteFunc(slices.Clone(path), func(p string) bool { return p == "pkt_comment" || p == "frame" })
		if len(protocols) > 0 && path[len(path)-1] == protocols[len(protocols)-1] {
			counts[strings.Join(protocols, "/")] += packets
		}
	}
	var b strings.Builder
	for _, protocols := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "%s: %d\n", protocols, counts[protocols])
	}
	return b.String()
}

// protocolLine matches a line of tshark's statistics: blanks, a protocol, and how many packets have it.
var protocolLine = regexp.MustCompile(`(?m)^( *)(\S+) +frames:(\d+)`)
