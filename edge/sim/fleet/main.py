"""`edge fleet`: many terminals at a broker, what they made and what a cloud has of it."""

from __future__ import annotations

import argparse
import re
import resource
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from edge.clock import Clock, SystemClock
from edge.codec.topics import DEFAULT_PREFIX
from edge.errors import SettingsError
from edge.sim.fleet import words
from edge.sim.fleet.house import House
from edge.sim.fleet.judge import Verdict, absorbed_in, judge, stored_in, told_by
from edge.sim.fleet.plan import DAY_S, DRAIN_S, SALES_A_DAY, Cut, Kill, Plan
from edge.sim.fleet.processes import Fleet
from edge.sim.fleet.script import Script
from edge.sim.fleet.tally import Sample, Tally

TERMINALS_MAX, PROCESSES_MAX, SECONDS_MAX = 99_999, 64, 86_400.0
EVENTS_A_SALE = 1.0
HANDLES_A_TERMINAL, HANDLES_SPARE = 8, 200
SHOWN_EVERY_S = 5.0
EXIT_EXACT, EXIT_WRONG, EXIT_STOPPED = 0, 1, 130
STOPS = (signal.SIGINT, signal.SIGTERM)
EPILOG = """\
Without --url it starts mosquitto and an `edge cloud` of its own and looks into that cloud's database.
--outage, --storm, --kill and --at can be given several times.

exit codes: 0 the cloud holds each event once, 1 it does not, or a spread was not obeyed, 2 usage, 130 stopped
"""


class Stopped(SystemExit):
    """Somebody asked us to end."""


def run(argv: Sequence[str]) -> int:
    """The arguments after `edge fleet`."""
    options = _options().parse_args(argv)
    if not options.url and (options.db or options.stored):
        raise SettingsError("a database is looked into together with its broker", where="--db", cure="Name --url too.")
    clock = SystemClock()
    with _heeding_signals(), ExitStack() as stack:
        try:
            folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="edge-fleet-")))
            folder.mkdir(parents=True, exist_ok=True)
            if not options.url:
                house = stack.enter_context(House(folder, clock))
                options.url, options.db = [house.url], house.db
                print(f"{house.broker} at {house.url}, edge cloud with {house.db}", flush=True)
            return _run(_plan(options), folder, options, clock)
        except Stopped:
            return EXIT_STOPPED


def _run(plan: Plan, folder: Path, options: argparse.Namespace, clock: Clock) -> int:
    _have_handles(plan)
    fleet, script = Fleet(plan, folder, clock), Script(options.at)
    begun = clock.mono()
    try:
        each_mb = fleet.open()
        opened = f"{plan.terminals:,} terminals opened in {clock.mono() - begun:.1f} s"
        print(f"{opened}, {1024 * each_mb:,.0f} KB each", flush=True)
        begun = clock.mono()
        tally = fleet.run(_shown(script))
        seconds = clock.mono() - begun
        tally.trouble.update(script.failed())
    finally:
        script.end()
        fleet.stop()
    verdict = _judged(plan, fleet, options)
    return _told(plan, tally, verdict, seconds)


def _told(plan: Plan, tally: Tally, verdict: Verdict | None, seconds: float) -> int:
    for line in (*words.figures(plan, tally, seconds), *words.losses(plan, tally)):
        print(line)
    for line in verdict.words() if verdict is not None else ("no database was named: nothing was compared",):
        print(line)
    wrong = list(words.wrong(plan, tally, verdict))
    for line in wrong:
        print(f"WRONG: {line}", file=sys.stderr)
    print("wrong" if wrong else "exactly once" if verdict is not None else "all acknowledged")
    return EXIT_WRONG if wrong else EXIT_EXACT


def _judged(plan: Plan, fleet: Fleet, options: argparse.Namespace) -> Verdict | None:
    tids = frozenset(plan.tid(number) for number in range(plan.terminals))
    if options.stored is not None:
        return judge(fleet.made(), told_by(options.stored, tids), fleet.made(waiting=True))
    if options.db is not None:
        print(f"{absorbed_in(options.db):,} events came to the cloud more than once")
        return judge(fleet.made(), stored_in(options.db, tids), fleet.made(waiting=True))
    return None


def _shown(script: Script) -> Callable[[Sample], None]:
    due = 0.0

    def show(sample: Sample) -> None:
        nonlocal due
        for words_run in script.run_until(sample.at_s):
            print(f"{sample.at_s:6.0f} s  run: {words_run}", flush=True)
        if sample.at_s >= due:
            due = sample.at_s + SHOWN_EVERY_S
            print(words.progress(sample), flush=True)

    return show


def _have_handles(plan: Plan) -> None:
    """Each terminal has a socket, a bell of two, and a ledger of three files. Raises SettingsError."""
    needed = -(-plan.terminals // plan.processes) * HANDLES_A_TERMINAL + HANDLES_SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if needed > hard != resource.RLIM_INFINITY:
        raise SettingsError(
            "too many terminals for one process", where="--processes", expected=f"{needed} open files", got=str(hard),
            cure="Name more processes, or raise `ulimit -Hn`.",
        )  # fmt: skip
    if needed > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


@contextmanager
def _heeding_signals() -> Iterator[None]:
    before = {number: signal.signal(number, _stop) for number in STOPS}
    try:
        yield
    finally:
        for number, answer in before.items():
            signal.signal(number, answer)


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)  # a second one would come in the middle of removing the folder
    raise Stopped(EXIT_STOPPED)


# --- arguments -------------------------------------------------------------------------------------------------------


