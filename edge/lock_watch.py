"""What is known of one lock board: when it is looked at next, whether it is lost, and why, in a technician's words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from edge.codec.lock_board import Heard, LockBoard, answers_twice
from edge.model.door import Contacts, Door, Wiring

LOOK_S, WATCH_S = 2.0, 0.4
"""Between two looks at a board: at rest, and while a door of it is open or something has moved lately (decisions 3)."""
AT_ONCE = -math.inf
"""Before any other board."""
WATCHED_FOR_S = 3.0
"""After a pulse and after a change every answer is told, changed or not, so that a door that stays shut shows."""
LOST_AFTER = 3
LOST_LOOK_S, LOST_DEADLINE_S = 5.0, 0.1
"""A board that missed so many looks is asked this rarely, for this long."""
SHOWN = 12
"""Bytes of an answer that is none, in a sentence."""


@dataclass(slots=True)
class BoardWatch:
    """`wiring`: what its contacts mean; `locks`: which of them have a door on the map.

    `told` is what the terminal knows of it, `reason` why its last look got no answer.
    Eight bits of check let one in 256 spoilt answers through, and one that is believed hands a parcel out in the
    ledger: news are told when two looks in a row say them. `groups`: how many bytes of contacts it tells, since then.
    `pair`: two answers have come to one question; from then on the board is heard to the end of its deadline.
    """

    address: int
    protocol: LockBoard
    wiring: Wiring
    locks: tuple[int, ...]
    look_mono: float
    deadline_s: float
    groups: int | None = None
    told: Contacts | None = None
    missed: int = 0
    lost: bool = False
    pair: bool = False
    reason: str = ""
    _news: Contacts | None = None
    """What only one look has said so far."""
    _doubt: str = ""
    _watched_until_mono: float = -math.inf

    @property
    def is_sure(self) -> bool:
        """It answered, alone, when it was asked last: an order to it opens one door, and it is known which."""
        return self.told is not None and not self.pair and not self.missed

    @property
    def patience_s(self) -> float:
        return LOST_DEADLINE_S if self.lost or self.pair else self.deadline_s

    def contacts(self, octets: bytes, *, silent: bool, over: bool, deaf: bool) -> Contacts | None:
        """What it answers with these bytes; None: nothing yet, or what cannot be believed. `deaf`: see `Heard`."""
        heard = Heard(octets, silent, self.groups, deaf)
        contacts = self.protocol.read_state(self.address, heard)
        self._doubt = ""
        if contacts is None or (self.pair and not over):
            return None
        if self.pair and answers_twice(self.protocol, self.address, heard):
            self._doubt = f"two boards answer to address {self.address}: set the switches of one of them to another"
            return None
        if self.groups not in (None, len(contacts.locks)):
            self._doubt = (
                f"board {self.address} told of {8 * (self.groups or 0)} locks before and tells of"
                f" {8 * len(contacts.locks)} now: has another board its address? Set its switches right. Was it"
                " exchanged? Set it up anew: edge lockers commission"
            )
            return None
        return contacts

    def answered(self, contacts: Contacts, now: float, *, took_s: float) -> bool:
        """Whether the terminal is to be told."""
        if self.lost and took_s > self.deadline_s:
            self.deadline_s = LOST_DEADLINE_S  # one that thinks for long is asked so, too, or it is lost again at once
        self.pair = False
        if contacts != self.told and contacts != self._news:
            # A contact that bounces lets the other boards have their turn.
            self.look_mono = AT_ONCE if self._news is None else now
            self._news = contacts
            return False
        is_new = contacts != self.told
        self.missed, self.lost, self.groups, self._news = 0, False, len(contacts.locks), None
        if is_new and self.told is not None:
            self.watch(now)
        is_watched = now < self._watched_until_mono
        self.look_mono = now + (WATCH_S if is_watched or self._is_open(contacts) else LOOK_S)
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
        self._news = None
        self.look_mono = now + (LOST_LOOK_S if self.lost else WATCH_S)
        return is_news

    def _is_open(self, contacts: Contacts) -> bool:
        return any(self.wiring.door(contacts, lock) is Door.OPEN for lock in self.locks)

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
