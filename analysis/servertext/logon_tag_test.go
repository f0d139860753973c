package servertext

import (
	"strings"
	"testing"
)

// An ordinary page, of which the beginning is kept.
func BenchmarkLogonPage(b *testing.B) {
	page := "<!DOCTYPE html><html><head><title>Orders</title><meta charset=utf-8></head><body>"
	page += strings.Repeat(`<tr class="row"><td><a href="/orders/1234">Order 1234</a></td><td>12.50</td></tr>`+"\n", 100)
	body := []byte(page[:4096])
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if readLogonPage(body, false).Logon != "" {
			b.Fatal("it asks to log on")
		}
	}
}

// TestMayAskToLogOn holds that a page which asks to log on is read, however it is written.
func TestMayAskToLogOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page  string
		whole bool
		want  bool
	}{
		{`<INPUT name=p TYPE="PassWord">`, true, true},
		{`<input type=hidden name="SAMLRequest">`, true, true},
		{`<Meta http-equiv="REFRESH" content="0;url=/login">`, true, true},
		{`<script>location="/login"</script>`, true, true},
		{`<script>location="/login"</script>`, false, true}, // nothing but a script
		{`<script src="/m.js"></script><a href="/x">x</a>`, false, false},
		{`<td>Your session has expired</td>`, true, true},
		{`<TITLE>Sign In</TITLE>`, false, true},
		{`<title>Sign In</title>`, true, false},
		{`<p>your password</p><td>refresh</td>`, true, false},
		{`a<`, true, false},
		{``, true, false},
	} {
		if got := mayAskToLogOn([]byte(c.page), c.whole); got != c.want {
			t.Errorf("%q, whole %v: got %v", c.page, c.whole, got)
		}
	}
}
