# The two important commands are `make demo` (the tour on the local AWS) and `make test`. Each command installs what it
# needs into .venv/, node_modules/ and .pycommon/ of this folder, and into no other folder.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test quick test-lowest bench lint lint-style lint-types lint-services format clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.local node_modules/.package-lock.json ## the tour: a governed service on a local AWS (KEEP=1 leaves it running)
	@$(PY) -m demo $(if $(KEEP),--keep)

# Without byte code, each of the many processes of the tests would compile the library and the tests again.
unexport PYTHONDONTWRITEBYTECODE
# Four workers are best for two processors, because a worker often waits for the local AWS.
WORKERS ?= 4
PYTEST := $(PY) -m pytest --numprocesses $(WORKERS) --dist loadfile

test: lint node_modules/.package-lock.json ## lint, types, unit and end-to-end tests (about 25 minutes on two processors)
	@$(PYTEST)

quick: lint ## lint, types, and the unit tests that need neither Node nor the local AWS
	@$(PYTEST) -m "not node and not local_aws and not slow"

LOWEST := .venv-lowest
test-lowest: ## the unit tests of the library against the lower bounds of its dependencies
	@test -x $(LOWEST)/bin/python || $(PYTHON) -m venv $(LOWEST)
	@$(LOWEST)/bin/python -m pip --disable-pip-version-check --quiet install -e '.[testing]' -e './cli[local]' pytest hypothesis jsonschema $$($(LOWEST)/bin/python tests/lowest_requirements.py)
	@CI= $(LOWEST)/bin/python -m pytest -q -p no:cacheprovider --ignore tests/end_to_end --ignore tests/cli --ignore tests/amplify_lambda --ignore tests/interfaces --ignore tests/check --ignore tests/benchmarks --ignore tests/speed

bench: $(VENV)/.dev node_modules/.package-lock.json ## the library beside peers: tables and plots in docs/benchmarks
	@$(PY) -m benchmarks

lint: $(VENV)/.dev ## ruff, mypy, and pycommon check and iam of the services
	@$(MAKE) --no-print-directory --jobs=2 lint-types lint-style lint-services

lint-style:
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --quiet --check .

lint-types:
	@$(VENV)/bin/mypy --no-error-summary

lint-services:
	@$(VENV)/bin/pycommon check
	@$(VENV)/bin/pycommon iam --diff >/dev/null

format: $(VENV)/.dev ## write the code as the linter wants it
	@$(VENV)/bin/ruff check --quiet --fix .
	@$(VENV)/bin/ruff format --quiet .

clean: ## stop the local AWS of this checkout and remove everything that was installed or built
	@test ! -x $(VENV)/bin/pycommon || $(VENV)/bin/pycommon local down --wipe
	rm -rf $(VENV) $(LOWEST) node_modules .pycommon amplify-*/.serverless .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or newer is needed, $(PYTHON) is {sys.version.split()[0]}: name another one, e.g. make PYTHON=python3.13 $(MAKECMDGOALS)")'
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)

DISTRIBUTIONS := pyproject.toml hatch_build.py cli/pyproject.toml
$(VENV)/.local: $(DISTRIBUTIONS) | $(VENV)/bin/python
	@echo "Installing pycommon with its tools into $(VENV)"
	@$(PIP) install -e . -e './cli[local]'
	@touch $@

$(VENV)/.dev: $(DISTRIBUTIONS) | $(VENV)/bin/python
	@echo "Installing pycommon with the tools of its tests into $(VENV)"
	@$(PIP) install -e '.[dev]'
	@$(PIP) install --no-deps -e ./cli
	@touch $@ $(VENV)/.local

node_modules/.package-lock.json: package-lock.json
	@node --version >/dev/null 2>&1 || { echo "Node.js 20.19 or newer is needed and was not found: https://nodejs.org/" >&2; exit 2; }
	@echo "Installing the Serverless Framework (osls) into node_modules"
	@npm ci --silent --no-audit --no-fund
	@touch $@
