package decode

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

const logon = `
conn 1 10.0.0.10:50000 > 10.0.0.20:80
> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: NTLM {ntlm1}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: NTLM {ntlm2}
> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: NTLM {ntlm3 user=alice}
< HTTP/1.1 200 OK
conn 2 [fd00::10]:50001 > [fd00::20]:80
> GET /six HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 204 No Content
close client fin
`

// An encapsulation is the logon in another encapsulation.
type encapsulation struct {
	name string
	*capturetest.Recording
	from []int // numbers of the packets it was made of
}

// encapsulations returns the logon as it is, and in all encapsulations by name.
func encapsulations(t testing.TB) (plain *capturetest.Recording, all []encapsulation) {
	t.Helper()
	c, err := capturetest.Parse(logon)
	if err != nil {
		t.Fatal(err)
	}
	plain, err = capturetest.Read(c.Pcapng())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range capturetest.Wrappings() {
		r, from := plain.Wrap(w)
		all = append(all, encapsulation{w.Name, r, from})
	}
	for name, relinked := range plain.Relinked() {
		all = append(all, encapsulation{name, relinked(), nil})
	}
	slices.SortFunc(all, func(a, b encapsulation) int { return strings.Compare(a.name, b.name) })
	return plain, all
}

// brief returns what a segment is, but for its place.
func brief(s *httpstream.Segment) string {
	return fmt.Sprintf("%v > %v %d %d %x %d %q", s.Src, s.Dst, s.Seq, s.Ack, s.Flags, s.Missing, s.Payload)
}

// segments decodes a recording.
func segments(r *capturetest.Recording) (found []string, d *decoding) {
	d = newDecoding()
	for _, p := range r.Packets {
		d.frame(pcap.LinkType(r.Link), p.Data)
	}
	d.Close()
	for i := range d.found {
		found = append(found, brief(&d.found[i].Segment))
	}
	return found, d
}

// TestEncapsulations holds that the segments of a logon are the same in every
// encapsulation, that nothing else is counted, and that no prefix of a frame makes trouble
// or gives more than is there.
func TestEncapsulations(t *testing.T) {
	plain, all := encapsulations(t)
	want, _ := segments(plain)
	for _, e := range all {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			got, d := segments(e.Recording)
			if !slices.Equal(got, want) {
				t.Errorf("got  %.300s\nwant %.300s", got, want)
			}
			if c := d.counters; c.Cut > 0 || len(c.Undecoded) > 0 || len(c.UnreadUDP) > 0 {
				t.Errorf("cut %d, not decoded %v, not read %v", c.Cut, c.Undecoded, c.UnreadUDP)
			}
			for i, p := range e.Packets {
				for n := i % testcost.Step(3); n < len(p.Data); n += testcost.Step(3) {
					d := newDecoding()
					d.Packet(&pcap.Packet{Frame: 1, Data: p.Data[:n:n], Wire: len(p.Data), Link: pcap.LinkType(e.Link)}, 0, httpstream.File{})
					d.Close()
					for i := range d.found {
						if s := &d.found[i].Segment; len(s.Payload) > n || s.Missing < 0 || s.Missing > len(p.Data) {
							t.Fatalf("cut at %d: a payload of %d bytes, %d missing", n, len(s.Payload), s.Missing)
						}
					}
				}
			}
		})
	}
}

// TestAgainstTshark holds that tshark sees the same segments in every encapsulation that it
// reads without being asked to.
func TestAgainstTshark(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip(err)
	}
	le := binary.LittleEndian
	_, all := encapsulations(t)
	file := packettest.Section(le)
	for _, e := range all {
		file = append(file, packettest.Interface(le, int(e.Link))...)
	}
	var ours, names []string
	for i, e := range all {
		if strings.HasPrefix(e.name, "fragments") {
			continue // tshark sees them where the last one came
		}
		for _, p := range e.Packets {
			file = append(file, packettest.Enhanced(le, i, 7e6, p.Data)...)
			s, _ := decoded(t, pcap.LinkType(e.Link), p.Data)
			ours = append(ours, fmt.Sprintf("%d %d %d", s.Src.Port(), s.Dst.Port(), len(s.Payload)))
			names = append(names, e.name)
		}
	}
	path := filepath.Join(t.TempDir(), "encapsulations.pcapng")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "-r", path, "-T", "fields", "-E", "separator= ", "-E", "occurrence=l",
		"-e", "tcp.srcport", "-e", "tcp.dstport", "-e", "tcp.len").Output()
	if err != nil {
		t.Fatal(err)
	}
	theirs := bytes.Split(bytes.TrimSuffix(out, []byte("\n")), []byte("\n"))
	if len(theirs) != len(ours) {
		t.Fatalf("tshark sees %d packets, want %d", len(theirs), len(ours))
	}
	same, unread := map[string]bool{}, map[string]bool{}
	for i, name := range names {
		switch got := strings.TrimSpace(string(theirs[i])); got {
		case "":
			unread[name] = true
		case ours[i]:
			same[name] = true
		default:
			t.Errorf("%s: tshark sees %q, we %q", name, got, ours[i])
		}
	}
	if len(same) < 70 {
		t.Errorf("tshark reads only %d encapsulations", len(same))
	}
	t.Logf("the same in %d encapsulations; tshark does not read %v", len(same), unread)
}
