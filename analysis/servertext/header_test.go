package servertext

import (
	"testing"

	"negotrace/httpstream"
)

func FuzzHeaderReason(f *testing.F) {
	f.Add("x-ms-diagnostics", `28030;source="pool";reason="The user is not enabled."`)
	f.Add("X-MSDAVEXT_Error", "917656%3b%20Access%20denied")
	f.Add("Proxy-Status", `edge; error=connection_timeout; details="no answer in 5 s"`)
	f.Fuzz(func(t *testing.T, name, value string) {
		got := HeaderReason(httpstream.Header{{Name: name, Value: value}}, nil, "Negotiate", "")
		if most := maxErrorText + len("..."); len(got) > most {
			t.Errorf("%d bytes", len(got))
		}
	})
}
