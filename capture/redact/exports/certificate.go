package exports

import (
	"encoding/pem"
	"strings"
)

// certificate rewrites a certificate in PEM (RFC 7468). Anything else is no certificate.
func (r *rewriter) certificate(s string) string {
	block, rest := pem.Decode([]byte(s))
	if block == nil || block.Type != "CERTIFICATE" || len(block.Headers) > 0 || strings.TrimSpace(string(rest)) != "" {
		return r.Names.OpaqueText(s)
	}
	r.publish("CERTIFICATE BEGIN END")
	r.Certificate(block.Bytes)
	return string(pem.EncodeToMemory(block))
}
