# Every target sets up what it needs by itself: system packages, .venv, Python packages.
.DEFAULT_GOAL := help
SHELL := /bin/bash
# Where nothing compiled may be kept, each of the hundreds of processes that tests start compiles all of edge/ anew.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin

.PHONY: help install setup run test quick check asyncapi engines testssl fuzz sim services fleet fleet-full browser chaos chaos-full day day-page soak bench weeks voices page-pictures lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## what a shop's terminal needs, and no more: .venv, Python packages
	@scripts/setup box

setup: ## system packages, .venv, Python packages: all that run, test and check need
	@scripts/setup test

# With a terminal the demo gets a process group of its own: Ctrl-C then ends the demo, which says so and exits 0,
# and not make, which would call it an error.
run: ## open a shop to play with: terminal, simulated devices, broker, cloud, counter page
	@scripts/setup run
	@if [ -t 0 ]; then set -m; $(BIN)/edge demo; exit $$?; else exec $(BIN)/edge demo; fi

# A third of the time a test waits for a thread, a process or a disk, so two go to a core; what a browser, a clerk or a
# fleet does within seconds goes one to a core. Tests marked slow start real processes: they do not run beside others.
CORES := $(shell nproc)
SPREAD := --numprocesses $(shell echo $$((2 * $(CORES)))) --dist worksteal
SPREAD_EVEN := --numprocesses $(CORES) --dist worksteal
# What measures, or holds a million rows, has the machine for itself.
ALONE := tests/test_backlog.py tests/test_wrong_codes.py tests/test_catalogue.py tests/test_parcel_trail.py
# Real processes, wires and sheets, beside the one real day, which waits most of its seven minutes.
BESIDE := tests/test_lockers_in_hand.py tests/test_edge_run_safe.py tests/test_card_sheet.py
# The house rules are what `make check` is for.
NOT_TWICE := --deselect tests/test_tidy.py::test_this_tree_is_tidy
# To look through all tests for these takes longer than some of them.
SLOW = $(shell grep -lE 'mark\.slow' tests/test_*.py tests/*/test_*.py)
# Thousands of ledgers wait for a disk at each commit: where RAM has the room, they lie there.
SHM_GB := $(shell df --output=avail --block-size=1G /dev/shm 2>/dev/null | tail -1)
TEST_HOME := $(if $(shell [ "$(SHM_GB)" -ge 2 ] 2>/dev/null && echo yes),PYTEST_DEBUG_TEMPROOT=/dev/shm)

test: ## all tests but chaos (10 minutes on 2 cores)
	@scripts/setup test
	@$(TEST_HOME) $(BIN)/python -m pytest $(SPREAD) $(NOT_TWICE) -m "not slow and not chaos"
	@$(TEST_HOME) $(BIN)/python -m pytest $(SPREAD) -m "slow and not chaos" $(SLOW)

quick: ## the tests that take a moment (6 minutes on 2 cores)
	@scripts/setup test
	@$(TEST_HOME) $(BIN)/python -m pytest $(SPREAD) -m "not slow and not chaos"

check: ## ruff, mypy --strict and the tidy test
	@scripts/setup dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_tidy.py

asyncapi: ## judge docs/asyncapi.json by AsyncAPI's own parser, and show that it refuses broken ones (10 seconds)
	@scripts/setup asyncapi
	@$(BIN)/python scripts/asyncapi.py --check
	@node --test --test-reporter=spec tests/asyncapi_parser/document.test.mjs

engines: ## a cluster of three RabbitMQ nodes with workers and PostgreSQL, and one NATS node: killed in every part (5 minutes)
	@scripts/setup engines
	@$(BIN)/python -m pytest -m chaos tests/engines

testssl: ## testssl.sh at the shipped broker, the cloud's HTTPS servers and the own page: no finding that nobody has judged (1 minute)
	@scripts/setup testssl
	@$(BIN)/python -m pytest -m chaos tests/testssl

fuzz: ## 100,000 hostile inputs for each reader of foreign bytes (10 minutes at most; EDGE_FUZZ_CASES=N)
	@scripts/setup test
	@$(BIN)/python tests/fuzz_run.py

SEEDS ?= 20
sim: ## a shop's stormy year on virtual time, SEEDS of them, and what must hold in each (20: 20 minutes)
	@scripts/setup test
	@$(TEST_HOME) $(BIN)/python -m pytest $(SPREAD_EVEN) -m chaos tests/storms tests/test_power_cuts.py
	@$(BIN)/edge sim --seeds $(SEEDS) --days 365 --faults storm --processes 2

services: SEEDS = 1000
services: ## 1,000 short lives of customers who want services, and a table of what became of each kind (6 minutes; SEEDS=N)
	@scripts/setup test
	@$(BIN)/edge sim --seeds $(SEEDS) --days 2 --faults storm --services --processes 2

fleet: ## 200 terminals at a real broker and cloud: a storm, an outage, some killed; and edge conformance (4 minutes)
	@scripts/setup test
	@$(TEST_HOME) $(BIN)/python -m pytest $(SPREAD_EVEN) -m chaos tests/test_fleet_run.py tests/test_conformance.py tests/test_conformance_tls.py
	@$(BIN)/edge fleet --terminals 200 --processes 2 --seconds 60 --events-per-s 20 --storm 12 --outage 25:6 --kill 45:20

fleet-full: ## 2,000 terminals at three nodes of RabbitMQ: nodes, a worker and PostgreSQL die; 200 at one NATS node (8 minutes)
	@scripts/setup engines
	@PYTHONPATH=.:tests:tests/engines $(BIN)/python -m fleet_full

browser: ## a technician at the terminal's own page, in Chromium: first boot, mending, accessibility, its API (7 minutes)
	@scripts/setup browser
	@$(TEST_HOME) $(BIN)/python -m pytest $(SPREAD_EVEN) -m chaos tests/browser

chaos: ## kill terminal, broker and cloud, break network and disk at random while 3 × 300 sales run (6 minutes)
	@scripts/setup test
	@$(BIN)/python -m pytest $(SPREAD_EVEN) -m chaos tests/chaos tests/test_locker_pty.py
	@$(BIN)/python -m pytest -m chaos $(ALONE)

chaos-full: ## the same for the record: 20 × 1,000 sales, with a table at the end (1.5 to 2 hours)
	@scripts/setup test
	@$(BIN)/python -m pytest -m chaos tests/chaos/test_control.py
	@PYTHONPATH=.:tests:tests/chaos $(BIN)/python tests/chaos/full.py

day: ## one scripted shop day: on real parts, and with the power cut at 200 moments (8 minutes)
	@scripts/setup test
	@$(BIN)/python -m pytest $(SPREAD_EVEN) -m chaos tests/shop_day tests/test_demo_script.py $(BESIDE)

day-page: ## write the day's table and its Z report into docs/shop-day.md
	@scripts/setup test
	@PYTHONPATH=.:tests:tests/shop_day $(BIN)/python -m day_page

soak: ## sell for HOURS (0.1: 6 minutes) with outages: memory, handles, threads and ledger stay flat; plot in build/soak.png
	@scripts/setup test
	@HOURS="$(HOURS)" PYTHONPATH=.:tests:tests/chaos $(BIN)/python -m soak

bench: ## limits and product side by side, into docs/benchmarks.md (14 minutes; ONLY=drain measures one section)
	@scripts/setup test
	@ONLY="$(ONLY)" PYTHONPATH=.:tests $(BIN)/python -m bench

weeks: ## eight weeks of one shop, ordered for in several ways: chart and tables of docs/replenishment.md (1 minute)
	@scripts/setup test
	@PYTHONPATH=.:tests $(BIN)/python -m eight_weeks

page-pictures: ## photograph each page for docs/page, in a demo with some life in it (2 minutes)
	@scripts/setup browser
	@PYTHONPATH=.:tests:tests/browser $(BIN)/python -m pictures

voices: ## render 20 prompts in both languages and the earcons to docs/voice
	@scripts/setup test
	@PYTHONPATH=. $(BIN)/python scripts/voices.py

lock: ## write the lock files anew from pyproject.toml (needs uv)
	@scripts/lock

clean: ## remove what was built here, but no shop's data
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info tests/asyncapi_parser/node_modules
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
