# make          builds bin/ouvert, one static binary
# make demo     fills a fresh portal with a made-up catalogue and serves it
# make test     everything that must pass
# make lint     formatting, vet and staticcheck
# make cover    tests with a coverage report in coverage.txt
# make bench    measures ouvert beside a ceiling and a peer, about 5 minutes (BENCH=-quick: 1)

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
LDFLAGS  = -s -w -X main.version=$(VERSION)

# How many times each fuzz target runs in `make test`.
FUZZRUNS ?= 4000x

.PHONY: all build demo test fuzz lint fmt cover bench clean

all: build

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/ouvert ./cmd/ouvert

demo: build
	rm -rf demo-data
	bin/ouvert serve --demo --data demo-data

test:
	scripts/with-postgres $(GO) test -shuffle=on -timeout=30m ./...
	scripts/fuzz $(FUZZRUNS)

fuzz:
	scripts/fuzz $(FUZZRUNS)

lint:
	scripts/lint

fmt:
	$(GO) tool gofumpt -w cmd internal

cover:
	scripts/with-postgres $(GO) test -coverprofile=coverage.txt -coverpkg=./... ./...
	$(GO) tool cover -func=coverage.txt | tail -n 1

bench: build
	cd bench && $(GO) run . $(BENCH)

clean:
	rm -rf bin demo-data coverage.txt
