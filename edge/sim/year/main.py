"""`edge sim`: live simulated days, say what happened, and how to see a violation again."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sqlite3
import struct
import tempfile
import textwrap
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from edge.clock import SystemClock
from edge.errors import EdgeError
from edge.sim.year.faults import PROFILES
from edge.sim.year.service_table import FULL_FROM, ServiceTable
from edge.sim.year.simulation import CROWD, CROWD_EVERY, CUSTOMERS, SERVICES, Outcome, Simulation
from edge.sim.year.witness import Violation

DAYS_MAX, SEEDS_MAX, CUSTOMERS_MAX, PROCESSES_MAX = 3_660, 10_000, 300, 64
DIGITS_MAX = 10
FRAMES_MAX = 20
"""The innermost calls of a traceback; where a run goes wrong is seen from them."""
MOSTLY_SERVICES = 0.7
"""Of the wishes of those who come for services; without parcels, so that a thousand short lives fit into minutes."""
IN_MEMORY = Path("/dev/shm")
"""Where there is such a folder: what a simulated disk loses is decided by the simulation, not by this machine's."""
EXIT_HELD, EXIT_VIOLATED, EXIT_STOPPED = 0, 1, 130
STOPS = (signal.SIGINT, signal.SIGTERM)
CLOSING_S = 5.0
"""For a process of the pool to close its world after a stop."""
FAULTS = (
    ArithmeticError, AssertionError, AttributeError, BufferError, EdgeError, EOFError, ImportError, LookupError,
    MemoryError, NameError, OSError, ReferenceError, RuntimeError, StopIteration, TypeError, ValueError,
    sqlite3.Error, struct.error,
)  # fmt: skip
"""All that our own code can raise by mistake. One seed's bug must not cost the others their run."""
EPILOG = """\
how much goes wrong:
  calm    nothing
  shop    an ordinary shop: an outage every third day, a power cut every other month, a torn code now and then
  storm   all of it, all the time: a misfortune for every fifth customer, and about one more on each day

A year takes about a minute. Each seed that fails names the command that shows it again.

exit codes: 0 all held, 1 something did not, 2 usage, 130 stopped by Ctrl-C or SIGTERM
"""


class Stopped(SystemExit):
    """Somebody asked us to end. In a process of the pool that is a quiet end, which is why it is a SystemExit."""


@dataclass(frozen=True, slots=True)
class Run:
    """One seed to live through."""

    seed: int
    days: int
    faults: str
    customers: int
    services: bool = False

    @property
    def command(self) -> str:
        more = f" --customers {self.customers}" if self.customers != CUSTOMERS else ""
        more += " --services" if self.services else ""
        return f".venv/bin/edge sim --seed {self.seed} --days {self.days} --faults {self.faults}{more}"


@dataclass(frozen=True, slots=True)
class Violated:
    """What did not hold, in words. `trace` is the traceback where an error of ours had a part in it, else empty."""

    run: Run
    what: str
    trace: str = ""


def run(argv: Sequence[str]) -> int:
    """The arguments after `edge sim`. Exit code: 0 all held, 1 something did not, 2 usage, 130 stopped."""
    options = _options().parse_args(argv)
    runs = [Run(seed, options.days, options.faults, options.customers, options.services) for seed in options.seeds]
    clock, lived, violated, missing = SystemClock(), list[Outcome](), 0, ""
    begun = clock.mono()
    code = EXIT_HELD
    with _heeding_signals():
        try:
            with closing(_outcomes(runs, options.processes)) as outcomes:
                for outcome in outcomes:
                    print(_told(outcome), flush=True)
                    if isinstance(outcome, Violated):
                        violated += 1
                    else:
                        lived.append(outcome)
        except Stopped:
            code, missing = EXIT_STOPPED, "stopped"
        except BrokenProcessPool:
            code, missing = EXIT_VIOLATED, "a process was killed from outside, for its memory perhaps"
    print(_summary(lived, violated, clock.mono() - begun))
    if options.services:
        table = ServiceTable.of(lived)
        print(f"{table.text}\n{table.why_not}")
        if table.empty and len(runs) >= FULL_FROM:
            print(f"never seen: {', '.join(table.empty)}")
            code = code or EXIT_VIOLATED
    if missing:
        print(f"{missing}: {len(lived) + violated} of {_count(len(runs), 'seed')} finished")
    return code or (EXIT_VIOLATED if violated else EXIT_HELD)


def live(run: Run) -> Outcome | Violated:
    """One run on a folder of its own, which is gone afterwards."""
    place = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    try:
        with tempfile.TemporaryDirectory(prefix="edge-sim-", dir=place) as home:
            return Simulation(
                Path(home), seed=run.seed, days=run.days, faults=PROFILES[run.faults], customers=run.customers,
                station=not run.services, services=MOSTLY_SERVICES if run.services else SERVICES,
            ).run()  # fmt: skip
    except Violation as violation:
        return Violated(run, str(violation))
    except FAULTS as fault:
        trace = "".join(traceback.format_exception(fault, limit=-FRAMES_MAX))
        return Violated(run, _sentence(fault), trace)


def _sentence(fault: BaseException) -> str:
    """What is wrong: the violation, if it was only the closing after it that raised this, else the error itself."""
    behind = fault.__context__
    while behind is not None:
        if isinstance(behind, Violation):
            return str(behind)
        behind = behind.__context__
    where = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{fault!r} in {where.name}, {Path(where.filename).name} line {where.lineno}"


