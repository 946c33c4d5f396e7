package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxSkew is how old, or how far ahead, a signed request may be
// (https://docs.slack.dev/authentication/verifying-requests-from-slack).
const maxSkew = 5 * time.Minute

// signedBy tells whether Slack has signed a request with one of the secrets,
// lately. It takes the same time wherever a signature differs.
func signedBy(secrets []string, h http.Header, body []byte, now time.Time) bool {
	stamp := h.Get("X-Slack-Request-Timestamp")
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.Unix(at, 0)).Abs() > maxSkew {
		return false
	}
	digits, ok := strings.CutPrefix(h.Get("X-Slack-Signature"), "v0=")
	given, err := hex.DecodeString(digits)
	if !ok || err != nil {
		return false
	}
	good := false
	for _, secret := range secrets {
		good = hmac.Equal(given, signature(secret, stamp, body)) || good
	}
	return good
}

// signature is what Slack signs a request with.
func signature(secret, stamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	return mac.Sum(nil)
}
