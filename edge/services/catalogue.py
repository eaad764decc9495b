"""The active catalogue: changes are built beside it and activated between sales (decisions 1, contract P15)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec.catalogue_op import CatalogueOp, read_op
from edge.codec.topics import Topics, Up
from edge.codec.wire import payload
from edge.codec.wire_down import CatNotice, Response
from edge.codec.wire_up import Request
from edge.errors import CodecError, EdgeError, StoreError
from edge.messages import JobDone, Publish, Started
from edge.model.item import Item
from edge.model.records import CatalogueApplied
from edge.ports import Catalogue, Transaction
from edge.services.link import Welcomed

LOOK_EVERY_S = 2.0
"""How soon an import by the command line is found; it is activated when no sale is open."""
REQUEST_EXPIRES_S = 60
ACTIVE, NEXT, EFFECTIVE, NEXT_VERSION = "catalogue", "catalogue_next", "catalogue_eff", "catalogue_next_ver"
"""Keys of `meta`: the file in use; the file to use next, from when on, and the cloud's number of it."""

_log = logging.getLogger("edge.catalogue")


class ActiveCatalogue:
    """What every service looks goods up in. Empty until the first catalogue is activated."""

    def __init__(self) -> None:
        self._file: Catalogue | None = None

    def switch(self, file: Catalogue) -> None:
        self._file = file

    def by_gtin(self, gtin14: str) -> Item | None:
        return self._file.by_gtin(gtin14) if self._file else None

    def by_sku(self, sku: str) -> Item | None:
        return self._file.by_sku(sku) if self._file else None

    @property
    def version(self) -> int:
        return self._file.version if self._file else 0

    def __len__(self) -> int:
        return len(self._file) if self._file else 0


@dataclass(frozen=True, slots=True)
class LookForNext:
    """A timer: is there a catalogue to activate?"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files, as the daemon wires them: open one by name; build one, which returns its name."""

    open: Callable[[str], Catalogue]
    build: Callable[[str | None, Sequence[CatalogueOp], int], str]
    """(base name or None for a full catalogue, operations, version)."""
    clean: Callable[[str], object]
    newest: Callable[[], str | None]


class CatalogueKeeper:
    """`run` gives work to the jobs thread: building 50,000 items must not hold up a scan."""

    def __init__(
        self, bus: Bus, active: ActiveCatalogue, shelf: Shelf, *, tid: str, topics: Topics,
        run: Callable[[str, Callable[[], object]], bool],
    ) -> None:  # fmt: skip
        self._bus = bus
        self._active = active
        self._shelf = shelf
        self._tid = tid
        self._topics = topics
        self._run = run
        self._building: tuple[str, str | None, int] | None = None
        self._asked: str | None = None
        bus.on(Started, self._start)
        bus.on(LookForNext, self._look)
        bus.on(CatNotice, self._notice)
        bus.on(Welcomed, self._compare)
        bus.on(Response, self._response)
        bus.on(JobDone, self._built)

    # --- activation ------------------------------------------------------------------------------------------------

    def _start(self, _: Started, tx: Transaction) -> None:
        name = tx.get(ACTIVE)
        if name:
            self._open(name)
        elif (newest := self._shelf.newest()) and self._open(newest):
            # The ledger was damaged beyond reading, and its pointer with it; the goods are still here.
            tx.put(ACTIVE, newest)
        self._look(LookForNext(), tx)

    def _look(self, _: LookForNext, tx: Transaction) -> None:
        self._bus.after(LOOK_EVERY_S, LookForNext())
        self._activate(tx)

    def _activate(self, tx: Transaction) -> None:
        name = tx.get(NEXT)
        if not name or tx.counter.sale is not None or (tx.get(EFFECTIVE) or "") > iso_ms(tx.stamp.at):
            return
        tx.put(NEXT, "")
        tx.put(NEXT_VERSION, "")
        if self._open(name):
            tx.put(ACTIVE, name)
            tx.append(CatalogueApplied(self._active.version, len(self._active)))
            _log.info("catalogue %s is active: version %d, %d items", name, self._active.version, len(self._active))
            self._tidy(name)

    def _tidy(self, name: str) -> None:
        try:
            self._shelf.clean(name)
        except StoreError as error:
            _log.warning("older catalogues stay: %s", error)

    def _open(self, name: str) -> bool:
        try:
            self._active.switch(self._shelf.open(name))
        except StoreError as error:
            _log.error("the catalogue %s cannot be used: %s", name, error)
            return False
        return True

    # --- the cloud's changes ---------------------------------------------------------------------------------------

    def _compare(self, welcomed: Welcomed, tx: Transaction) -> None:
        """Behind the cloud at a welcome: ask for the whole. A shop's own import (version 0) is left alone."""
        lost = bool(tx.get(ACTIVE)) and not len(self._active)
        if lost or 0 < self._known_version(tx) < welcomed.welcome.cat_ver:
            self._ask_full(tx)

    def _known_version(self, tx: Transaction) -> int:
        """The newest version on this box: active, or waiting for its hour."""
        return max(self._active.version, int(tx.get(NEXT_VERSION) or 0))

    def _notice(self, notice: CatNotice, tx: Transaction) -> None:
        if notice.ver <= self._known_version(tx) or self._building is not None:
            return
        full = notice.kind == "full"
        if notice.inline is None or not (full or notice.base == self._active.version):
            _log.info(
                "catalogue %d does not build on version %d: asking for all of it", notice.ver, self._active.version
            )
            self._ask_full(tx)
            return
        base = None if full else tx.get(ACTIVE) or None
        self._build(base, [op.wire() for op in notice.inline], notice.ver, notice.eff)

    def _ask_full(self, tx: Transaction) -> None:
        self._asked = tx.new_id()
        request = Request(
            tid=self._tid, cid=self._asked, type="cat.full", at=iso_ms(tx.stamp.at), exp_s=REQUEST_EXPIRES_S
        )
        tx.after_commit(Publish(self._topics.up(self._tid, Up.REQ), payload(request), qos=1))

    def _response(self, response: Response, tx: Transaction) -> None:
        if response.cid != self._asked:
            return
        self._asked = None
        answer = response.out or {}
        items, version = answer.get("inline"), answer.get("ver")
        if response.ok and isinstance(items, list) and isinstance(version, int):
            self._build(None, items, version, None)

    def _build(self, base: str | None, raw: Sequence[Any], version: int, eff: str | None) -> None:
        try:
            ops = [read_op(op, where=f"catalogue {version}, operation {k}") for k, op in enumerate(raw, 1)]
        except CodecError as error:
            _log.error("catalogue %d is refused, nothing changed: %s", version, error)
            return
        self._building = (f"catalogue-{version}", eff, version)
        if not self._run(self._building[0], lambda: self._shelf.build(base, ops, version)):
            self._building = None

    def _built(self, done: JobDone, tx: Transaction) -> None:
        if self._building is None or done.job != self._building[0]:
            return
        _, eff, version = self._building
        self._building = None
        if isinstance(done.error, EdgeError) or not isinstance(done.result, str):
            _log.error("%s is refused, nothing changed: %s", done.job, done.error)
            return
        tx.put(NEXT, done.result)
        tx.put(EFFECTIVE, eff or "")
        tx.put(NEXT_VERSION, str(version))
        self._activate(tx)
