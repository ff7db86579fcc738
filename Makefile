SHELL := /bin/bash
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
TSC := node node_modules/typescript-native/bin/tsc

.PHONY: help install-deps build generate ui check types lint format arch dead test unit clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

node_modules/.installed: package.json package-lock.json
	npm ci --ignore-scripts --no-fund --no-audit
	@touch $@

install-deps: node_modules/.installed

check: install-deps format lint types arch dead ## everything that needs no run: format, lint, types, architecture, dead code

generate: install-deps ## write crds/ from src/api and providers
	tsx src/generate/main.ts

ui: install-deps ## build the page into dist/ui and check its weight
	tsx src/ui/build.ts dist/ui

format: install-deps
	prettier --check --log-level warn --no-error-on-unmatched-pattern src providers test bench

lint: install-deps
	oxlint --type-aware src providers test

types: install-deps
	$(TSC) -p .
	$(TSC) -p src/ui
	$(TSC) -p test/ui

arch: install-deps
	depcruise --config .dependency-cruiser.cjs --output-type err src providers

dead: install-deps
	knip

test: install-deps ## all tests below e2e
	mocha

build: install-deps ## bundle the program and the page into dist/
	tsx src/build/build.ts

bench: build ## start time, memory, reaction time and idle requests, as figures
	tsx bench/run.ts
