.PHONY: help check fix test docs shots bench

PYTHON ?= .venv/bin/python

help: ## show this
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.venv/.dev: pyproject.toml
	test -x .venv/bin/python || python3 -m venv .venv
	.venv/bin/python -m pip install -q -e '.[dev]'
	touch .venv/.dev

check: .venv/.dev ## format, lint, types, import contracts, tests with coverage
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	rm -f .coverage .coverage.*
	$(PYTHON) -m pytest -q -n auto --cov --cov-report=
	$(PYTHON) -m coverage report --skip-covered --fail-under=90
	$(PYTHON) -m coverage report --include='*/reader/sql/outbox*,*/reader/library/outbox*,*/text/sanitise*' --fail-under=100

fix: .venv/.dev ## format and apply safe fixes
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

test: .venv/.dev ## the quick tests alone, for every change
	$(PYTHON) -m pytest -q -n auto -m quick

docs: .venv/.dev ## write the pages about the HTTP API and about other forums
	$(PYTHON) docs/write_api.py
	$(PYTHON) docs/write_forums.py

shots: .venv/.dev ## draw every screen into docs/screenshots
	$(PYTHON) docs/screenshots/draw.py

bench: .venv/.dev ## measure; prints tables
	$(PYTHON) benchmarks/run.py
