# Everything a person or a machine does with a checkout. `make` alone lists it.

.DEFAULT_GOAL := help
.PHONY: help setup web demo test screenshots check fmt bench chaos pin sbom audit docs docs-site clean

VENV := .venv
BIN := $(VENV)/bin
APP := src/earwitness/server/static/app/index.html
APP_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print) scripts/web

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## make .venv with everything pinned in requirements/

$(VENV)/.ready: requirements/dev.txt pyproject.toml scripts/setup
	@scripts/setup $(VENV)
	@touch $@

web: $(APP) ## build the pages into the package; needs Node 20, and everything but the pages works without

$(APP): $(APP_SOURCES)
	@scripts/web

demo: setup web ## record simulated calls of every provider and serve them (ONCE=1: stop after the calls)
	@$(BIN)/earwitness demo $(if $(ONCE),--once)

test: setup web ## run every test this machine can run, and say loudly what it skipped
	@scripts/test $(ARGS)

check: setup ## format, lint, types, import rules, sizes, tests beside sources, licences, docs
	@scripts/check

screenshots: setup web ## make the pictures of the docs again, in the tests' browser
	@PICTURES=docs scripts/test tests/web/test_tasks.py $(ARGS)

fmt: setup ## format the code and mend what ruff can mend
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

bench: setup ## measure against peers in the same run; prints tables, writes bench/results/
	@scripts/bench $(ARGS)

chaos: setup ## kills, power cuts and full disks in their long form
	@EARWITNESS_CHAOS=full scripts/test tests/chaos tests/security tests/privacy/test_retention.py $(ARGS)

docs: setup ## write docs/reference again from the code
	@$(BIN)/python scripts/reference.py

docs-site: setup ## build the docs into build/docs-site; a warning is an error
	@scripts/docs_site

pin: setup ## choose the newest allowed versions again and pin them in requirements/
	@scripts/pin

sbom: setup ## list what comes along at run time in build/sbom.json (CycloneDX)
	@mkdir -p build && $(BIN)/python scripts/sbom.py > build/sbom.json && echo "build/sbom.json"

audit: ## ask whether anything that is pinned has a known weakness; needs the advisories of the package index
	@scripts/audit

clean: ## remove the environment, the demo's recordings and every cache
	rm -rf $(VENV) build dist build-output web/node_modules src/earwitness/server/static/app src/*.egg-info demo-data .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
