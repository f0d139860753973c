package servertext

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"negotrace/httpstream"
)

func TestReadPage(t *testing.T) {
	java := "<title>Error 403 GSSException: Failure unspecified at GSS-API level (Mechanism level: Clock skew too great (37) - PROCESS_TGS)</title>"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(java))
	z.Close()
	for _, c := range []struct{ body, subStatus, text string }{
		{"", "", ""},
		{"<h1>Unauthorized</h1>", "", ""},
		{java, "", "GSSException: Failure unspecified at GSS-API level (Mechanism level: Clock skew too great (37) - PROCESS_TGS)"},
		{packed.String(), "", "GSSException: Failure unspecified at GSS-API level (Mechanism level: Clock skew too great (37) - PROCESS_TGS)"},
		{packed.String()[:len(packed.String())/3], "", ""},
		{"<p>gss_accept_sec_context() failed: &quot;No&#32;key table entry&quot;\nmore", "", `gss_accept_sec_context() failed: "No key table entry"`},
		{`<s:Fault><f:WSManFault xmlns:f="x" Code="5"><f:Message>Access is denied. </f:Message></f:WSManFault></s:Fault>`, "", "Access is denied."},
		{"<h3>HTTP Error 401.1 - Unauthorized</h3><td>0x8009030C</td>", "401.1 0x8009030c", ""},
		{"SEC_E_" + strings.Repeat(" x", 500), "", "SEC_E_" + strings.Repeat(" x", (maxErrorText-6)/2) + "..."},
		{"<p>This was not because of Clock skew too great.", "", ""},
		{"<p>It isn&#39;t a Ticket expired", "", ""},
		{"<p>Nicht wegen \u201cClock skew too great\u201d", "", ""},
		{"<p>Not accepted because of Clock skew too great", "", "Clock skew too great"},
		{"Ticket expired \xff\xfe", "", "Ticket expired ?"},
	} {
		if got := ReadPage(&httpstream.Response{Status: 403, Body: []byte(c.body)}, true); got.SubStatus != c.subStatus || got.Text != c.text {
			t.Errorf("%q: %q, %q", c.body, got.SubStatus, got.Text)
		}
	}
}
