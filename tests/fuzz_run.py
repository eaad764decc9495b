"""Fuzzing: every reader of foreign bytes against inputs from one seed. `make fuzz`, or one target by hand:

.venv/bin/python tests/fuzz_run.py [TARGET …] [--seed N] [--cases N] [--case N | --hex HEX]
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter

from fuzz_mutation import hostile
from fuzz_stands import STANDS
from fuzz_target import Read, Target
from fuzz_targets import PARSERS

CASES = 100_000
"""Of each parser; a stand, which opens a shop, gets its share of them (decisions 5: 10^5 a parser, 10^3 a handler)."""
MIN_CASES = 5
RENEW_EVERY = 50
"""Cases that one stand takes before a new one is put up: more would bury what led to a failure."""
IN_MEMORY = Path("/dev/shm")
"""Where files of stands lie, if there is one: an fsync there costs nothing, and no power is cut here."""
CASE_LIMIT_S = 30.0
"""Of a processor, however busy the machine is: the slowest case takes one. More is a loop without an end."""
MAX_GROWN_KB = 50 * 1024
PROCESSES = 2
SHOWN_OCTETS = 2_000
"""Of a failing input; a longer one comes back by its number."""


class Endless(BaseException):
    """A case that does not come to its end; nothing that catches errors may catch it."""


class Broke(AssertionError):
    """A target raised what it must not: the text says which, on what, and how to see it again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`refused` counts inputs that ended in an error of ours, as they should. `slowest_ms` is for people to look at."""

    name: str
    cases: int
    refused: int
    seconds: float
    slowest_ms: float
    grown_kb: int


ALL: dict[str, Target] = {target.name: target for target in (*PARSERS, *STANDS)}


def cases_of(target: Target, cases: int) -> int:
    return max(MIN_CASES, cases // target.share)


def run(target: Target, *, seed: int, first: int = 0, cases: int, limit_s: float = CASE_LIMIT_S) -> Outcome:
    """Try `cases` inputs from number `first` on. Raises Broke for the first that is not taken as it should be."""
    chance, refused, slowest = Random(), 0, 0.0
    begun, grown_from = perf_counter(), _peak_kb()
    every = RENEW_EVERY if target.is_stand else cases
    for start in range(first, first + cases, every):
        with _folder() as folder, target.open(Path(folder)) as read:
            if start == first:
                for octets in target.corpus:
                    _try(target, read, octets, f"--hex {octets.hex()}")
                grown_from = _peak_kb()
            for number in range(start, min(start + every, first + cases)):
                chance.seed(f"{seed}/{target.name}/{number}")
                octets = hostile(chance, target.corpus)
                before = perf_counter()
                refused += _try(target, read, octets, f"--seed {seed} --case {number}", limit_s)
                slowest = max(slowest, perf_counter() - before)
    grown = _peak_kb() - grown_from
    if grown > MAX_GROWN_KB:
        raise Broke(f"{target.name} grew by {grown // 1024} MB, at most {MAX_GROWN_KB // 1024}: seed {seed}")
    return Outcome(target.name, cases, refused, perf_counter() - begun, slowest * 1000, grown)


def feed(target: Target, octets: bytes, folder: Path) -> bool:
    """This one input. Whether it was refused as it may be; raises Broke for anything else."""
    with target.open(folder) as read:
        return _try(target, read, octets, f"--hex {octets.hex()}")


def _try(target: Target, read: Read, octets: bytes, again: str, limit_s: float = CASE_LIMIT_S) -> bool:
    """Whether it was refused as it may be."""
    signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit_s)
    try:
        read(octets)
    except target.allowed:
        return True
    except (Exception, Endless) as error:
        shown = octets[:SHOWN_OCTETS].hex() + (" …" if len(octets) > SHOWN_OCTETS else "")
        raise Broke(
            f"{target.name} broke: {type(error).__name__}: {error}\n"
            f"allowed: {', '.join(kind.__name__ for kind in target.allowed) or 'nothing'}\n"
            f"input, {len(octets)} bytes: {shown}\n"
            f"again: .venv/bin/python tests/fuzz_run.py {target.name} {again}"
        ) from error
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
    return False


def _give_up(_: int, __: object) -> None:
    raise Endless("it took more of a processor than any case needs")


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="fuzz.", dir=IN_MEMORY if IN_MEMORY.is_dir() else None)


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _run_named(order: tuple[str, int, int]) -> Outcome | str:
    name, seed, cases = order
    logging.disable()
    try:
        return run(ALL[name], seed=seed, cases=cases_of(ALL[name], cases))
    except Broke:
        return traceback.format_exc()


def run_all(names: Sequence[str], *, seed: int, cases: int) -> bool:
    """Each in a process of its own, so that its memory is its own; prints a line for each. False when one broke."""
    well, begun = True, perf_counter()
    orders = [(name, seed, cases) for name in reversed(names)]
    with multiprocessing.get_context("fork").Pool(PROCESSES, maxtasksperchild=1) as pool:
        for outcome in pool.imap_unordered(_run_named, orders, chunksize=1):
            if isinstance(outcome, str):
                well = False
                print(outcome, flush=True)
                continue
            print(
                f"{outcome.name:24} {outcome.cases:7} cases {outcome.refused:7} refused {outcome.seconds:6.1f} s"
                f"  slowest {outcome.slowest_ms:6.1f} ms  grown {outcome.grown_kb / 1024:4.1f} MB",
                flush=True,
            )
    print(f"{len(names)} targets, seed {seed}: {'well' if well else 'BROKEN'} after {perf_counter() - begun:.0f} s")
    return well


def main(argv: Sequence[str] | None = None) -> int:
    """0 well, 1 a target broke, 2 usage."""
    parser = argparse.ArgumentParser(description="Feed hostile inputs to every reader of foreign bytes.")
    parser.add_argument("target", nargs="*", choices=[[], *ALL], help="all when none is named")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=int(os.environ.get("EDGE_FUZZ_CASES", CASES)))
    parser.add_argument("--case", type=int, help="this one input again, with what a stand took before it")
    parser.add_argument("--hex", help="this input")
    told = parser.parse_args(argv)
    names = told.target or list(ALL)
    if told.case is not None:
        for name in names:
            first = told.case - told.case % RENEW_EVERY if ALL[name].is_stand else told.case
            print(run(ALL[name], seed=told.seed, first=first, cases=told.case - first + 1))
        return 0
    if told.hex is not None:
        for name in names:
            with _folder() as folder:
                refused = feed(ALL[name], bytes.fromhex(told.hex), Path(folder))
                print(f"{name}: {'refused' if refused else 'taken'}")
        return 0
    return 0 if run_all(names, seed=told.seed, cases=told.cases) else 1


if __name__ == "__main__":
    sys.exit(main())
