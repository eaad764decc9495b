"""The terminals that one process carries: one thread, one epoll over all their sockets, one heap of what is due."""

from __future__ import annotations

import heapq
import math
import select
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

from edge.clock import Clock
from edge.cloud.session import OpenFile
from edge.codec.topics import Topics
from edge.outside import Outside
from edge.sim.fleet.certificates import broker_of
from edge.sim.fleet.plan import DAY_S, Plan
from edge.sim.fleet.tally import Sample, Tally
from edge.sim.fleet.terminal import LEDGER_FILE, FleetTerminal, Place
from edge.vitals import Vitals, read_vitals

SAMPLE_S = 0.5
VITALS_S = 60.0
"""All terminals of a machine say the same of it: asked once a minute, not by each."""
EVENTS_A_POLL = 512

Report = Callable[[Sample], None]


@dataclass(slots=True)
class _Seat:
    """Where one terminal is in the loop. `watched`: its socket, as epoll knows it."""

    number: int
    terminal: FleetTerminal
    sold: list[str]
    life: int = 1
    due: float = math.inf
    watched: tuple[OpenFile, int] | None = None
    fd: int = -1


class Crew:
    """`open`, then `run`, then `close`. `folder` holds a ledger for each terminal, or room for it."""

    def __init__(self, plan: Plan, process: int, folder: Path, clock: Clock) -> None:
        self.tally = Tally()
        self._plan = plan
        self._numbers = plan.share(process)
        self._folder = folder
        self._clock = clock
        self._topics = Topics(plan.topic_prefix)
        self._outside = Outside(
            clock=clock,
            chance=Random(plan.seed),
            patience_s=0.0,
            idle_s=math.inf,
            vitals=_asked_rarely(clock),
            discover=tuple,
        )
        self._seats: list[_Seat] = []
        self._by_fd: dict[int, _Seat] = {}
        self._due: list[tuple[float, int]] = []
        self._epoll = select.epoll()
        self._begin = 0.0
        self._acts: list[tuple[float, int, Callable[[], None]]] = []

    def open(self) -> None:
        """Raises StoreError."""
        for number in self._numbers:
            sold: list[str] = []
            self._seats.append(_Seat(number, self._opened(number, sold, life=1), sold))

    def run(self, begin_mono: float, report: Report) -> None:
        """Until all is sold and the cloud has it, or has not within the time for it."""
        step_s = self._plan.ramp_s / max(1, len(self._seats))
        self._begin = begin_mono
        self._acts = sorted((begin_mono + at_s, n, act) for n, (at_s, act) in enumerate(self._script()))
        for nth, seat in enumerate(self._seats):
            seat.terminal.watch.begin_mono = begin_mono
            seat.terminal.start()
            self._plan_turn(seat, begin_mono + nth * step_s)
        last = begin_mono + self._plan.seconds + self._plan.drain_s
        sample_mono = begin_mono
        while (now := self._clock.mono()) < last:
            while self._acts and self._acts[0][0] <= now:
                self._acts.pop(0)[2]()
            if now >= sample_mono:
                sample_mono = self._sample(now, sample_mono, report)
                if now >= begin_mono + self._plan.seconds and self._is_done():
                    return
            wake = min(self._due[0][0], sample_mono, *(act[0] for act in self._acts[:1]))
            for fd, _ in self._epoll.poll(max(0.0, wake - self._clock.mono()), EVENTS_A_POLL):
                if (ready := self._by_fd.get(fd)) is not None:
                    self._turn(ready)
            self._turn_due()

    def close(self, each: Callable[[], None]) -> None:
        """What is left is counted, then each terminal stops as planned; `each` hears of it."""
        now = self._clock.mono()
        for seat in self._seats:
            each()
            watch = seat.terminal.watch
            self.tally.unsent += watch.waiting
            self.tally.oldest_unsent_s = max(self.tally.oldest_unsent_s, watch.oldest_s(now))
            seat.terminal.close()
        self._epoll.close()

    def made(self) -> Iterator[tuple[str, str, bool]]:
        """(tid, id, whether it waits for the cloud) of each row of each ledger, after `close`.

        Sales that are not there are noted as forgotten.
        """
        for seat in self._seats:
            place = seat.terminal.place
            rows = _journal(place.folder / LEDGER_FILE)
            self.tally.forgotten += sorted(set(seat.sold) - {event_id for event_id, _ in rows})
            yield from ((place.tid, event_id, bool(waits)) for event_id, waits in rows)

    # --- the loop --------------------------------------------------------------------------------------------------

    def _turn_due(self) -> None:
        now = self._clock.mono()
        while self._due and self._due[0][0] <= now:
            due, index = heapq.heappop(self._due)
            seat = self._seats[index]
            if seat.due == due:
                self.tally.lag.note(now - due)
                seat.terminal.watch.late_s = now - due
                self._turn(seat)
                seat.terminal.watch.late_s = 0.0

    def _turn(self, seat: _Seat) -> None:
        wake = seat.terminal.turn()
        self._watch_socket(seat)
        self._plan_turn(seat, wake)

    def _plan_turn(self, seat: _Seat, wake: float) -> None:
        if wake != seat.due:
            seat.due = wake
            heapq.heappush(self._due, (wake, self._index(seat)))

    def _index(self, seat: _Seat) -> int:
        return (seat.number - self._numbers[0]) // self._plan.processes

    def _watch_socket(self, seat: _Seat) -> None:
        """Look at the socket that the terminal has now, and at whether it wants to write."""
        connection = seat.terminal.connection
        wanted = None
        if connection is not None:
            wanted = connection[0], select.EPOLLIN | (select.EPOLLOUT if connection[1] else 0)
        if wanted == seat.watched:
            return
        before, seat.watched = seat.watched, wanted
        if before is not None and wanted is not None and before[0] is wanted[0]:
            self._epoll.modify(wanted[0], wanted[1])
            return
        if before is not None and self._by_fd.get(seat.fd) is seat:
            del self._by_fd[seat.fd]  # closed: the kernel has forgotten it by itself
        if wanted is not None:
            seat.fd = wanted[0].fileno()
            self._by_fd[seat.fd] = seat
            self._epoll.register(seat.fd, wanted[1])

    def _sample(self, now: float, due: float, report: Report) -> float:
        """A sample for each moment since `due`, so that all processes have as many; returns when the next is due."""
        watches = [seat.terminal.watch for seat in self._seats]
        sample = Sample(
            due - self._begin, sum(seat.terminal.link.online() for seat in self._seats),
            self.tally.made, sum(watch.waiting for watch in watches),
            max((watch.oldest_s(now) for watch in watches), default=0.0),
        )  # fmt: skip
        while due <= now:
            sample = replace(sample, at_s=round((due - self._begin) / SAMPLE_S) * SAMPLE_S)
            self.tally.samples.append(sample)
            report(sample)
            due += SAMPLE_S
        return due

    def _is_done(self) -> bool:
        return all(seat.terminal.link.online() and not seat.terminal.watch.waiting for seat in self._seats)

    # --- what befalls them -----------------------------------------------------------------------------------------

    def _script(self) -> Iterator[tuple[float, Callable[[], None]]]:
        for cut in self._plan.cuts:
            yield cut.at_s, self._pull
            yield cut.at_s + cut.seconds, self._plug
        for kill in self._plan.kills:
            yield kill.at_s, partial(self._kill, self._plan.killed(kill))
        yield self._plan.seconds, self._close_shops

    def _pull(self) -> None:
        for seat in self._seats:
            seat.terminal.pull()
        for seat in self._seats:
            self._turn(seat)

    def _plug(self) -> None:
        for seat in self._seats:
            seat.terminal.plug()

    def _close_shops(self) -> None:
        for seat in self._seats:
            seat.terminal.shop.closed = True

    def _kill(self, chosen: frozenset[int]) -> None:
        for seat in self._seats:
            if seat.number in chosen:
                closed = seat.terminal.shop.closed
                seat.terminal.die()
                seat.life += 1
                seat.terminal = self._opened(seat.number, seat.sold, life=seat.life)
                seat.terminal.shop.closed = closed
                seat.terminal.start()
                self.tally.kills += 1
                self._turn(seat)

    def _opened(self, number: int, sold: list[str], *, life: int) -> FleetTerminal:
        plan, tid = self._plan, self._plan.tid(number)
        home = self._folder / tid
        place = Place(
            tid, home, broker_of(plan, number, home), self._topics, DAY_S / plan.sales_a_day,
            f"{plan.seed} {tid} {life}",
        )  # fmt: skip
        return FleetTerminal(place, self._outside, self.tally, sold, begin_mono=self._begin)


def _asked_rarely(clock: Clock) -> Callable[[Path], Vitals]:
    found: dict[str, tuple[float, Vitals]] = {}

    def vitals(folder: Path) -> Vitals:
        now = clock.mono()
        if "now" not in found or now - found["now"][0] >= VITALS_S:
            found["now"] = now, read_vitals(folder)
        return found["now"][1]

    return vitals


def _journal(ledger: Path) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(
            "SELECT j.id, j.seq > p.acked AND j.epoch = (SELECT v FROM meta WHERE k = 'epoch')"
            " FROM journal j JOIN pos p USING(stream)"
        ).fetchall()
