package capture

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"negotrace/internal/packettest"
)

func gzipped(t testing.TB, parts ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for _, p := range parts {
		if _, err := z.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstandard(t testing.TB, b []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll(b, nil)
}

// xzOf packs b with a small dictionary: to make a large one takes time.
func xzOf(t testing.TB, b []byte) []byte {
	t.Helper()
	small := xz.WriterConfig{DictCap: 4096}
	return packettest.Packed(t, func(w io.Writer) (io.WriteCloser, error) { return small.NewWriter(w) }, b)
}

func TestCompressedWithXZ(t *testing.T) {
	t.Parallel()
	file := msFile("x", 1, 2, 3)
	whole := xzOf(t, file)
	if got, counters, err := rows(t, source("x", whole)); err != nil || len(got) != 3 || len(counters.Damage) > 0 {
		t.Errorf("%v, %v, %v", got, counters.Damage, err)
	}
	if got, _, err := rows(t, source("x", xzOf(t, tarOf(t, zipEntry{"a.pcap", file}, zipEntry{"b.pcap.xz", whole})))); err != nil || len(got) != 6 {
		t.Errorf("tar in xz: %v, %v", got, err)
	}
	if _, _, err := rows(t, source("x", xzOf(t, whole))); err == nil || !strings.Contains(err.Error(), "`xz -dk x`, then unpack it with") {
		t.Errorf("xz in xz: %v", err)
	}
}

func TestCompressed(t *testing.T) {
	file := msFile("x", 1, 2, 3)
	packed := gzipped(t, file)
	for name, b := range map[string][]byte{"gzip": packed, "two members": packettest.Join(gzipped(t, file[:50]), gzipped(t, file[50:])), "zstd": zstandard(t, file)} {
		got, counters, err := rows(t, source("x", b))
		if err != nil || len(got) != 3 || len(counters.Damage) > 0 {
			t.Errorf("%s: %v, %v, %v", name, got, counters.Damage, err)
		}
	}
	if _, _, err := rows(t, source("x", gzipped(t, packed))); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "`", ""), "gunzip -k x, then unpack it with") {
		t.Errorf("gzip in gzip: %v", err)
	}
	if _, _, err := rows(t, source("x", gzipped(t, []byte("hello")))); err == nil || !strings.Contains(err.Error(), "no known format") {
		t.Errorf("gzip of text: %v", err)
	}
	for n := range packed {
		got, counters, err := rows(t, source("x", packed[:n]))
		if err == nil && len(got) == 3 && len(counters.Damage) == 0 && n < len(packed)-8 {
			t.Fatalf("cut at %d of %d: all is well", n, len(packed))
		}
	}
}

