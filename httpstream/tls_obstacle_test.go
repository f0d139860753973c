package httpstream

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestClosed counts what stood in the way of opening TLS, by host.
func TestClosed(t *testing.T) {
	t.Parallel()
	var c Counters
	old := TLSObstacle{Host: "old.test", Version: "SSL 3.0", Cipher: "TLS_RSA_WITH_RC4_128_MD5", Reason: obstacleVersion}
	part := TLSObstacle{Host: "web.test", Reason: obstacleHole, Opened: true}
	for i, o := range []TLSObstacle{old, old, part, {Host: "old.test", Reason: obstacleNoKeyLog}, {Host: "web.test"}} {
		o.First.Frame = 9 - i // connections end in any order
		c.NotOpened(o)
	}
	old.Connections, part.Connections = 2, 1
	old.First.Frame, part.First.Frame = 8, 7
	want := Counters{TLSNotOpened: map[string]int{"old.test": 3, "web.test": 1}, TLSObstacles: []TLSObstacle{old, part}}
	want.Places.TLSNotOpened = map[string]Pos{"old.test": {Frame: 6}, "web.test": {Frame: 5}}
	if d := cmp.Diff(want, c, byFrame()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]int{"old.test": 1, "web.test": 1}, c.WithoutKeyLog()); d != "" {
		t.Errorf("without key log (-want +got):\n%s", d)
	}
	if got, want := old.String(), "SSL 3.0 with TLS_RSA_WITH_RC4_128_MD5: "+obstacleVersion; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	sum := Counters{}
	sum.Add(&c)
	sum.Add(&c)
	if len(sum.TLSObstacles) != 2 || sum.TLSObstacles[0].Connections != 4 {
		t.Errorf("got %+v", sum.TLSObstacles)
	}
}

// byFrame compares places by their frames.
func byFrame() cmp.Option { return cmp.Comparer(func(a, b Pos) bool { return a.Frame == b.Frame }) }

// TestObstacleLimit has more hosts than are counted each: what is said of the others is true.
func TestObstacleLimit(t *testing.T) {
	t.Parallel()
	var c Counters
	for i := range maxObstacles + 100 {
		c.NotOpened(TLSObstacle{Host: fmt.Sprint(i), Version: "1.2", Cipher: "0x0041", Reason: obstacleSuite})
		c.NotOpened(TLSObstacle{Host: fmt.Sprint(i), Reason: obstacleMidStream})
	}
	total := 0
	for _, o := range c.TLSObstacles {
		total += o.Connections
	}
	if want := maxObstacles + 2; len(c.TLSObstacles) != want {
		t.Errorf("got %d obstacles, want %d", len(c.TLSObstacles), want)
	}
	if want := 2 * (maxObstacles + 100); total != want || len(c.WithoutKeyLog()) != 0 {
		t.Errorf("got %d connections, want %d; without key log %v", total, want, c.WithoutKeyLog())
	}
}

// TestSecretsUsed distinguishes a key log of another capture from one whose connections could not
// be opened for another reason.
func TestSecretsUsed(t *testing.T) {
	t.Parallel()
	camellia := []flight{
		{Client, madeRecord(22, madeClientHello())},
		{Server, madeRecord(22, madeServerHello(madeRandom[Server], 0x0041))},
		{Server, madeRecord(20, []byte{1})},
		{Server, madeRecord(22, make([]byte, 100))},
	}
	opened := madeTalk(t, madeSuite{tls12, 0x000a})
	for _, test := range []struct {
		name         string
		secrets      *Secrets
		flights      []flight
		used, missed bool
		want         string
	}{
		{"right", secretsOf(madeKeyLog(32)), opened, true, false, ""},
		{"right, of a suite that is not opened", secretsOf(madeKeyLog(32)), camellia, true, false, obstacleSuite},
		{"of another", secretsOf([]byte(fmt.Sprintf("CLIENT_RANDOM %064x %096x\n", 1, 2))), opened, false, true, obstacleNoSecrets},
		{"in the middle", secretsOf(madeKeyLog(32)), opened[5:], false, false, obstacleMidStream},
	} {
		o := &shared{secrets: test.secrets, counters: &Counters{}}
		c := testConn()
		r := o.tls(c)
		for _, f := range test.flights {
			r.data(f.from, &Pos{}, f.b)
		}
		r.end(Client, &Pos{})
		r.end(Server, &Pos{})
		if got := test.secrets; got.Used > 0 != test.used || got.Missed > 0 != test.missed || c.TLS.Obstacle != test.want {
			t.Errorf("%s: got %d used, %d missed, %q", test.name, got.Used, got.Missed, c.TLS.Obstacle)
		}
	}
}
