"""The line from the shop to a broker and the broker itself, with what both do to messages.

terminal ── line ── broker ── cloud
           breaks    dies
           swallows  loses, repeats, delays

The broker takes a message, says so (PUBACK), and may lose it all the same: that is what brokers without a disk do.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Protocol

from edge.messages import Publish, Will
from edge.sim.year.agenda import Agenda
from edge.sim.year.faults import Faults

LATENCY_S = (0.01, 0.15)
LATE_S = (1.0, 120.0)
CONNECT_TIMEOUT_S = 5.0
NOTICED_S = 1.5 * 120.0
"""A line that swallows is given up by the keep-alive after this."""
WILL_DELAY_S = 30.0
HURRY_S = 10.0
"""How long a connection that was just made has the world's attention."""


class Session(Protocol):
    """The terminal's end of a connection."""

    def opened(self) -> None: ...
    def closed(self, reason: str) -> None: ...
    def arrived(self, topic: str, payload: bytes) -> None: ...
    def accepted(self, token: str) -> None: ...


Hear = Callable[[str, bytes], None]


@dataclass(slots=True)
class _Line:
    """One connection. A newer one, a break and a death of the broker end it; what was on it then is lost."""

    session: Session
    will: Will
    alive: bool = True


class Network:
    """`hurry` is told when things are about to happen fast; `messages` counts what arrived anywhere."""

    def __init__(self, agenda: Agenda, chance: Random, faults: Faults, hurry: Callable[[float], None]) -> None:
        self.agenda = agenda
        self.faults = faults
        self.well = True
        """False: the line is cut, nobody gets through."""
        self.swallows = False
        self.messages = 0
        self._chance = chance
        self._hurry = hurry
        self._line: _Line | None = None
        self._cloud: Hear | None = None
        self._lives = itertools.count(1)
        self._life = 0

    # --- the terminal's side ---------------------------------------------------------------------------------------

    def dial(self, session: Session, will: Will) -> None:
        """Answered later by `opened` or `closed`."""
        self._hurry(HURRY_S)
        line = _Line(session, will)
        if not self.well:
            self.agenda.after(CONNECT_TIMEOUT_S, lambda: session.closed("cannot connect"))
        elif self.swallows:
            self.agenda.after(CONNECT_TIMEOUT_S, lambda: session.closed("the broker does not answer"))
        else:
            self._take_over(line)
            self.agenda.after(self._latency_s(), lambda: self._open(line))

    def send(self, session: Session, publish: Publish) -> None:
        """From the terminal to the broker and on to the cloud."""
        line = self._line
        if line is None or line.session is not session or self.swallows:
            return
        self.agenda.after(self._latency_s(), lambda: self._broker_takes(line, publish))

    def hang_up(self, session: Session) -> None:
        """A farewell: no will."""
        if self._line is not None and self._line.session is session:
            self._end(self._line)

    def vanish(self, session: Session) -> None:
        """Its power is gone: the broker finds out, and publishes the will."""
        line = self._line
        if line is not None and line.session is session:
            self._end(line)
            self._leave_will(line)

    # --- the cloud's side ------------------------------------------------------------------------------------------

    def subscribe(self, hear: Hear | None) -> None:
        """Who gets what terminals say; None: nobody, and it is lost."""
        self._cloud = hear

    def tell(self, publish: Publish) -> None:
        """From the cloud to the terminal."""
        for delay_s in self._fates():
            self.agenda.after(delay_s, lambda: self._deliver(publish))

    # --- what goes wrong -------------------------------------------------------------------------------------------

    def cut(self) -> None:
        """The broker finds out by its keep-alive, and publishes the will."""
        self.well = False
        if self._line is not None:
            self._leave_will(self._line)
        self._break("the connection broke")

    def swallow(self) -> None:
        """Nothing arrives any more in either direction, and the terminal notices by its keep-alive."""
        self.swallows = True
        line = self._line
        if line is not None:
            self.agenda.after(NOTICED_S, lambda: self._close(line, "keep-alive"))

    def heal(self) -> None:
        if self.swallows:
            self._break("the connection was reset")
        self.well, self.swallows = True, False

    def kill_broker(self) -> None:
        """It comes back at once, and remembers nothing."""
        self._life = next(self._lives)
        self._break("the broker is gone")

    # --- inside ----------------------------------------------------------------------------------------------------

    def _leave_will(self, line: _Line) -> None:
        self.agenda.after(NOTICED_S + WILL_DELAY_S, lambda: self._route(line.will.topic, line.will.payload))

    def _take_over(self, line: _Line) -> None:
        if self._line is not None:
            self._close(self._line, "taken over")
        self._line = line

    def _open(self, line: _Line) -> None:
        if line.alive:
            line.session.opened()

    def _break(self, reason: str) -> None:
        if self._line is not None:
            line = self._line
            self._end(line)
            self.agenda.after(self._latency_s(), lambda: line.session.closed(reason))

    def _close(self, line: _Line, reason: str) -> None:
        if line.alive:
            self._end(line)
            line.session.closed(reason)

    def _end(self, line: _Line) -> None:
        line.alive = False
        if self._line is line:
            self._line = None

    def _broker_takes(self, line: _Line, publish: Publish) -> None:
        if not line.alive or self.swallows:
            return
        if publish.qos and publish.token:
            self.agenda.after(self._latency_s(), lambda: self._acknowledge(line, publish.token))
        for delay_s in self._fates():
            self.agenda.after(delay_s, lambda: self._route(publish.topic, publish.payload))

    def _acknowledge(self, line: _Line, token: str) -> None:
        if line.alive and not self.swallows:
            line.session.accepted(token)

    def _route(self, topic: str, payload: bytes) -> None:
        if self._cloud is not None:
            self.messages += 1
            self._cloud(topic, payload)

    def _deliver(self, publish: Publish) -> None:
        line = self._line
        if line is not None and not self.swallows:
            self.messages += 1
            line.session.arrived(publish.topic, publish.payload)

    def _fates(self) -> Iterator[float]:
        """After how long a message arrives: not at all, once, or twice."""
        faults, chance = self.faults, self._chance
        if chance.random() < faults.lost:
            return
        yield self._latency_s() + (chance.uniform(*LATE_S) if chance.random() < faults.late else 0.0)
        if chance.random() < faults.repeated:
            yield chance.uniform(*LATE_S)

    def _latency_s(self) -> float:
        return self._chance.uniform(*LATENCY_S)
