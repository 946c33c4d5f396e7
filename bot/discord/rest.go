package discord

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
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"studycoach/bot"
)

// DefaultAPI is Discord's API in the version that this package speaks
// (https://docs.discord.com/developers/reference#api-versioning).
const DefaultAPI = "https://discord.com/api/v10"

// userAgent is the form that Discord asks for
// (https://docs.discord.com/developers/reference#user-agent).
const userAgent = "DiscordBot (https://studycoach.invalid, 1)"

const (
	// maxAnswer bounds what is read of one answer: a page of 100 messages is
	// the longest.
	maxAnswer = 8 << 20

	// maxWait is how long a request waits for its bucket; whoever has to wait
	// longer is told so.
	maxWait = 2 * time.Second
)

// rest speaks Discord's HTTP API. It sends each request once: whether and when
// to try again is for its callers, who know what a second time does.
type rest struct {
	base    string
	token   string
	http    *http.Client
	buckets *buckets
	limit   *rate.Limiter // of all requests with the bot's token
	breaker breaker
	revoked atomic.Int64 // when the token was last refused, Unix ns; 0: it is good
}

// newREST returns a client for the API at base, such as DefaultAPI.
func newREST(base, token string) *rest {
	return &rest{
		base:  strings.TrimSuffix(base, "/"),
		token: token,
		http: &http.Client{
			Transport:     http.DefaultTransport.(*http.Transport).Clone(),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		buckets: newBuckets(),
		// At most 50 a second in any second
		// (https://docs.discord.com/developers/topics/rate-limits#global-rate-limit).
		limit: rate.NewLimiter(40, 10),
	}
}

func (r *rest) close() { r.http.CloseIdleConnections() }

// request is one call of the API.
type request struct {
	method string
	route  string // the path with names in braces for what errors must not tell: "/channels/{channel}/messages"
	path   []any  // what stands for the names, in order
	query  url.Values
	body   any // JSON, a *multi, or nil
	open   bool
	// open requests carry their own token in the path, and count towards no
	// limit of the bot's (https://docs.discord.com/developers/interactions/receiving-and-responding).
}

// url returns the address.
func (q request) url(base string) string {
	path := q.route
	for _, part := range q.path {
		from := strings.IndexByte(path, '{')
		to := strings.IndexByte(path, '}')
		path = path[:from] + url.PathEscape(fmt.Sprint(part)) + path[to+1:]
	}
	if len(q.query) > 0 {
		path += "?" + q.query.Encode()
	}
	return base + path
}

// major is the part of the path that has buckets of its own: the first id, of
// interactions with their token
// (https://docs.discord.com/developers/topics/rate-limits).
func (q request) major() string {
	if q.open {
		return fmt.Sprint(q.path...)
	}
	return fmt.Sprint(q.path[:min(1, len(q.path))]...)
}

func (q request) name() string { return q.method + " " + q.route }

// do makes a request and reads the answer into out, unless that is nil. Its
// error is an *apiError where Discord answered, or was not asked for what it
// said before, and a *callError where nothing is known.
func (r *rest) do(ctx context.Context, q request, out any) error {
	begun := time.Now()
	body, kind, err := encode(q.body)
	if err != nil {
		return &callError{name: q.name(), err: err}
	}
	if err := r.turn(ctx, q); err != nil {
		return err
	}
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }})
	hr, err := http.NewRequestWithContext(ctx, q.method, q.url(r.base), bytes.NewReader(body))
	if err != nil {
		return &callError{name: q.name(), err: errors.New("the address of the API is none")}
	}
	hr.Header.Set("User-Agent", userAgent)
	if kind != "" {
		hr.Header.Set("Content-Type", kind)
	}
	if !q.open {
		hr.Header.Set("Authorization", "Bot "+r.token)
	}
	res, err := r.http.Do(hr)
	if err != nil {
		return &callError{name: q.name(), err: bot.Unaddressed(err), written: written.Load()}
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	now := time.Now()
	r.buckets.learn(q, res.Header, now)
	if res.StatusCode >= 300 {
		e := readError(q, res, answer)
		r.refused(q, e, now)
		return e
	}
	if at := r.revoked.Load(); !q.open && at < begun.UnixNano() { // else it was on its way when the token was refused
		r.revoked.CompareAndSwap(at, 0)
	}
	if err == nil && out != nil {
		err = json.Unmarshal(answer, out)
	}
	if err != nil {
		return &callError{name: q.name(), err: errors.New("the answer is cut short or not JSON"), written: true}
	}
	return nil
}

// turn waits until a request may go out; with a long wait ahead it fails.
func (r *rest) turn(ctx context.Context, q request) error {
	now := time.Now()
	if !q.open {
		if since := now.Sub(time.Unix(0, r.revoked.Load())); since < revokedPause {
			return &apiError{name: q.name(), status: http.StatusUnauthorized, unasked: true}
		}
		if wait := r.breaker.wait(now); wait > 0 {
			return &apiError{name: q.name(), status: http.StatusTooManyRequests, scope: scopeGlobal, after: wait, unasked: true}
		}
	}
	for {
		wait, global := r.buckets.take(q, time.Now())
		if wait <= 0 {
			break
		}
		if end, ok := ctx.Deadline(); wait > maxWait || ok && time.Until(end) < wait {
			e := &apiError{name: q.name(), status: http.StatusTooManyRequests, scope: scopeUser, after: wait, unasked: true}
			if global {
				e.scope = scopeGlobal
			}
			return e
		}
		if err := bot.Sleep(ctx, wait); err != nil {
			return &callError{name: q.name(), err: err}
		}
	}
	if q.open {
		return nil
	}
	if err := r.limit.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return &callError{name: q.name(), err: err}
	}
	return nil
}

// refused notes what an error says of all further requests.
func (r *rest) refused(q request, e *apiError, now time.Time) {
	if e.status == http.StatusTooManyRequests {
		r.buckets.shut(q, e, now)
	}
	if q.open {
		return
	}
	if e.revoked() {
		r.revoked.Store(now.UnixNano())
	}
	if e.status == http.StatusUnauthorized || e.status == http.StatusForbidden || e.status == http.StatusTooManyRequests && e.scope != scopeShared {
		r.breaker.count(now)
	}
}

// encode returns a body and its media type.
func encode(body any) ([]byte, string, error) {
	switch b := body.(type) {
	case nil:
		return nil, "", nil
	case *multi:
		return b.encode()
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, "", errors.New("the request cannot be written as JSON")
	}
	return raw, "application/json", nil
}
