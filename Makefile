# What you can do here. `make` alone lists it.
SHELL   := /bin/bash
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
RUNS    ?= 7
POINTS  ?= 1000
SIZE    ?= 1000

tools  := .cache/bin
venv   := .cache/venv
theirs := .cache/venv-upstream
path   := $(CURDIR)/bin:$(CURDIR)/$(venv)/bin:$(PATH)

.PHONY: help build run jupyter kernel warm test attacks lint format generate gallery bench bench-vs bench-kernel bench-grade tools venv clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

build: ## build bin/mlsysim and bin/mlgrade
	@.ci/build $(VERSION)

run: build ## work through the first lab and grade the sample class
	@.ci/demo

jupyter: kernel venv ## open the notebooks in JupyterLab
	@PATH="$(path)" JUPYTER_PATH=$(CURDIR)/.cache/jupyter JUPYTER_CONFIG_PATH=$(CURDIR)/docker/jupyter jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks

kernel: build # kernelspecs for our kernel, and for GoNB where it is installed
	@.ci/kernels .cache/jupyter/kernels

warm: ## fill the build cache with what a lab's cell in GoNB needs
	@.ci/warm

test: tools venv ## run every test and gate, as CI does
	@.ci/chromium
	@.ci/axe .cache/axe
	@set -o pipefail; PATH="$(path)" go test -json -timeout 15m ./... 2>&1 | python3 .ci/summary.py

attacks: ## grade submissions that try to beat the grader, and print what each got
	@go test -count 1 -run TestAttacks -v ./autograder/attack -args -table | grep -v '^=== '

lint: tools ## run the gates only: layers, units, format, vet, generated files
	@go test ./mlsysim/internal/lint/...

format: tools ## bring the Go files into gofumpt's form
	@$(tools)/gofumpt -w .

generate: ## write the generated files anew
	@go generate ./...

gallery: tools venv ## pictures of every card and chart, in out/gallery
	@.ci/chromium
	@.ci/axe .cache/axe
	@rm -rf out/gallery
	@MLSYSIM_SHOTS=$(CURDIR)/out/gallery go test -count=1 ./kernelext/gallery
	@ls out/gallery

bench: ## run the Go benchmarks
	@go test -run '^$$' -bench . -benchmem ./...

bench-vs: build ## time the same questions beside mlsysim (Python); RUNS=7 POINTS=1000
	@.ci/venv $(theirs) .ci/requirements-upstream.txt
	@python3 .ci/bench_vs.py $(RUNS) $(POINTS) bin/mlsysim $(theirs)/bin/mlsysim

bench-kernel: build venv ## time our kernel beside ipykernel with mlsysim (Python); RUNS=7
	@.ci/venv $(theirs) .ci/requirements-upstream.txt
	@$(venv)/bin/python .ci/bench_kernel.py $(RUNS) bin/mlsysim $$(ls -d $(theirs)/lib/python3*/site-packages)

bench-grade: build ## grade 1,000 in each tier, kill the grader twice and resume; nbgrader beside it; SIZE=1000
	@mkdir -p out && rm -f out/rates
	@for tier in wasm native; do GRADE_TEST_LAB=L03 GRADE_TEST_TIER=$$tier GRADE_TEST_SIZE=$(SIZE) GRADE_TEST_RATES=$(CURDIR)/out/rates \
		go test -count=1 -v -timeout 60m -run '^TestKilledAndResumed$$' ./autograder/grade || exit 1; done
	@.ci/venv .cache/venv-nbgrader .ci/requirements-nbgrader.txt
	@python3 .ci/bench_nbgrader.py bin/mlgrade .cache/venv-nbgrader out/rates
	@python3 .ci/nbgrader_course.py bin/mlgrade .cache/venv-nbgrader

tools: # the pinned Go commands
	@.ci/tools $(tools) mvdan.cc/gofumpt@v0.12.0 honnef.co/go/tools/cmd/staticcheck@v0.8.2

venv: # JupyterLab and nbclient
	@.ci/venv $(venv) .ci/requirements.txt

clean: ## remove everything that was built here
	@rm -rf bin out .cache
