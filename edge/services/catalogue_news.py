"""What the cloud says of the catalogue: notices, and questions where one is missing (contract P15)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec.catalogue_op import CatalogueOp, read_op, read_ops
from edge.codec.topics import Topics, Up
from edge.codec.wire import checked, payload
from edge.codec.wire_down import CatNotice, Response
from edge.codec.wire_up import Request
from edge.errors import CodecError, WireError
from edge.messages import JobDone, Publish
from edge.model.cloud_records import CatalogueRejected
from edge.ports import Transaction
from edge.services.catalogue import (
    ACTIVE,
    CHOSEN_VERSION,
    EFFECTIVE,
    NEXT,
    NEXT_VERSION,
    ActiveCatalogue,
    CatalogueActivated,
    CatalogueKeeper,
    CatalogueUnusable,
    Shelf,
)
from edge.services.catalogue_blob import NO_FETCH, BlobFailed, BlobHere, CatalogueBlobs, Fetch
from edge.services.link import Welcomed

REQUEST_EXPIRES_S = 60
FULL_TRIES = 3
"""Questions for the whole after one notice or welcome; a cloud that cannot answer is not asked all day."""
MAX_FOLLOWING = 20
"""Notices kept, 16 KiB each, while the one that they build on is not in use yet; the cloud sends no more at a hello."""

_JOB = "catalogue-"
_log = logging.getLogger("edge.catalogue")


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Compare with the cloud, once the switch has been made."""


@dataclass(frozen=True, slots=True)
class AskDue:
    """A timer: ask the question `cid`, for the first time or again, since no answer came."""

    cid: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest version that is here, and that the cloud has told of. Not `is_managed`: the shop's own import."""

    known: int
    wanted: int
    is_managed: bool


@dataclass(frozen=True, slots=True)
class _Built:
    """What a job leaves: a file to be named in the ledger. All in the message, so that it can be tried once more."""

    name: str
    version: int
    eff: str


def open_catalogue(
    bus: Bus, active: ActiveCatalogue, shelf: Shelf, *, tid: str, topics: Topics,
    run: Callable[[str, Callable[[], object]], bool], chance: Random, fetch: Fetch = NO_FETCH,
) -> CatalogueNews:  # fmt: skip
    """What is used, what the cloud says of it, and what of that comes as a file."""
    keeper = CatalogueKeeper(bus, active, shelf)
    blobs = CatalogueBlobs(bus, fetch, chance=chance, run=run)
    return CatalogueNews(bus, keeper, active, shelf, tid=tid, topics=topics, run=run, blobs=blobs)


