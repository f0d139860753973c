package tokens

import "testing"

func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"ntlm3", "init krb"} {
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
