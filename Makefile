# The front door. `make` alone lists what there is; everything is built in build/release.
# Needs Debian 12; scripts/install-packages brings what is missing and asks for root only then.

BUILD   := build/release
BIN     := $(BUILD)/bin
SEED    ?= 1
ARGS    ?=
SECONDS ?= 60
# Ninja would take two more than there are cores, and their memory.
JOBS    ?= $(shell nproc)
SOURCES  = $(shell git ls-files '*.h' '*.cc')
# On a terminal ninja shows its progress; elsewhere only what goes wrong.
QUIET   := $(shell [ -t 1 ] || echo -- --quiet)

.DEFAULT_GOAL := help
.PHONY: help build conformance test candidates mutants interop interop-real compare-kube format lint tidy coverage fuzz clean packages test-packages \
  develop-packages configure

help: ## list the targets
	@echo "make TARGET [SEED=N] [ARGS='more options of plumbline']"
	@sed -n 's/^\([a-z][a-z-]*\):.* ## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

build: configure ## the four programs, in build/release/bin
	@cmake --build $(BUILD) --parallel $(JOBS) --target plumbline plumbline-gateway plumbline-sim plumbline-mutant $(QUIET)

conformance: configure ## judge the reference gateway by the whole suite
	@[ -x $(BIN)/plumbline ] || echo "building into $(BIN): five to six minutes on two cores the first time" >&2
	@cmake --build $(BUILD) --parallel $(JOBS) --target plumbline plumbline-gateway $(QUIET)
	@$(BIN)/plumbline conform --candidate reference --seed $(SEED) $(ARGS)

test: test-packages ## build everything and run every test
	@[ -x $(BIN)/wire_test ] || echo "building every test into $(BIN): some minutes on two cores the first time" >&2
	@cmake --preset release -DPLUMBLINE_TESTS=ON >/dev/null
	@cmake --build $(BUILD) --parallel $(JOBS) $(QUIET)
	@ctest --test-dir $(BUILD) --output-on-failure --parallel $(JOBS)

candidates: test-packages build ## judge the gateways that nobody here wrote: HAProxy
	@$(BIN)/plumbline conform --candidate haproxy --seed $(SEED) $(ARGS)

mutants: build ## run the gateways that are wrong on purpose; each must be caught
	@$(BIN)/plumbline mutants --seed $(SEED) $(ARGS)

interop: test-packages build ## drive a simulated cluster with real clients, got from Debian, PyPI, npm and the Go proxy
	@PLUMBLINE_BIN=$(CURDIR)/$(BIN) PYTHONDONTWRITEBYTECODE=1 python3 tests/interop/run.py $(ARGS)

interop-real: test-packages build ## compare a simulated cluster with a real kube-apiserver, built once from the Go proxy: etcd-server, Go
	@PLUMBLINE_BIN=$(CURDIR)/$(BIN) PYTHONDONTWRITEBYTECODE=1 python3 tests/interop_real/run.py $(ARGS)

compare-kube: test-packages build ## how fast and how large a simulated cluster is beside a real kube-apiserver 1.20.2 with etcd
	@PLUMBLINE_BIN=$(CURDIR)/$(BIN) PYTHONDONTWRITEBYTECODE=1 python3 tests/interop_real/compare_speed.py $(ARGS)

format: ## put every source file into the house's form (clang-format-14)
	@clang-format-14 -i $(SOURCES)

lint: ## say what is not in the house's form, which layers are breached, which scenarios have mistakes
	@clang-format-14 --dry-run --Werror $(SOURCES)
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/layers_test.py
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/tidy_test.py
	@[ ! -x $(BIN)/plumbline ] || $(BIN)/plumbline lint scenarios/suites/*.yaml scenarios/worlds/*.yaml scenarios/setups/*.yaml

# Several sources at once, as the release preset compiles them: headers are read once for all of them. To the analyzer each
# source is a header then, which it has to be told to look into; it does not follow calls to their end, which takes longest.
TIDY_ARGS := -Wno-unknown-warning-option -Wno-unused-command-line-argument -Xclang -analyzer-opt-analyze-headers -Xclang -analyzer-config -Xclang mode=shallow
tidy: develop-packages ## clang-tidy-14 over every source, two at a time: some two hours of CPU; TIDY=reference/net/ for a part
	@cmake --preset release >/dev/null
	@grep -qE '"file": ".*$(TIDY)' $(BUILD)/compile_commands.json || { echo "nothing that is compiled has '$(TIDY)' in its path; name a folder" >&2; exit 2; }
	@run-clang-tidy-14 -quiet -j 2 -p $(BUILD) -checks=-bugprone-suspicious-include $(TIDY_ARGS:%=-extra-arg=%) \
	  '$(or $(TIDY),$(CURDIR)/)' >$(BUILD)/tidy.log 2>&1 \
	  || { sed 's/\x1b\[[0-9;]*m//g' $(BUILD)/tidy.log | grep -E '(warning|error):' | sort -u; \
	       echo "the whole of it: $(BUILD)/tidy.log" >&2; exit 1; }

coverage: develop-packages ## run the tests of the folders; which share of each folder's lines they reach
	@cmake --preset coverage >/dev/null
	@cmake --build build/coverage --parallel $(JOBS) $(QUIET)
	@find build/coverage -name '*.gcda' -delete
	@ctest --test-dir build/coverage --exclude-regex '^whole\.' --output-on-failure --parallel 2 >build/coverage/tests.log \
	  || { cat build/coverage/tests.log; exit 1; }
	@scripts/coverage

fuzz: develop-packages ## run every fuzz target for SECONDS=60, two at a time
	@cmake --preset fuzz >/dev/null
	@cmake --build build/fuzz --parallel $(JOBS) --target fuzz_targets $(QUIET)
	@scripts/fuzz $(SECONDS)

clean: ## remove build/release
	@rm -rf $(BUILD)

packages:
	@scripts/install-packages

test-packages:
	@scripts/install-packages --tests

develop-packages:
	@scripts/install-packages --develop

# Tests are configured by `make test` only; once they are, they stay, so that nothing is built twice.
configure: packages
	@[ -f $(BUILD)/CMakeCache.txt ] && cmake --preset release >/dev/null || cmake --preset release -DPLUMBLINE_TESTS=OFF >/dev/null
