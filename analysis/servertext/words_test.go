package servertext

import (
	"strings"
	"testing"

	"negotrace/httpstream"
)

func TestOwnWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status             int
		reason, body       string
		wantText, wantSays string
	}{
		{401, "Unauthorized: Kerberos ticket expired", "", "Unauthorized: Kerberos ticket expired", ""},
		{403, "GSSException: No valid credentials provided", "", "GSSException: No valid credentials provided", ""},
		{401, "Authorization Required", "", "", ""},
		{401, "Access is denied", "", "", ""},
		{401, "Blocked by the proxy of Acme", "", "", "Blocked by the proxy of Acme"},
		{401, "The account is locked", "", "The account is locked", ""},
		{401, "Kerberos authentication required", "", "", ""},
		{407, "Proxy Authentication Required ( Forefront TMG requires authorization to fulfill the request. Access to the Web Proxy filter is denied. )", "", "", ""},
		{401, "Your account is not in the group Editors", "", "", "Your account is not in the group Editors"},
		{403, "", `{"timestamp":1,"status":403,"error":"Forbidden","message":"User is not a member of Finance","path":"/x"}`, "", "User is not a member of Finance"},
		{401, "", `{"error":{"code":"x","message":"tenant is blocked"`, "", "tenant is blocked"},
		{401, "", `{"message":"Unauthorized"}`, "", ""},
		{401, "", `{"items":["message","secret"]}`, "", ""},
		{500, "", `<s:Envelope><s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="en">Cannot open the mailbox</s:Text></s:Reason></s:Fault>`, "", "Cannot open the mailbox"},
		{502, "", "upstream went away at node 3\nmore", "", "upstream went away at node 3"},
		{403, "", "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center><hr><center>nginx/1.24.0</center>", "", ""},
		{403, "", "<title>Blocked</title><script>var reason='no'</script><p>Your device is not managed.</p>", "", "Your device is not managed."},
		{401, "", "<title>401 Unauthorized</title><p>This server could not verify that you are authorized to access the document requested. Either you supplied the wrong credentials</p>", "", ""},
		{401, "", "<TITLE>Not Authorized</TITLE><BODY><h2>Not Authorized</h2><hr><p>HTTP Error 401. The requested resource requires user authentication.</p>", "", ""},
		{401, "", "<title>Portal of the finance department</title><p>SPNEGO: No user exists with that name</p>", "", "SPNEGO: No user exists with that name"},
		{401, "", "<title>Portal of the finance department</title><p>Ask your supervisor</p>", "", ""},
		{401, "", "<h1>Access denied</h1><p>Your account is locked. Please call extension 4711.</p>", "", "Your account is locked."},
		{401, "", "<p>If your Kerberos ticket has expired, lock the screen and open it again.</p>", "", ""},
		{401, "", "<p>Possible causes</p><ul><li>Your password has expired</li><li>Your account is locked</li></ul>", "", ""},
		{401, "", "<p>Sorry</p><ul><li>Your password has expired</li></ul>", "", "Your password has expired"},
		{401, "", `<p>Sorry</p><a href="/kb/12">Clock skew too great</a>`, "", ""},
		{401, "", "<p>If you see Clock skew too great, set the clock.</p>", "", ""},
		{401, "", "<p>KRB_AP_ERR_MODIFIED means that the key is wrong.</p>", "", ""},
		{401, "", "<h2>Clock skew too great</h2><p>Set the clock.</p><h2>Checksum failed</h2><p>Make a new keytab.</p>", "", ""},
		{401, "", "<p>Si le message est Clock skew too great, réglez la pendule.</p>", "", ""},
		{401, "", "<p>Cuando aparece &quot;Ticket expired&quot;, vuelva a entrar.</p>", "", ""},
		{401, "", "<p>「Clock skew too great」と表示された場合は、時刻を合わせてください。</p>", "", ""},
		{401, "", "<p>This is not a Clock skew too great problem</p>", "", ""},
		{401, "", "<p>Hello Ticket expired, you may not read this</p>", "", ""},
		{401, "", "<!-- Clock skew too great is handled elsewhere --><p>Access denied</p>", "", ""},
		{401, "", `<script>const texts = {skew: "Clock skew too great"};</script><p>Access denied</p>`, "", ""},
		{401, "", `<input value="Clock skew too great"><p>Access denied</p>`, "", ""},
		{401, "", "<p>Access denied</p><a href=/x><b>Clock skew too great</b></a>", "", ""},
		{401, "", "<p>Access denied</p><a href=/x><span>Help: my account is locked</span></a>", "", ""},
		{401, "", "<UL><LI>Clock skew too great</LI><LI>Your account is locked</LI></UL>", "", ""},
		{401, "", "<ul><li><b>Your account is locked</b></li><li><b>Your ticket has expired</b></li></ul>", "", ""},
		{401, "", "<ul><li>Your <b>account</b> is locked</li></ul>", "", "Your account is locked"},
		{401, "", "<ul class=errors><li>Clock skew too great</li></ul>", "Clock skew too great", ""},
		{401, "", "<svg><text>Kerberos portal of the group</text></svg><p>Access denied</p>", "", ""},
		{401, "", "<template><p>Your account is locked.</p></template><noscript>No ticket without JavaScript</noscript><p>Access denied</p>", "", ""},
		{401, "", "<h2>Known errors:</h2><p>Clock skew too great (37)</p>", "", ""},
		{401, "", "<p>Logon of the user refused: Clock skew too great (37)</p>", "Clock skew too great (37)", ""},
		{401, "", "<p>Authentication failed (Ticket expired)</p>", "Ticket expired)", ""},
		{401, "", "<h1>Clock skew too great in KDC reply</h1>", "Clock skew too great in KDC reply", ""},
		{401, "", "<p>Read this if errors occur. GSSException: Failure (Mechanism level: Checksum failed)</p><pre>Caused by: KrbException: Checksum failed</pre>", "GSSException: Failure (Mechanism level: Checksum failed)", ""},
		{500, "", "<pre>a.BadCredentialsException: Kerberos validation not successful\n\tat a.B.c(D.java:1)\nCaused by: GSSException: Failure (Mechanism level: Checksum failed)\n</pre>", "GSSException: Failure (Mechanism level: Checksum failed)", ""},
		{401, "", `<div style="display: none"><p>Clock skew too great</p></div><p>Access denied</p>`, "", ""},
		{401, "", `<div hidden><div>a</div><p>Ticket expired</p></div><p>Access denied</p>`, "", ""},
		{401, "", `<details><summary>Help</summary><p>Ticket expired</p></details><p>Access denied</p>`, "", ""},
		{401, "", `<details open><p>Ticket expired</p></details>`, "Ticket expired", ""},
		{401, "", `<p class="help d-none">Ticket expired</p><textarea>Ticket expired</textarea>`, "", ""},
		{401, "", `<p class="error">Ticket expired</p>`, "Ticket expired", ""},
		{401, "", `<input hidden><p>Ticket expired</p>`, "Ticket expired", ""},
		{401, "", `<p aria-hidden=true>Your account is locked</p><p>Access denied</p>`, "", ""},
		{401, "", `<p aria-hidden=false>Your account is locked</p>`, "", "Your account is locked"},
		{401, "", "<!-- texts: <p>Clock skew too great</p> --><p>Access denied</p>", "", ""},
		{401, "", "<div hidden>GSSException: No valid credentials provided</div>", "", ""},
		{401, "", "<!-- GSSException: Defective token\n\tat org.example.Filter.doFilter(Filter.java:7)\n-->", "GSSException: Defective token", ""},
		{401, "", "<table><tr><td>37<td>Clock skew too great<tr><td>24<td>Wrong password</table>", "", ""},
		{401, "", `<div class="row"><div>37</div><div>Clock skew too great</div></div><div class="row"><div>24</div><div>Wrong password</div></div>`, "", ""},
		{401, "", `<div role=row><span>401.1</span><span>Ticket expired</span></div><div role=row><span>0x18</span><span>Something else</span></div>`, "", ""},
		{401, "", `<div class="row"><div>37</div><div>Ticket expired</div></div>`, "Ticket expired", ""},
		{401, "", `<div class="row"><div>message</div><div>Ticket expired</div></div><div class="row"><div>status</div><div>401</div></div>`, "Ticket expired", ""},
		{401, "", `<div class="row">37<div>1</div><div>Ticket expired</div><div class="row"><div>2</div>`, "Ticket expired", ""},
		{401, "", "<div><div>37</div><div>Clock skew too great</div></div><div><div>24</div><div>Wrong password</div></div>", "", ""},
		{401, "", "<div>37: Clock skew too great</div>\n<div>24: Wrong password</div>", "", ""},
		{401, "", "<div><b>37</b> – Clock skew too great</div><div><b>24</b> – Wrong password</div>", "", ""},
		{401, "", "<div>37</div><div>Clock skew too great</div><div>24</div><div>Wrong password</div>", "", ""},
		{401, "", "<p>1. Clock skew too great<p>2. Wrong password", "", ""},
		{401, "", "<p>37 Clock skew too great<br>24 Wrong password<br/></p>", "", ""},
		{401, "", "<div><b>Ticket expired</b><span>Lock and unlock.</span></div><div><b>Invalid smart card</b><span>Call us.</span></div>", "", ""},
		{401, "", "<div><b>Your account is locked</b><i>Call 4711</i></div><div><b>Your password has expired</b><i>Call 4712</i></div>", "", ""},
		{401, "", "<div>Your account is locked</div><div>Your ticket has expired</div><div>Your computer is not in the domain</div>", "", ""},
		{401, "", "<div>Access denied</div><div>Your account is locked</div><div>Call 4711</div>", "", "Your account is locked"},
		{401, "", "<div>HTTP 401 Unauthorized</div><div>37 Clock skew too great</div>", "Clock skew too great", ""},
		{401, "", "<div>401.1 Ticket expired</div><div>Event 12 of the log</div>", "Ticket expired", ""},
		{401, "", "<div>Status</div><div>401</div><div>Reason</div><div>Ticket expired</div><div>Port</div><div>8080</div>", "Ticket expired", ""},
		{401, "", "<div><span>User</span><span>alice</span></div><div><span>Reason</span><span>Your account is locked</span></div>", "", "Your account is locked"},
		{401, "", "<div>01.12.2026 Ticket expired</div><div>02.12.2026 the log begins</div>", "Ticket expired", ""},
		{401, "", "<div>10:31:02 Ticket expired</div><div>10:31:03 no access</div>", "Ticket expired", ""},
		{401, "", "<div>37 Ticket expired</div><div>37 Ticket expired</div>", "Ticket expired", ""},
		{401, "", "<table><tr><th>Error<th>Meaning<tr><td>Your account is locked<td>Call us</table>", "", ""},
		{401, "", "<table><tr><td>Ticket expired<td>Log on again<tr><td>Smart card invalid<td>Call us</table>", "", ""},
		{401, "", "<div><div>37 Clock skew too great</div><div>24 Wrong password", "", ""},
		{401, "", "<table><tr><th>STATUS:</th><td>401</td></tr><tr><th>MESSAGE:</th><td>Ticket expired</td></tr></table>", "Ticket expired", ""},
		{401, "", "<table><tr><td>Status<td>401<tr><td><b>Message</b><td>Ticket expired</table>", "Ticket expired", ""},
		{401, "", "<table><tr><td>Access denied<tr><td>Ticket expired</table>", "Ticket expired", ""},
		{401, "", "<table><tr><td>Code<td>Ticket expired</table>", "Ticket expired", ""},
		{401, "", "<table><tr><td>Benutzer<td>alice<tr><td>Grund<td>Ticket expired</table>", "Ticket expired", ""},
		{401, "", "<table><tr><td><img src=x><td>Error<tr><td>&nbsp;<td>Ticket expired</table>", "Ticket expired", ""},
		{401, "", "<table><tr><th>Error<th>Meaning<tr><td>Clock<td>Clock skew too great</table>", "", ""},
		{401, "", "<p hidden>Ticket expired<p>Checksum failed</p>", "Checksum failed", ""},
		{401, "", "<p hidden>Ticket expired<p hidden>Checksum failed</p><p>Access denied</p>", "", ""},
		{401, "", "<body style='display:none'><p>Ticket expired</p></body>", "Ticket expired", ""},
		{401, "", "<p>No logon for alice, reason Clock skew too great (37)</p>", "Clock skew too great (37)", ""},
		{401, "", "no logon for alice, the reason is Clock skew too great", "Clock skew too great", ""},
		{401, "", "<p>A common reason is Clock skew too great</p>", "", ""},
		{401, "", "<p>The reasons are Clock skew too great and others</p>", "", ""},
		{401, "", `{"hint":"If you see Ticket expired, log on again","message":"no ticket in the request"}`, "", "no ticket in the request"},
		{401, "", "<title>HTTP Status 401 \u2013 Unauthorized</title>", "", ""},
		{401, "", "<title>Unauthorized - CUPS v2.4.2</title><hr>Apache Tomcat/10.1.60 (Debian)", "", ""},
		{403, "", "\x1b\x2c\x00\x04binary", "", ""},
		{403, "", "Blocked\x1b[31m \u202e by policy", "", "Blocked\x1b[31m \u202e by policy"}, // quoted where it is printed
		{403, "", "bad header Authorization: Basic Ym9iOkNBTkFSWQ==", "", ""},
		{403, "", "cannot parse Authorization: Basic Ym9iOkNBTkFSWQ==", "", "cannot parse Authorization: ..."},
		{403, "", `{"message":"bad password=hunter2 for bob"}`, "", "bad password=... for bob"},
		{403, "", "rejected YIIGhgYGKwYBBQUCoIIGejCCBnagMDAu at https://bob:pw@web/a?token=1&b=2 now", "", "rejected ... at https://...@web/a?... now"},
		{403, "", "HTTP/web-of-the-finance-department.contoso.com is refused", "", "HTTP/web-of-the-finance-department.contoso.com is refused"},
		{403, "", strings.Repeat("blocked ", 100), "", strings.Repeat("blocked ", 25) + "..."},
		{403, "\xff\xfe gone", "", "", "? gone"},
		{404, "", "<title>Page gone fishing</title>", "", "Page gone fishing"},
		{413, "FULL head", "", "FULL head", ""},
		{413, "", "<p>FULL headline</p>", "", ""},
	} {
		got := ReadPage(&httpstream.Response{Status: c.status, Reason: c.reason, Body: []byte(c.body)}, true)
		if got.Text != c.wantText || got.Words != c.wantSays {
			t.Errorf("%d %q %q: text %q, words %q; want %q, %q", c.status, c.reason, c.body, got.Text, got.Words, c.wantText, c.wantSays)
		}
		if got := ReadPage(&httpstream.Response{Status: c.status, Reason: c.reason, Body: []byte(c.body)}, false); got.Text != c.wantText || got.Words != "" {
			t.Errorf("%d %q %q, not refusing: text %q, words %q", c.status, c.reason, c.body, got.Text, got.Words)
		}
		for n := range len(c.body) {
			ReadPage(&httpstream.Response{Status: c.status, Body: []byte(c.body[:n])}, true)
		}
	}
}

func FuzzPage(f *testing.F) {
	f.Add("Unauthorized: Kerberos ticket expired", []byte(`{"message":"no"}`))
	f.Add("", []byte("<title>Blocked</title><p>no</p>"))
	f.Fuzz(func(t *testing.T, reason string, body []byte) {
		p := ReadPage(&httpstream.Response{Status: 401, Reason: reason, Body: body}, true)
		if most := maxErrorText + len("..."); len(p.Words) > most || len(p.Text) > most {
			t.Errorf("%d and %d bytes", len(p.Words), len(p.Text))
		}
	})
}
