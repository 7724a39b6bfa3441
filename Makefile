# Klinke. `make help` lists what can be done.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

CARGO ?= cargo
DENY_VERSION := 0.20.2
TOOLS := $(CURDIR)/build/tools
export PATH := $(PATH):$(TOOLS)/bin

.PHONY: help demo build test test-asterisk check format bench bench-hearing

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## install what is missing, build, and hold the demonstration call
	@scripts/install-needs.sh demo
	@scripts/fetch-runtime.sh
	@printf '\n== build (release; some minutes the first time)\n'
	@$(CARGO) build --release --locked
	@printf '\n== the call\n'
	@target/release/klinke demo --config etc/demo/klinke.toml

build: ## build the release binary
	@scripts/install-needs.sh build
	@$(CARGO) build --release --locked

test: ## install what is missing and run every test
	@scripts/install-needs.sh test
	@scripts/fetch-runtime.sh
	@printf '\n== test\n'
	@$(CARGO) test --locked --all-features

test-asterisk: ## only the tests on a real Asterisk, which `make test` runs too; none may be skipped
	@scripts/install-needs.sh test
	@scripts/fetch-runtime.sh
	@printf '\n== test on Asterisk\n'
	@KLINKE_REQUIRE_ASTERISK=1 $(CARGO) test --locked --all-features \
	  $(patsubst tests/%.rs,--test %,$(sort $(wildcard tests/asterisk_*.rs)))

check: build/tools/deny ## format, clippy, dependencies, documentation
	@scripts/install-needs.sh check
	@printf '\n== format\n'
	@$(CARGO) fmt --check
	@printf '\n== clippy\n'
	@$(CARGO) clippy --locked --all-targets --all-features -- -D warnings
	@printf '\n== licences, bans and sources of dependencies\n'
	@$(CARGO) deny --offline --all-features check licenses bans sources
	@printf '\n== documentation\n'
	@RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked --no-deps --all-features

# cargo-deny, unless it is there already. A debug build: it takes a third of the time to make and runs for seconds.
build/tools/deny:
	@scripts/install-needs.sh build
	@command -v cargo-deny >/dev/null || { \
	  printf '\n== cargo-deny %s, once, into build/tools\n' '$(DENY_VERSION)'; \
	  $(CARGO) install --quiet --debug --locked --version '$(DENY_VERSION)' --root '$(TOOLS)' \
	    --target-dir '$(TOOLS)/target' cargo-deny && rm -rf '$(TOOLS)/target'; }
	@mkdir -p $(@D) && touch $@

format: ## format the sources
	@$(CARGO) fmt

bench: ## measure what must stay fast
	@scripts/install-needs.sh test
	@scripts/fetch-runtime.sh
	@$(CARGO) bench --locked

bench-hearing: ## measure hearing on people never trained on; writes docs/measurements/hearing.md
	@scripts/install-needs.sh test
	@scripts/fetch-runtime.sh
	@$(CARGO) bench --locked --bench hearing
