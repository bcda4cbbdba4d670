# Two commands do all set-up: "make smoke" and "make test". Nothing is installed outside this folder, except by AIRGAP=1.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Keep caches of AIRGAP=1 where the user's other caches are.
AIRGAP_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/podrunner/airgap

.PHONY: help test test-fast lint generate check coverage smoke bench bench-build bench-validation explain-score import-score images changelog clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/podrunner: python/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable './python[dev]'
	@touch $@

# Bytecode is kept, in the environment's folder: without it each of many processes compiles the package and the tests again.
# GOGC: the collector of Helm's library would take a tenth of the time of thousands of renders, for some 40 MB.
PYTEST = env -u PYTHONDONTWRITEBYTECODE GOGC=800 PYTHONPYCACHEPREFIX='$(CURDIR)/$(VENV)/bytecode' \
	$(BIN)/pytest -n auto --dist worksteal --ignore=tests/smoke --ignore=tests/admission --quiet -rs

test: $(BIN)/podrunner ## Run all tests that need no cluster; FULL=1 adds what is left to CI
	$(PYTEST) -m 'not exhaustive' $(if $(FULL),--full --hypothesis-profile=ci) tests

test-fast: $(BIN)/podrunner ## Run the tests that start no other process or server and do not go through the whole matrix
	$(PYTEST) -o podrunner_matrix= -m "not process and not broad and not server" tests

lint: $(BIN)/podrunner ## Check style, types and generated files
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	cd python && ../$(BIN)/mypy
	$(BIN)/python -m ci.generate --check

generate: $(BIN)/podrunner ## Write the generated files: schema, tables and pages
	$(BIN)/python -m ci.generate

check: $(BIN)/podrunner ## Render and check every preset and the matrix, without a cluster
	$(BIN)/podrunner check --all-presets --matrix tests/matrix.yaml

coverage: $(BIN)/podrunner ## Hold the matrix to reach every branch of the templates
	$(BIN)/podrunner check --matrix tests/matrix.yaml --coverage --coverage-fail-under 100

smoke: check ## Check every preset, then run real builds on a kind cluster; AIRGAP=1 builds all images here
ifdef AIRGAP
	ci/airgap/build --directory $(AIRGAP_DIR)
	$(BIN)/podrunner smoke --preset privileged --preset unprivileged --images $(AIRGAP_DIR)
else
	$(BIN)/podrunner smoke --preset privileged --preset unprivileged
endif

bench: $(BIN)/podrunner ## Time checks against helm, kubeconform and helm unittest, write docs/bench.*; BENCH=options
	$(BIN)/python -m bench.check $(BENCH)

bench-build: $(BIN)/podrunner ## Time builds on the host and in job pods, write docs/bench-build.*; AIRGAP=1 as above, BENCH=options
ifdef AIRGAP
	ci/airgap/build --directory $(AIRGAP_DIR)
	$(BIN)/python -m bench.build --images $(AIRGAP_DIR) $(BENCH)
else
	$(BIN)/python -m bench.build $(BENCH)
endif

bench-validation: $(BIN)/podrunner ## Compare checks with kubeconform, kube-score and helm lint, write docs/validation.*; BENCH=records
	$(BIN)/python -m bench.validation $(BENCH)

explain-score: $(BIN)/podrunner ## Count how often explain names the true cause first, on labelled logs; BENCH=--faults=seen lists the rest
	$(BIN)/python -m bench.explain $(BENCH)

import-score: $(BIN)/podrunner ## Count how often import is strictly right, on labelled configurations; BENCH=--faults=seen lists the rest
	$(BIN)/python -m bench.importing $(BENCH)

images: $(BIN)/podrunner ## List every image that a release and its jobs need
	$(BIN)/podrunner images --preset unprivileged

changelog: $(BIN)/podrunner ## Move the fragments of changelog.d/ into CHANGELOG.md, for a release
	$(BIN)/towncrier build --yes

clean: ## Remove what make made in this folder
	rm -rf $(VENV) podrunner-smoke-* .pytest_cache .mypy_cache .ruff_cache .hypothesis
