"""A fleet in several processes: each opens its share, all begin at one moment, each tells how it goes and ended."""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from edge.clock import Clock, SystemClock
from edge.errors import DeviceError, EdgeError
from edge.sim.fleet.certificates import issue
from edge.sim.fleet.crew import Crew
from edge.sim.fleet.judge import Event
from edge.sim.fleet.plan import Plan
from edge.sim.fleet.tally import Sample, Tally, together
from edge.sim.fleet.terminal import LEDGER_FILE
from edge.store.disk import Disk
from edge.store.ledger import connect

BEGIN_AFTER_S = 0.5
"""From the word that all are open to the moment that all begin at: it is on its way to each process."""
OPENED_WITHIN_S = 600.0
SILENT_S = 120.0
"""A process that says nothing for so long is stuck."""
WAITS = " waits"
_TEMPLATE = "template.db"
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """`terminals_mb` is what the memory of the process grew by as it opened its share."""

    terminals_mb: float


@dataclass(frozen=True, slots=True)
class Closing:
    """The run is over, and another terminal stops."""


@dataclass(frozen=True, slots=True)
class Failed:
    why: str


Told = Opened | Sample | Closing | Tally | Failed


class Fleet:
    """`open`, `run`, and at the end `stop`, whatever happened. `folder` gets a folder for each terminal."""

    def __init__(self, plan: Plan, folder: Path, clock: Clock) -> None:
        self._plan = plan
        self._folder = folder
        self._clock = clock
        self._spawn = multiprocessing.get_context("spawn")
        self._processes: list[BaseProcess] = []
        self._ends: list[Connection] = []

    def open(self) -> float:
        """Start all processes and have them open their terminals; returns MB of memory a terminal."""
        template = self._folder / _TEMPLATE
        connect(template, Disk()).close()
        for process in range(self._plan.processes):
            ours, theirs = self._spawn.Pipe()
            child = self._spawn.Process(target=_carry, args=(self._plan, process, self._folder, theirs), daemon=True)
            child.start()
            theirs.close()
            self._processes.append(child)
            self._ends.append(ours)
        grown = 0.0
        for end in self._ends:
            told = self._heard(end, OPENED_WITHIN_S)
            if not isinstance(told, Opened):
                raise DeviceError("a process of the fleet could not open its terminals", got=str(told))
            grown += told.terminals_mb
        return grown / self._plan.terminals

    def run(self, progress: Callable[[Sample], None]) -> Tally:
        """Begin at one moment; `progress` hears of each moment that all processes have told of."""
        begin = self._clock.mono() + BEGIN_AFTER_S
        for end in self._ends:
            end.send(begin)
        told: dict[int, list[Sample]] = {number: [] for number in range(len(self._ends))}
        tallies: list[Tally] = []
        open_ends, shown = dict(enumerate(self._ends)), 0
        while open_ends:
            ready = wait(list(open_ends.values()), SILENT_S)
            if not ready:
                raise DeviceError("a process of the fleet is stuck", expected=f"a word within {SILENT_S:.0f} s")
            for number, end in list(open_ends.items()):
                if end not in ready:
                    continue
                match self._heard(end, SILENT_S):
                    case Sample() as sample:
                        told[number].append(sample)
                    case Closing():
                        continue
                    case Tally() as tally:
                        tallies.append(tally)
                        del open_ends[number]
                    case other:
                        raise DeviceError("a process of the fleet failed", got=str(other))
            least = min((len(told[number]) for number in open_ends), default=shown)
            for moment in range(shown, least):
                progress(_sum([samples[min(moment, len(samples) - 1)] for samples in told.values() if samples]))
            shown = max(shown, least)
        whole = Tally()
        for tally in tallies:
            whole.add(tally)
        return whole

    def made(self, *, waiting: bool = False) -> Iterator[Event]:
        """(tid, id) of each row of each ledger, after `run`; or of those only that the cloud has not acknowledged."""
        for process in range(self._plan.processes):
            for line in _made_file(self._folder, process).read_text(encoding="utf-8").splitlines():
                tid, event_id, *more = line.split(" ")
                if more or not waiting:
                    yield tid, event_id

    def stop(self) -> None:
        for child in self._processes:
            child.terminate()
        for child in self._processes:
            child.join()
        for end in self._ends:
            end.close()

    def _heard(self, end: Connection, patience_s: float) -> Told:
        try:
            if not end.poll(patience_s):
                return Failed(f"no word for {patience_s:.0f} s")
            told: Told = end.recv()
        except (EOFError, ConnectionResetError):
            return Failed("it ended: killed, or by what stands above")
        return told


def _sum(samples: Sequence[Sample]) -> Sample:
    whole = [samples[0]]
    for sample in samples[1:]:
        whole = together(whole, [sample])
    return whole[0]


def _made_file(folder: Path, process: int) -> Path:
    return folder / f"made-{process}.txt"


def _carry(plan: Plan, process: int, folder: Path, end: Connection) -> None:
    """What each process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of them; the first one decides
    try:
        _live(plan, process, folder, end)
    except EdgeError as error:
        end.send(Failed(str(error)))


def _live(plan: Plan, process: int, folder: Path, end: Connection) -> None:
    for number in plan.share(process):
        home = folder / plan.tid(number)
        home.mkdir(exist_ok=True)
        if not (home / LEDGER_FILE).exists():
            shutil.copyfile(folder / _TEMPLATE, home / LEDGER_FILE)
    clock = SystemClock()
    if plan.authorities is not None:
        homes = ((plan.tid(number), folder / plan.tid(number)) for number in plan.share(process))
        issue(Path(plan.authorities), homes, clock.wall())
    before = _rss_mb()
    crew = Crew(plan, process, folder, clock)
    crew.open()
    gc.freeze()  # thousands of objects that live as long as the run: no collection has to walk over them
    grown = _rss_mb() - before
    end.send(Opened(grown))
    begin, before_s = end.recv(), _cpu_s()
    crew.run(begin, end.send)
    crew.tally.cpu_s = _cpu_s() - before_s
    crew.tally.rss_mb, crew.tally.terminals_mb = _rss_mb(), grown
    crew.close(lambda: end.send(Closing()))
    with _made_file(folder, process).open("w", encoding="utf-8") as file:
        file.writelines(f"{tid} {event_id}{WAITS * waits}\n" for tid, event_id, waits in crew.made())
    end.send(crew.tally)


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system


def _rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_KB / 1024
