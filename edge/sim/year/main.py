"""`edge sim`: live simulated days, say what happened, and how to see a violation again."""

from __future__ import annotations

import argparse
import os
import sqlite3
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from edge.clock import SystemClock
from edge.errors import EdgeError
from edge.sim.year.faults import PROFILES
from edge.sim.year.simulation import CUSTOMERS, Outcome, Simulation
from edge.sim.year.witness import Violation

DAYS_MAX, SEEDS_MAX, CUSTOMERS_MAX, PROCESSES_MAX = 3_660, 10_000, 300, 64
DIGITS_MAX = 10
IN_MEMORY = Path("/dev/shm")
"""Where there is such a folder: what a simulated disk loses is decided by the simulation, not by this machine's."""


@dataclass(frozen=True, slots=True)
class Run:
    """One seed to live through."""

    seed: int
    days: int
    faults: str
    customers: int

    @property
    def command(self) -> str:
        more = f" --customers {self.customers}" if self.customers != CUSTOMERS else ""
        return f"edge sim --seed {self.seed} --days {self.days} --faults {self.faults}{more}"


@dataclass(frozen=True, slots=True)
class Violated:
    """What did not hold, in words."""

    run: Run
    what: str


def run(argv: Sequence[str]) -> int:
    """The arguments after `edge sim`. Exit code: 0 all held, 1 something did not, 2 usage."""
    options = _options().parse_args(argv)
    seeds = [options.seed] if options.seed is not None else range(1, options.seeds + 1)
    runs = [Run(seed, options.days, options.faults, options.customers) for seed in seeds]
    clock, outcomes, violated = SystemClock(), list[Outcome](), 0
    begun = clock.mono()
    for outcome in _outcomes(runs, options.processes):
        if isinstance(outcome, Violated):
            violated += 1
            print(
                f"seed {outcome.run.seed}: VIOLATED: {outcome.what}\n  see it again: {outcome.run.command}", flush=True
            )
        else:
            outcomes.append(outcome)
            print(_line(outcome), flush=True)
    print(_summary(outcomes, violated, clock.mono() - begun))
    return 1 if violated else 0


def live(run: Run) -> Outcome | Violated:
    """One run on a folder of its own, which is gone afterwards."""
    place = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="edge-sim-", dir=place) as home:
        simulation = Simulation(
            Path(home), seed=run.seed, days=run.days, faults=PROFILES[run.faults], customers=run.customers
        )
        try:
            return simulation.run()
        except Violation as violation:
            return Violated(run, str(violation))
        except (EdgeError, sqlite3.Error, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as fault:
            where = traceback.extract_tb(fault.__traceback__)[-1]
            return Violated(run, f"{fault!r} in {where.name}, {Path(where.filename).name} line {where.lineno}")


def _outcomes(runs: Sequence[Run], processes: int) -> Iterator[Outcome | Violated]:
    if processes == 1 or len(runs) == 1:
        yield from map(live, runs)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(live, runs)


def _line(outcome: Outcome) -> str:
    return (
        f"seed {outcome.seed}: {outcome.days} days, {outcome.sales} sales, {outcome.rows} rows,"
        f" {outcome.cuts} power cuts, {outcome.messages} messages in {outcome.seconds:.1f} s,"
        f" newest row {outcome.digest[:12]}"
    )


def _summary(outcomes: Sequence[Outcome], violated: int, seconds: float) -> str:
    days, sales = sum(o.days for o in outcomes), sum(o.sales for o in outcomes)
    messages, faults = sum(o.messages for o in outcomes), Counter[str]()
    for outcome in outcomes:
        faults.update(outcome.faults)
    done = ", ".join(f"{count} × {name}" for name, count in sorted(faults.items()) if count)
    verdict = f"{violated} seeds VIOLATED" if violated else "every invariant held"
    return (
        f"{len(outcomes)} seeds, {days} days, {sales} sales; {done or 'no faults'}\n"
        f"{messages} messages in {seconds:.0f} s: {messages / seconds:.0f}/s; {verdict}"
    )


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="edge sim",
        description="Live through days of a shop on virtual time, with faults, and check what must hold.",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--seed", type=_number(0, 2**31), help="this one; a failure names it")
    which.add_argument("--seeds", type=_number(1, SEEDS_MAX), default=1, help="as many, from 1 on")
    parser.add_argument("--days", type=_number(1, DAYS_MAX), default=365)
    parser.add_argument("--faults", choices=list(PROFILES), default="storm")
    parser.add_argument(
        "--customers", type=_number(1, CUSTOMERS_MAX), default=CUSTOMERS, help="on a day; 1 in 50 has 300"
    )
    parser.add_argument("--processes", type=_number(1, PROCESSES_MAX), default=1)
    return parser


def _number(least: int, most: int) -> Callable[[str], int]:
    """The type of an argument: a whole number within bounds."""

    def read(text: str) -> int:
        number = int(text) if text.isdecimal() and len(text) <= DIGITS_MAX else -1
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"expected a number from {least} to {most}, got {text!r}")
        return number

    return read
