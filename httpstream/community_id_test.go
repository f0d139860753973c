package httpstream

import (
	"net/netip"
	"testing"
)

// TestCommunityID holds the values that the specification publishes for its own captures.
func TestCommunityID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		protocol uint8
		a, b     string
		want     string
	}{
		{ProtocolTCP, "128.232.110.120:34855", "66.35.250.204:80", "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{ProtocolTCP, "[2001:470:e5bf:dead:4957:2174:e82c:4887]:63943", "[2607:f8b0:400c:c03::1a]:25", "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
		{ProtocolUDP, "192.168.1.52:54585", "8.8.8.8:53", "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
		{ProtocolTCP, "[::ffff:128.232.110.120]:34855", "66.35.250.204:80", "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{ProtocolTCP, "128.232.110.120:0", "66.35.250.204:80", ""},
	} {
		a, b := netip.MustParseAddrPort(c.a), netip.MustParseAddrPort(c.b)
		for _, got := range []string{CommunityID(c.protocol, a, b), CommunityID(c.protocol, b, a)} {
			if got != c.want {
				t.Errorf("%s and %s: %s, want %s", c.a, c.b, got, c.want)
			}
		}
	}
	client, server := netip.MustParseAddrPort("128.232.110.120:34855"), netip.MustParseAddrPort("66.35.250.204:80")
	behind := &Conn{Client: netip.MustParseAddrPort("10.0.0.1:1"), Server: server, Balancer: &client}
	if got, want := behind.CommunityID(), (&Conn{Client: client, Server: server}).CommunityID(); got != want {
		t.Errorf("behind a balancer: %s, want that of the TCP connection %s", got, want)
	}
	if got := (&Conn{Server: server}).CommunityID(); got != "" {
		t.Errorf("without a client: %s", got)
	}
}
