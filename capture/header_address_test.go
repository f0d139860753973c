package capture

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"negotrace/capture/decode"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

// TestHeaderAddress holds which addresses of headers are handed over, wherever a header is cut.
func TestHeaderAddress(t *testing.T) {
	t.Parallel()
	const one, two, mac1, mac2 = "\xc0\x00\x02\x01", "\xc0\x00\x02\x02", "\x02abcd1", "\x02abcd2"
	four := netip.AddrFrom4([4]byte([]byte(one)))
	six, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	text6, other6 := string(six.AsSlice()), string(other.AsSlice())
	icmp := func(data string) string { return string(packettest.IPv4(1, four, four.Next(), []byte(data))) }
	icmp6 := func(data string) string { return string(packettest.IPv6(58, six, other, []byte(data))) }
	ether := mac1 + mac2 + "\x08\x00"
	ip := string(packettest.IPv4(6, four.Next(), four, packettest.TCP4()[20:]))
	for name, c := range map[string]struct {
		link pcap.LinkType
		data string
		want []string
	}{
		"Ethernet":       {1, ether + ip, []string{mac1, mac2, two, one}},
		"cooked":         {113, "\x00\x00\x00\x01\x00\x06" + mac1 + "\x00\x00\x08\x00" + ip, []string{mac1, two, one}},
		"cooked 2":       {276, "\x08\x00\x00\x00\x00\x00\x00\x01\x00\x01\x00\x06" + mac1 + "\x00\x00" + ip, []string{mac1, two, one}},
		"802.11":         {105, "\x08\x03\x00\x00" + mac1 + mac2 + mac1 + "\x00\x00" + mac2 + "\xaa\xaa\x03\x00\x00\x00\x08\x00" + ip, []string{mac1, mac2, mac1, mac2, two, one}},
		"ARP":            {1, mac1 + mac2 + "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01" + mac2 + one + mac1 + two, []string{mac1, mac2, mac2, mac1, one, two}},
		"unreachable":    {101, icmp("\x03\x01\x00\x00\x00\x00\x00\x00" + ip), []string{one, two, two, one}},
		"redirect":       {101, icmp("\x05\x01\x00\x00" + two + ip), []string{one, two, two, two, one}},
		"too big":        {101, icmp6("\x02\x00\x00\x00\x00\x00\x05\x00" + icmp6("")), []string{text6, other6, text6, other6}},
		"solicitation":   {101, icmp6("\x87\x00\x00\x00\x00\x00\x00\x00" + text6 + "\x01\x01" + mac1), []string{text6, other6, text6, mac1}},
		"redirect, IPv6": {101, icmp6("\x89\x00\x00\x00\x00\x00\x00\x00" + text6 + other6 + "\x02\x01" + mac2), []string{text6, other6, text6, other6, mac2}},
		"router":         {101, icmp6("\x86\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x03\x04" + strings.Repeat("\x00", 14) + text6), []string{text6, other6, text6}},
		"exported":       {252, "\x00\x0c\x00\x04http\x00\x14\x00\x04" + one + "\x00\x15\x00\x04" + two + "\x00\x00\x00\x00GET / HTTP/1.1\r\n\r\n", []string{one, two}},
	} {
		for size := range len(c.data) + 1 {
			var got []string
			d := decode.New(&httpstream.Counters{Undecoded: map[string]int{}, Dropped: map[string]int{}}, 1, func(e []decode.Event) []decode.Event { return e[:0] })
			d.Visit = eachAddress(func(b []byte) { got = append(got, string(b)) })
			d.Packet(&pcap.Packet{Frame: 1, Link: c.link, Data: []byte(c.data[:size]), Wire: len(c.data)}, 0, httpstream.File{})
			if len(got) > len(c.want) || !slices.Equal(got, c.want[:len(got)]) || size == len(c.data) && len(got) < len(c.want) {
				t.Fatalf("%s, %d of %d bytes: %s", name, size, len(c.data), hex.EncodeToString([]byte(strings.Join(got, " "))))
			}
		}
	}
}