// zipped makes an archive as Go does, with the lengths behind the data, or as most
// others do.
func zipped(t testing.TB, method uint16, behind bool, files ...zipEntry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		var w io.Writer
		var err error
		h := &zip.FileHeader{Name: f.name, Method: method}
		if behind {
			w, err = z.CreateHeader(h)
		} else {
			packed := f.data
			if method == zip.Deflate && !strings.HasSuffix(f.name, "/") {
				packed = deflated(t, f.data)
			}
			h.CompressedSize64, h.UncompressedSize64 = uint64(len(packed)), uint64(len(f.data))
			h.CRC32 = crc32.ChecksumIEEE(f.data)
			w, err = z.CreateRaw(h)
			f.data = packed
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.name, "/") {
			continue
		}
		if _, err := w.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zipEntry struct {
	name string
	data []byte
}

func deflated(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func TestZip(t *testing.T) {
	file := zipEntry{"trace/x.pcap", msFile("x", 1, 2, 3)}
	extra := []zipEntry{{"__MACOSX/", nil}, {"__MACOSX/._x.pcap", []byte("\x00\x05\x16\x07")}}
	for name, b := range map[string][]byte{
		"deflated":              zipped(t, zip.Deflate, false, file),
		"lengths behind":        zipped(t, zip.Deflate, true, file),
		"stored":                zipped(t, zip.Store, false, file),
		"in a folder":           zipped(t, zip.Deflate, false, zipEntry{"trace/", nil}, file),
		"of macOS":              zipped(t, zip.Deflate, false, append([]zipEntry{file}, extra...)...),
		"of macOS, streamed":    zipped(t, zip.Deflate, true, append([]zipEntry{file}, extra...)...),
		"without its directory": zipped(t, zip.Deflate, false, file)[:len(zipped(t, zip.Deflate, false, file))-30],
	} {
		got, counters, err := rows(t, source("x.zip", b))
		if err != nil || len(got) != 3 || len(counters.Damage) > 0 {
			t.Errorf("%s: %d packets, %v, %v", name, len(got), counters.Damage, err)
		}
	}
	for _, behind := range []bool{true, false} {
		once := source("-", zipped(t, zip.Deflate, behind, file, file))
		once.OpensOnce = true
		got, counters, err := rows(t, once)
		if err != nil || len(got) != 6 || len(counters.Damage) > 0 {
			t.Errorf("two files: %d packets, %v, %v", len(got), counters.Damage, err)
		}
	}
	whole := zipped(t, zip.Deflate, true, file)
	for n := range whole {
		if got, counters, err := rows(t, source("x.zip", whole[:n])); err == nil && len(counters.Damage) == 0 && len(got) != 3 {
			t.Fatalf("cut at %d of %d: all is well with %d packets", n, len(whole), len(got))
		}
	}
	for want, b := range map[string][]byte{
		"unzip x.zip":                      zipped(t, zip.Deflate, false),
		"zip archive without files":        zipped(t, zip.Deflate, false, zipEntry{"empty/", nil}),
		"what is inside of zip archive":    zipped(t, zip.Deflate, false, zipEntry{"readme.txt", []byte("hello")}),
		"unzip x.zip`, then convert it wi": zipped(t, zip.Deflate, false, zipEntry{"x.cap", []byte("RTSS\x03\x02\x01\x00")}),
	} {
		if _, _, err := rows(t, source("x.zip", b)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
}

func TestUnsupported(t *testing.T) {
	erf := func() []byte {
		r := make([]byte, 64)
		copy(r, "\x00\x00\x00\x00\x00\x00\x00\x60\x02\x04\x00\x40\x00\x00\x00\x30")
		return bytes.Repeat(r, 3)
	}()
	tests := []struct {
		name string
		head []byte
		want string
	}{
		{"Network Monitor 1", []byte("RTSS\x03\x02\x01\x00"), "editcap -F pcapng in out.pcapng"},
		{"snoop", []byte("snoop\x00\x00\x00\x00\x00\x00\x02"), "editcap"},
		{"ERF", erf, "ERF capture"},
		{"gzip of snoop", gzipped(t, []byte("snoop\x00\x00\x00\x00\x00\x00\x02")), "gunzip -k in`, then convert it with `editcap -F pcapng in out.pcapng`"},
		{"lzma", []byte("\x5d\x00\x00\x80\x00\xff\xff\xff\xff\xff\xff\xff\xff\x00"), "xz -dc --format=lzma in"},
		{"lzma with a size", []byte("\x5d\x00\x00\x80\x00\x12\x34\x00\x00\x00\x00\x00\x00\x00"), "lzma file"},
		{"LZ4 of old", []byte("\x02\x21\x4c\x18\x10\x00\x00\x00"), "lz4 -d in"},
		{"compress", []byte("\x1f\x9d\x90\x0a"), "gzip -dk in"},
		{"RAR", []byte("Rar!\x1a\x07\x01\x00"), "unrar x in"},
		{"mail", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00"), "save the capture that is attached"},
		{"cabinet", []byte("MSCF\x00\x00\x00\x00"), "expand -F:* in .` (elsewhere `cabextract in`), and give the .etl file in it"},
		{"7-Zip", []byte("7z\xbc\xaf\x27\x1c\x00\x04"), "7z x in"},
		{"tar in gzip", gzipped(t, append(make([]byte, 257), "ustar\x0000"...)), "tar archive: unexpected EOF"},
		{"NetScaler", []byte("\x00\x00\x00\x00NetScaler V35 Performance Data\x00"), "-traceformat PCAP`, or leave its IP packets with Wireshark's `tshark -r in -U IP"},
		{"keytab", []byte("\x05\x02\x00\x00\x00\x4a\x00\x02"), "--keytab in"},
		{"credential cache", []byte("\x05\x04\x00\x0c\x00\x01\x00\x08"), "tickets"},
		{"mitmproxy", []byte(`1911:9:websocket;0:~8:response;1099:6:reason;2:OK`), "mitmdump -nr in --set hardump=out.har"},
		{"mitmproxy of old", []byte(`4512:7:version,1:3#4:type,4:http,`), "mitmdump -nr in"},
		{"Burp", []byte("<?xml version=\"1.0\"?>\n<!DOCTYPE issues [\n<!ELEMENT issues (issue*)>\n]>\n<issues burpVersion=\"2024.1\">"), "and Save items"},
		{"Charles", []byte("\xac\xed\x00\x05sr\x00\x20com.xk72.charles"), "File > Export Session, HTTP Archive"},
		{"Charles XML", []byte("<?xml version='1.0' encoding='UTF-8' ?>\n<?charles serialisation-version='2.0' ?>\n<charles-session>"), "Charles session"},
		{"Charles JSON", []byte(`[{"status":"COMPLETE","method":"GET","protocolVersion":"HTTP/1.1"`), "Charles session"},
		{"Postman", []byte(`{"info":{"_postman_id":"x","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}}`), "Postman's Console as raw log"},
		{"Insomnia", []byte(`{"_type":"export","__export_format":4,"__export_source":"insomnia.desktop.app:v9"}`), "Insomnia's Console"},
		{"Firefox without requests", []byte("2026-11-23 16:44:39.123456 UTC - [Parent 1: Main Thread]: D/negotiateauth using negotiate-gss\n"), "nsHttp beside negotiateauth"},
		{"Firefox of old", []byte("-1220593984[b7d06ec0]: entering nsAuthGSSAPI::nsAuthGSSAPI()\n"), "explain - < in"},
		{"Envoy", []byte("[2026-03-02T10:00:01.123Z] \"GET / HTTP/1.1\" 401 - via_upstream - \"-\" 0 381\n"), "common or combined log format"},
		{"AWS", []byte("https 2026-03-02T10:00:01.123456Z app/web/5 10.0.0.7:50123 10.0.0.20:80 0.000 0.001\n"), "load balancers"},
		{"curl without a request", []byte("*   Trying 10.0.0.20:443...\n* SSL certificate problem: self-signed certificate\ncurl: (60) SSL certificate problem\n"), "failed before that"},
		{"Traefik", []byte(`{"ClientHost":"10.0.0.7","DownstreamStatus":401}`), "accesslog.format=common"},
		{"Caddy", []byte(`{"level":"info","ts":1,"logger":"http.log.access.log0","request":{}}`), "access log"},
		{"JGSS", []byte("Java config name: /etc/krb5.conf\nLoaded from Java config\n"), "explain - < in"},
		{"Tomcat", []byte("02-Mar-2026 10:00:01.123 FINE [http-1] x.SpnegoAuthenticator Unable\n\tjavax.security.auth.login.LoginException: Unable\n"), "log of Java about Kerberos"},
		{"Chromium", []byte("[12:12:0302/100001.123456:WARNING:http_auth_gssapi_posix.cc(900)] failed\n"), "record a NetLog"},
		{"nettrace", []byte("Nettrace\x14\x00\x00\x00!FastSerialization.1"), "level Trace"},
		{"ktpass", []byte("Targeting domain controller: dc\nkeysize 80 HTTP/web@A ptype 1\n"), "the key of an account"},
		{"Heimdal", []byte("Credentials cache: API:12\n        Principal: alice@A\n"), "klist of Windows and of MIT"},
		{"secure channel", []byte("VERBOSE: The secure channel between the local computer and the domain corp.test is broken.\n"), "nltest /sc_verify"},
		{"w32tm", []byte("Tracking dc [10.0.0.2:123].\n"), "shows no logon"},
		{"dsregcmd", []byte("+---+\n| Device State   |\n+---+\n"), "shows no logon"},
		{"web.config", []byte("<configuration>\n<system.webServer>\n"), "configuration of IIS"},
		{"winbind", []byte("[2026/11/23 17:44:39.123456,  2, pid=999] ../../source3/winbindd/winbindd_pam.c:2450(f)\n  NTLM CRAP\n"), "log of Samba"},
		{"gssproxy", []byte("[2026/11/23 16:44:39]: Client [2026/11/23 16:44:39]: (/usr/sbin/httpd)\n"), "gssproxy"},
		{"trace of a browser", []byte("{\"traceEvents\": [\n{\"args\":{"), "chrome://net-export"},
		{"trace with metadata", []byte("{\"metadata\": {\"source\": \"DevTools\"},\n\"traceEvents\": [\n"), "performance trace"},
		{"PDML", []byte("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<?xml-stylesheet type=\"text/xsl\" href=\"pdml2html.xsl\"?>\n<!-- You can find -->\n<pdml version=\"0\">"), "dissection"},
		{"JSON of tshark", []byte("[\n  {\n    \"_index\": \"packets-2024-01-01\","), "-w out.pcap"},
		{"CSV of Wireshark", []byte("\"No.\",\"Time\",\"Source\""), "Save As"},
		{"hex dump", []byte("0000  45 00 00 34 12 34 40 00  40 06 00 00 0a 00 00 0a   E..4\n"), "text2pcap in out.pcapng"},
		{"hex dump with a heading", []byte("Frame 1:\n\n0000   45 00 00 34 12 34 40 00 40 06 00 00 0a 00 00 0a\n"), "text2pcap"},
		{"xxd", []byte("00000000: 0a0d 0d0a bc00 0000 4d3c 2b1a 0100 0000  ........M<+.\n"), "xxd -r in out.pcapng"},
		{"tcpdump's text", []byte("16:39:07.368123 IP 10.0.0.10.50000 > 10.0.0.20.80: Flags [S], seq 1\n"), "-w out.pcap"},
		{"web page", []byte("\xef\xbb\xbf\r\n<!DOCTYPE html>\n<html><head><title>Sign in"), "download the capture again"},
		{"IIS format", []byte("192.0.2.10, CORP\\alice, 11/23/2026, 10:00:01, W3SVC1, WEB1, 198.51.100.20, 15, 200, 300, 200, 0, GET, /a, -,\r\n"), "in the format W3C"},
		{"HAProxy", []byte("Nov 20 09:00:01 lb1 haproxy[1234]: 192.0.2.10:50001 [20/Nov/2026:09:00:01.123] web iis/web1 1/0/5 512 -- 1/1/0/0/0 0/0\n"), "option httplog"},
		{"sssd", []byte("(2026-11-20  9:00:01): [be[corp.test]] [krb5_auth_done] (0x3f7c0): The krb5_child process returned an error.\n"), "KRB5_TRACE=FILE kinit"},
		{"klist in German", []byte("\r\nAktuelle Anmelde-ID ist 0:0x4f2a1\r\n\r\n#0>\tClient: alice @ CORP.TEST\r\n\tServer: krbtgt/CORP.TEST @ CORP.TEST\r\n\tKerbTicket-Verschl\x81sselungstyp: AES\r\n"), "in another language than English"},
		{"setspn in German", []byte("\x9aberpr\x81fen der Dom\x84ne DC=corp,DC=test\r\nHTTP/web.corp.test ist auf folgenden Konten registriert:\r\n\tCN=a,DC=corp,DC=test\r\n"), "in another language than English"},
		{"Export-Clixml", []byte("<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n<T>System.Diagnostics.Eventing.Reader.EventLogRecord</T>"), "Import-Clixml in | ConvertTo-Json"},
		{"events in a table", []byte("   ProviderName: Microsoft-Windows-Security-Auditing\r\n\r\nTimeCreated  Id\r\n"), "wevtutil epl Security"},
		{"picture", []byte("\x89PNG\r\n\x1a\n"), "ask for the capture file itself"},
		{"JSON of something else", []byte(`{"name": {"a": 1}}`), "no known format"},
		{"key log", []byte("# made by curl\nCLIENT_RANDOM 00 00\n"), "--keylog in"},
		{"key log of PowerShell", []byte("\xff\xfeC\x00L\x00I\x00E\x00N\x00T\x00_\x00R\x00A\x00N\x00D\x00O\x00M\x00 \x000\x00"), "--keylog in"},
		{"encrypted key", []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII"), "--rsa-key in"},
		{"Observer", []byte("ObserverPktBufferVersion=15.00\x00"), "editcap -F pcapng in"},
		{"btsnoop", []byte("btsnoop\x00\x00\x00\x00\x01"), "holds no network traffic"},
		{"zstd that is cut", []byte("\x28\xb5\x2f\xfd\x04\x58\x71\x00\x00"), "cut short before its first bytes"},
		{"empty", nil, "is empty"},
		{"text", []byte("the password is hello"), "no known format: it is text, and no export, log or transcript that is known"},
		{"text in other letters", []byte("\xef\xbb\xbfg\xc3\xa9h\xc3\xa9im\r\n"), "it is text"},
		{"a program", []byte("MZ\x90\x00\x03 what follows is not shown"), "no known format: it begins with the bytes 4d 5a 90 00"},
		{"one byte", []byte("\x84"), "no known format"},
	}
	for _, tt := range tests {
		_, counters, err := rows(t, source("in", tt.head))
		if err == nil || !strings.Contains(err.Error(), tt.want) || counters.Packets != 0 {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// zeros is a stream of n zero bytes.
type zeros struct{ n int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.n <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.n)
	clear(p[:n])
	z.n -= n
	return int(n), nil
}

// TestHostile holds that files which promise too much are read to an end in little memory.
func TestHostile(t *testing.T) {
	le := binary.LittleEndian
	head := packettest.PcapHeader(le, packettest.PcapMicro, packettest.LinkRaw)
	long := func(n int) []byte {
		return packettest.Join(packettest.N32(le, 1), packettest.N32(le, 0), packettest.N32(le, n), packettest.N32(le, n))
	}
	empty := append(long(1<<20), make([]byte, 1<<20)...)                     // a packet of zeros
	short := bytes.Repeat(append(long(16<<10), make([]byte, 16<<10)...), 64) // as much of it in packets that fit into blocks
	bomb := func() []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(head)
		z.Close()
		first := bytes.Clone(b.Bytes())
		b.Reset()
		z.Reset(&b)
		z.Write(empty)
		z.Close()
		return append(first, bytes.Repeat(b.Bytes(), 65)...) // members that follow each other
	}()
	zbomb := func() []byte {
		z, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
		return append(z.EncodeAll(head, nil), bytes.Repeat(z.EncodeAll(short, nil), 65)...)
	}()
	tests := []struct {
		name   string
		open   func() io.Reader
		damage string
	}{
		{"pcap packet of 4 GB", func() io.Reader { return bytes.NewReader(packettest.Join(head, long(-1))) }, "packet of 4294967295 bytes"},
		{"pcap packet of 15 MiB that is not there", func() io.Reader { return bytes.NewReader(packettest.Join(head, long(15<<20))) }, "cut short"},
		{"pcap packet of 15 MiB that is there", func() io.Reader {
			return io.MultiReader(bytes.NewReader(packettest.Join(head, long(15<<20))), &zeros{15<<20 - 1})
		}, "cut short"},
		{"pcapng block of 4 GB", func() io.Reader {
			return bytes.NewReader(packettest.Join(packettest.Section(le), packettest.Interface(le, 1), packettest.N32(le, 6), packettest.N32(le, -1), make([]byte, 64)))
		}, "block of 4294967295 bytes"},
		{"pcapng and 16 MiB of zeros", func() io.Reader {
			return io.MultiReader(bytes.NewReader(packettest.Join(packettest.Section(le), packettest.Interface(le, 1))), &zeros{16 << 20})
		}, "block of 0 bytes"},
		{"gzip bomb", func() io.Reader { return bytes.NewReader(bomb) }, "decompression bomb"},
		{"zstd bomb", func() io.Reader { return bytes.NewReader(zbomb) }, "decompression bomb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			s := Source{Name: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(tt.open()), nil }}
			_, counters, err := rows(t, s)
			runtime.ReadMemStats(&after)
			if grown := after.HeapSys - before.HeapSys; after.HeapSys > before.HeapSys && grown > 64<<20 {
				t.Errorf("took %d MiB", grown>>20)
			}
			if err != nil || len(counters.Damage) == 0 || !strings.Contains(counters.Damage[len(counters.Damage)-1].Text, tt.damage) {
				t.Errorf("damage %v, error %v", counters.Damage, err)
			}
		})
	}
}

// TestInterruptedOpening holds that a pipe into which nobody writes does not hold up the end.
func TestInterruptedOpening(t *testing.T) {
	t.Parallel()
	ctx, cancel := contextWithCancel(t)
	never := make(chan struct{})
	defer close(never)
	_, err := Read(ctx, []Source{{Name: "pipe", OpensOnce: true, Open: func() (io.ReadCloser, error) {
		cancel()
		<-never
		return nil, io.EOF
	}}}, Sink{}, Options{})
	if err == nil || err.Error() != `"pipe": reading was interrupted before anything came` {
		t.Errorf("error %v", err)
	}
}

// TestInterrupted reads from a pipe that nobody closes.
func TestInterrupted(t *testing.T) {
	ctx, cancel := contextWithCancel(t)
	pr, pw := io.Pipe()
	go func() {
		pw.Write(msFile("x", 1, 2))
		cancel()
	}()
	counters, err := Read(ctx, []Source{{Name: "-", OpensOnce: true, Open: func() (io.ReadCloser, error) { return pr, nil }}}, Sink{}, Options{})
	if err != nil || counters.Packets != 2 || len(counters.Damage) != 1 || !strings.Contains(counters.Damage[0].Text, "interrupted") {
		t.Errorf("%d packets, damage %v, error %v", counters.Packets, counters.Damage, err)
	}
}
