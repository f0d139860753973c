package serverlog

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	envoyLine = `[2026-11-23T10:00:01.000Z] "GET /app?x=1 HTTP/1.1" 401 - 0 12 250 249 "192.0.2.10" "curl/8.9.1" "cc21d9b0" "web.corp.test" "10.0.0.1:80"` + "\n"
	istioLine = `[2026-11-23T10:00:01.000Z] "GET /app?x=1 HTTP/1.1" 401 - via_upstream - "-" 0 12 250 249 "203.0.113.9" "curl/8.9.1" "cc21d9b0" "web.corp.test" "10.0.0.1:80" outbound|80||web 10.1.1.1:8080 10.1.1.2:80 192.0.2.10:50000 - default` + "\n"
	noClient  = `[2026-11-23T10:00:01.000Z] "- - -" 0 NR filter_chain_not_found - "-" 0 0 0 - "-" "-" "-" "-" "-" - - 10.1.1.2:443 192.0.2.10:50000 - -` + "\n"
	albLine   = `https 2026-11-23T10:00:01.250Z app/lb/50dc6c495c0c9188 192.0.2.10:50000 10.0.0.1:80 0.001 0.248 0.001 401 401 34 366 "GET https://web.corp.test:443/app?x=1 HTTP/1.1" "curl/8.9.1" ECDHE-RSA TLSv1.2 arn:aws:x "Root=1-58337262" "web.corp.test" "arn:aws:y" 0 2026-11-23T10:00:01.000Z "forward" "-" "-" "10.0.0.1:80" "401" "-" "-"` + "\n"
	elbLine   = `2026-11-23T10:00:01.250Z lb 192.0.2.10:50000 10.0.0.1:80 0.001 0.248 0.001 401 401 0 29 "GET http://web.corp.test:80/app HTTP/1.1" "curl/8.9.1" - -` + "\n"
)

func TestBalancerLog(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"Envoy": envoyLine, "Istio": istioLine, "ALB": albLine, "ELB": elbLine} {
		p := place(1, "2026-11-23 10:00:01")
		p.Time = p.Time.Add(250 * time.Millisecond)
		want := Request{Pos: p, Client: netip.MustParseAddrPort("192.0.2.10:50000"), Method: "GET", Path: "/app", Host: "web.corp.test", UserAgent: "curl/8.9.1", Status: 401, TimeTaken: 250 * time.Millisecond, Upstream: "10.0.0.1:80"}
		switch name {
		case "Envoy":
			want.Client, want.ForwardedFor = netip.AddrPortFrom(want.Client.Addr(), 0), "192.0.2.10"
		case "Istio":
			want.ForwardedFor = "203.0.113.9"
		}
		got, lines := readWith(t, ReadBalancerLog, text)
		if d := cmp.Diff([]Request{want}, got, same); d != "" || lines.Malformed+lines.Others > 0 {
			t.Errorf("%s: %s %+v", name, d, lines)
		}
		if !IsBalancerLog([]byte("its end\n" + text)) {
			t.Errorf("%s is not known", name)
		}
		for n := range len(text) {
			readWith(t, ReadBalancerLog, text[:n])
		}
	}
	if got, lines := readWith(t, ReadBalancerLog, noClient+envoyLine); len(got) != 1 || lines.Others != 1 {
		t.Errorf("a connection without HTTP: %+v %+v", got, lines)
	}
	for _, took := range []string{"-5", "9223372036854775807", "-"} {
		got, _ := readWith(t, ReadBalancerLog, strings.Replace(envoyLine, " 250 249 ", " "+took+" 249 ", 1))
		if len(got) != 1 || got[0].TimeTaken != 0 {
			t.Errorf("a request that took %s: %+v", took, got)
		}
	}
	for _, text := range []string{"", iis, accessLines, squidLines, haproxyLines, jsonLines, "[error] \"GET / HTTP/1.1\" 200 - 1 2 3 4\n", strings.Repeat("\"a\" ", 50)} {
		if IsBalancerLog([]byte(text)) {
			t.Errorf("%.40q is known", text)
		}
	}
}

func FuzzBalancerLog(f *testing.F) {
	for _, text := range []string{envoyLine, istioLine, noClient, albLine, elbLine} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { readWith(t, ReadBalancerLog, text) })
}

// Why a filter of Envoy refused credentials is kept; that none came is no refusal.
func TestEnvoyDetails(t *testing.T) {
	for details, want := range map[string]string{
		"jwt_authn_access_denied{Jwt_verification_fails}": "jwt_authn_access_denied{Jwt_verification_fails}",
		"jwt_authn_access_denied{Jwt_is_missing}":         "",
		"invalid_credential_for_basic_auth":               "invalid_credential_for_basic_auth",
		"via_upstream":                                    "",
	} {
		text := `[2026-11-23T10:00:01.000Z] "GET /app HTTP/1.1" 401 - ` + details + ` - "-" 0 22 0 - "192.0.2.10" "curl/8.9.1" "cc21d9b0" "web.corp.test" "-" inbound|80|| - 10.0.0.1:80 192.0.2.10:0 outbound_.80_._.web default` + "\n"
		if got, _ := readWith(t, ReadBalancerLog, text); len(got) != 1 || got[0].Details != want {
			t.Errorf("%s: %+v", details, got)
		}
	}
}
