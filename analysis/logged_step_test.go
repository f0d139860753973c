package analysis

import (
	"testing"

	"negotrace/capture/serverlog"
	"negotrace/tokens"
)

// TestStepOf holds what lines of IIS say: those of a handshake that goes on are no refusals.
func TestStepOf(t *testing.T) {
	t.Parallel()
	line := func(status, sub int, win32 uint32, user string) serverlog.Request {
		return serverlog.Request{Status: status, SubStatus: sub, Win32Status: tokens.Win32Status(win32), User: user, NamesUsers: true, NamesSubStatus: true}
	}
	for name, tt := range map[string]struct {
		line serverlog.Request
		want LoggedStep
	}{
		"the first 401":                    {line(401, 2, 5, ""), LogsChallenge},
		"the first 401 of old":             {line(401, 2, 2148074254, ""), LogsChallenge},
		"the second 401 of NTLM":           {line(401, 1, 2148074254, ""), LogsChallenge},
		"the second 401 of old":            {line(401, 1, 0, ""), LogsChallenge},
		"a logon that was refused":         {line(401, 1, 2148074252, ""), LogsRefusal},
		"a token that could not be read":   {line(401, 1, 2148074248, ""), LogsRefusal},
		"Basic with a wrong password":      {line(401, 1, 1326, "bob"), LogsRefusal},
		"an error of cryptography":         {line(401, 1, 0x80090006, ""), LogsRefusal},
		"such an error of an application":  {line(401, 0, 0x80090016, ""), LogsChallenge},
		"an error that has no name":        {line(401, 1, 0x80090399, ""), LogsRefusal},
		"the client went away":             {line(401, 1, 64, ""), LogsChallenge},
		"the access list":                  {line(401, 3, 5, `CORP\bob`), LogsNoRight},
		"the access list, to nobody":       {line(401, 3, 5, ""), LogsNoRight},
		"a filter":                         {line(401, 4, 0, ""), LogsNoRight},
		"URL authorisation":                {line(401, 2, 5, `CORP\bob`), LogsNoRight},
		"an application":                   {line(401, 0, 0, ""), LogsNothing},
		"an application that knows whom":   {line(401, 0, 0, `CORP\bob`), LogsNoRight},
		"too many requests":                {line(401, 502, 0, ""), LogsNothing},
		"somebody who was let in":          {line(200, 0, 0, `CORP\bob`), LogsLogon},
		"not there, for a user":            {line(404, 0, 2, `CORP\bob`), LogsLogon},
		"forbidden to a user":              {line(403, 0, 5, `CORP\bob`), LogsNoRight},
		"no listing, for a user":           {line(403, 14, 0, `CORP\bob`), LogsNothing},
		"forbidden to anybody":             {line(403, 14, 0, ""), LogsNothing},
		"anybody":                          {line(200, 0, 0, ""), LogsAnybody},
		"not there":                        {line(404, 0, 2, ""), LogsNothing},
		"HTTP.sys":                         {serverlog.Request{Status: 400, Reason: "FieldLength"}, LogsNothing},
		"a log without sub-statuses":       {serverlog.Request{Status: 401}, LogsChallenge},
		"such a log, and a logon refused":  {serverlog.Request{Status: 401, Win32Status: 1326}, LogsRefusal},
		"such a log, and an access denied": {serverlog.Request{Status: 401, Win32Status: 5}, LogsChallenge},
	} {
		if got := StepOf(&tt.line); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}
