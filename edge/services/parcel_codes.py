"""A pick-up code for each parcel that is stored, and its recipient told of it by the cloud (product rows 48, 67a).

The code in clear is in RAM and in one request; the ledger has its hash. Once the cloud has answered it is forgotten
here, too. A parcel whose recipient was not told before a restart gets another code: the old one nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec import wire_parcel as wire
from edge.codec.pickup_code import code_hash, key_mark, new_pickup_code
from edge.codec.wire_down import Response
from edge.errors import ModelError
from edge.messages import Say, Started, Tone
from edge.model.parcel import CLAIMABLE, Parcel
from edge.model.parcel_records import ParcelNotified
from edge.ports import Transaction
from edge.services.link import Welcomed
from edge.services.parcel_requests import ParcelRequests

TRIES = 100
"""Of a million codes a thousand are taken at most: the second one is free."""
AGAIN_S = 90.0
"""An answer that has not come by then is asked for again."""
AT_ONCE = 50
"""Questions that are out at a time."""
DONE, FAILED = "done", "failed"

_KEY = "pickup.key"
"""In `meta`: the mark of the key that the hashes were made with."""


@dataclass(frozen=True, slots=True)
class CodeMade:
    """An effect: the commit holds the hash of this code."""

    parcel: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeForgotten:
    """An effect: nobody needs this code in clear any more."""

    parcel: str


@dataclass(frozen=True, slots=True)
class TellDue:
    """A timer: are there recipients who were not told yet?"""


class ParcelCodes:
    """`key` is the station's."""

    def __init__(self, bus: Bus, requests: ParcelRequests, *, key: bytes, chance: Random) -> None:
        self._bus = bus
        self._requests = requests
        self._key = key
        self._chance = chance
        self._clear: dict[str, str] = {}
        self._asked: dict[str, tuple[str, float]] = {}
        """By parcel: the cid of the question that is out, and when it went."""
        self._armed = False
        bus.on(Started, self._start)
        bus.on(CodeMade, self._made)
        bus.on(Welcomed, lambda _, tx: self._tell_all(tx))
        bus.on(TellDue, self._due)
        bus.on(Response, self._answered)
        bus.route(CodeMade, lambda made: self._clear.update({made.parcel: made.code}))
        bus.route(CodeForgotten, lambda gone: self._forget(gone.parcel))

    def hash_of(self, code: str) -> str:
        return code_hash(self._key, code)

    def with_code(self, parcel: Parcel, tx: Transaction) -> Parcel:
        """`parcel` with a code that no other one here has; its recipient is told after the commit."""
        for _ in range(TRIES):
            code = new_pickup_code(self._chance)
            if tx.parcels.by_code(self.hash_of(code)) is None:
                tx.after_commit(CodeMade(parcel.id, code))
                return replace(parcel, code=self.hash_of(code), told="")
        raise ModelError("no pick-up code is free", where="the station", expected="fewer than a million parcels")

    def _start(self, _: Started, tx: Transaction) -> None:
        """Codes of another key open nothing: whoever was told one is told another."""
        mark = key_mark(self._key)
        if tx.get(_KEY) not in (None, mark):
            for parcel in tx.parcels.in_state(CLAIMABLE):
                tx.parcels.keep(replace(parcel, code="", told=""))
        if tx.get(_KEY) != mark:
            tx.put(_KEY, mark)
        for parcel in tx.parcels.untold(limit=AT_ONCE * 100):
            tx.parcels.keep(self.with_code(parcel, tx))

    def _made(self, made: CodeMade, tx: Transaction) -> None:
        parcel = tx.parcels.find(made.parcel)
        if parcel is not None and not parcel.told and len(self._asked) < AT_ONCE:
            self._ask(parcel, tx)

    def _tell_all(self, tx: Transaction) -> None:
        """What is out is asked again under its cid; the cloud answers what it answered."""
        for parcel in tx.parcels.untold(limit=AT_ONCE):
            self._ask(parcel, tx)

    def _ask(self, parcel: Parcel, tx: Transaction) -> None:
        code = self._clear.get(parcel.id)
        if code is None or not self._requests.online():
            return
        args = wire.NotifyArgs(
            parcel=parcel.id, waybill=parcel.waybill, code=code, box=parcel.cell or None, shelf=parcel.shelf or None,
            due=iso_ms(parcel.due_at) if parcel.due_at else None,
        )  # fmt: skip
        cid, _ = self._asked.get(parcel.id, ("", 0.0))
        self._asked[parcel.id] = (
            self._requests.send(wire.NOTIFY, args, about=parcel.id, tx=tx, cid=cid), tx.stamp.mono
        )  # fmt: skip
        if not self._armed:
            self._armed = True
            self._bus.after(AGAIN_S, TellDue())

    def _due(self, _: TellDue, tx: Transaction) -> None:
        self._armed = False
        waiting = tx.parcels.untold(limit=AT_ONCE)
        for parcel in waiting:
            if tx.stamp.mono - self._asked.get(parcel.id, ("", float("-inf")))[1] >= AGAIN_S:
                self._ask(parcel, tx)
        if waiting and self._requests.online() and not self._armed:
            self._armed = True
            self._bus.after(AGAIN_S, TellDue())

    def _answered(self, response: Response, tx: Transaction) -> None:
        parcel_id = self._requests.about(wire.NOTIFY, response.cid)
        parcel = tx.parcels.find(parcel_id) if parcel_id else None
        if parcel is None or parcel.told or response.more:
            return  # none of ours, or the second answer to a question that was asked twice
        if not response.ok and response.err is not None and response.err.retry:
            return  # asked again in AGAIN_S
        answer = wire.read_notified(response.out)
        state = DONE if response.ok and response.state == DONE else FAILED
        why = (answer.why if answer and answer.why else "") or (response.err.code if response.err else "")
        kept = replace(parcel, told=state)
        if answer is not None and answer.recipient.key:
            kept = replace(kept, recipient=answer.recipient)
        tx.parcels.keep(kept)
        tx.append(ParcelNotified(parcel.id, parcel.waybill, state, why))
        tx.after_commit(CodeForgotten(parcel.id))
        if state == FAILED:
            tx.after_commit(Say("parcel.not_told", Tone.ATTENTION))
        for waiting in tx.parcels.untold(limit=AT_ONCE):
            if waiting.id not in self._asked:
                self._ask(waiting, tx)

    def _forget(self, parcel: str) -> None:
        self._clear.pop(parcel, None)
        self._asked.pop(parcel, None)
