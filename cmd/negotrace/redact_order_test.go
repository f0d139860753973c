package main

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"negotrace/internal/capturetest"
	"negotrace/internal/testcost"
)

// TestRedactOutOfOrder redacts captures whose packets are out of order, with their key logs. redact
// itself holds that the report is the same.
func TestRedactOutOfOrder(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../testdata/*.keylog")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	disorders := []disorder{swapBlocks, swapPackets, sendAgain}
	for i, keys := range files {
		if i%testcost.Step(5) > 0 {
			continue
		}
		whole := mustRead(t, strings.TrimSuffix(keys, ".keylog")+".pcapng")
		for seed := range uint64(testcost.Count(1, 4)) {
			for n, change := range disorders {
				if n != i%len(disorders) && testcost.Step(2) > 1 {
					continue
				}
				blocks := blocksOf(whole)
				change(rand.New(rand.NewPCG(seed, uint64(i))), blocks)
				dir := t.TempDir()
				in, out := filepath.Join(dir, "in.pcapng"), filepath.Join(dir, "out.pcapng")
				if err := os.WriteFile(in, slices.Concat(blocks...), 0o600); err != nil {
					t.Fatal(err)
				}
				var stdout, stderr bytes.Buffer
				if status := run(t.Context(), []string{"redact", in, "--keylog", keys, "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
					t.Errorf("%s, disorder %d, seed %d: %s", filepath.Base(keys), n, seed, stderr.String())
				}
			}
		}
	}
}

// A disorder changes the order of the blocks of a capture.
type disorder func(r *rand.Rand, blocks [][]byte)

// swapBlocks exchanges packets with their neighbours. Each keeps its time.
func swapBlocks(r *rand.Rand, blocks [][]byte) {
	swap(r, blocks, func(a, b []byte) {})
}

// swapPackets does that with their content, so that times go on.
func swapPackets(r *rand.Rand, blocks [][]byte) {
	swap(r, blocks, exchangeTimes)
}

func swap(r *rand.Rand, blocks [][]byte, also func(a, b []byte)) {
	packets := packetsAmong(blocks)
	for range 12 {
		a := r.IntN(len(packets))
		x, y := packets[a], packets[min(a+1+r.IntN(3), len(packets)-1)]
		if x != y {
			also(blocks[x], blocks[y])
		}
		blocks[x], blocks[y] = blocks[y], blocks[x]
	}
}

// sendAgain lets packets come late, as those do that are lost and sent again.
func sendAgain(r *rand.Rand, blocks [][]byte) {
	packets := packetsAmong(blocks)
	for range 3 {
		a := r.IntN(len(packets))
		for b := a; b < min(a+5+r.IntN(10), len(packets)-1); b++ {
			x, y := packets[b], packets[b+1]
			exchangeTimes(blocks[x], blocks[y])
			blocks[x], blocks[y] = blocks[y], blocks[x]
		}
	}
}

// exchangeTimes exchanges the times of two blocks.
func exchangeTimes(a, b []byte) {
	for i := 12; i < 20; i++ {
		a[i], b[i] = b[i], a[i]
	}
}

// packetsAmong returns the indexes of the enhanced packet blocks.
func packetsAmong(blocks [][]byte) (all []int) {
	for i, b := range blocks {
		if binary.LittleEndian.Uint32(b) == 6 {
			all = append(all, i)
		}
	}
	return all
}

// blocksOf returns copies of the blocks of a pcapng file of little endian.
func blocksOf(whole []byte) (all [][]byte) {
	for len(whole) > 0 {
		n := binary.LittleEndian.Uint32(whole[4:])
		all = append(all, bytes.Clone(whole[:n]))
		whole = whole[n:]
	}
	return all
}

// TestRedactPacketComesLast redacts a tunnel with TLS of which one packet behind the ServerHello comes after all
// others, so that what is behind it can be read, and ends, with that packet.
func TestRedactPacketComesLast(t *testing.T) {
	t.Parallel()
	const keys = "../../testdata/proxy-ntlm-connect.keylog"
	whole := blocksOf(mustRead(t, "../../testdata/proxy-ntlm-connect.pcapng"))
	packets := packetsAmong(whole)
	last := packets[len(packets)-1]
	const serverHello = 13 // of packets
	read := 0
	for i := len(packets) - 2; i > serverHello; i -= testcost.Step(2) {
		at := packets[i]
		blocks := slices.Concat(whole[:at], whole[at+1:last+1], whole[at:at+1], whole[last+1:])
		var stdout, stderr bytes.Buffer
		out := filepath.Join(t.TempDir(), "out.pcapng")
		if status := run(t.Context(), []string{"redact", written(t, blocks), "--keylog", keys, "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
			t.Errorf("packet %d comes last: %s", i+1, stderr.String())
			continue
		}
		read += len(outcomesOf(t, out))
	}
	if read == 0 {
		t.Error("no logon is read in what was redacted")
	}
}

// switching are connections that go on in another protocol, and behind a body without a length.
var switching = map[string]string{
	"Upgrade": `
conn 1 10.0.0.10:50001 > 10.0.0.20:80
> GET /one HTTP/1.1
> Host: web.contoso.com
> Connection: Upgrade, HTTP2-Settings
> Upgrade: h2c
> HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA
< HTTP/1.1 101 Switching Protocols
< Connection: Upgrade
< Upgrade: h2c
h2c
`,
	"CONNECT": `
conn 1 10.0.0.10:50001 > 10.0.0.30:3128
> CONNECT web.contoso.com:80 HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 407 Proxy Authentication Required
< Proxy-Authenticate: Basic realm="contoso"
> CONNECT web.contoso.com:80 HTTP/1.1
> Host: web.contoso.com
> Proxy-Authorization: Basic {basic brunhilde:secret}
< HTTP/1.1 200 Connection established
< Content-Length: none
`,
}

const switchedTo = `> GET /one HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: NTLM
> GET /one HTTP/1.1
> Host: web.contoso.com
> Authorization: NTLM {ntlm1}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: NTLM {ntlm2}
> GET /one HTTP/1.1
> Host: web.contoso.com
> Authorization: NTLM {ntlm3}
< HTTP/1.1 200 OK
close client fin
`

// TestRedactSwitchesOutOfOrder redacts connections that go on in another protocol where the capture
// has a packet before the one that it answers, or all of the client behind all of the server.
func TestRedactSwitchesOutOfOrder(t *testing.T) {
	t.Parallel()
	for name, begins := range switching {
		c, err := capturetest.Parse(begins + switchedTo)
		if err != nil {
			t.Fatal(err)
		}
		whole := slices.DeleteFunc(blocksOf(c.Pcapng()), func(b []byte) bool { return binary.LittleEndian.Uint32(b) == 6 && isBareACK(b) })
		packets := packetsAmong(whole)
		want := outcomesOf(t, written(t, whole))
		const address = 28 + 14 + 15 // the last byte of the source: the client's is less
		for i := -1; i < len(packets)-1; i += testcost.Step(3) {
			blocks := slices.Clone(whole)
			if i < 0 {
				slices.SortStableFunc(blocks[packets[0]:packets[len(packets)-1]+1], func(a, b []byte) int { return int(b[address]) - int(a[address]) })
			} else {
				blocks[packets[i]], blocks[packets[i+1]] = blocks[packets[i+1]], blocks[packets[i]]
			}
			var stdout, stderr bytes.Buffer
			out := filepath.Join(t.TempDir(), "out.pcapng")
			if status := run(t.Context(), []string{"redact", written(t, blocks), "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
				t.Errorf("%s, %d: %s", name, i, stderr.String())
			} else if got := outcomesOf(t, out); len(want) == 0 || !slices.Equal(got, want) {
				t.Errorf("%s, %d: %q, and not %q", name, i, got, want)
			}
		}
	}
}

// written writes blocks into a file and returns its name.
func written(t *testing.T, blocks [][]byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "in.pcapng")
	if err := os.WriteFile(name, slices.Concat(blocks...), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// isBareACK reports whether the packet of a block, which is Ethernet, IPv4 and TCP, only acknowledges.
func isBareACK(b []byte) bool {
	ip := b[28+14:]
	return ip[20+13] == 0x10 && binary.BigEndian.Uint16(ip[2:]) == 40
}

// TestRedactHTTP2BegunBefore redacts HTTP/2 without TLS whose beginning is not in the capture: what it
// holds is written anew, too.
func TestRedactHTTP2BegunBefore(t *testing.T) {
	t.Parallel()
	c, err := capturetest.Parse(`
conn 1 10.0.0.10:50001 > 10.0.0.20:8080 h2
> GET /one HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
> GET /one HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM}}
< HTTP/1.1 200 OK
close server fin
`)
	if err != nil {
		t.Fatal(err)
	}
	blocks := blocksOf(c.Pcapng())
	packets := packetsAmong(blocks)
	blocks = slices.Delete(blocks, packets[0], packets[5])
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pcapng"), filepath.Join(dir, "out.pcapng")
	if err := os.WriteFile(in, slices.Concat(blocks...), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if status := run(t.Context(), []string{"redact", in, "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
		t.Fatal(stderr.String())
	}
	if got, want := outcomesOf(t, out), outcomesOf(t, in); len(want) == 0 || !slices.Equal(got, want) || bytes.Contains(mustRead(t, out), []byte("contoso")) {
		t.Errorf("%q became %q", want, got)
	}
}
