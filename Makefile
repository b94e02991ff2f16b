# `make` prints this help. Two commands on a fresh machine: `make demo`, `make test`.
PYTHON ?= $(shell for one in python3.13 python3.12 python3.11 python3; do \
	$$one -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$one && break; done)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format sample lock wheel bench bench-themes bench-sentiment bench-redaction bench-speed bench-planted clean

help:  ## print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1|/' | awk -F'|' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: .venv/ready  ## make the environment .venv and install into it

.venv/ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11, 3.12 or 3.13 found; install one or call make PYTHON=/path/to/python"; exit 2; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

demo: setup  ## run the main job on the sample export; ends with the report's path and the first ten themes
	$(BIN)/cx-text demo --output cx_demo

test: setup  ## pass the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup  ## all that CI runs: format, lint, types, floors, tests with doctests, coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term

format: setup  ## format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

sample: setup  ## make data/sample again with its generator
	$(BIN)/python data/generate.py --output data/sample

wheel: setup  ## build sdist and wheel into dist/
	$(BIN)/python -m build

bench: bench-themes bench-sentiment bench-redaction bench-speed bench-planted  ## every benchmark, one table each

.venv/bench-ready: .venv/ready benchmarks/requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r benchmarks/requirements.lock \
		&& touch $@ || echo "BERTopic and TextBlob cannot be installed here; the benchmarks will say so and do without"

bench-themes: .venv/bench-ready  ## theme discovery beside BERTopic and KMeans on labelled sets (needs the public data)
	$(BIN)/python benchmarks/themes.py

bench-sentiment: .venv/bench-ready  ## sentiment beside VADER and TextBlob on labelled sets (needs the public data)
	$(BIN)/python benchmarks/sentiment.py
	$(BIN)/python benchmarks/sentiment_ratings.py
	$(BIN)/python benchmarks/sentiment_speed.py

bench-redaction: setup  ## personal data found by type, clean comments touched, speed (needs the public data)
	$(BIN)/python benchmarks/redaction.py

bench-speed: setup  ## comments a second, seconds by stage and peak memory
	$(BIN)/python benchmarks/speed.py

bench-planted: setup  ## what is found of planted issues, drivers and coaching needs, and what is told that is not there
	$(BIN)/python benchmarks/planted.py

bench-kills: setup  ## nights that are killed 500 times, at any write or time, against one that never was
	$(BIN)/python benchmarks/kills.py

lock:  ## resolve the dependencies again (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --quiet --output-file requirements.lock
	uv pip compile benchmarks/requirements.in --no-deps --universal --python-version 3.11 --generate-hashes --quiet --output-file benchmarks/requirements.lock

clean:  ## remove what was made
	rm -rf .venv build dist cx_demo .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
