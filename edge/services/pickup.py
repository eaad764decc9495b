"""A recipient comes with a code: card 快递取件, then the code and Enter, or its QR code (product rows 48–51).

A wrong code, a code of somebody else, of another station, of a parcel that is gone: one answer for all of them, after
the same work. Three wrong ones in a row at one keypad, and it takes none for 1, then 5, then 30 minutes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta

from edge.bus import Bus
from edge.clock import Clk
from edge.messages import Asked, NumberKeyed, PickupCodeScanned, Say, Show, Started, Tone, View
from edge.model.badge import FREE_TRIES, WAITS_S
from edge.model.counter import Verb, Waiting, at_rest
from edge.model.parcel import CLAIMABLE, Parcel, ParcelState
from edge.model.parcel_records import CodesRefused
from edge.ports import Transaction
from edge.services.basket import basket_view
from edge.services.owner_gate import armed
from edge.services.parcel_codes import ParcelCodes
from edge.services.spoken_manner import manner_of
from edge.services.wrong_tries import WrongTries

TAIL = 4
"""Digits of a phone; six are a code."""
DOOR_DIGITS = 3
"""At most, of a door's number."""
REOPEN_S = 300.0
"""A code that was right opens its cell once more: something may have been left in it."""
TOLD_AT = 2
"""The step of the ladder with which the cloud hears of it (row 50)."""

_ROOM = {"zh-CN": "取件码 ______", "en": "Code ______"}
"""On the display while a code is awaited."""

WRONG = "pickup.wrong"
"""In `meta`: wrong codes by keypad (`WrongTries`)."""
_TAIL = "pickup.tail"
"""In `meta`: the end of the phone number that was keyed before the code."""


def is_door(text: str) -> bool:
    """Whether what was keyed can be the number on a door; codes and the ends of phone numbers are longer."""
    return 1 <= len(text) <= DOOR_DIGITS and text.isascii() and text.isdigit()


@dataclass(frozen=True, slots=True)
class CodeRight:
    """An effect: whoever stands here may have these parcels. `how`: code or qr; `device`: where it was shown."""

    parcels: tuple[str, ...]
    how: str
    device: str


@dataclass(frozen=True, slots=True)
class CameBack:
    """An effect: whoever took this parcel out of a cell a few minutes ago wants its door open once more (row 56)."""

    parcel: str


