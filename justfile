# Developer commands; `just` lists them.
default:
    @just --list

# Make the virtual environment
setup:
    python3 -m venv .venv
    .venv/bin/pip install --quiet --constraint constraints.txt --editable '.[dev]'

# Format the code
fmt:
    .venv/bin/ruff format .
    .venv/bin/ruff check --fix .

# Lint and types
lint:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy

# All tests
test *ARGS:
    .venv/bin/pytest -n auto {{ARGS}}

# The quick tests
quick:
    .venv/bin/pytest -n auto -m 'not slow and not browser'

# Benchmarks, as ratios against peers where there are any; see each script's --help
bench NAME="spine" *ARGS:
    .venv/bin/python tests/benchmarks/bench_{{NAME}}.py {{ARGS}}

# Rewrite the outputs that README shows
readme:
    .venv/bin/pytest -q tests/test_readme.py --rewrite-readme

# Everything that must hold before a change lands
check:
    .ci/run
