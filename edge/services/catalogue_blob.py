"""A catalogue too large for a message: fetched from its address, in pieces that go on where one broke off (P15).

    begun ──► after U(0, spread) ──► piece ──► piece … ──► whole, size and SHA-256 as told ──► BlobHere
                                       ├── broke off: again after 5, 10, 20 … s, TRIES times ──► BlobFailed
                                       └── MAX_PIECES, and still not whole ──► BlobFailed

One at a time. What came stays over a power cut; the cloud tells of it again at the next hello.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from edge.bus import Bus
from edge.codec.wire_down import Blob
from edge.errors import WireError
from edge.messages import JobDone
from edge.ports import Transaction

TRIES = 8
FIRST_S, LONGEST_S = 5.0, 300.0
"""Between two tries, doubling."""
MAX_PIECES = 400
"""The largest file is 128 of them; a line that breaks off needs more, and a server that gives an octet has no end."""
_JOB = "blob.piece"
_log = logging.getLogger("edge.catalogue")


@dataclass(frozen=True, slots=True)
class Fetch:
    """On the jobs thread: `piece(blob)` fetches one more, True when it is whole and what it was said to be; `lines` are
    its lines; `drop` forgets all that came. `allowed`: whether this box fetches from an address at all, by any thread.
    """

    piece: Callable[[Blob], bool]
    lines: Callable[[Blob], Iterator[str]]
    drop: Callable[[], None]
    allowed: Callable[[Blob], bool]


def _nothing(blob: Blob) -> bool:
    raise WireError("blob.unreachable", "this box fetches nothing")


NO_FETCH = Fetch(_nothing, lambda blob: iter(()), lambda: None, lambda blob: False)
"""Of a box whose file names no host."""


@dataclass(frozen=True, slots=True)
class PieceDue:
    """A timer: the next piece of the version `ver`."""

    ver: int


@dataclass(frozen=True, slots=True)
class BlobHere:
    ver: int


@dataclass(frozen=True, slots=True)
class BlobFailed:
    ver: int
    code: str
    msg: str


@dataclass(slots=True)
class _InHand:
    ver: int
    blob: Blob
    broken: int = 0
    pieces: int = 0


class CatalogueBlobs:
    def __init__(
        self, bus: Bus, fetch: Fetch, *, chance: Random, run: Callable[[str, Callable[[], object]], bool]
    ) -> None:  # fmt: skip
        self._bus = bus
        self._chance = chance
        self._run = run
        self._hand: _InHand | None = None
        self.fetch = fetch
        bus.on(PieceDue, self._piece)
        bus.on(JobDone, self._done)

    def begin(self, ver: int, blob: Blob, *, spread_s: float) -> None:
        self._hand = _InHand(ver, blob)
        self._bus.after(self._chance.uniform(0, spread_s), PieceDue(ver))

    def _piece(self, due: PieceDue, tx: Transaction) -> None:
        hand = self._hand
        if hand is None or hand.ver != due.ver:
            return
        blob, fetch = hand.blob, self.fetch
        if not self._run(_JOB, lambda: fetch.piece(blob)):
            self._bus.after(FIRST_S, due)

    def _done(self, done: JobDone, tx: Transaction) -> None:
        hand = self._hand
        if done.job != _JOB or hand is None:
            return
        if done.error is None and done.result:
            self._end(BlobHere(hand.ver), tx)
        elif done.error is None and hand.pieces + 1 >= MAX_PIECES:
            self._end(BlobFailed(hand.ver, "blob.unreachable", f"not whole after {MAX_PIECES} pieces"), tx)
        elif done.error is None:
            hand.broken = 0
            hand.pieces += 1
            self._bus.after(0.0, PieceDue(hand.ver))
        elif isinstance(done.error, WireError):
            self._end(BlobFailed(hand.ver, done.error.code, done.error.what), tx)
        elif hand.broken + 1 >= TRIES:
            self._end(BlobFailed(hand.ver, "blob.unreachable", str(done.error)[:256]), tx)
        else:
            hand.broken += 1
            _log.warning("catalogue %d is fetched again: %s", hand.ver, done.error)
            self._bus.after(min(FIRST_S * 2 ** (hand.broken - 1), LONGEST_S), PieceDue(hand.ver))

    def _end(self, ended: BlobHere | BlobFailed, tx: Transaction) -> None:
        self._hand = None
        tx.after_commit(ended)
