package correlate

import (
	"slices"

	"negotrace/tokens"
)

// A challengeCache holds the challenges of the header lines that came last. Servers repeat the
// same lines: they are parsed once, and all legs share the result, which is never written to.
type challengeCache [cachedChallenges]struct {
	lines      []string
	challenges []tokens.Auth
}

// read reads the challenges of header lines.
func (k *challengeCache) read(d tokens.Decoder, lines []string) []tokens.Auth {
	if len(lines) == 0 {
		return nil
	}
	size := len(lines)
	for _, l := range lines {
		size += len(l)
	}
	slot := &k[size%cachedChallenges]
	if slices.Equal(slot.lines, lines) {
		return slot.challenges
	}
	challenges := d.Challenges(lines)
	// Tokens differ each time.
	if !slices.ContainsFunc(challenges, func(a tokens.Auth) bool { return a.Token != nil }) {
		slot.lines, slot.challenges = lines, slices.Clip(challenges)
	}
	return challenges
}
