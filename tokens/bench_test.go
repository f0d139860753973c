package tokens

import (
	"encoding/base64"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"ntlm3", "resp ntlm", "resp mic", "resp krb", "init krb"} {
		b.Run(name, func(b *testing.B) {
			token := samples()[name]
			b.SetBytes(int64(len(token)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (Decoder{}).Parse(token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkKDC(b *testing.B) {
	for _, name := range []string{"as-req", "tgs-req", "tgs-rep", "krb error pa"} {
		b.Run(name, func(b *testing.B) {
			message := samples()[name]
			b.SetBytes(int64(len(message)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (Decoder{}).KDC(message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkHeader reads tokens as they come: behind a scheme, in base64.
func BenchmarkHeader(b *testing.B) {
	for _, name := range []string{"resp ntlm", "resp mic", "init krb", "resp krb"} {
		b.Run(name, func(b *testing.B) {
			values := []string{"Negotiate " + base64.StdEncoding.EncodeToString(samples()[name])}
			b.SetBytes(int64(len(values[0])))
			b.ReportAllocs()
			for b.Loop() {
				if all := (Decoder{}).Challenges(values); len(all) != 1 || all[0].Problem != "" {
					b.Fatal(all)
				}
			}
		})
	}
}

// TestParseAllocations holds what decoding costs, with room for a field or two more.
func TestParseAllocations(t *testing.T) {
	for name, most := range map[string]float64{"ntlm1": 10, "ntlm2": 12, "ntlm3": 16, "resp ntlm": 13, "resp krb": 35, "init krb": 90} {
		token := samples()[name]
		if got := testing.AllocsPerRun(100, func() { (Decoder{}).Parse(token) }); got > most {
			t.Errorf("%s: %v allocations, want at most %v", name, got, most)
		}
	}
}
