# Every target does its own set-up: a machine needs Python 3.11 or newer, git and make, and nothing else.
# `.venv` is made from the locked requirements; the stamps in it are older than a lock that changed.

BIN := .venv/bin/python
PIP := $(BIN) -m pip install -q -q --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help run test check bench manifest lock
.DELETE_ON_ERROR:

help:
	@echo "make run | test | check | bench | manifest | lock  – README.md says what each does"

run: .venv/.runtime
	@exec $(BIN) playground.py

test: .venv/.dev
	@$(BIN) node.py
	@$(BIN) -m tests.browser
	@$(BIN) -m tests.nginx
	@failed=; \
	$(BIN) -m pytest -m browser || failed=1; \
	$(BIN) -m pytest -m "not browser" || failed=1; \
	test -z "$$failed" || { echo "Failed:"; $(BIN) -m pytest -q --collect-only --last-failed --last-failed-no-failures none | grep -E '::|^ERROR'; exit 1; }

# Each step runs, whatever the others found.
check: .venv/.dev
	@$(BIN) node.py
	@failed=; \
	step() { name=$$1; shift; printf '%s\n' "== $$name"; "$$@" || failed="$$failed, $$name"; }; \
	step format $(BIN) -m ruff format --check --quiet --output-format concise .; \
	step lint $(BIN) -m ruff check --quiet --output-format concise .; \
	step types $(BIN) -m basedpyright; \
	step imports $(BIN) .venv/bin/lint-imports --no-logo; \
	step manifest $(BIN) -m manifest.package --check; \
	step cards $(BIN) -m pytest -q -m "schema and not browser"; \
	step translations $(BIN) -m locales.check; \
	step mails $(BIN) -m outbox.templates.build --check; \
	if test -n "$$failed"; then echo "Failed: $${failed#, }"; exit 1; fi; echo "All checks passed."

bench: .venv/.dev
	@$(BIN) node.py
	@$(COMPILE_ALL)
	@$(BIN) -m bench

manifest: .venv/.dev
	@$(BIN) node.py
	@$(BIN) -m manifest.package

# Newest versions that requirements*.in permit; the three locks agree, because each later one is held to the first.
COMPILE := $(BIN) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links
lock: .venv/.dev
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-node.in -o requirements-node.txt
	$(COMPILE) requirements-dev.in -c requirements.txt -c requirements-node.txt -o requirements-dev.txt
	$(BIN) node.py lock

# A Python without ensurepip (Debian's, until python3-venv is there) cannot make a virtual environment.
PYTHONS := python3 python3.13 python3.12 python3.11 python3.14 python
FITS := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
.venv/.made:
	@make_venv() { for python in $(PYTHONS); do \
		if "$$python" -c '$(FITS)' 2>/dev/null; then "$$python" -m venv .venv && exit 0; fi; done; }; \
	$(BIN) -c 'import pip; $(FITS)' 2>/dev/null || ( \
		make_venv; \
		if test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -qq -y python3-venv >/dev/null && make_venv; fi; \
		echo "Gatehouse needs Python 3.11 or newer with its venv module (Debian: apt-get install python3-venv)."; \
		exit 1 )
	@touch $@

# Bytecode of our own, as pip makes it of the packages: where Python may write none, each start would compile anew.
COMPILE_ALL := $(BIN) -m compileall -q *.py bot cards domain guest locales outbox providers storage

.venv/.runtime: .venv/.made requirements.txt
	@echo "Installing what Gatehouse runs on …"
	@$(PIP) -r requirements.txt
	@$(COMPILE_ALL)
	@touch $@

.venv/.dev: .venv/.made requirements-dev.txt
	@echo "Installing what the tests need …"
	@$(PIP) -r requirements-dev.txt
	@$(COMPILE_ALL)
	@touch $@
	@touch .venv/.runtime
