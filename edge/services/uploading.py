"""Files that the cloud asks for: logs, the journal, all that tells what ails the box (log.upload and its kin, row 127).

    ordered ──► host known? ──► accepted ──► made on the jobs thread ──► sent, in tries that go on where one broke off
                                                                      └──► done {octets, sha256} │ failed

One at a time. A power cut ends it with cmd.outcome_unknown; the cloud may ask again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from edge.bus import Bus
from edge.codec.wire import checked
from edge.codec.wire_command import UploadArgs
from edge.errors import DiskFull, WireError
from edge.messages import JobDone, Started
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered

TRIES = 8
FIRST_S, LONGEST_S = 5.0, 300.0
"""Between two tries, doubling."""
MB = 1024 * 1024
_MAKE, _SEND, _CLEAN = "upload.make", "upload.send", "upload.clean"

_log = logging.getLogger("edge.upload")


class Sent(Protocol):
    """What is ready to leave."""

    @property
    def octets(self) -> int: ...
    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Ways:
    """`make(kind, name, since, max_octets)`, and `send(bundle, url, tries)`, one try (the first is 1): on the jobs
    thread. `allowed`: whether this box sends anything to an address at all. `clean` removes what nobody sends any more.
    """

    make: Callable[[str, str, str, int], Sent]
    send: Callable[[Sent, str, int], None]
    clean: Callable[[], None]
    allowed: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class TryDue:
    """A timer: the next try of the command `cid`."""

    cid: str


@dataclass(slots=True)
class _InHand:
    cid: str
    url: str
    bundle: Sent | None = None
    tries: int = 0


class Uploading:
    def __init__(self, bus: Bus, ways: Ways, *, run: Callable[[str, Callable[[], object]], bool]) -> None:
        self._bus = bus
        self._ways = ways
        self._run = run
        self._hand: _InHand | None = None
        bus.on(Started, lambda _, tx: self._run(_CLEAN, ways.clean))
        bus.on(JobDone, self._done)
        bus.on(TryDue, self._try)

    def order(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of log.upload, diag.run and db.export."""
        try:
            args = checked(UploadArgs, dict(ordered.args), where=ordered.type)
        except WireError as error:
            return Answered(ordered.cid, "rejected", error.code, error.what)
        if not self._ways.allowed(args.put):
            return Answered(ordered.cid, "rejected", "auth.denied", "[cloud] upload_hosts of this box has no such host")
        if self._hand is not None:
            return Answered(ordered.cid, "failed", "cmd.busy", "another file is being sent")
        self._hand = _InHand(ordered.cid, args.put)
        kind, since, most = ordered.type, args.since or "", args.max_mb * MB
        if not self._run(_MAKE, lambda: self._ways.make(kind, f"{ordered.cid}.gz", since, most)):
            self._hand = None
            return Answered(ordered.cid, "failed", "cmd.busy", "too much else is being done")
        return Answered(ordered.cid, "accepted")

    def _done(self, done: JobDone, tx: Transaction) -> None:
        hand = self._hand
        if done.job not in (_MAKE, _SEND) or hand is None:
            return
        if done.job == _MAKE and done.error is None:
            hand.bundle = done.result  # type: ignore[assignment]
            self._bus.after(0.0, TryDue(hand.cid))
        elif done.error is None and hand.bundle is not None:
            out = {"octets": hand.bundle.octets, "sha256": hand.bundle.sha256}
            self._end(Answered(hand.cid, "done", out=out), tx)
        elif isinstance(done.error, WireError):
            self._end(Answered(hand.cid, "failed", done.error.code, done.error.what), tx)
        elif done.job == _MAKE:
            code = "store.full" if isinstance(done.error, DiskFull) else "internal"
            self._end(Answered(hand.cid, "failed", code, str(done.error)[:256]), tx)
        elif hand.tries >= TRIES:
            self._end(Answered(hand.cid, "failed", "blob.unreachable", str(done.error)[:256]), tx)
        else:
            _log.warning("a file is tried again: %s", done.error)
            self._bus.after(min(FIRST_S * 2 ** (hand.tries - 1), LONGEST_S), TryDue(hand.cid))

    def _try(self, due: TryDue, tx: Transaction) -> None:
        hand = self._hand
        if hand is None or hand.cid != due.cid or hand.bundle is None:
            return
        hand.tries += 1
        bundle, url, tries = hand.bundle, hand.url, hand.tries
        if not self._run(_SEND, lambda: self._ways.send(bundle, url, tries)):
            self._bus.after(FIRST_S, TryDue(hand.cid))

    def _end(self, answered: Answered, tx: Transaction) -> None:
        self._hand = None
        tx.after_commit(answered)
        self._run(_CLEAN, self._ways.clean)
