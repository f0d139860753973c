package tokens

import "testing"

// Sums of two machines are the same if both have the key, and only then.
func TestSumKey(t *testing.T) {
	t.Parallel()
	token := []byte("NTLMSSP\x00\x01\x00\x00\x00\x07\x82\x08\xa2")
	sum := func(d Decoder) uint64 {
		parsed, _ := d.Parse(token)
		return parsed.Sum
	}
	one, same, other := &SumKey{1}, &SumKey{1}, &SumKey{2}
	if a, b := sum(Decoder{SumKey: one}), sum(Decoder{SumKey: same}); a != b || a == 0 {
		t.Errorf("with one key the sums are %x and %x", a, b)
	}
	if a, b := sum(Decoder{SumKey: one}), sum(Decoder{SumKey: other}); a == b {
		t.Errorf("with two keys both sums are %x", a)
	}
	if a, b := sum(Decoder{SumKey: one}), sum(Decoder{}); a == b {
		t.Errorf("with a key and without the sum is %x", a)
	}
}
