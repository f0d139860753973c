package checks

import (
	"cmp"
	"fmt"
	"strings"

	"negotrace/analysis"
	"negotrace/tokens"
)

// kdcSays returns what a KDC or an acceptor says besides the code: the NTSTATUS and the text.
func kdcSays(e *tokens.KRBError) []string {
	var words []string
	if e.Status != 0 {
		words = append(words, cmp.Or(e.Status.Name(), e.Status.String()))
	}
	if text := strings.TrimSpace(e.Text); text != "" {
		words = append(words, quoted(text))
	}
	return words
}

// kdcWords returns what kdcSays does, in brackets.
func kdcWords(e *tokens.KRBError) string {
	words := kdcSays(e)
	if len(words) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s)", strings.Join(words, ", "))
}

// serviceName returns the name of the service that a KDC was asked for.
func serviceName(k *analysis.KDCExchange) string {
	if s := k.Service(); s.String() != "" {
		return s.String()
	}
	return "a service that the capture does not name"
}

// namesPrincipal reports whether a request that was refused, or the refusal, says who asked.
func namesPrincipal(k *analysis.KDCExchange) bool {
	r := k.Req()
	return r != nil && r.Client.String() != "" || k.Err().Client.String() != ""
}

// principal names who asked, or the address where the request does not say.
func principal(k *analysis.KDCExchange) string {
	if r := k.Req(); r != nil && r.Client.String() != "" {
		return r.Client.String()
	}
	if c := k.Err().Client; c.String() != "" {
		return c.String()
	}
	return fmt.Sprintf("a client at %v", k.Client.Addr())
}