class Pickup:
    def __init__(self, bus: Bus, codes: ParcelCodes, *, code_days: int, language: str) -> None:
        """`code_days`: how long a code is good after the free time of its parcel."""
        self._codes = codes
        self._good = timedelta(days=code_days)
        self._language = language
        self._wrong = WrongTries(WRONG)
        bus.on(Started, lambda _, tx: self._wrong.resume(tx))
        bus.on(Asked, self._asked)
        bus.on(NumberKeyed, self._keyed)
        bus.on(PickupCodeScanned, self._scanned)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is not Verb.PARCEL_OUT:
            return
        tx.put(_TAIL, "")
        tx.keep(replace(at_rest(tx.counter.sale), waiting=Waiting.PICKUP))
        tx.after_commit(self._room(tx))
        tx.after_commit(Say("parcel.code", Tone.ATTENTION))

    def _room(self, tx: Transaction) -> Show:
        return Show(View.TEXT, name=_ROOM[manner_of(tx, self._language).language])

    def _keyed(self, keyed: NumberKeyed, tx: Transaction) -> None:
        if tx.counter.waiting is not Waiting.PICKUP:
            return
        if is_door(keyed.text) and armed(tx) is not None:
            return  # the owner's: `OwnerDoors`
        if self._waits(keyed.device, tx):
            return
        if len(keyed.text) == TAIL and keyed.text.isdigit():
            self._count(keyed.text, tx)
        else:
            self._try(keyed.text, "code", keyed.device, tx)

    def _scanned(self, scan: PickupCodeScanned, tx: Transaction) -> None:
        """A QR code of the same six digits. It needs the card, too: without it, six digits are nothing (`Scanning`)."""
        if tx.counter.waiting is Waiting.PICKUP and not self._waits(scan.device, tx):
            self._try(scan.text, "qr", scan.device, tx)

    def _waits(self, device: str, tx: Transaction) -> bool:
        wait_s = self._wrong.of(device, tx).wait_s(tx.stamp.mono)
        if wait_s > 0:
            if tx.counter.waiting is Waiting.PICKUP:
                tx.after_commit(self._room(tx))  # what was keyed is nobody else's to read
            tx.after_commit(Say("parcel.locked", Tone.ERROR, words=(("n", str(math.ceil(wait_s / 60))),)))
        return wait_s > 0

    def _count(self, tail: str, tx: Transaction) -> None:
        """The end of a phone number alone tells how many, and no more (row 49)."""
        tx.put(_TAIL, tail)
        tx.after_commit(Say("parcel.count", Tone.ATTENTION, words=(("n", str(tx.parcels.of_tail(tail))),)))

    def _try(self, code: str, how: str, device: str, tx: Transaction) -> None:
        found = tx.parcels.by_code(self._codes.hash_of(code))
        tail = (tx.get(_TAIL) or "") if how == "code" else ""
        is_right = (
            found is not None and found.state in CLAIMABLE and (not tail or found.recipient.tail == tail)
            and not self._is_over(found, tx)
        )  # fmt: skip
        if found is not None and found.state is ParcelState.MISSING:
            self._wrong.right(device, tx)
            self._rest(tx)
            tx.after_commit(Say("parcel.ask_owner", Tone.ATTENTION))
            return
        if found is None or not is_right:
            gone = tx.parcels.handed_out(self._codes.hash_of(code))
            if gone is not None and gone.cell and 0 <= _since_s(gone, tx) <= REOPEN_S:
                self._wrong.right(device, tx)
                self._rest(tx)
                tx.after_commit(CameBack(gone.id))
            else:
                self._refuse(device, tx)
            return
        self._wrong.right(device, tx)
        self._rest(tx)
        tx.after_commit(CodeRight(tuple(parcel.id for parcel in self._all_of(found, tx)), how, device))

    def _is_over(self, parcel: Parcel, tx: Transaction) -> bool:
        """By a clock that can be believed; the parcel is the courier's and the owner's to hand out from then on."""
        is_known = tx.stamp.clk is not Clk.UNSYNC and parcel.due_at is not None
        return is_known and parcel.due_at is not None and tx.stamp.at > parcel.due_at + self._good

    def _rest(self, tx: Transaction) -> None:
        tx.put(_TAIL, "")
        if tx.counter.waiting is Waiting.PICKUP:
            tx.keep(at_rest(tx.counter.sale))
            tx.after_commit(basket_view(tx.counter))

    def _all_of(self, parcel: Parcel, tx: Transaction) -> list[Parcel]:
        """Its own first, then what else lies here for the same recipient (row 51)."""
        others = [other for other in tx.parcels.of_recipient(parcel.recipient.key) if other.id != parcel.id]
        return [parcel, *others]

    def _refuse(self, device: str, tx: Transaction) -> None:
        ladder = self._wrong.wrong(device, tx)
        if tx.counter.waiting is Waiting.PICKUP:
            tx.after_commit(self._room(tx))
        left = FREE_TRIES - ladder.wrong
        if left > 0:
            tx.after_commit(Say("parcel.wrong_code", Tone.ERROR, words=(("n", str(left)),)))
            return
        step = min(ladder.wrong - FREE_TRIES, len(WAITS_S) - 1)
        wait_s = WAITS_S[step]
        if step + 1 >= TOLD_AT:
            tx.append(CodesRefused(device, ladder.wrong, round(wait_s)))
        tx.after_commit(Say("parcel.locked", Tone.ERROR, words=(("n", str(math.ceil(wait_s / 60))),)))


def _since_s(parcel: Parcel, tx: Transaction) -> float:
    """Seconds since it was handed out; below zero, or days, where the clock was set meanwhile."""
    return (tx.stamp.at - parcel.at).total_seconds() if parcel.at is not None else -1.0
