package redact

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"negotrace/capture/redact/pseudonym"
	"negotrace/internal/testcost"
)

// uploaded is a body in parts of several kinds, with a name wherever one may be, and "|" for the boundary.
const uploaded = "preamble Canary7Zebra\r\n" +
	"--|\r\nContent-Disposition: form-data; name=\"Canary7Zebra\"\r\n\r\nCanary7Zebra\r\n--Canary7Zebra\r\n" +
	"--|\r\nContent-Disposition: form-data; name=\"b\";\r\n filename=\"Canary7Zebra.json\"\r\nContent-Type: application/json\r\nX-Canary7Zebra: Canary7Zebra\r\n\r\n{\"Canary7Zebra\": 1}\r\n" +
	"--|  \r\ncontent-type: image/gif\r\nContent-Transfer-Encoding: binary\r\n\r\nGIF89aCanary7Zebra\x00\x01\r\n\r\n" +
	"--|\r\n\r\n\r\n" +
	"--|--\r\nepilogue Canary7Zebra"

// uploadedBecomes is what becomes of it, but for noise.
const uploadedBecomes = "xxxxxxxxxxxxxxxxxxxxx\r\n" +
	"--|\r\nContent-Disposition: form-data; name=\"????????????\"\r\n\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n" +
	"--|\r\nContent-Disposition: form-data; name=\"?\";\r\n filename=\"?????????????????\"\r\nContent-Type: application/json\r\nX-????????????: ????????????\r\n\r\n{}                 \r\n" +
	"--|  \r\ncontent-type: image/gif\r\nContent-Transfer-Encoding: binary\r\n\r\nGIF89a\x00\x00\x00\x00\x00\x00\x00;\x00\x00\x00\x00\x00\x00\x00\x00\r\n" +
	"--|\r\n\r\n\r\n" +
	"--|--\r\nxxxxxxxxxxxxxxxxxxxxx"

// likeParts reports whether a text is another one in which ? stands for any character.
func likeParts(got, want string) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range len(got) {
		if want[i] != '?' && got[i] != want[i] {
			return false
		}
	}
	return true
}

