# What a developer or an operator types. Needs Python 3.11 to 3.13 and make; everything else goes into .venv.

.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
RUN := .venv/.run
DEV := .venv/.dev

.PHONY: help setup demo run up down test test-servers check benchmark generated requirements clean

help:  ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 14

setup: $(RUN)  ## Make .venv from pinned requirements

demo: $(RUN)  ## The service on a bundled sample site, with mailbox and Slack stand-in; Ctrl-C stops it. MODE=distributed: on Kafka and Elasticsearch
	@exec $(BIN)/python -m deploy.demo $(if $(MODE),--mode $(MODE))

run: $(RUN)  ## The service on the sources in crawlers/sources; Ctrl-C stops it
	@exec $(BIN)/tidings run

up: $(RUN)  ## Kafka and Elasticsearch: by Docker, with the service, where an engine runs; else as processes of this machine
	@if docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; \
	then docker compose -f deploy/compose.yaml up -d --build --wait; \
	else exec $(BIN)/python -m deploy.servers up; fi

down: $(RUN)  ## Stop what `make up` started; the data stays
	@if docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; \
	then docker compose -f deploy/compose.yaml down; fi
	@exec $(BIN)/python -m deploy.servers down

test: $(DEV)  ## Every test that needs no server, in under 5 minutes
	$(BIN)/pytest -n 2 --dist loadfile -m "not servers"

# First what is missing is said, and what takes long is fetched: outside any test's time limit.
test-servers: $(DEV)  ## Every test that needs a real Kafka or Elasticsearch (JDK 21 or newer, Maven)
	$(BIN)/python -m deploy.servers fetch
	$(BIN)/pytest -n 2 --dist loadfile -m servers --durations 15

check: $(DEV)  ## Lint, format, types, import arrows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# MODE=distributed is on servers of its own, or on those that KAFKA_BOOTSTRAP and ELASTICSEARCH_URL name.
benchmark: $(DEV)  ## Ratios against floors and peers, in one run. MODE=distributed: on Kafka and Elasticsearch. SCALE, ARTICLES: how much
	$(BIN)/python -m benchmarks $(if $(SCALE),--scale $(SCALE)) $(if $(ARTICLES),--articles $(ARTICLES)) \
		$(if $(filter distributed,$(MODE)),--mode distributed $(if $(KAFKA_BOOTSTRAP),--kafka $(KAFKA_BOOTSTRAP)) \
		$(if $(ELASTICSEARCH_URL),--elasticsearch $(ELASTICSEARCH_URL)))

generated: $(RUN)  ## Rewrite the files that are functions of the code (JSON Schemas, docs/settings.md)
	$(BIN)/python -m app.generated

requirements:  ## Compile requirements/*.in to pinned files with hashes (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		requirements/run.in -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		requirements/dev.in -o requirements/dev.txt

clean:  ## Remove .venv (data stays)
	rm -rf .venv

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "no Python 3.11 to 3.13 found: install one, or name it with PYTHON=..."; exit 1; }
	$(PYTHON) -m venv .venv

# --no-build-isolation: setuptools is among the pinned requirements, so building our own package fetches nothing.
$(RUN): requirements/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
