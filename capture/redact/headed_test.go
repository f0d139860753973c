package redact

import (
	"bytes"
	"maps"
	"math"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"negotrace/capture/redact/message"
	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

// TestHeadedNames holds that a name makes no difference in what is not read, wherever it is and however it is cut.
func TestHeadedNames(t *testing.T) {
	t.Parallel()
	a, b := conversations(canary), conversations(other)
	for protocol := range a {
		for _, size := range []int{1460, 100, 7} {
			one, two := redacted(t, linkRaw, a[protocol].packets(size)), redacted(t, linkRaw, b[protocol].packets(size))
			for i := range one {
				if at := firstDifference(one[i], two[i]); at < len(one[i]) {
					t.Errorf("%s, segments of %d: packet %d differs at %d: % x and % x", protocol, size, i, at, one[i][at:min(at+20, len(one[i]))], two[i][at:min(at+20, len(one[i]))])
				}
			}
		}
	}
}

// TestHeadedPrefixes holds that no name is left of messages that are cut anywhere, and that what is kept of a
// message is kept of its beginning.
func TestHeadedPrefixes(t *testing.T) {
	t.Parallel()
	for protocol, s := range conversations(canary) {
		for i, m := range s.messages {
			message, asks := strings.CutPrefix(m, ">")
			for n := i % testcost.Step(23); n < len(message); n += testcost.Step(23) {
				cut := message[:n]
				if asks {
					cut = ">" + cut
				}
				out := bytes.Join(redacted(t, linkRaw, spoken{s.transport, s.port, append(s.messages[max(i-2, 0):i:i], cut)}.packets(1460)), nil)
				for _, text := range []string{canary[:4], canary[4:8], wide(canary[:3]), encoded(canary)[1:9]} {
					if at := bytes.Index(out, []byte(text)); at >= 0 {
						t.Fatalf("%s: %d bytes of message %d: %q is in %q", protocol, n, i, text, out[max(at-40, 0):at+len(text)])
					}
				}
			}
		}
	}
}

// TestHeadedNoToken holds that nothing is kept of what stands where a token may be and begins as no token does.
func TestHeadedNoToken(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"`" + canary, "`\x0c" + canary, "n" + canary, "\xa1\x0c" + canary, "NTLMSSP\x00" + canary} {
		setup := smb2Of(smb2SessionSetup, 0, 0, canary, u16(25)+"\x00\x01"+u32(1)+u32(0)+u16(64+24)+u16(len(text))+zeroBytes(8)+text)
		out := redacted(t, linkRaw, spoken{overTCP, portSMB, []string{">" + setup}}.packets(1460))
		if got := string(out[0]); !strings.HasSuffix(got, zeroBytes(len(text))) {
			t.Errorf("%q became %q", text, got[len(got)-len(text):])
		}
	}
}

// TestHeadedOtherText holds that text on the port of another protocol is no message of that.
func TestHeadedOtherText(t *testing.T) {
	t.Parallel()
	for head, ports := range map[int][]uint16{
		44: {portNetBIOSSession, portSMB, portLDAP, portRDP, portTDS, portPostgreSQL, portModbus, portLDP},
		28: {portLDP, portCoAP, portNetFlow, portIPFIX, portGTP},
	} {
		for _, port := range ports {
			for _, text := range []string{strings.Repeat(canary, 9), strings.Repeat(strings.ToUpper(canary), 9), wide(strings.Repeat(canary, 9))} {
				transport := byte(overTCP)
				if head == 28 {
					transport = overUDP
				}
				out := redacted(t, linkRaw, spoken{transport, port, []string{">" + text}}.packets(50))
				for i, p := range out {
					if got := p[head:]; len(bytes.Trim(got, "\x00")) > 0 {
						t.Errorf("port %d: of %q in packet %d %q is left", port, text, i, got)
					}
				}
			}
		}
	}
}

// TestHeadedLong holds that what follows a message which is not looked at to its end, or is cut, is still found.
func TestHeadedLong(t *testing.T) {
	t.Parallel()
	write := smb2Of(smb2Write, 0, 0, canary, u16(49)+u16(64+48)+u32(12*20000)+zeroBytes(8)+(canary + canary)[:16]+zeroBytes(16)+strings.Repeat(canary, 20000))
	echo := smb2Of(smb2Echo, 0, 0, canary, u16(4)+u16(0))
	packets := spoken{overTCP, portSMB, []string{">" + write, ">" + echo}}.packets(1460)
	for _, lost := range []int{0, 100} {
		kept := packets
		if lost > 0 {
			kept = append(packets[:lost:lost], packets[lost+1:]...)
		}
		out := redacted(t, linkRaw, kept)
		last := string(out[len(out)-1])
		if !strings.Contains(last, echo[:24]) || bytes.Contains(bytes.Join(out, nil), []byte(canary[:4])) {
			t.Errorf("packet %d is lost: the last one is %q", lost, last)
		}
	}
}

