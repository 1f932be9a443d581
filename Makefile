# Everything that is done with Comptoir from a checkout. Python 3.11 or newer, git and make are enough to begin.

PORT ?= 8000
SANDBOX_PORT ?= 8001
DATA ?= .demo
PYTHON ?= python3

VENV := .venv
BIN := $(VENV)/bin
CATALOGUES := $(foreach rooms,comptoir comptoir/* comptoir/*/*,$(wildcard src/$(rooms)/locale/fr/LC_MESSAGES/django.po))
TRANSLATIONS := $(CATALOGUES:.po=.mo)

.PHONY: env demo test check bench messages format lock

env: $(VENV)/.base-installed $(VENV)/.comptoir-installed $(TRANSLATIONS)

demo: env
	@exec $(BIN)/comptoir demo --port $(PORT) --sandbox-port $(SANDBOX_PORT) --data $(DATA)

test: env $(VENV)/.dev-installed
	@$(BIN)/python tools/run_tests.py

check: env $(VENV)/.dev-installed
	@$(BIN)/python tools/run_checks.py

bench: env $(VENV)/.dev-installed
	@$(BIN)/python -m benchmarks

messages: env
	@$(BIN)/python tools/messages.py $(ROOM)

format: env $(VENV)/.dev-installed
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .
	@git ls-files 'src/comptoir/*.html' | xargs $(BIN)/djade --target-version 5.2

lock: $(VENV)/.uv-installed
	@for set in base: dev:--extra=dev; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			$${set#*:} pyproject.toml --output-file requirements/$${set%%:*}.txt || exit 1; \
	done
	@echo uv | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate - --output-file requirements/uv.txt

# ── The environment. Each stamp is renewed when what it was made from has changed. ──

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Comptoir needs Python 3.11 or newer, and '$(PYTHON)' is not one." >&2; \
		echo "Install it, or say where it is: make $(or $(MAKECMDGOALS),demo) PYTHON=/path/to/python3.11" >&2; \
		exit 1; }
	@echo "Making the environment…"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.uv-installed: requirements/uv.txt $(VENV)/.made
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $< \
		|| echo "uv is not to be had here: pip will do, in more time."
	@touch $@

# uv takes seconds where pip takes a minute. Where uv cannot run, or pip knows a mirror that uv does not, pip does it.
install = { $(BIN)/uv pip install --quiet --python $(BIN)/python $(1) 2>$(VENV)/uv.log \
	|| $(BIN)/python -m pip install --quiet --disable-pip-version-check $(1); }

$(VENV)/.base-installed: requirements/base.txt $(VENV)/.uv-installed
	@echo "Installing the libraries…"
	@$(call install,--require-hashes -r $<)
	@touch $@

$(VENV)/.dev-installed: requirements/dev.txt $(VENV)/.uv-installed
	@echo "Installing the libraries for tests and checks…"
	@$(call install,--require-hashes -r $<)
	@touch $@

$(VENV)/.comptoir-installed: pyproject.toml $(VENV)/.base-installed
	@$(call install,--no-deps -e .)
	@touch $@

%/locale/fr/LC_MESSAGES/django.mo: %/locale/fr/LC_MESSAGES/django.po $(VENV)/.base-installed
	@$(BIN)/python tools/messages.py --compile $*
