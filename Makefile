LINT = go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

help: ## say what there is to make
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

build: ## build ./studycoach, static and with its zone data inside
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' ./cmd/studycoach

test: ## run every test under the race detector
	go test -race ./...

lint: ## check format and style
	$(LINT) run --config .ci/golangci.yml

bench: ## measure what has a figure to reach, side by side, and print a table
	@cd .ci/bench && go run .

oracle: ## compare rules, study days and streaks with a walk over the minutes, in every zone, 2020 to 2035
	go test ./schedule ./coach -run "Oracle|StreaksThrough" -oracle=full

nudges: ## nudge 10,000 learners at once, on both kinds of store
	go test ./cmd/studycoach -run NudgesForMany -nudged=10000 -v -timeout=30m

faults: ## break Redis for long: eight weeks of killed bots and masters, and every story on a Cluster
	go test ./coach/redisstore -count=1 -run 'Fault|Failover|Cluster|Killed' -v
	go test ./cmd/studycoach -count=1 -run 'Replicas|Stories/cluster' -v -faults=full

backups: ## back up a town at work a hundred times, and live on from each backup
	go test ./coach/redisstore -timeout=30m -run BackupUnderLoad -backups=100

simulate: ## live through a week with 1,000 and 10,000 learners, and measure
	go run ./cmd/simulate 1000 10000

crash: ## kill the program at every step, thousands of times, and look for what is lost or doubled
	go test ./cmd/studycoach -run '^TestCrash$$' -crash=full -v -timeout=30m | grep -v '^=== '

peers: ## live a week on stand-ins for Slack and Discord that others made
	@.ci/peers/run

run: ## start with the embedded store and the playground
	go run ./cmd/studycoach

.PHONY: help build test lint bench oracle nudges faults backups simulate crash peers run