class CatalogueNews:
    """`run` gives work to the jobs thread: building 50,000 items must not hold up a scan. Built after `keeper`.

    Remembered in fields is only what a rollback leaves true: what the cloud has said.
    """

    def __init__(
        self, bus: Bus, keeper: CatalogueKeeper, active: ActiveCatalogue, shelf: Shelf, *, tid: str, topics: Topics,
        run: Callable[[str, Callable[[], object]], bool], blobs: CatalogueBlobs,
    ) -> None:  # fmt: skip
        self._bus = bus
        self._keeper = keeper
        self._active = active
        self._shelf = shelf
        self._tid = tid
        self._topics = topics
        self._run = run
        self._building = 0
        """The version that is fetched or built; 0: none."""
        self._following: list[CatNotice] = []
        """In order, on top of what is built or waits for its hour. After a start the cloud sends them anew."""
        self._wanted = 0
        """The highest version that the cloud has told of; 0 while the shop's own import is left alone."""
        self._asked: str | None = None
        self._tries = 0
        self._blobs = blobs
        self._coming: CatNotice | None = None
        """What is fetched."""
        self._refused = (0, "")
        bus.on(CatalogueActivated, self._activated)
        bus.on(CatalogueUnusable, lambda _, tx: self._catch_up(tx))
        bus.on(CatNotice, self._notice)
        bus.on(Welcomed, self._compare)
        bus.on(CatchUp, lambda _, tx: self._catch_up(tx))
        bus.on(AskDue, self._ask_again)
        bus.on(Response, self._response)
        bus.on(JobDone, self._built)
        bus.on(BlobHere, self._here)
        bus.on(BlobFailed, self._failed)

    def _activated(self, _: CatalogueActivated, tx: Transaction) -> None:
        if not self._active.version:
            self._wanted = 0
            self._following.clear()
        self._catch_up(tx)

    def _waits(self, tx: Transaction) -> bool:
        """What is missing builds on a version whose hour has not come, and cannot be true before it."""
        return self._active.is_open and bool(tx.get(NEXT)) and (tx.get(EFFECTIVE) or "") > iso_ms(tx.stamp.at)

    def _compare(self, welcomed: Welcomed, tx: Transaction) -> None:
        """Behind the cloud at a welcome: ask for the whole. A shop's own import (version 0) is left alone."""
        lost = bool(tx.get(ACTIVE)) and not self._active.is_open
        managed = int(tx.get(CHOSEN_VERSION) or 0) or self._known_version(tx)
        self._wanted = welcomed.welcome.cat_ver if lost or managed else 0
        self._tries = 0
        self._catch_up(tx)

    def standing(self, tx: Transaction) -> Standing:
        return Standing(self._known_version(tx), self._wanted, bool(self._wanted))

    def _known_version(self, tx: Transaction) -> int:
        """The newest version on this box: active, or waiting for its hour."""
        return max(self._active.version, int(tx.get(NEXT_VERSION) or 0))

    def _notice(self, notice: CatNotice, tx: Transaction) -> None:
        if notice.ver <= self._known_version(tx):
            return
        self._wanted = max(self._wanted, notice.ver)
        self._tries = 0
        has_all = notice.inline is not None or notice.blob is not None
        if has_all and not self._building and self._fits(notice):
            self._asked = None  # what is missing then is asked for when this one is built
            self._take(notice, tx)
        elif not (has_all and self._follows(notice, tx)):
            _log.info("catalogue %d does not build on version %d", notice.ver, self._active.version)
            self._catch_up(tx)

    def _fits(self, notice: CatNotice) -> bool:
        return notice.kind == "full" or notice.base == self._active.version

    def _follows(self, notice: CatNotice, tx: Transaction) -> bool:
        """Whether it is kept until its turn comes."""
        last = self._building or self._known_version(tx)
        self._following = [kept for kept in self._following if kept.ver > last]
        if notice.kind == "full" and notice.ver > last:
            self._following = [notice]
            return True
        last = self._following[-1].ver if self._following else last
        if notice.base != last or notice.ver <= last or len(self._following) >= MAX_FOLLOWING:
            return False
        self._following.append(notice)
        return True

    def _take_next(self, tx: Transaction) -> bool:
        """Whether one that was kept is built now, or waits on for what it builds on; the others are of no use."""
        known = self._known_version(tx)
        self._following = [kept for kept in self._following if kept.ver > known]
        if not self._following:
            return False
        if self._fits(self._following[0]):
            self._asked = None
            self._take(self._following.pop(0), tx)
            return True
        if self._following[0].base == known:
            return True  # an hour, or the end of a sale: then it is told that it is in use
        self._following.clear()
        return False

    def _take(self, notice: CatNotice, tx: Transaction) -> None:
        """Build it, at once or when it is here."""
        if notice.inline is not None:
            base = None if notice.kind == "full" else tx.get(ACTIVE) or None
            self._build(base, [op.wire() for op in notice.inline], notice.ver, notice.eff or "", tx)
        elif notice.blob is not None and self._blobs.fetch.allowed(notice.blob):
            self._building, self._coming = notice.ver, notice
            self._blobs.begin(notice.ver, notice.blob, spread_s=notice.spread_s or 0)
        else:
            self._refuse(notice.ver, "blob.unreachable", "[cloud] download_hosts of this box has no such host", tx)
            self._catch_up(tx)

    def _here(self, here: BlobHere, tx: Transaction) -> None:
        notice, self._coming, self._building = self._coming, None, 0
        if notice is None or notice.blob is None or notice.ver != here.ver:
            return
        if notice.kind != "full" and notice.base != self._active.version:
            self._catch_up(tx)  # the shop took in its own meanwhile
            return
        base, blob = None if notice.kind == "full" else tx.get(ACTIVE) or None, notice.blob
        name = f"catalogue {notice.ver}"
        self._submit(base, lambda: read_ops(self._blobs.fetch.lines(blob), name=name), notice.ver, notice.eff or "", tx)

    def _failed(self, failed: BlobFailed, tx: Transaction) -> None:
        self._coming, self._building = None, 0
        self._refuse(failed.ver, failed.code, failed.msg, tx)
        self._catch_up(tx)

    def _refuse(self, ver: int, code: str, msg: str, tx: Transaction) -> None:
        """Nothing changed. Told once by a process: the cloud repeats itself at each hello."""
        _log.error("catalogue %d is refused, nothing changed: %s %s", ver, code, msg)
        if self._refused != (ver, code):
            self._refused = (ver, code)
            tx.append(CatalogueRejected(ver, code, msg[:256]))

    def _catch_up(self, tx: Transaction) -> None:
        """Build what was kept. Else ask for the whole when behind, at once, the next time after a pause."""
        if self._building or self._take_next(tx):
            return
        if self._asked is not None or not self._is_behind(tx) or self._waits(tx):
            return
        question = AskDue(tx.new_id())
        self._asked = question.cid
        if self._tries:
            self._bus.after(REQUEST_EXPIRES_S, question)
        else:
            self._ask_again(question, tx)

    def _is_behind(self, tx: Transaction) -> bool:
        return self._known_version(tx) < self._wanted

    def _ask_again(self, question: AskDue, tx: Transaction) -> None:
        """The same `cid` until it is answered (contract P16), and not for ever."""
        if question.cid != self._asked:
            return
        if not self._is_behind(tx) or self._tries >= FULL_TRIES:
            if self._is_behind(tx):
                _log.error("catalogue %d did not come, asked %d times: the next welcome tries again",
                           self._wanted, self._tries)  # fmt: skip
            self._asked = None
            return
        self._tries += 1
        request = Request(
            tid=self._tid, cid=question.cid, type="cat.full", at=iso_ms(tx.stamp.at), exp_s=REQUEST_EXPIRES_S
        )
        tx.after_commit(Publish(self._topics.up(self._tid, Up.REQ), payload(request), qos=1))
        self._bus.after(REQUEST_EXPIRES_S, question)

    def _response(self, response: Response, tx: Transaction) -> None:
        if response.cid != self._asked or response.more:
            return
        self._asked = None
        answer = response.out or {}
        version, known = answer.get("ver"), self._known_version(tx)
        if not response.ok:
            code, why = (response.err.code, response.err.msg) if response.err else ("", "no reason given")
            _log.error("the cloud refuses the whole catalogue: %s %s", code, why)
            if response.err is not None and not response.err.retry:
                return
        elif type(version) is not int or version <= known or answer.keys().isdisjoint({"inline", "blob"}):
            _log.error("the cloud's whole catalogue cannot be used: ver %r, %s", version, ", ".join(answer)[:200])
        else:
            self._take_whole(answer, version, tx)
            return
        self._catch_up(tx)

    def _take_whole(self, answer: dict[str, Any], version: int, tx: Transaction) -> None:
        told = {key: answer[key] for key in ("inline", "blob", "eff") if answer.get(key) is not None}
        try:
            whole = {"v": 1, "tid": self._tid, "kind": "full", **told, "ver": version}
            notice = checked(CatNotice, whole, where="cat.full")
        except WireError as error:
            self._refuse(version, error.code, error.what, tx)
            self._catch_up(tx)
        else:
            self._take(notice, tx)

    def _build(self, base: str | None, raw: Sequence[Any], version: int, eff: str, tx: Transaction) -> None:
        try:
            ops = [read_op(op, where=f"catalogue {version}, operation {k}") for k, op in enumerate(raw, 1)]
        except CodecError as error:
            self._refuse(version, "schema.invalid", str(error), tx)
            self._catch_up(tx)
            return
        self._submit(base, lambda: ops, version, eff, tx)

    def _submit(
        self, base: str | None, ops: Callable[[], Iterable[CatalogueOp]], version: int, eff: str, tx: Transaction
    ) -> None:  # fmt: skip
        shelf, drop = self._shelf, self._blobs.fetch.drop

        def build() -> _Built:
            built = _Built(shelf.build(base, ops(), version), version, eff)
            drop()
            return built

        self._building = version if self._run(f"{_JOB}{version}", build) else 0
        if not self._building:
            _log.error("catalogue %d is not built: too much other work waits", version)
            self._catch_up(tx)

    def _built(self, done: JobDone, tx: Transaction) -> None:
        if not done.job.startswith(_JOB):
            return
        self._building = 0
        if isinstance(done.result, _Built):
            tx.put(NEXT, done.result.name)
            tx.put(EFFECTIVE, done.result.eff)
            tx.put(NEXT_VERSION, str(done.result.version))
            self._keeper.activate(tx)
        else:
            self._refuse(int(done.job.removeprefix(_JOB)), _code(done.error), str(done.error), tx)
        tx.after_commit(CatchUp())


def _code(error: Exception | None) -> str:
    if isinstance(error, WireError):
        return error.code
    return "schema.invalid" if isinstance(error, CodecError) else "internal"
