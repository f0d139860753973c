package analysis

import "testing"

func TestMayCause(t *testing.T) {
	t.Parallel()
	plain, absence, late := &Check{}, &Check{Awaits: "an answer"}, &Check{ShownLater: "it shows at the end"}
	for _, c := range []struct {
		name          string
		cause, effect Finding
		want          bool
	}{
		{"before", Finding{Frame: 3, By: plain}, Finding{Frame: 9, By: plain}, true},
		{"in one frame", Finding{Frame: 9, By: plain}, Finding{Frame: 9, By: plain}, true},
		{"after", Finding{Frame: 10, By: plain}, Finding{Frame: 9, By: plain}, false},
		{"after the challenge that nobody answered", Finding{Frame: 10, By: plain}, Finding{Frame: 9, By: absence}, true},
		{"what awaits is the cause", Finding{Frame: 10, By: absence}, Finding{Frame: 9, By: plain}, false},
		{"shown later", Finding{Frame: 10, By: late}, Finding{Frame: 9, By: plain}, true},
		{"of the whole capture", Finding{By: plain}, Finding{Frame: 9, By: plain}, true},
	} {
		if got := c.cause.MayCause(&c.effect); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}
