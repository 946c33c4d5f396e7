package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"studycoach/bot"
)

// api calls Slack's Web API. It calls it itself, and not through the SDK, to
// know of a call that failed whether Slack may have acted on it, and to retry
// nothing by itself. Its methods may be called by many goroutines at once.
type api struct {
	url, bot, app string
	client        *http.Client
	limits        map[string]*rate.Limiter

	mu    sync.Mutex
	rests map[string]time.Time // until when Slack wants no calls of a method
}

const (
	callTime  = 10 * time.Second // for a call
	maxAnswer = 8 << 20          // bytes of an answer
	maxWait   = 2 * time.Second  // for the pace of a method
)

// Paces of methods, in calls a minute, as their pages name them: Tier 1 to 4 of
// https://docs.slack.dev/apis/web-api/rate-limits. Those missing have a limit of
// their own, and are left to Slack or to the pace of messages.
var tiers = map[string]int{
	"apps.connections.open":        1,
	"bots.info":                    50,
	"chat.update":                  50,
	"conversations.history":        50,
	"conversations.open":           50,
	"conversations.replies":        50,
	"chat.postEphemeral":           100,
	"files.completeUploadExternal": 100,
	"files.getUploadURLExternal":   100,
	"files.info":                   100,
	"users.info":                   100,
	"views.open":                   100,
	"views.publish":                100,
	"views.push":                   100,
	"views.update":                 100,
}

func newAPI(o Options) *api {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 16
	a := &api{
		url: o.APIURL, bot: o.BotToken, app: o.AppToken,
		client: &http.Client{
			Transport:     t,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		limits: map[string]*rate.Limiter{},
		rests:  map[string]time.Time{},
	}
	for method, perMinute := range tiers {
		// A burst of half a minute's calls is what the tiers call welcome.
		a.limits[method] = rate.NewLimiter(rate.Limit(float64(perMinute)/60), max(10, perMinute/2))
	}
	return a
}

func (a *api) close() { a.client.CloseIdleConnections() }

// callError is a call that failed. It quotes nothing that was sent.
type callError struct {
	Method  string        // such as "chat.postMessage"
	Code    string        // Slack's word for it, such as "channel_not_found"; empty where it gave none
	Missing string        // of missing_scope: the scope
	Status  int           // of HTTP; 0: there was no answer
	After   time.Duration // of one that is limited: when to try again
	Maybe   bool          // Slack may have acted on it
	Err     error         // what went wrong on the way
}

func (e *callError) Error() string {
	switch {
	case e.Missing != "":
		return fmt.Sprintf("%s: %s: %s", e.Method, e.Code, e.Missing)
	case e.Code != "":
		return fmt.Sprintf("%s: %s", e.Method, e.Code)
	case e.Err != nil:
		return fmt.Sprintf("%s: %v", e.Method, e.Err)
	}
	return fmt.Sprintf("%s: HTTP status %d", e.Method, e.Status)
}

func (e *callError) Unwrap() error { return e.Err }

// limited tells whether Slack, or the pace of the method, asks to wait.
func (e *callError) limited() bool { return e.After > 0 }

// codeOf is Slack's word in an error; empty where there is none.
func codeOf(err error) string {
	var e *callError
	if !errors.As(err, &e) {
		return ""
	}
	return e.Code
}

// answer is what every answer of the Web API has.
type answer struct {
	OK     bool   `json:"ok"`
	Error  string `json:"error"`
	Needed string `json:"needed"`
}

// call calls a method with the bot's token and reads what it answers into out,
// unless that is nil. Its error is a *callError.
func (a *api) call(ctx context.Context, method string, args url.Values, out any) error {
	_, err := a.callAs(ctx, a.bot, method, args, out)
	return err
}

// callAs is call with a token, and also returns the headers of the answer.
func (a *api) callAs(ctx context.Context, token, method string, args url.Values, out any) (http.Header, error) {
	if err := a.wait(ctx, method); err != nil {
		return nil, err
	}
	header, err := a.callNow(ctx, token, method, args, out)
	var e *callError
	if errors.As(err, &e) && e.limited() && a.limits[method] != nil {
		a.rest(method, e.After)
	}
	return header, err
}

// callNow is callAs whatever the pace.
func (a *api) callNow(ctx context.Context, token, method string, args url.Values, out any) (http.Header, error) {
	header := http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/x-www-form-urlencoded"}}
	got, err := a.post(ctx, method, a.url+method, header, []byte(args.Encode()))
	if err != nil {
		return nil, err
	}
	var ans answer
	if err := json.Unmarshal(got.body, &ans); err != nil {
		return nil, &callError{Method: method, Status: got.status, Maybe: true, Err: errors.New("the answer cannot be read")}
	}
	if !ans.OK {
		return nil, refusal(method, ans, got)
	}
	if out != nil {
		if err := json.Unmarshal(got.body, out); err != nil {
			return nil, &callError{Method: method, Status: got.status, Maybe: true, Err: errors.New("the answer cannot be read")}
		}
	}
	return got.header, nil
}

// Words of Slack's that are shown: nothing else of an answer is, as it may quote
// what was sent.
var (
	codePattern  = regexp.MustCompile(`^[a-z][a-z0-9_.]{0,79}$`)
	scopePattern = regexp.MustCompile(`^[a-z][a-z0-9_.:, ]{0,199}$`)
)

// refusal is the error of an answer that is not ok.
func refusal(method string, ans answer, got received) *callError {
	e := &callError{Method: method, Code: ans.Error, Status: got.status}
	if !codePattern.MatchString(e.Code) {
		e.Code = "unknown_error"
	}
	if scopePattern.MatchString(ans.Needed) {
		e.Missing = ans.Needed
	}
	if e.Code == "ratelimited" || e.Code == "rate_limited" {
		e.After = retryAfter(got.header)
	}
	// Of these its pages say that a part may have succeeded.
	e.Maybe = e.Code == "fatal_error" || e.Code == "internal_error"
	return e
}

// rest has no calls made of a method for a while, as Slack wants it. The methods
// without a pace of their own are limited for a channel, say, and do not rest.
func (a *api) rest(method string, d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rests[method] = time.Now().Add(d)
}

func (a *api) resting(method string) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return time.Until(a.rests[method])
}