// TestParts holds that a body in parts keeps them, with the boundary of the header line, however it is framed and
// wherever a segment ends, and no name.
func TestParts(t *testing.T) {
	t.Parallel()
	for _, written := range []string{"----FormCanary7Zebra", "\"=_Canary7Zebra 1\"", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		boundary := strings.Trim(written, `"`)
		body := strings.ReplaceAll(uploaded, "|", boundary)
		head := "Content-Type: multipart/form-data; boundary=" + written + "; charset=utf-8\r\n"
		for framing, messages := range map[string][]string{
			"a request": {fmt.Sprintf(">POST / HTTP/1.1\r\nHost: a\r\n%sContent-Length: %d\r\n\r\n%s", head, len(body), body), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
			"an answer": {">GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\n" + head + "\r\n" + body},
			"a chunk":   {fmt.Sprintf(">POST / HTTP/1.1\r\nHost: a\r\n%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", head, len(body), body)},
		} {
			for _, size := range []int{1460, 61, 7, 1}[:testcost.Count(3, 4)] {
				all := ""
				for _, p := range redacted(t, linkRaw, talked(size, messages...)) {
					all += string(p[44:])
				}
				_, value, _ := strings.Cut(all, "boundary=")
				becomes := strings.Trim(value[:len(written)], `"`)
				at := strings.Index(all, strings.Repeat("x", 21)+"\r\n--"+becomes)
				want := strings.ReplaceAll(uploadedBecomes, "|", becomes)
				if at < 0 || len(all) < at+len(want) || !likeParts(all[at:at+len(want)], want) || becomes == boundary || strings.Contains(all, canary[:4]) {
					t.Errorf("%s, %s, segments of %d: %q", written, framing, size, all)
				}
			}
		}
	}
}

// TestPartsWithGaps holds that nothing of a body in parts stays where a segment is missing, or where it is cut.
func TestPartsWithGaps(t *testing.T) {
	t.Parallel()
	body := strings.ReplaceAll(uploaded, "|", "Boundary7Canary")
	request := fmt.Sprintf(">POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/mixed; boundary=Boundary7Canary\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	const next = ">GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
	packets := talked(31, request, next)
	for lost := range packets {
		out := redacted(t, linkRaw, append(packets[:lost:lost], packets[lost+1:]...))
		all := content(out, netip.AddrFrom4([4]byte(out[0][12:16])))
		if strings.Contains(all, canary[:4]) || strings.Contains(all, "epilogue") || lost > 4 && lost < len(packets)-2 && !strings.Contains(all, "GET /") {
			t.Errorf("packet %d is lost: %q", lost, all)
		}
		out = redacted(t, linkRaw, packets[:lost+1])
		if all := content(out, netip.AddrFrom4([4]byte(out[0][12:16]))); strings.Contains(all, canary[:4]) {
			t.Errorf("%d packets: %q", lost+1, all)
		}
	}
}

// TestNoParts holds that bodies without a boundary that fits become letters, as all others do.
func TestNoParts(t *testing.T) {
	t.Parallel()
	for _, media := range []string{"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + strings.Repeat("a", 71), "text/plain; boundary=b", "multipart/form-data; boundary=c"} {
		body := "--b\r\nContent-Disposition: form-data; name=\"Canary7Zebra\"\r\n\r\nCanary7Zebra\r\n--b--\r\n"
		request := fmt.Sprintf(">POST / HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", media, len(body), body)
		all := string(redacted(t, linkRaw, talked(1460, request))[0])
		if !strings.HasSuffix(all, "\r\n\r\n"+strings.Repeat("x", len(body))) {
			t.Errorf("%s: %q", media, all)
		}
	}
}

// TestPartsOfWinRM holds that what WinRM encrypts becomes noise behind the kind of its token: there is no empty line in
// front of it.
func TestPartsOfWinRM(t *testing.T) {
	t.Parallel()
	for _, sealed := range []string{
		"\x10\x00\x00\x00\x01\x00\x00\x00,;(Canary7Zebra)\x02:\n\x03\x7f.\r\n\x04", "\x3c\x00\x00\x00\x05\x04\x06\xff\x00\x00\x00\x1cCanary7Zebra\r\nCanary7Zebra",
		"\x10\x00\x00\x01Canary7Zebra: Canary7Zebra", "\x00Canary7Zebra",
	} {
		body := "--Encrypted Boundary\r\nContent-Type: application/HTTP-SPNEGO-session-encrypted\r\nOriginalContent: type=application/soap+xml;charset=UTF-8;Length=1520\r\n" +
			"--Encrypted Boundary\r\nContent-Type: application/octet-stream\r\n" + sealed + "--Encrypted Boundary--\r\n"
		request := fmt.Sprintf(">POST /wsman HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";boundary=\"Encrypted Boundary\"\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		for _, size := range []int{1460, 5} {
			out := redacted(t, linkRaw, talked(size, request))
			all := content(out, netip.AddrFrom4([4]byte(out[0][12:16])))
			head, got, _ := strings.Cut(all, "\r\nContent-Type: application/octet-stream\r\n")
			if !strings.HasSuffix(all, "--"+head[strings.LastIndex(head, "\r\n--")+4:]+"--\r\n") ||
				!strings.Contains(head, "Type: multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";boundary=") ||
				!strings.Contains(head, "application/HTTP-SPNEGO-session-encrypted\r\nOriginalContent: type=application/soap+xml;charset=UTF-8;Length=1520\r\n") ||
				strings.Contains(all, canary[:4]) || sealed[4] < 6 && sealed[4] > 0 && got[:8] != sealed[:8] || len(got) < len(sealed) || strings.ContainsAny(got[12:len(sealed)], "abcCZ(;") {
				t.Errorf("%q in segments of %d: %q", sealed, size, all)
			}
		}
	}
}

// TestPartsOfWinRMWithoutToken holds that nothing of a part stays that is in the place of what WinRM encrypts and is no
// token.
func TestPartsOfWinRMWithoutToken(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"Canary7Zebra", "\x05Canary7Zebra", "\x05\x04Canary7Zebra", "`Canary7Zebra", "\x01\x00Canary7Zebra", "\x01Canary7Zebra"} {
		body := "--b\r\n\x10\x00\x00\x00" + part + "\r\n--b--\r\n"
		request := fmt.Sprintf(">POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/encrypted; boundary=b\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		out := redacted(t, linkRaw, talked(1460, request))
		if all := content(out, netip.AddrFrom4([4]byte(out[0][12:16]))); strings.Contains(all, canary[:2]) {
			t.Errorf("%q: %q", part, all)
		}
	}
}

// FuzzParts redacts what may be a body in parts.
func FuzzParts(f *testing.F) {
	f.Add(strings.ReplaceAll(uploaded, "|", "b"), "b", 7)
	f.Add("--b\r\n\r\n--b\r\na", "b", 1)
	f.Fuzz(func(t *testing.T, body, boundary string, size int) {
		request := fmt.Sprintf(">POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=%s\r\nContent-Length: %d\r\n\r\n%s", boundary, len(body), body)
		redacted(t, linkRaw, talked(max(size%1460, 1+len(body)/200), request))
	})
}

// TestContentDisposition holds what stays of the header line.
func TestContentDisposition(t *testing.T) {
	t.Parallel()
	r := New(pseudonym.New(pseudonym.Options{}), nil)
	_, got := r.Field("Content-Disposition", `attachment; filename="Canary7Zebra.pdf"; size=12`)
	if !likeParts(got, `attachment; filename="????????????????"; size=??`) || strings.Contains(got, canary[:4]) {
		t.Error(got)
	}
}
