package redisstore

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrURL says that Options.URL cannot be read. It does not repeat the URL, which
// may hold a password.
var ErrURL = errors.New("the Redis URL is not understood; write it like " +
	"redis://user:password@host:6379/0, rediss://host:6379, unix:///run/redis.sock, " +
	"redis+sentinel://host1:26379,host2:26379/mastername or redis+cluster://host1:6379,host2:6379")

// Time-outs of a connection. Together with callTimeout they bound how long a
// stalled server can hold an answer up.
const (
	dialTimeout = time.Second
	ioTimeout   = 2 * time.Second

	// batchBuffer is what a connection for pipelines has to read into and to write
	// from, each, in bytes: some thirty check-ins. The library's 128 KiB are of no
	// use to the few batches that are under way here.
	batchBuffer = 32 << 10
)

// dialURL makes a client for a URL, see Options.
func dialURL(raw string) (redis.UniversalClient, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return nil, ErrURL
	}
	base, kind, _ := strings.Cut(scheme, "+")
	switch kind {
	case "":
		opt, err := redis.ParseURL(raw)
		if err != nil {
			return nil, ErrURL
		}
		return redis.NewClient(tuned(opt)), nil
	case "sentinel":
		single, err := singleHost(base, rest, true)
		if err != nil {
			return nil, err
		}
		opt, err := redis.ParseFailoverURL(single)
		if err != nil || opt.MasterName == "" {
			return nil, ErrURL
		}
		opt.DialTimeout, opt.ReadTimeout, opt.WriteTimeout = dialTimeout, ioTimeout, ioTimeout
		opt.ContextTimeoutEnabled, opt.DialerRetries, opt.DisableIdentity = true, 1, true
		opt.PipelineReadBufferSize, opt.PipelineWriteBufferSize = batchBuffer, batchBuffer
		return redis.NewFailoverClient(opt), nil
	case "cluster":
		single, err := singleHost(base, rest, false)
		if err != nil {
			return nil, err
		}
		opt, err := redis.ParseClusterURL(single)
		if err != nil {
			return nil, ErrURL
		}
		opt.DialTimeout, opt.ReadTimeout, opt.WriteTimeout = dialTimeout, ioTimeout, ioTimeout
		opt.ContextTimeoutEnabled, opt.DialerRetries, opt.DisableIdentity = true, 1, true
		opt.PipelineReadBufferSize, opt.PipelineWriteBufferSize = batchBuffer, batchBuffer
		opt.DisableRoutingPolicies = true // every command here names its key
		return redis.NewClusterClient(opt), nil
	default:
		return nil, ErrURL
	}
}

func tuned(opt *redis.Options) *redis.Options {
	opt.DialTimeout, opt.ReadTimeout, opt.WriteTimeout = dialTimeout, ioTimeout, ioTimeout
	opt.ContextTimeoutEnabled, opt.DialerRetries, opt.DisableIdentity = true, 1, true
	opt.PipelineReadBufferSize, opt.PipelineWriteBufferSize = batchBuffer, batchBuffer
	return opt
}

// singleHost rewrites user@host1,host2/master/db?query into the form of
// go-redis: one host, the others and the master's name in the query.
func singleHost(scheme, rest string, sentinel bool) (string, error) {
	rest, query, _ := strings.Cut(rest, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", ErrURL
	}
	user := ""
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user, rest = rest[:at+1], rest[at+1:]
	}
	hosts, path, _ := strings.Cut(rest, "/")
	first, others, _ := strings.Cut(hosts, ",")
	if first == "" {
		return "", ErrURL
	}
	for _, host := range strings.Split(others, ",") {
		if host != "" {
			values.Add("addr", host)
		}
	}
	if sentinel {
		master, db, _ := strings.Cut(path, "/")
		values.Set("master_name", master)
		path = db
	}
	return scheme + "://" + user + first + "/" + path + "?" + values.Encode(), nil
}
