// Command gokrb5 is a web server that takes Kerberos by the SPNEGO handler of the library gokrb5.
//
// usage: gokrb5 ADDRESS KEYTAB USER...
//
// It says hello to the users named and 403 to others. The library reads the PAC unless it
// is told not to, and refuses tickets of MIT's KDC, whose PAC is small; with DECODE_PAC in
// the environment it reads it.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"slices"

	"github.com/jcmturner/goidentity/v6"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/service"
	"github.com/jcmturner/gokrb5/v8/spnego"
)

func main() {
	keys, err := keytab.Load(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	hello := func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(os.Args[3:], goidentity.FromHTTPRequestContext(r).UserName()) {
			http.Error(w, "not for you", http.StatusForbidden)
			return
		}
		io.WriteString(w, "hello\n")
	}
	settings := []func(*service.Settings){
		service.Logger(log.Default()),
		service.KeytabPrincipal("HTTP/site.lab.test"),
		service.DecodePAC(os.Getenv("DECODE_PAC") != ""),
	}
	guarded := spnego.SPNEGOKRB5Authenticate(http.HandlerFunc(hello), keys, settings...)
	log.Fatal(http.ListenAndServe(os.Args[1], guarded))
}
