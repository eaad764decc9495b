"""What is known of one lock board: when it is looked at next, whether it is lost, and why, in a technician's words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from edge.codec.lock_board import Heard, LockBoard, answers_twice
from edge.model.door import Contacts, Door

LOOK_S, WATCH_S = 2.0, 0.4
"""Between two looks at a board: at rest, and while a door of it is open or something has moved lately (decisions 3)."""
WATCHED_FOR_S = 3.0
"""After a pulse and after a change every answer is told, changed or not, so that a door that stays shut shows."""
FORGOTTEN_S = 600.0
"""What has not moved for so long is how this board is at rest: a door forgotten open, a lock without a door."""
LOST_AFTER = 3
LOST_LOOK_S, LOST_DEADLINE_S = 5.0, 0.1
"""A board that missed so many looks is asked this rarely, for this long."""
SHOWN = 12
"""Bytes of an answer that is none, in a sentence."""


@dataclass(slots=True)
class BoardWatch:
    """`seen` are its newest contacts, `told` what the terminal knows of it, `reason` why its last look got no answer.

    `pair`: two answers have come to one question; from then on the board is heard to the end of its deadline.
    """

    address: int
    protocol: LockBoard
    look_mono: float
    deadline_s: float
    seen: Contacts | None = None
    told: Contacts | None = None
    missed: int = 0
    lost: bool = False
    pair: bool = False
    reason: str = ""
    _doubt: str = ""
    _rest: bytes = b""
    _moved_mono: float = -math.inf
    _watched_until_mono: float = -math.inf

    @property
    def groups(self) -> int | None:
        return None if self.seen is None else len(self.seen.locks)

    @property
    def is_sure(self) -> bool:
        """It answered, alone, when it was asked last: an order to it opens one door, and it is known which."""
        return self.seen is not None and not self.pair and not self.missed

    @property
    def patience_s(self) -> float:
        return LOST_DEADLINE_S if self.lost or self.pair else self.deadline_s

    def contacts(self, octets: bytes, *, silent: bool, over: bool) -> Contacts | None:
        """What it answers with these bytes; None: nothing yet, or what cannot be believed."""
        heard = Heard(octets, silent, self.groups)
        contacts = self.protocol.read_state(self.address, heard)
        self._doubt = ""
        if contacts is None or (self.pair and not over):
            return None
        if self.pair and answers_twice(self.protocol, self.address, heard):
            self._doubt = f"two boards answer to address {self.address}: set the switches of one of them to another"
            return None
        if self.seen is not None and len(contacts.locks) != len(self.seen.locks) and not self.lost:
            self._doubt = (
                f"board {self.address} told of {8 * len(self.seen.locks)} locks before and tells of"
                f" {8 * len(contacts.locks)} now: has another board its address, or was it exchanged?"
            )
            return None
        return contacts

    def answered(self, contacts: Contacts, now: float, *, took_s: float) -> bool:
        """Whether the terminal is to be told."""
        if self.lost and took_s > self.deadline_s:
            self.deadline_s = LOST_DEADLINE_S  # one that thinks for long is asked so, too, or it is lost again at once
        self._settle(contacts, now)
        self.missed, self.lost, self.pair, self.seen = 0, False, False, contacts
        is_new = contacts != self.told
        if is_new and self.told is not None:
            self.watch(now)
        is_watched = now < self._watched_until_mono
        self.look_mono = now + (WATCH_S if is_watched or contacts.locks != self._rest else LOOK_S)
        if is_new or is_watched:
            self.told = contacts
            return True
        return False

    def watch(self, now: float) -> None:
        self._watched_until_mono = now + WATCHED_FOR_S

    def pulsed(self, now: float) -> None:
        """Look at once: it is this door that somebody stands in front of."""
        self.look_mono = now
        self.watch(now)

    def unanswered(self, octets: bytes, now: float) -> bool:
        """Whether it is lost from now on."""
        self.missed += 1
        self.reason = self._doubt or self._trouble(octets)
        is_news = self.missed >= LOST_AFTER and not self.lost
        if is_news:
            self.lost, self.told = True, None
        self.look_mono = now + (LOST_LOOK_S if self.lost else WATCH_S)
        return is_news

    def _settle(self, contacts: Contacts, now: float) -> None:
        if self.seen is None:
            self._rest = b"" if self._seems_open(contacts) else contacts.locks
        if self.seen is None or contacts.locks != self.seen.locks:
            self._moved_mono = now
        elif now - self._moved_mono >= FORGOTTEN_S:
            self._rest = contacts.locks

    def _seems_open(self, contacts: Contacts) -> bool:
        wiring, locks = self.protocol.wiring, range(1, 8 * len(contacts.locks) + 1)
        return any(wiring.door(contacts, lock) is Door.OPEN for lock in locks)

    def _trouble(self, octets: bytes) -> str:
        own = f"board {self.address}"
        if not octets:
            return (
                f"{own} does not answer: check its power, its two data wires, and that its switches say {self.address}"
            )
        if why := self.protocol.why(self.address, octets):
            return f"{own}: {why}"
        shown = octets[:SHOWN].hex(" ").upper()
        return (
            f"{own} cannot be understood ({shown}): two boards may have the address {self.address}, the data wires may"
            " be loose or exchanged, or the boards have another baud rate"
        )