// TestHeadedAgainstTshark holds that tshark sees the same protocols in each packet as before, and none that is
// malformed and was not. Behind arguments that became empty it sees data.
func TestHeadedAgainstTshark(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("no tshark")
	}
	if testcost.Count(0, 1) == 0 {
		t.Skip("only with NEGOTRACE_EXHAUSTIVE: TestHeadedNames looks at the same conversations")
	}
	all := conversations(canary)
	var names []string // of each packet
	var packets [][]byte
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, p := range all[name].packets(1460) {
			p[15], p[19] = 1, 1
			names, packets = append(names, name), append(packets, p)
		}
	}
	same := strings.NewReplacer(":data", "", "snmp:snmp", "snmp").Replace
	before, after := seenByTshark(t, program, packets), seenByTshark(t, program, redacted(t, linkRaw, packets))
	for i, name := range names {
		protocols, malformed, _ := strings.Cut(before[i], "\t")
		now, isMalformed, _ := strings.Cut(after[i], "\t")
		if same(now) != same(protocols) || len(isMalformed) > len(malformed) {
			t.Errorf("%s, packet %d: %q became %q", name, i+1, before[i], after[i])
		}
	}
}

// seenByTshark returns for each packet its protocols, and whether they are malformed.
func seenByTshark(t *testing.T, program string, packets [][]byte) []string {
	t.Helper()
	b := packettest.PcapHeaderSnap(be, 0xa1b2c3d4, linkRaw, 65535)
	for i, p := range packets {
		b = append(b, packettest.PcapRecord(be, i, 0, p)...)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command(program, "-n", "-r", file, "-T", "fields", "-e", "frame.protocols", "-e", "_ws.malformed").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// TestHeadedIsNoHTTP holds that HTTP is read also on the ports of other protocols.
func TestHeadedIsNoHTTP(t *testing.T) {
	t.Parallel()
	known := 0
	for port := range uint16(math.MaxUint16) {
		if message.ByPort(port) != nil {
			known++
			out := redacted(t, linkRaw, spoken{overTCP, port, []string{">GET /" + canary + " HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"}}.packets(1460))
			if all := string(bytes.Join(out, nil)); !strings.Contains(all, "Host: ") || !strings.Contains(all, "401 Unauthorized\r\nContent-Length: 0") {
				t.Errorf("port %d: %q", port, all)
			}
		}
	}
}

// FuzzHeaded redacts what may be messages of these protocols.
func FuzzHeaded(f *testing.F) {
	for _, s := range conversations(canary) {
		for _, m := range s.messages {
			f.Add([]byte(strings.TrimPrefix(m, ">")), s.port, s.transport == overTCP, 100)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, port uint16, stream bool, size int) {
		s := spoken{overUDP, port, []string{">" + string(b[:min(len(b), 60<<10)])}}
		if stream {
			s = spoken{overTCP, port, []string{">" + string(b), string(b)}}
		}
		redacted(t, linkRaw, s.packets(max(size%1460, 1+len(b)/200)))
	})
}

// TestWebSocket holds that of frames behind an upgrade the heads stay, with a mask of zeros, and that nothing is looked
// at again behind what is no frame or is lost.
func TestWebSocket(t *testing.T) {
	t.Parallel()
	get := ">GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
	switched := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n\r\n"
	long := strings.Repeat(canary, 20)
	for name, c := range map[string]struct{ frames, want string }{
		"text":          {"\x81\x0c" + canary, "\x81\x0cxxxxxxxxxxxx"},
		"masked":        {"\x82\x8c" + canary[:4] + canary, "\x82\x8c" + zeroBytes(16)},
		"compressed":    {"\xc1\x7e\x00\xf0" + long, "\x81\x7e\x00\xf0" + strings.Repeat("x", 240)},
		"two":           {"\x89\x00\x88\x0c" + canary, "\x89\x00\x88\x0c" + zeroBytes(12)},
		"a long one":    {"\x01\x7f\x00\x00\x00\x00\x00\x01\x00\x00" + strings.Repeat("C", 1<<16) + "\x80\x01a", "\x80\x01\x00"},
		"no frame":      {"\x87\x0c" + canary + get[1:], zeroBytes(14 + len(get) - 1)},
		"cut":           {"\x81\x7d" + canary, "\x81\x7dxxxxxxxxxxxx"},
		"cut in a head": {"\x81\xff" + canary[:3], zeroBytes(5)},
	} {
		for _, size := range []int{1460, 7} {
			out := redacted(t, linkRaw, talked(size, get, switched, ">"+c.frames))
			_, got, _ := strings.Cut(content(out, netip.AddrFrom4([4]byte(out[0][12:16]))), "\r\n\r\n")
			if !strings.HasSuffix(got, c.want) || len(got) != len(c.frames) || strings.Contains(got, canary[:4]) {
				t.Errorf("%s in segments of %d became %q", name, size, got[max(len(got)-100, 0):])
			}
		}
	}
	packets := talked(1460, get, switched, ">\x82\x7e\x20\x00"+strings.Repeat(canary, 600), get)
	out := redacted(t, linkRaw, append(packets[:3:3], packets[4:]...))
	if last := out[len(out)-1][44:]; len(bytes.Trim(last, "\x00")) > 0 {
		t.Errorf("behind what is lost is %q", last)
	}
}
