SHELL := /bin/bash
IMAGE ?= sluice:0.1.0
# What `make install` applies: base, reconciler or namespaced.
DEPLOY ?= base
# Instead of sluice-system.
NAMESPACE ?=
KIND_CLUSTER ?= sluice
.DEFAULT_GOAL := help
export ROUTERS SCENARIOS REPEAT SHORT PARALLEL RATE OUT KEEP
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
TSC := node node_modules/typescript-native/bin/tsc

.PHONY: help install-deps demo build generate ui check types lint format arch dead test model chaos bench bench-cluster \
  e2e e2e-traffic contract image rootfs kind-up install-crds install uninstall e2e-install helm chart docs audit clean need-docker need-kind need-helm

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

node_modules/.installed: package.json package-lock.json
	npm ci --ignore-scripts --no-fund --no-audit
	@touch $@

install-deps: node_modules/.installed

check: install-deps format lint types arch dead ## everything that needs no run: format, lint, types, architecture, dead code

generate: install-deps ## write crds/, the roles in deploy/ and docs/support.md from src/api and providers
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

model: install-deps ## tell random releases with new seeds for MINUTES (default 60), or until one breaks a law
	tsx test/model/long.ts $(or $(MINUTES),60)

chaos: install-deps ## disturb COUNT releases (default 1000) in virtual time, and some on the cluster of KUBECONFIG (CHAOS_SHORT=1: fewer)
	tsx test/chaos/run.ts $(or $(COUNT),1000) $(or $(SEED),1)
	@if [ -z "$$KUBECONFIG" ]; then echo 'make chaos: no KUBECONFIG, so nothing was disturbed on a cluster'; \
	  else $(MAKE) build && mocha --no-config --import=tsx --reporter test/reporter.cjs 'test/chaos/**/*.e2e.ts'; fi

demo: build ## from a commit to a gated release on this machine; KEEP=1 stays up
	node dist/sluice.mjs demo $(if $(KEEP),--keep)

build: install-deps ## bundle the program and the page into dist/
	tsx src/build/build.ts

bench: build ## start time, memory, reaction time and idle requests, as figures
	tsx bench/run.ts
	tsx bench/fleet.ts $(or $(FLEET),1,20,100)

bench-cluster: build ## update (N=50), react, analysis and idle (IDLE=500) on the cluster of KUBECONFIG: a table each, and JSON in bench-out/
	@if [ -z "$$KUBECONFIG" ]; then echo 'make bench-cluster: set KUBECONFIG to the cluster to measure on; nothing was run'; exit 1; fi
	tsx bench/on-cluster-run.ts --n $(or $(N),50) --idle $(or $(IDLE),500) --out bench-out

e2e: install-deps ## walk through releases on the cluster of KUBECONFIG
	@if [ -z "$$KUBECONFIG" ]; then echo 'make e2e: set KUBECONFIG to the cluster to test on; nothing was run'; \
	  else $(MAKE) build && mocha --no-config --import=tsx --reporter test/reporter.cjs 'test/e2e/**/*.e2e.ts'; fi

e2e-traffic: install-deps ## releases under load behind real proxies of KUBECONFIG: ROUTERS, SCENARIOS, REPEAT, SHORT=1
	@if [ -z "$$KUBECONFIG" ]; then echo 'make e2e-traffic: set KUBECONFIG to the cluster to test on; nothing was run'; \
	  else $(MAKE) build && node --import=tsx test/traffic/run.ts; fi

contract: install-deps ## hold the API server of KUBECONFIG to the contract of the sandbox's
	@if [ -z "$$KUBECONFIG" ]; then echo 'make contract: set KUBECONFIG to the cluster to test; nothing was run'; \
	  else CONTRACT_KUBECONFIG=$$KUBECONFIG mocha --no-config --import=tsx --timeout 30000 \
	    --reporter test/reporter.cjs 'test/contract/**/*.test.ts'; fi

need-docker need-kind need-helm: need-%:
	@command -v $* >/dev/null || { echo '$* is not installed: this target needs it'; exit 1; }

image: need-docker build ## build the container image, IMAGE=sluice:0.1.0
	docker build --tag $(IMAGE) .

ROOTFS ?= .cache/rootfs

rootfs: build ## pack the content of the image into ROOTFS=.cache/rootfs, without Docker
	deploy/image/pack $(ROOTFS)

kind-up: need-kind image ## make a kind cluster with the controllers in it
	kind get clusters | grep -qx $(KIND_CLUSTER) || kind create cluster --name $(KIND_CLUSTER)
	kind export kubeconfig --name $(KIND_CLUSTER)
	kind load docker-image $(IMAGE) --name $(KIND_CLUSTER)
	$(MAKE) install DEPLOY=reconciler
	kubectl --namespace sluice-system rollout status deployment/sluice --timeout 120s

install-crds: ## install the kinds alone on the cluster of KUBECONFIG
	kubectl apply --server-side -k deploy/crds

install: install-crds ## install kinds and controllers: DEPLOY=base|reconciler|namespaced, IMAGE, NAMESPACE
	deploy/overlay $(DEPLOY) $(IMAGE) $(NAMESPACE) | kubectl apply --server-side -f -

uninstall: ## remove the controllers; the kinds, and with them every release, only with CRDS=1
	deploy/overlay $(DEPLOY) $(IMAGE) $(NAMESPACE) | kubectl delete --ignore-not-found -f -
	@if [ -n "$(CRDS)" ]; then kubectl delete --ignore-not-found -k deploy/crds; fi

e2e-install: install-deps build ## install IMAGE in each way, and on clusters that lack parts; KUBECONFIG has to be one without Sluice
	@if [ -z "$$KUBECONFIG" ]; then echo 'make e2e-install: set KUBECONFIG to a cluster to spoil; nothing was run'; \
	  else IMAGE=$(IMAGE) mocha --no-config --import=tsx --reporter test/reporter.cjs 'test/install/*.e2e.ts'; fi

HELM_VERSION := v3.22.0
HELM_CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sluice/bin
HELM_AS_OF := -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=34

helm: ## build Helm, which the tests of the chart use when it is there; needs Go
	@[ -x $(HELM_CACHE)/helm ] || GOBIN=$(HELM_CACHE) go install -trimpath -ldflags '-s -w $(HELM_AS_OF)' \
	  helm.sh/helm/v3/cmd/helm@$(HELM_VERSION)

chart: need-helm ## pack the Helm chart into dist/
	helm package --destination dist deploy/chart

docs: generate ## write the documents that follow from the code: docs/support.md, tables of README.md

audit: build ## licences, hashes and bill of materials, offline; known vulnerabilities where the registry tells them
	tsx src/build/audit.ts

clean: ## remove what was built
	rm -rf dist node_modules/.installed .cache coverage
