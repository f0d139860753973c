package httpstream

import (
	"crypto/sha256"
	"encoding/json"
	"testing"
)

// The digest of nothing is known, FIPS 180-4.
func TestDigest(t *testing.T) {
	d := Digest(sha256.Sum256(nil))
	if got, want := d.String(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; got != want {
		t.Errorf("String: %s, want %s", got, want)
	}
	got, err := json.Marshal(Input{Name: "a", SHA256: d})
	want := `{"name":"a","format":"","bytes":0,"packets":0,"sha256":"e3:b0:c4:42:98:fc:1c:14:9a:fb:f4:c8:99:6f:b9:24:27:ae:41:e4:64:9b:93:4c:a4:95:99:1b:78:52:b8:55"}`
	if err != nil || string(got) != want {
		t.Errorf("in JSON: %s, %v, want %s", got, err, want)
	}
	if got, err := json.Marshal(Input{Name: "a"}); err != nil || string(got) != `{"name":"a","format":"","bytes":0,"packets":0}` {
		t.Errorf("without a hash: %s, %v", got, err)
	}
}
