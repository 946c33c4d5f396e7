package main

import (
	"fmt"
	"net/http"
	"net/http/pprof"
	"time"

	"studycoach/bot"
)

// profiles shows what the process is busy with, to this machine only: a profile
// holds the command line and what is in memory.
func profiles(addr string) (*http.Server, error) {
	if !bot.IsLoopback(addr) {
		return nil, fmt.Errorf("%w: profiles are for this machine only, so their address has to be its own, such as 127.0.0.1:6060, and not %s", errUsage, addr)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !bot.IsLoopback(r.Host) { // a name on the net that resolves to here
			http.Error(w, "Profiles are for this machine only. Ask for them as localhost or 127.0.0.1.", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})}, nil
}
