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

# All benchmarks with ratios to peers; first: just bench --setup-peers FOLDER
bench *ARGS:
    .venv/bin/python tests/benchmarks/run.py {{ARGS}}

# Rewrite the outputs that README shows
readme:
    .venv/bin/pytest -q tests/test_readme.py --rewrite-readme

# Put the Persian catalogue in order, and list the sentences that it lacks
persian:
    -.venv/bin/python tests/render/catalogue.py --write

# Everything that must hold before a change lands
check:
    .ci/run

# The same numbers with the lowest versions that pyproject.toml allows
lowest FOLDER:
    python3 -m venv {{FOLDER}}
    {{FOLDER}}/bin/pip install --quiet --constraint constraints-lowest.txt .
    .venv/bin/python tests/distribution/compare_environments.py .venv/bin/python {{FOLDER}}/bin/python

# Fuzzing of every reader; a finding becomes a file in tests/fuzz/cases
fuzz *ARGS:
    .venv/bin/python tests/fuzz/run_fuzz.py {{ARGS}}

# Mutation testing of a room; see tests/mutation/results.md
mutate ROOM *ARGS:
    .venv/bin/python tests/mutation/run_mutants.py {{ROOM}} {{ARGS}}
