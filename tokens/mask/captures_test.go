package mask_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/testcost"
	"negotrace/tokens"
)

// TestHeadersOfCaptures masks every header line of authentication in some captures of testdata, and
// of the directory that NEGOTRACE_CAPTURES names.
func TestHeadersOfCaptures(t *testing.T) {
	values := 0
	for _, file := range captures(t, "pcapng", "pcap", "har", "netlog.json") {
		secrets := &httpstream.Secrets{}
		base, _, _ := strings.Cut(filepath.Base(file), ".")
		if f, err := os.Open(filepath.Join(filepath.Dir(file), base+".keylog")); err == nil {
			if err := secrets.Read(f); err != nil {
				t.Log(err)
			}
			f.Close()
		}
		sources, err := capture.Open([]string{file}, nil)
		if err != nil {
			t.Fatal(err)
		}
		exchange := func(x *httpstream.Exchange) bool {
			values += compareLines(t, x)
			return false
		}
		_, err = capture.Read(context.Background(), sources, capture.Sink{Exchange: exchange}, capture.Options{Secrets: secrets})
		if err != nil {
			t.Log(file, err)
		}
	}
	t.Logf("%d values", values)
	if least := testcost.Count(150, 500); values < least {
		t.Errorf("%d values in testdata, at least %d expected", values, least)
	}
}

func compareLines(t *testing.T, x *httpstream.Exchange) (values int) {
	var all []string
	if x.Request != nil {
		all = append(all, x.Request.Header.Values("Authorization")...)
		all = append(all, x.Request.Header.Values("Proxy-Authorization")...)
	}
	if x.Response != nil {
		all = append(all, x.Response.Header.Values("WWW-Authenticate")...)
		all = append(all, x.Response.Header.Values("Proxy-Authenticate")...)
	}
	for _, v := range all {
		masked, unknown := testNames.Header(v)
		if unknown > 0 {
			t.Logf("%d bytes of %q not understood", unknown, v)
		}
		compareHeader(t, v, masked)
	}
	return len(all)
}

// captures returns the files of testdata and of NEGOTRACE_CAPTURES that end so: every third, unless
// all are asked for.
func captures(t *testing.T, endings ...string) (all []string) {
	dirs := []string{"../../testdata"}
	if dir := os.Getenv("NEGOTRACE_CAPTURES"); dir != "" {
		dirs = append(dirs, dir)
	}
	for _, dir := range dirs {
		for _, ending := range endings {
			files, err := filepath.Glob(filepath.Join(dir, "*."+ending))
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(files); i += testcost.Step(3) {
				all = append(all, files[i])
			}
		}
	}
	return all
}

// TestKDCMessagesOfCaptures masks what went to and from port 88 in these, as far as a message is in
// one packet.
func TestKDCMessagesOfCaptures(t *testing.T) {
	messages := 0
	for _, file := range captures(t, "pcapng") {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := pcapgo.NewNgReader(f, pcapgo.DefaultNgReaderOptions)
		if err != nil {
			t.Fatal(err)
		}
		for {
			b, _, err := r.ReadPacketData()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Log(file, err)
				}
				break
			}
			if m := kdcMessage(gopacket.NewPacket(b, r.LinkType(), gopacket.Default)); m != nil {
				messages++
				compareKDC(t, filepath.Base(file), m)
			}
		}
		f.Close()
	}
	t.Logf("%d messages", messages)
	if least := testcost.Count(30, 100); messages < least {
		t.Errorf("%d messages in testdata, at least %d expected", messages, least)
	}
}

func kdcMessage(p gopacket.Packet) []byte {
	if u, ok := p.Layer(layers.LayerTypeUDP).(*layers.UDP); ok && (u.SrcPort == 88 || u.DstPort == 88) {
		return u.Payload
	}
	if s, ok := p.Layer(layers.LayerTypeTCP).(*layers.TCP); ok && (s.SrcPort == 88 || s.DstPort == 88) && len(s.Payload) > 4 &&
		int(binary.BigEndian.Uint32(s.Payload)) == len(s.Payload)-4 {
		return s.Payload[4:]
	}
	return nil
}

func compareKDC(t *testing.T, name string, m []byte) {
	t.Helper()
	masked, unknown := testNames.KDC(m)
	if unknown > 0 {
		t.Errorf("%s: %d bytes not understood", name, unknown)
	}
	d := tokens.Decoder{Fields: true, Secrets: true}
	before, errBefore := d.KDC(m)
	after, errAfter := d.KDC(masked)
	if placeOf(errBefore) != placeOf(errAfter) {
		t.Errorf("%s: error %v became %v", name, errBefore, errAfter)
	}
	compareFields(t, name, before.Fields, after.Fields)
	withoutNames(t, name, before.Fields, masked)
}
