# Vigie: `make help` lists what can be made.

RUN   ?= .
GO    ?= go
# What the program says of itself.
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMMIT  := $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
LDFLAGS := -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.committed=$(shell git log -1 --format=%ct 2>/dev/null)

BENCHED = ./bench/... ./capture/v4l2 ./capture/alsa
FUZZTIME ?= 30s

.PHONY: help run compiler build test bench bench-full bench-kernel bench-box bench-hardware bench-machine bench-arm64 test-arm soak scenes deb deb-test e2e peers lint vuln fuzz clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## go live on this machine: embedded relay, and the test picture where there is no camera
	build/vigie run --demo

# Go would say which file it did not find, and not what to do.
compiler:
	@command -v $$($(GO) env CXX) >/dev/null || { echo "$$($(GO) env CXX), which compiles OpenH264's binding, is missing; as root: apt-get install g++" >&2 ; exit 1 ; }

build: compiler ## build/vigie
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o build/vigie ./cmd/vigie

test: compiler ## the tests that need no root, no devices and no extra packages, with the race detector
	$(GO) test -race ./...

# Inside, time runs only while the CPU is idle: a slow machine then changes no result, and waiting costs nothing.
# BENCH_TIME_TRAVEL=0 gives real time. The time limits are of that time (-timeout) and of the machine's (BENCH_TIMEOUT).
BENCH_TIME_TRAVEL ?= 1
IN_BENCH = BENCH_TIMEOUT=$${BENCH_TIMEOUT:-20m} BENCH_TIME_TRAVEL=$(BENCH_TIME_TRAVEL) BENCH_VIGIE=$(CURDIR)/build/vigie \
	$(GO) test -tags bench -count 1 -v -run '$(RUN)' -exec $(CURDIR)/bench/exec -timeout 40m

# A kernel has one CPU: all of it is run by two at once.
bench: ## the tests on the bench kernel: camera, sound card, buttons, lights, networks. RUN=regexp runs a part
ifeq ($(RUN),.)
	@$(MAKE) --no-print-directory -j2 --output-sync=target bench-box bench-hardware
else
	@$(MAKE) --no-print-directory build bench-kernel
	$(IN_BENCH) $(BENCHED)
endif

bench-box: build bench-kernel
	$(IN_BENCH) -skip Hardware ./bench/...

bench-hardware: build bench-kernel
	$(IN_BENCH) -run Hardware ./bench
	$(IN_BENCH) ./capture/v4l2 ./capture/alsa

bench-machine: bench-kernel ## a Debian of its own that boots with the package installed: faults, upgrade, purge
	@$(MAKE) --no-print-directory deb ARCH=amd64
	BENCH_DEB=$$(ls -t $(CURDIR)/build/deb/vigie_*_amd64.deb | head -n 1) BENCH_CONFIG=$(CURDIR)/bench/machine.yaml \
		BENCH_TIMEOUT=10m BENCH_TIME_TRAVEL=$(BENCH_TIME_TRAVEL) \
		$(GO) test -tags bench,machine -count 1 -v -run '$(if $(filter .,$(RUN)),Machine,$(RUN))' -exec $(CURDIR)/bench/exec -timeout 20m ./bench

bench-arm64: ## an emulated board on Debian's arm64 kernel boots with the package installed, and goes live by its button
	@bench/install g++-aarch64-linux-gnu qemu-system-arm qemu-user-static arch-test mmdebstrap device-tree-compiler cpio kmod
	@$(MAKE) --no-print-directory deb ARCH=arm64
	CGO_ENABLED=0 GOARCH=arm64 $(GO) test -c -tags bench,machine -o build/board.test ./bench/arm64
	bench/arm64/boot build/deb/vigie_*_arm64.deb build/board.test

test-arm: ## the arm64 and armhf packages under qemu-user: tests, `version`, `check`, `doctor` and a show of the test picture
	@bench/install g++-aarch64-linux-gnu g++-arm-linux-gnueabihf qemu-user-static curl
	@$(MAKE) --no-print-directory deb ARCH='arm64 armhf'
	bench/arm64/user arm64
	bench/arm64/user armhf

soak: build bench-kernel ## two hours of a show, simulated, with a fault each minute (SOAK=2h, SOAK_SEED=1): law 1, and what grows
	SOAK=$${SOAK:-2h} BENCH_TIMEOUT=8h $(IN_BENCH) -run BoxSoak -timeout 24h ./bench

bench-full: build bench-kernel ## the figures of the bench and the benchmarks: many repeats, long runs
	BENCH_FULL=1 BENCH_TIMEOUT=8h $(IN_BENCH) -timeout 8h $(BENCHED)
	$(MAKE) --no-print-directory bench BENCH_TIME_TRAVEL=0 RUN=Cycles
	$(GO) test -tags benchhost -count 1 ./bench
	$(MAKE) --no-print-directory test-arm bench-arm64
	packaging/twice
	$(GO) test -run '^$$' -bench . -benchmem ./...

scenes: ## the table of docs/performance.md: what the uplink makes of bad networks, beside pion's own congestion control
	@$(MAKE) --no-print-directory build bench-kernel >&2
	@BENCH_VIGIE=$(CURDIR)/build/vigie bench/play-scenes

bench-kernel:
	@bench/build-kernel

# Debian's names of what is built for.
ARCH ?= amd64 arm64 armhf

deb: ## build/deb/vigie_VERSION_ARCH.deb, and what is in it (SPDX), for each of ARCH: amd64 arm64 armhf
	@for a in $(ARCH); do packaging/build $$a || exit 1; done

deb-test: ## the units parse and are shut in (systemd-analyze: 2.0 at most), and the amd64 package is whole
	@$(MAKE) --no-print-directory deb ARCH=amd64
	packaging/check

# Which of other people's programs: relay (whip-client and Chromium publish to ours), livekit, janus.
PEERS ?=

e2e: build ## a browser watches what `make run` makes; ten seconds with each of the peers; ffmpeg and opus-tools judge our media
	PEERS='$(PEERS)' e2e/run

peers: build ## two minutes with each: LiveKit, Janus, and GStreamer and Chromium at our relay. PEERS=livekit is one of them
	PEERS_SECONDS=120 e2e/peers/run $(PEERS)

lint: compiler ## gofmt, go vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l . ; echo 'these files are not gofmt-ed' ; exit 1 ; }
	$(GO) vet ./...
	$(GO) vet -tags bench,machine ./...
	$(GO) tool staticcheck ./...
	$(GO) tool staticcheck -tags bench,machine ./...

vuln: ## known vulnerabilities in what we depend on (asks vuln.go.dev)
	$(GO) tool govulncheck ./...

fuzz: ## each fuzz test for FUZZTIME
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	    echo "$$p $$f" && $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p || exit 1 ; \
	  done ; \
	done

clean: ## what was built
	rm -rf build
