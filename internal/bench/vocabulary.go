package main

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"sync"

	"negotrace/internal/capturetest"
)

// users is how many users there are; each has its own tokens.
const users = 200

// A vocabulary is the words and tokens that conversations are made of.
type vocabulary struct {
	word [4096][]byte // each with the blank behind it
	user [users]credentials
}

// credentials are the tokens of a user, in base64.
type credentials struct {
	ntlm1, ntlm2, ntlm3 string
	init, resp          string // SPNEGO with Kerberos
	spnego1, spnego2    string // SPNEGO with NTLM
	spnego3             string
	asReq, asError      []byte // to and from a KDC
	tgsReq, tgsRep      []byte
}

func newVocabulary(rnd *rand.Rand) (*vocabulary, error) {
	v := &vocabulary{}
	for i := range v.word {
		for range 2 + rnd.IntN(9) {
			v.word[i] = append(v.word[i], "etaoinshrdlucmfw"[rnd.IntN(16)])
		}
		v.word[i] = append(v.word[i], ' ')
	}
	var err error
	v.user, err = credentialsOnce()
	return v, err
}

// credentialsOnce makes the credentials, which are the same in every capture.
var credentialsOnce = sync.OnceValues(func() (all [users]credentials, err error) {
	for i := range all {
		name, host := fmt.Sprintf("user%03d", i), fmt.Sprintf("web%02d.corp.test", i%20)
		spn := "HTTP/" + host + "@CORP.TEST"
		apreq := fmt.Sprintf("{apreq %s mutual size=%d id=%s}", spn, 900+i%7*150, name)
		ntlm2 := fmt.Sprintf("ntlm2 target=CORP computer=WEB%02d dns=%s", i%20, host)
		ntlm3 := fmt.Sprintf("ntlm3 user=%s domain=CORP ws=PC%03d target=HTTP/%s", name, i, host)
		b, err := capturetest.Tokens("ntlm1", ntlm2, ntlm3,
			"spnego-init token="+apreq,
			"spnego-resp state=accept-completed mech=ms-krb5 token={aprep}",
			"spnego-init mechs=ntlm token={ntlm1}",
			"spnego-resp state=accept-incomplete mech=ntlm token={"+ntlm2+"}",
			"spnego-resp token={"+ntlm3+"}",
			"as-req cname="+name+"@CORP.TEST", "krb-error 25 sname=krbtgt/CORP.TEST@CORP.TEST",
			"tgs-req "+spn+" tgt=CORP.TEST", "tgs-rep "+spn+" cname="+name+"@CORP.TEST")
		if err != nil {
			return all, err
		}
		text := base64.StdEncoding.EncodeToString
		all[i] = credentials{
			ntlm1: text(b[0]), ntlm2: text(b[1]), ntlm3: text(b[2]), init: text(b[3]), resp: text(b[4]),
			spnego1: text(b[5]), spnego2: text(b[6]), spnego3: text(b[7]),
			asReq: b[8], asError: b[9], tgsReq: b[10], tgsRep: b[11],
		}
	}
	return all, nil
})
