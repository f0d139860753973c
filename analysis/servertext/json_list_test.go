package servertext

import (
	"testing"

	"negotrace/httpstream"
)

// TestJSONReason has services that answer 401 in JSON: why, or which errors there are.
func TestJSONReason(t *testing.T) {
	for _, tt := range []struct{ name, body, text, words string }{
		{"one error", `{"errors":[{"code":401,"message":"Clock skew too great"}]}`, "Clock skew too great", ""},
		{"the library's words behind the status'", `{"errors":[{"message":"Unauthorized"},{"message":"GSSException: Failure unspecified at GSS-API level (Mechanism level: Checksum failed)"}]}`,
			"GSSException: Failure unspecified at GSS-API level (Mechanism level: Checksum failed)", ""},
		{"a stack", `{"status":401,"trace":["GSSException: Defective token detected","at sun.security.jgss.X","at b","at c"]}`, "GSSException: Defective token detected", ""},
		{"deep", `{"error":{"code":"Unauthorized","innererror":{"type":"KrbException","message":"KrbException: Request is a replay (34)"}}}`, "KrbException: Request is a replay (34)", ""},
		{"all errors that there are", `{"errors":[{"code":4011,"message":"Password wrong"},{"code":4012,"message":"Clock skew too great"},{"code":4013,"message":"Account locked"}]}`, "", ""},
		{"the same, cut", `{"errors":[{"code":4011,"message":"Password wrong"},{"code":4012,"message":"Clock skew too great"},{"code":4013,"mess`, "", ""},
		{"by code", `{"status":401,"errorCodes":{"E1":"Bad request","E2":"Clock skew too great"}}`, "", ""},
		{"members that are codes", `{"4011":"No such user here","4012":"Clock skew too great","4013":"The account is locked"}`, "", ""},
		{"members that are names of errors", `{"errors":{"KRB_AP_ERR_SKEW":"Clock skew too great","BAD_PASSWORD":"Wrong password","NO_USER":"No such user"}}`, "", ""},
		{"help beside the reason", `{"message":"Your account is locked","help":[{"title":"Clock skew too great"}]}`, "", "Your account is locked"},
		{"help alone", `{"status":401,"possibleCauses":["Clock skew too great","Ticket expired"]}`, "", ""},
		{"an example", `{"status":401,"example":"GSSException: Defective token detected"}`, "", ""},
		{"what was before, and what may be said", `{"error":"Unauthorized","previousErrors":[{"message":"KRB_AP_ERR_SKEW"}],"i18n":{"a":{"message":"KDC_ERR_PREAUTH_FAILED"}}}`, "", ""},
		{"a reason and all codes", `{"message":"User bob may not log on here","knownErrors":[{"message":"The account is locked now"}]}`, "", "User bob may not log on here"},
		{"texts in an array", `{"errors":["The account is locked"]}`, "", "The account is locked"},
		{"errors of several fields", `{"errors":[{"message":"The name is missing"},{"message":"The date is missing"},{"message":"The sum is missing"}]}`, "", ""},
		{"another spelling", `{"error_message":"The account is locked"}`, "", "The account is locked"},
		{"the framework's exception", `{"Message":"An error has occurred.","ExceptionMessage":"The account is locked"}`, "", "The account is locked"},
		{"two levels of arrays", `[[{"message":"The account is locked"}]]`, "", "The account is locked"},
		{"no JSON after all", `{"message":"The account is locked"]`, "", "The account is locked"},
	} {
		p := ReadPage(&httpstream.Response{Status: httpstream.StatusUnauthorized, Body: []byte(tt.body)}, true)
		if p.Text != tt.text || p.Words != tt.words {
			t.Errorf("%s: text %q, words %q; want %q and %q", tt.name, p.Text, p.Words, tt.text, tt.words)
		}
	}
}
