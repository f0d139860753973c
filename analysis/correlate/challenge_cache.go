package correlate

import (
	"slices"

	"negotrace/tokens"
)

// A challengeCache holds the challenges of header lines seen lately. A server asks with the
// same words again and again: they are read once, and all legs share what was read, which
// nobody changes.
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
	// A token is another one each time.
	if !slices.ContainsFunc(challenges, func(a tokens.Auth) bool { return a.Token != nil }) {
		slot.lines, slot.challenges = lines, slices.Clip(challenges)
	}
	return challenges
}
