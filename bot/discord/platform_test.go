package discord

import (
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.uber.org/goleak"

	"studycoach/bot/platformtest"
	"studycoach/coach"
)

func TestMain(m *testing.M) {
	// Most of what runs beside other tests waits for times that Discord asks for,
	// so that more of it can run at once than there are processors.
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// open returns a platform beside a fake Discord.
func open(t testing.TB, change func(o *Options)) (*Platform, *fake) {
	t.Helper()
	f := newFake(t)
	o := Options{
		Token: fakeToken, PublicKey: publicKey, APIURL: f.url(),
		Draw: func(coach.Image) ([]byte, error) { return []byte("\x89PNG\r\n\x1a\n"), nil },
		Log:  slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	if change != nil {
		change(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.rest.close)
	return p, f
}

func TestPlatform(t *testing.T) {
	for name, signed := range map[string]bool{"gateway": false, "signed HTTP": true} {
		t.Run(name, func(t *testing.T) {
			platformtest.Run(t, func(t *testing.T) platformtest.Subject {
				t.Helper()
				p, f := open(t, nil)
				c := &chat{fake: f, platform: p, told: map[string]string{}, form: map[string]*fakeInteraction{}}
				if signed {
					mux := http.NewServeMux()
					for path, h := range p.Routes() {
						mux.Handle(path, h)
					}
					c.http = httptest.NewServer(mux)
					t.Cleanup(func() {
						c.http.Close()
						http.DefaultClient.CloseIdleConnections()
					})
				}
				return platformtest.Subject{
					Platform: p, Chat: c, Room: "discord/100/200", Ada: "discord/100/301", Ben: "discord/100/302",
					Once: true, Looks: true,
				}
			})
		})
	}
}