# --- processes and signals -------------------------------------------------------------------------------------------


def _outcomes(runs: Sequence[Run], processes: int) -> Generator[Outcome | Violated, None, None]:
    """As they come to an end. Whoever closes this early, or is stopped in it, ends the processes, too."""
    processes = min(processes, len(runs))
    if processes == 1:
        yield from map(live, runs)
        return
    with ProcessPoolExecutor(processes, initializer=_begin_process) as pool:
        try:
            for future in as_completed([pool.submit(_live_apart, run) for run in runs]):
                yield future.result()
        except BaseException:
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def _begin_process() -> None:
    """Ctrl-C reaches every process of a terminal at once; the first one decides, and tells the others by SIGTERM."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop_apart)


def _stop_apart(number: int, frame: object) -> None:
    """Whatever was interrupted may hold a lock for ever that the closing waits for: then that is interrupted, too, and
    what is left to do is to remove the folder.
    """
    signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, CLOSING_S, CLOSING_S)
    _stop(number, frame)


def _live_apart(run: Run) -> Outcome | Violated:
    try:
        return live(run)
    except Stopped:
        os._exit(EXIT_STOPPED)  # the pool would take it for a result, and begin the next seed


@contextmanager
def _heeding_signals() -> Iterator[None]:
    before = {number: signal.signal(number, _stop) for number in STOPS}
    try:
        yield
    finally:
        for number, answer in before.items():
            signal.signal(number, answer)


def _stop(_number: int, _frame: object) -> None:
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)  # a second one would come in the middle of removing the folder
    raise Stopped(EXIT_STOPPED)


# --- words -----------------------------------------------------------------------------------------------------------


def _told(outcome: Outcome | Violated) -> str:
    if isinstance(outcome, Violated):
        sentences = outcome.what.replace("; ", "\n  ")  # as invariants.hold() joins them
        trace = textwrap.indent(outcome.trace, "    ")
        return f"seed {outcome.run.seed}: VIOLATED: {sentences}\n{trace}  see it again: {outcome.run.command}"
    return (
        f"seed {outcome.seed}: {_count(outcome.days, 'day')}, {_count(outcome.sales, 'sale')},"
        f" {_count(outcome.rows, 'row')}, {_count(outcome.cuts, 'power cut')},"
        f" {_count(outcome.messages, 'message')} in {outcome.seconds:.1f} s, fingerprint {outcome.digest[:12]}"
    )


def _summary(lived: Sequence[Outcome], violated: int, seconds: float) -> str:
    """The verdict, then what the seeds that held have lived through: of the others nobody knows how far they came."""
    ended = len(lived) + violated
    verdict = f"{violated} of {_count(ended, 'seed')} violated" if violated else f"{_count(ended, 'seed')}, all held"
    if not lived:
        return verdict if violated else "no seed was finished"
    planned, deeds, messages = Counter[str](), Counter[str](), sum(o.messages for o in lived)
    for outcome in lived:
        planned.update(outcome.faults)
        deeds.update(outcome.deeds)
    return (
        f"{verdict}; lived to the end: {_count(sum(o.days for o in lived), 'day')},"
        f" {_count(sum(o.sales for o in lived), 'sale')}, {_count(sum(o.cuts for o in lived), 'power cut')}\n"
        f"among them: {_counts(deeds)}\n"
        f"faults planned: {_counts(planned)}\n"
        f"{_count(messages, 'message')} in {seconds:.0f} s: {messages / seconds:.0f}/s"
    )


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count} × {name}" for name, count in sorted(counter.items()) if count) or "none"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# --- arguments -------------------------------------------------------------------------------------------------------


class _Help(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Defaults beside each option, and the epilog as it is written."""


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="edge sim",
        description="Live through days of a shop on virtual time, with faults, and check what must hold.",
        epilog=EPILOG,
        formatter_class=_Help,
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--seed",
        dest="seeds",
        type=_one,
        default=argparse.SUPPRESS,
        metavar="N",
        help="only this one; a failure names it",
    )
    which.add_argument("--seeds", type=_first, default="1", metavar="N", help="as many, from 1 on")
    parser.add_argument("--days", type=_number(1, DAYS_MAX), default=365, metavar="N", help="of each seed")
    parser.add_argument("--faults", choices=list(PROFILES), default="storm", help="how much goes wrong, see below")
    parser.add_argument(
        "--customers", type=_number(1, CUSTOMERS_MAX), default=CUSTOMERS, metavar="N",
        help=f"on a day; on one day in {CROWD_EVERY} there are {CROWD}",
    )  # fmt: skip
    parser.add_argument(
        "--services", action="store_true",
        help=f"customers mostly want services, and a table says what became of these; from {FULL_FROM} seeds on each"
        " end of each kind has to be in it",
    )  # fmt: skip
    parser.add_argument(
        "--processes", type=_number(1, PROCESSES_MAX), default=1, metavar="N", help="as many seeds at a time"
    )
    return parser


def _one(text: str) -> range:
    seed = _number(0, 2**31)(text)
    return range(seed, seed + 1)


def _first(text: str) -> range:
    return range(1, _number(1, SEEDS_MAX)(text) + 1)


def _number(least: int, most: int) -> Callable[[str], int]:
    """The type of an argument: a whole number within bounds."""

    def read(text: str) -> int:
        number = int(text) if text.isdecimal() and len(text) <= DIGITS_MAX else -1
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"expected a number from {least} to {most}, got {text!r}")
        return number

    return read
