# Every routine is a verb of `make` or of `yibao`. `make run` and `make test` work alone on a fresh clone.
.DEFAULT_GOAL := help
.PHONY: help run test lint bench soak ablation screenshots lock clean

# Start-up reads compiled files: 20 s without them, 8 with.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

run: $(VENV)/.ready ## train if there is no release yet, then serve on 127.0.0.1:8000
	@$(BIN)/yibao train --if-missing
	@$(BIN)/yibao serve

test: $(VENV)/.ready ## run all tests
	@$(BIN)/python -m pytest

lint: $(VENV)/.ready ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: $(VENV)/.ready ## measure speed, start, training and memory
	@$(BIN)/yibao train --if-missing
	@$(BIN)/python -m tests.bench.run

soak: $(VENV)/.ready ## replicas that die, Redis that restarts, garbage: some minutes
	@$(BIN)/yibao train --if-missing
	@$(BIN)/python -m tests.soak.run

ablation: $(VENV)/.ready ## measure what each piece of understanding is worth
	@$(BIN)/python -m tests.bench.ablation

screenshots: $(VENV)/.ready ## take the pictures of the console (docs/console) and of the editors' year (docs/editing)
	@$(BIN)/yibao train --if-missing
	@$(BIN)/python -m tests.e2e.screenshots

lock: .uv/bin/uv ## pin the newest dependencies that fit requirements.in
	@.uv/bin/uv pip compile --quiet --upgrade --python-version 3.10 --generate-hashes --no-emit-index-url --no-header requirements.in -o requirements.lock

clean: ## remove the environment and everything that was written
	rm -rf $(VENV) .uv var

# The environment holds exactly what the lock says, each file checked against its hash.
$(VENV)/.ready: requirements.lock pyproject.toml | .uv/bin/uv
	@echo "installing Python 3.10 environment (once, 3 GB) …" >&2
	@.uv/bin/uv venv --quiet --allow-existing --python 3.10 $(VENV)
	@.uv/bin/uv pip sync --python $(BIN)/python --require-hashes requirements.lock
	@.uv/bin/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.uv/bin/uv:
	@python3 -m venv .uv
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
