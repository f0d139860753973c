package report

import (
	"net/netip"
	"strings"
	"testing"

	"negotrace/httpstream"
)

func shownText(t *testing.T, write Writer[*Shown], file httpstream.File) string {
	t.Helper()
	h := refusedAtKDC()
	for i, l := range h.Legs {
		l.Conn.Client, l.Conn.Server = netip.MustParseAddrPort("10.0.0.10:50000"), netip.MustParseAddrPort("10.0.0.20:80")
		l.Request.Pos.Stream, l.Request.Pos.File, l.Response.Pos.File = 3+i, file, file
	}
	h.Start.File = file
	var b strings.Builder
	if err := write(&b, &Shown{Handshake: h}, Options{Width: 80}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Wireshark numbers the streams of each file from 0, so a number that counts those of several
// files is no filter.
func TestShownStreams(t *testing.T) {
	t.Parallel()
	const filter = "tcp.stream == 3"
	for _, c := range []struct {
		write  Writer[*Shown]
		frames string
	}{
		{writeShown, "Wireshark, b.pcap: frame.number in {10, 11, 20, 21}"},
		{writeShownMarkdown, "| its packets in `b.pcap` | `frame.number in {10, 11, 20, 21}` |"},
		{writeShownHTML, "<code>frame.number in {10, 11, 20, 21}</code>"},
	} {
		if text := shownText(t, c.write, httpstream.File{}); !strings.Contains(text, filter) {
			t.Errorf("no %q in\n%s", filter, text)
		}
		text := shownText(t, c.write, httpstream.FileOf("b.pcap", "b.pcap", httpstream.Frames))
		if strings.Contains(text, "tcp.stream") || !strings.Contains(text, c.frames) {
			t.Errorf("stream numbers of several files, or no %q, in\n%s", c.frames, text)
		}
	}
}

// What has no time stays where it belongs, and gets none.
func TestLadderWithoutTimes(t *testing.T) {
	t.Parallel()
	h := refusedAtKDC()
	h.KDC, h.DNS = nil, nil
	h.Legs[1].Response.Pos.Time = httpstream.Time{}
	l := newLadder(h, nil)
	last := l.steps[len(l.steps)-1]
	if last.label != "200 OK" || last.milliseconds() != "-" {
		t.Errorf("the last step is %q at %s ms, want 200 OK at -", last.label, last.milliseconds())
	}
}
