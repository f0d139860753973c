package redact

import (
	"strings"
	"testing"

	"negotrace/capture/redact/standin"
)

// TestLinkProtocols holds that frames which are not read stay what they are, and have no name.
func TestLinkProtocols(t *testing.T) {
	t.Parallel()
	const addresses, vlan = "\x01\x80\xc2\x00\x00\x00\x02\x00\x00\x00\x00\x01", "\x81\x00\x00\x05"
	value := string([]byte{byte(len(canary))}) + canary
	for name, frame := range map[string][2]string{ // what stays, and what does not
		"spanning tree":           {"\x00\x26\x42\x42\x03", canary},
		"spanning tree in a VLAN": {vlan + "\x00\x26\x42\x42\x03", canary},
		"CDP":                     {"\x00\x30\xaa\xaa\x03\x00\x00\x0c\x20\x00", canary},
		"LCP":                     {"\x88\x64\x11\x00\x00\x01\x00\x20\xc0\x21", canary},
		"LLDP":                    {vlan + "\x88\xcc\x02\x07\x04", "\x02\x00\x00\x00\x00\x01"},
		"LLDP's system":           {vlan + "\x88\xcc\x0a" + value[:1], canary},
		"EAP":                     {"\x88\x8e\x02\x00\x00\x11\x02\x01\x00\x11\x01", canary},
		"unknown in a VLAN":       {vlan + "\x99\x99", canary},
		"MACsec":                  {"\x88\xe5\x0c\x00\x00\x00\x00\x01", canary},
		"IGMP":                    {"\x08\x00\x46\x00\x00\x24\x00\x00\x00\x00\x01\x02", ""},
		"CDP's beginning":         {"\x00\x30\xaa\xaa\x03\x00\x00\x0c\x20\x00\x02\xb4", "\x00\x00\x00\x01\x00\x10" + canary},
		"DTP":                     {"\x00\x30\xaa\xaa\x03\x00\x00\x0c\x20\x04\x01\x00\x01\x00\x10", canary},
		"IS-IS's hello":           {"\x00\x2a\xfe\xfe\x03\x83\x1b\x01\x00\x0f\x01\x00\x00\x03", canary[:6] + "\x00\x1e\x00\x27\x40" + canary[:6] + "\x01\x89" + value},
		"IS-IS's state":           {"\x00\x2a\xfe\xfe\x03\x83\x1b\x01\x00\x14\x01\x00\x00\x00\x27\x04\xaf", canary[:6] + "\x00\x00\x00\x00\x00\x05" + canary[:2] + "\x03\x89" + value},
		"IS-IS of nothing":        {"\x00\x2a\xfe\xfe\x03\x83", canary},
		"LACP":                    {"\x88\x09\x01\x01\x01\x14\x80\x00", "\x02\x00\x00\x00\x00\x01\x00\x0d\x80\x00\x00\x01\x3d" + canary[:3]},
		"slow":                    {"\x88\x09", canary},
		"PTP":                     {"\x88\xf7\x00\x02\x00\x2c\x00\x00\x02\x00" + zeroBytes(8) + "\x00\x00\x00\x00", canary + canary},
		"CDP of nothing":          {"\x00\x30\xaa\xaa\x03\x00\x00\x0c\x20\x00", canary},
	} {
		b := addresses + frame[0] + frame[1]
		if name == "IGMP" {
			b = addresses + frame[0] + "\x00\x00\x0a\x01\x02\x03\xe0\x00\x00\x16\x94\x04\x00\x00" + "\x22\x00\xff\xff\x00\x00\x00\x01" + canary[:4]
		}
		out := string(redacted(t, linkEthernet, [][]byte{[]byte(b + strings.Repeat("\x00", 40))})[0])
		if !strings.HasPrefix(out[12:], frame[0]) || frame[1] != "" && strings.Contains(out[12:], frame[1]) || strings.Contains(out, canary[:4]) {
			t.Errorf("%s: %q became %q", name, b, out)
		}
		if name == "IGMP" && (out[38] != 0x22 || standin.OnesComplementSum([]byte(out[38:50]), -1, 0) != 0xffff) {
			t.Errorf("IGMP became %q", out[38:])
		}
	}
}