// wait waits for the pace of a method, or says how long that would take.
func (a *api) wait(ctx context.Context, method string) error {
	limit := a.limits[method]
	if limit == nil {
		return nil
	}
	if d := a.resting(method); d > maxWait {
		return &callError{Method: method, Code: "ratelimited", After: d}
	}
	r := limit.Reserve()
	d := max(r.Delay(), a.resting(method))
	if d > maxWait {
		r.Cancel()
		return &callError{Method: method, Code: "ratelimited", After: d}
	}
	if d > 0 && bot.Sleep(ctx, d) != nil {
		r.Cancel()
		return &callError{Method: method, Err: ctx.Err()}
	}
	return nil
}

// received is an answer of HTTP with a status of 200.
type received struct {
	status int
	header http.Header
	body   []byte
}

// post posts a body to an address, which is never shown: that of a response or
// an upload is a secret.
func (a *api) post(ctx context.Context, name, to string, header http.Header, body []byte) (received, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }})
	failed := func(status int, err error) *callError {
		return &callError{Method: name, Status: status, Maybe: written.Load(), Err: bot.Unaddressed(err)}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return received{}, failed(0, err)
	}
	for k, v := range header {
		req.Header[k] = slices.Clone(v)
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return received{}, failed(0, err)
	}
	defer resp.Body.Close()
	got := received{status: resp.StatusCode, header: resp.Header}
	if got.body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1)); err != nil || len(got.body) > maxAnswer {
		return got, failed(got.status, errors.Join(err, errors.New("the answer cannot be read")))
	}
	if got.status == http.StatusOK {
		return got, nil
	}
	e := failed(got.status, nil)
	e.Maybe = got.status >= 500
	var ans answer
	if json.Unmarshal(got.body, &ans) != nil {
		ans.Error = strings.TrimSpace(string(got.body[:min(len(got.body), 100)])) // of a response URL it may be the word alone
	}
	if codePattern.MatchString(ans.Error) {
		e.Code = ans.Error
	}
	if got.status == http.StatusTooManyRequests {
		e.After = retryAfter(got.header)
	}
	return got, e
}

// Where a 429 does not say when to try again, or something that cannot be
// meant, it is after saneAfter.
const (
	saneAfter = 30 * time.Second
	maxAfter  = time.Hour
)

// retryAfter reads how long Slack asks to wait, in whole seconds
// (https://docs.slack.dev/apis/web-api/rate-limits).
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(h.Get("Retry-After")))
	if d := time.Duration(n) * time.Second; err == nil && n > 0 && n <= int(maxAfter/time.Second) {
		return d
	}
	return saneAfter
}
