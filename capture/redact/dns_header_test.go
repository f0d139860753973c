package redact

import (
	"bytes"
	"testing"
)

// TestDNSOfText holds that nothing of a text stays on the ports of DNS, also where a name could end in it.
func TestDNSOfText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{canary + "\x00" + canary, wide(canary) + "\x00" + canary, "\x00" + wide(canary), canary[:11] + ">\x00" + canary} {
		for _, port := range []uint16{53, portNetBIOS, portMDNS, portLLMNR} {
			for _, s := range []spoken{{overUDP, port, []string{">" + text, text}}, {overTCP, port, []string{">" + lengths(2, text), lengths(2, text)}}} {
				out := bytes.Join(redacted(t, linkRaw, s.packets(1460)), nil)
				for _, part := range []string{canary[:4], canary[4:8], canary[8:], wide(canary[:2]), wide(canary[4:6])} {
					if at := bytes.Index(out, []byte(part)); at >= 0 {
						t.Errorf("port %d: %q became %q", port, text, out[at:at+len(part)])
					}
				}
			}
		}
	}
}

// TestDNSOfManyQuestions holds that a message which has all the questions it speaks of keeps them, however many.
func TestDNSOfManyQuestions(t *testing.T) {
	t.Parallel()
	header := "\x12\x34\x01\x00\x00\x64\x00\x00\x00\x00\x00\x00"
	query := header + string(bytes.Repeat([]byte("\x01a\x00\x00\x01\x00\x01"), 100))
	out := redacted(t, linkRaw, spoken{overUDP, portMDNS, []string{">" + query}}.packets(1460))
	if got := string(out[0][28:]); got[2:12] != header[2:] || got[len(got)-4:] != query[len(query)-4:] {
		t.Errorf("%q", got)
	}
}
