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