def _plan(options: argparse.Namespace) -> Plan:
    rate = options.rate
    if options.events_per_s is not None:
        rate = options.events_per_s / EVENTS_A_SALE / options.terminals * DAY_S
    cuts = [Cut(at_s, seconds) for at_s, seconds in options.outage] + [Cut(at_s, 0.0) for at_s in options.storm]
    kills = tuple(Kill(at_s, int(count)) for at_s, count in options.kill)
    if any(url.startswith("mqtts:") for url in options.url) and options.ca is None:
        raise SettingsError("TLS wants certificates", where="--ca", expected="the folder of edge cloud ca init")
    acts = [at_s for at_s, _ in options.at]
    last = max([*(cut.at_s + cut.seconds for cut in cuts), *(kill.at_s for kill in kills), *acts], default=0.0)
    if last > options.seconds:
        raise SettingsError("a fault that comes after the end", where="--seconds", expected=f"at least {last:g}",
                            got=f"{options.seconds:g}")  # fmt: skip
    return Plan(
        tuple(options.url), options.terminals, options.seconds, ramp_s=options.ramp, sales_a_day=rate,
        processes=min(options.processes, options.terminals), seed=options.seed, tids=options.tids,
        authorities=str(options.ca) if options.ca is not None else None, topic_prefix=options.topic_prefix,
        cuts=tuple(sorted(cuts, key=lambda cut: cut.at_s)), kills=kills, drain_s=options.drain,
    )  # fmt: skip


class _Help(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Defaults beside each option, and the epilog as it is written."""


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="edge fleet",
        description="Many terminals with the box's own code, ledgers and MQTT sessions at one broker.",
        epilog=EPILOG,
        formatter_class=_Help,
    )
    add = parser.add_argument
    add("--terminals", type=_whole(1, TERMINALS_MAX), required=True, metavar="N")
    add(
        "--url",
        type=_broker,
        action="append",
        default=[],
        help="mqtt://host:port; several: nodes that terminals take in turn",
    )
    add("--ca", type=Path, metavar="DIR", help="of edge cloud ca: the terminals get certificates, for mqtts://")
    add("--db", type=Path, help="the file of edge cloud --db, to be compared at the end")
    add("--stored", metavar="COMMAND", help="any other cloud: prints `tid id` for each event that it holds")
    add("--seconds", type=_real(1.0, SECONDS_MAX), default=60.0, metavar="S", help="how long the shops sell")
    add("--ramp", type=_real(0.0, SECONDS_MAX), default=0.0, metavar="S", help="they start over so long")
    rate = parser.add_mutually_exclusive_group()
    rate.add_argument("--rate", type=_real(0.01, 1e6), default=SALES_A_DAY, metavar="SALES", help="a terminal a day")
    rate.add_argument("--events-per-s", type=_real(0.001, 1e5), metavar="N", help="of all terminals, instead")
    add("--processes", type=_whole(1, PROCESSES_MAX), default=1, metavar="P")
    add("--seed", type=_whole(0, 2**31), default=1, metavar="N")
    add("--folder", type=Path, help="for the ledgers; they are used again (default: a temporary one)")
    add("--tids", type=_tids, default="FLEET", help="how the terminals' names begin")
    add("--topic-prefix", default=DEFAULT_PREFIX)
    add("--drain", type=_real(1.0, SECONDS_MAX), default=DRAIN_S, metavar="S", help="time for the last rows")
    many = partial(add, action="append", default=[])
    many("--outage", type=_pair(SECONDS_MAX), metavar="AT:SECONDS", help="no terminal reaches the broker")
    many("--storm", type=_real(0.0, SECONDS_MAX), metavar="AT", help="all lose the broker at once, and it is there")
    many("--at", type=_command, metavar="AT:COMMAND", help="run this at that second, such as a node's end")
    many("--kill", type=_pair(TERMINALS_MAX), metavar="AT:N", help="so many die as by SIGKILL, and start anew")
    return parser


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"expected a number from {least} to {most}, got {text!r}")
        return int(text)

    return read


def _real(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text) or not least <= float(text) <= most:
            raise argparse.ArgumentTypeError(f"expected a number from {least:g} to {most:g}, got {text!r}")
        return float(text)

    return read


def _pair(most: float) -> Callable[[str], tuple[float, float]]:
    def read(text: str) -> tuple[float, float]:
        at, colon, what = text.partition(":")
        if not colon:
            raise argparse.ArgumentTypeError(f"expected two numbers with a colon between, got {text!r}")
        return _real(0.0, SECONDS_MAX)(at), _real(1.0, most)(what)

    return read


def _broker(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_one = (
            parts.scheme in ("mqtt", "mqtts") and bool(parts.hostname) and (parts.port or 1883) > 0 and not parts.path
        )
    except ValueError:
        is_one = False
    if not is_one:
        raise argparse.ArgumentTypeError(f"not the address of a broker, expected mqtt://host:port, got {text!r}")
    return text


def _command(text: str) -> tuple[float, list[str]]:
    at, _, command = text.partition(":")
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a command: {error}, got {text!r}") from error
    if not words:
        raise argparse.ArgumentTypeError(f"expected seconds, a colon and a command, got {text!r}")
    return _real(0.0, SECONDS_MAX)(at), words


def _tids(text: str) -> str:
    if not re.fullmatch("[A-Z0-9]{3,18}", text):
        raise argparse.ArgumentTypeError(f"expected 3 to 18 of A-Z and 0-9, got {text!r}")
    return text
