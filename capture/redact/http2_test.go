package redact

import (
	"bytes"
	"encoding/base64"
	"net/netip"
	"strings"
	"testing"

	"negotrace/capture/pcap"
	"negotrace/capture/redact/pseudonym"
	"negotrace/httpstream"
)

// redactedMade redacts packets of connections that were made.
func redactedMade(t testing.TB, packets [][]byte) (out [][]byte) {
	t.Helper()
	r := New(pseudonym.New(pseudonym.Options{}), func(k *pcap.Packet, _ httpstream.File) error {
		out = append(out, bytes.Clone(k.Data))
		return nil
	})
	for i, b := range packets {
		if err := r.Packet(&pcap.Packet{Frame: i + 1, Data: b, Wire: len(b), Link: linkRaw, PlainCopy: &httpstream.PlainCopy{}}, 0, httpstream.File{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

// fields returns a header block of literals.
func fields(pairs ...string) string {
	var b strings.Builder
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		b.WriteString("\x00" + lengths(1, name))
		if n := len(value) - 0x7f; n < 0 {
			b.WriteString(lengths(1, value))
		} else {
			b.WriteString("\x7f" + string([]byte{byte(n)&0x7f | 0x80, byte(n >> 7)}) + value)
		}
	}
	return b.String()
}

// streamed returns messages of HTTP/2 with canaries.
func streamed() []string {
	long := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(canary+":", 20)))
	return []string{
		">" + http2Preface + frameOf(4, 0, 0, "\x00\x03\x00\x00\x00\x64"), frameOf(4, 0, 0, canary) + frameOf(4, 1, 0, ""),
		">" + frameOf(1, 4, 1, fields(":method=POST", ":scheme=https", ":authority="+canary+".corp.test:8443", ":path=/"+canary+"?q="+canary, "cookie="+canary+"="+canary,
			"authorization=Basic "+long, "user-agent=curl/8.5.0 "+canary, "x-"+strings.ToLower(canary)+"="+canary)) + frameOf(0, 9, 1, "\x02"+canary+"\x00\x00") + frameOf(6, 0, 0, canary[:8]),
		frameOf(1, 0, 1, fields(":status=401", "www-authenticate=Basic realm=\""+canary+"\"")) + frameOf(9, 4, 1, fields("location=https://"+canary+"/"+canary, "server="+canary+"/1.0")) +
			frameOf(0, 0, 1, "<p>Access denied for "+canary) + frameOf(0, 1, 1, " "+canary+"</p>") + frameOf(5, 4, 1, "\x00\x00\x00\x02"+fields(":method=GET", ":path=/"+canary)) +
			frameOf(10, 0, 0, canary) + frameOf(7, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x0d"+canary),
	}
}

// TestHTTP2 holds that HTTP/2 of literals keeps its frames and what may stay, and nothing else.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1 << 15, 11, 1} {
		out := redactedMade(t, talked(size, streamed()...))
		both := content(out, netip.AddrFrom4([4]byte(out[0][12:16]))) + "|" + content(out, netip.AddrFrom4([4]byte(out[0][16:20])))
		for _, form := range forms(canary) {
			if i := strings.Index(strings.ToLower(both), strings.ToLower(form)); i >= 0 {
				t.Errorf("segments of %d: %q is in %q", size, form, both[max(i-60, 0):min(i+60, len(both))])
			}
		}
		for _, stays := range []string{http2Preface, ":method\x04POST", ":status\x03401", "Basic realm=\"", "<p>Access denied for ", "curl/8.5.0 ", ":8443"} {
			if !strings.Contains(both, stays) {
				t.Errorf("segments of %d: %q is gone from %q", size, stays, both)
			}
		}
	}
}

// FuzzHTTP2 rewrites anything behind the preface of HTTP/2.
func FuzzHTTP2(f *testing.F) {
	for _, m := range streamed() {
		f.Add([]byte(strings.TrimPrefix(m, ">"+http2Preface)), []byte(m), 100)
	}
	f.Fuzz(func(t *testing.T, a, b []byte, size int) {
		size = max(size%1460, 1+(len(a)+len(b))/200)
		redactedMade(t, talked(size, ">"+http2Preface+string(a), frameOf(4, 0, 0, "")+string(b), ">"+string(b)))
	})
}

// TestHTTP2Bodies holds that a body in frames becomes a blank one of its type, as it does in
// HTTP/1.1, also where it is split.
func TestHTTP2Bodies(t *testing.T) {
	t.Parallel()
	const json = `{"user":"` + canary + `"}`
	response := func(id uint32, media string, frames ...string) string {
		all := frameOf(1, 4, id, fields(":status=200", "content-type="+media))
		for i, f := range frames {
			flags := byte(0)
			if i == len(frames)-1 {
				flags = 1
			}
			all += frameOf(0, flags, id, f)
		}
		return all
	}
	messages := []string{">" + http2Preface + frameOf(4, 0, 0, "") + frameOf(1, 4, 1, fields(":method=POST", ":path=/", "content-type=application/json")) + frameOf(0, 1, 1, json),
		frameOf(4, 0, 0, "") + response(1, "application/json", json) + response(3, "text/xml", json[:1], json[1:]) + response(5, "image/gif", "GIF89a", json) + response(7, "text/plain", json[:5], json[5:]) + response(9, "application/json", "5")}
	for _, size := range []int{1 << 15, 3} {
		out := redactedMade(t, talked(size, messages...))
		client, server := content(out, netip.AddrFrom4([4]byte(out[0][12:16]))), content(out, netip.AddrFrom4([4]byte(out[0][16:20])))
		if spaces := strings.Repeat(" ", len(json)-2); !strings.HasSuffix(client, "{}"+spaces) || !strings.Contains(server, "{}"+spaces) {
			t.Errorf("segments of %d: JSON became %q and %q", size, client, server)
		}
		for _, want := range []string{frameOf(0, 0, 3, "<") + frameOf(0, 1, 3, "x/>"+strings.Repeat(" ", len(json)-4)), frameOf(0, 0, 5, "GIF89a") + frameOf(0, 1, 5, strings.Repeat("\x00", 7)+";"+strings.Repeat("\x00", len(json)-8)), frameOf(0, 0, 7, "xxxxx") + frameOf(0, 1, 7, strings.Repeat("x", len(json)-5)), frameOf(0, 1, 9, "x")} {
			if !strings.Contains(server, want) {
				t.Errorf("segments of %d: %q is not in %q", size, want, server)
			}
		}
	}
}
