// Command gokrb5 is a web server and a client on the library gokrb5.
//
// usage: gokrb5 serve ADDRESS KEYTAB USER...
//
//	gokrb5 get URL USER REALM PASSWORD
//
// The server says hello to the users named and 403 to others. The library reads the PAC
// unless it is configured not to, and refuses tickets of MIT's KDC, whose PAC is small; with
// DECODE_PAC in the environment it reads it.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"slices"

	"github.com/jcmturner/goidentity/v6"
	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/service"
	"github.com/jcmturner/gokrb5/v8/spnego"
)

func main() {
	run := map[string]func([]string) error{"serve": serve, "get": get}[os.Args[1]]
	if err := run(os.Args[2:]); err != nil {
		log.Fatal(err)
	}
}

func serve(args []string) error {
	keys, err := keytab.Load(args[1])
	if err != nil {
		return err
	}
	hello := func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(args[2:], goidentity.FromHTTPRequestContext(r).UserName()) {
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
	return http.ListenAndServe(args[0], guarded)
}

func get(args []string) error {
	realms, err := config.Load("/etc/krb5.conf")
	if err != nil {
		return err
	}
	user := client.NewWithPassword(args[1], args[2], args[3], realms)
	response, err := spnego.NewClient(user, nil, "").Get(args[0])
	if err != nil {
		return err
	}
	fmt.Println(response.StatusCode, args[0])
	return response.Body.Close()
}
