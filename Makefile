# Two commands set everything up: `make run` and `make test`. Both install from constraints.txt into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint bench eval models clean

run: .venv/.run
	$(BIN)/python app.py

test: .venv/.dev
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/care corpus lint

bench: .venv/.dev
	$(BIN)/python -m evals.bench

eval: .venv/.dev
	$(BIN)/care eval gate

models: .venv/.dev
	$(BIN)/pip install -q -c constraints.txt -e '.[dev,models,test-models]'

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --upgrade pip

.venv/.run: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install -c constraints.txt -e .
	@touch $@

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install -q -c constraints.txt -e '.[dev]'
	@touch $@ .venv/.run

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache
