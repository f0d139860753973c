package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"

	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
	"negotrace/httpstream"
	"negotrace/internal/redactproof"
)

// attempts is how often a capture is redacted with new noise, if a name happens to be in the
// noise, or the pseudonym of an address is another address.
const attempts = 3

// An attempt is the state of redacting and proving it once.
type attempt struct {
	sources  []capture.Source
	out      *redactedOut
	secrets  *httpstream.Secrets
	original *redactproof.Report // nil if it is made by the proof
	asNG     bool                // packet files become pcapng, whatever they are
	opens    bool                // HTTP/2 without TLS is written anew
	names    *pseudonym.Names
	key      []byte // of all pseudonyms
	isAgain  bool   // the addresses of the capture are known
}

// errClash says that pseudonyms of some addresses are other addresses of the capture.
var errClash = errors.New("pseudonyms of addresses are addresses of the capture")

// tryRedacting redacts. It repeats this while a name is in the noise by chance; once if a pseudonym of an
// address is another address of the capture, with all addresses known then; and once if the report
// differs, as it does where a pseudonym looks like another header.
func (t *tool) tryRedacting(ctx context.Context, v *redaction, try *attempt) error {
	var before *pseudonym.Names
	for n := 0; ; n++ {
		try.names = pseudonym.New(pseudonym.Options{
			Keep: v.names, KeepAddresses: v.addresses, Avoid: before,
			Key: sha256.Sum256(append(slices.Clone(try.key), byte(n))),
		})
		done, found, err := t.redactOnce(ctx, try)
		before = try.names
		switch {
		case errors.Is(err, capture.ErrNotPcap) && !try.asNG:
			try.asNG = true
			n--
		case !try.opens && errors.Is(err, capture.ErrHTTP2):
			try.opens = true
			n--
		case !try.opens && errors.Is(err, redactproof.ErrDiffers):
			try.opens = true // a capture that begins later does not show where HTTP/2 begins
		case (errors.Is(err, redactproof.ErrNameInNoise) || errors.Is(err, errClash)) && n+1 < attempts:
			try.isAgain = true
		case err != nil:
			return err
		default:
			return t.keepRedacted(v, try.out, try.names, done, found)
		}
	}
}

// redactOnce redacts and proves the result. It returns the findings that differ because packets
// are missing.
func (t *tool) redactOnce(ctx context.Context, a *attempt) (done *capture.Redaction, found []string, err error) {
	bar := newBar(t.stderr)
	done, counters, err := capture.Redact(ctx, a.sources, capture.RedactPlan{Names: a.names, Secrets: a.secrets, OpensHTTP2: a.opens, PcapNG: a.asNG, Create: a.out.create, Progress: bar.show})
	bar.clear()
	switch {
	case ctx.Err() != nil:
		return nil, nil, errInterrupted
	case err != nil:
		return nil, nil, err
	}
	if !a.isAgain && a.names.Clashes() > 0 {
		return nil, nil, errClash
	}
	a.opens = a.opens || done.Cleartext != nil
	t.damage(counters.Damage)
	proof := redactproof.Proof{Names: a.names, Secrets: a.secrets, Redaction: done, Original: a.original}
	for _, n := range done.Written {
		written, err := a.out.source(n)
		if err != nil {
			return nil, nil, err
		}
		original := a.sources[n]
		if original.FoundInDirectory = false; len(done.Written) > 1 {
			original.Name = written.Name
		}
		proof.Originals, proof.Written = append(proof.Originals, original), append(proof.Written, written)
	}
	found, err = proof.Check(ctx)
	if ctx.Err() != nil {
		err = errInterrupted
	}
	return done, found, err
}
