"""Goods that the page takes from a file, without a cloud: looked at, then kept by a second press (docs/goods-file.md).

    goods.look ──► jobs thread ──► ready │ failed            nothing changes
    goods.keep ──► jobs thread: looked at once more, the catalogue built beside the old one
                        └──► one commit: the next catalogue, the prices that are to follow ──► done: it will all be so
                                 └──► BATCH prices a commit, and after a power cut on from the last of them

New goods and names go into the shop's own catalogue (version 0), prices of goods that it has already are its own, as by
`price.set`: a later catalogue of the cloud takes the first away and not the second (decisions 1, product decision 7).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.errors import DiskFull, FileRefused
from edge.messages import JobDone, MessageFailed, PageOrder, Started
from edge.model.backup import Stage
from edge.model.goods_in import FoundGoods, GoodsIn
from edge.model.money import Fen
from edge.model.stock_records import PriceSet
from edge.ports import Transaction
from edge.services.catalogue import ACTIVE, CHOSEN_VERSION, EFFECTIVE, NEXT, NEXT_VERSION
from edge.services.commands import Answered, CarryOut, Ordered
from edge.services.price_desk import OWNER

LOOK, KEEP = "goods.look", "goods.keep"
BATCH = 50
"""Prices in a commit: a scan waits for no more than one of them, some 10 ms."""
PAUSE_S, RETRY_S = 0.02, 30.0
"""Between two batches, for whoever is served; and after one for which there was no room."""
KEPT_S = 3_600.0
"""So long a file that was looked at waits for the second press."""
WAITING, PLACE = "goods.waiting", "goods.place"
"""In `meta`: {id, by, prices: [[sku, fen], …]} and "{id} {how many are done}"; empty: none."""
BUSY = "another file is on its way"
CHANGED = "the catalogue has changed meanwhile"
_log = logging.getLogger("edge.catalogue")


@dataclass(frozen=True, slots=True)
class GoodsBuilt:
    """What a second look has left. `catalogue`: the file that was built, empty: there is nothing new to name."""

    found: FoundGoods
    base: str
    catalogue: str
    prices: tuple[tuple[str, Fen], ...]
    by: str


@dataclass(frozen=True, slots=True)
class GoodsAsked:
    """Where the file lies, and of what it would be a change: the catalogue `base`, `is_managed` by the cloud or not."""

    path: str
    base: str
    is_managed: bool
    by: str


@dataclass(frozen=True, slots=True)
class GoodsWays:
    """What is done on the jobs thread; each raises StoreError or CodecError. `unbuild`: a catalogue that nothing names.
    `drop`: files that were given for a look, by the paths of then; `drop_all`: those of an earlier start, too.

    `look` is called by the dispatcher: it begins that job, which ends with FoundGoods. False: too many wait.
    """

    look: Callable[[str, GoodsAsked], bool]
    build: Callable[[GoodsAsked], GoodsBuilt]
    unbuild: Callable[[str], None]
    drop: Callable[[Collection[str]], None]
    drop_all: Callable[[], None]


@dataclass(frozen=True, slots=True)
class PricesDue:
    """A timer: the next batch of the file `id`."""

    id: str


@dataclass(frozen=True, slots=True)
class BatchKept:
    """So many prices of the file `id` are kept; `is_last`: no more follow."""

    id: str
    done: int
    of: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class FileForgotten:
    """A timer: nobody has pressed for the file that was looked at `serial` files ago."""

    serial: int


class GoodsFromFile:
    def __init__(self, bus: Bus, ways: GoodsWays, *, run: Callable[[str, Callable[[], object]], bool]) -> None:
        self._bus = bus
        self._ways = ways
        self._run = run
        self._state = GoodsIn()
        self._hand: dict[str, str] = {}
        """Job at hand → the cid of its command."""
        self._keeper = ""
        """The cid of the newest command to keep."""
        self._given: frozenset[str] = frozenset()
        """Paths of files that were looked at and lie there yet. Others may be on their way from another browser."""
        self._serial = 0
        self._list: tuple[str, str, tuple[tuple[str, int], ...]] = ("", "", ())
        """What WAITING holds, read once: (id, by, prices)."""
        bus.on(Started, self._start)
        bus.on(JobDone, self._job_done)
        bus.on(PricesDue, self._batch)
        bus.on(BatchKept, self._go_on)
        bus.on(MessageFailed, self._failed)
        bus.on(FileForgotten, self._forget)

    def state(self) -> GoodsIn:
        """Asked by any thread."""
        return self._state

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        return {LOOK: self._look, KEEP: self._keep}

    def _start(self, started: Started, tx: Transaction) -> None:
        self._run("goods.drop", self._ways.drop_all)
        id, _, done = (tx.get(PLACE) or "").partition(" ")
        if id:
            of = len(self._waiting(tx)[2])
            self._state = GoodsIn(taking=True, done=int(done or 0), of=of)
            self._bus.after(PAUSE_S, PricesDue(id))

    # --- looked at -------------------------------------------------------------------------------------------------

    def _look(self, ordered: Ordered, tx: Transaction) -> Answered:
        """`path`: where the page has put the file, or FROM_STICK and the key of one on a stick."""
        path = str(ordered.args["path"])
        asked = _asked(path, ordered, tx)
        if self._hand or self._state.taking or not self._ways.look(LOOK, asked):
            return Answered(ordered.cid, "failed", "cmd.busy", BUSY)
        self._hand[LOOK] = ordered.cid
        self._given |= {path}
        self._state = GoodsIn(Stage.RUNNING, looking=path, kept=self._state.kept)
        return Answered(ordered.cid, "accepted")

    def _looked(self, done: JobDone) -> None:
        found, path = done.result, ""
        if isinstance(found, FoundGoods):
            path = self._state.looking
            kept = "" if found.is_news else self._state.kept  # prices have changed since the same file was kept
            self._state = replace(
                self._state, stage=Stage.READY, looking="", path=found.path, found=found, kept=kept
            )  # fmt: skip
            self._serial += 1
            self._bus.after(KEPT_S, FileForgotten(self._serial))
        else:
            self._state = replace(self._state, stage=Stage.FAILED, looking="", why=_why(done.error))
        self._drop(but=path)

    def _forget(self, forgotten: FileForgotten, tx: Transaction) -> None:
        if forgotten.serial == self._serial and self._state.stage is Stage.READY and not self._hand:
            self._state = GoodsIn(taking=self._state.taking, done=self._state.done, of=self._state.of)
            self._drop()

    def _drop(self, but: str = "") -> None:
        gone = self._given - {but}
        if gone and self._run("goods.drop", lambda: self._ways.drop(gone)):
            self._given -= gone

    # --- kept ------------------------------------------------------------------------------------------------------

    def _keep(self, ordered: Ordered, tx: Transaction) -> Answered:
        """`id`: of the file that was shown to whoever presses."""
        found, cid = self._state.found, ordered.cid
        if found is None or found.id != ordered.args["id"] or self._hand or self._state.taking:
            return Answered(cid, "failed", "cmd.busy", BUSY)
        if found.id == self._state.kept:
            return Answered(cid, "done", out=_told(found))
        if found.wrong_lines or not found.is_news:
            return Answered(
                cid, "rejected", "schema.invalid", "a file with wrong lines, or with nothing new, is not kept"
            )
        if found.far and ordered.by != OWNER:
            return Answered(cid, "rejected", "auth.denied", "so far below the price only the owner goes")
        if tx.get(NEXT):
            return Answered(cid, "failed", "cmd.busy", "another catalogue waits for the end of a sale")
        asked = _asked(self._state.path, ordered, tx)
        if not self._run(KEEP, lambda: self._ways.build(asked)):
            return Answered(cid, "failed", "cmd.busy", BUSY)
        self._hand[KEEP] = self._keeper = cid
        self._state = replace(self._state, taking=True, done=0, of=0)
        return Answered(cid, "accepted")

    def _built(self, done: JobDone, cid: str, tx: Transaction) -> None:
        built = done.result
        if not isinstance(built, GoodsBuilt):
            self._give_up(cid, _why(done.error), done.error, tx)
            return
        is_same = _counted(built.found) == _counted(self._state.found) and built.found.is_managed == _is_managed(tx)
        if not is_same or built.base != (tx.get(ACTIVE) or "") or tx.get(NEXT):
            self._unbuild(built)
            self._give_up(cid, "changed", CHANGED, tx)
            return
        if built.catalogue:
            tx.put(NEXT, built.catalogue)
            tx.put(EFFECTIVE, "")
            tx.put(NEXT_VERSION, "")
        id = built.found.id
        tx.put(WAITING, json.dumps({"id": id, "by": built.by, "prices": built.prices}))
        tx.put(PLACE, f"{id} 0")
        tx.after_commit(Answered(cid, "done", out=_told(built.found)))
        tx.after_commit(BatchKept(id, 0, len(built.prices), is_last=False))

    def _give_up(self, cid: str, why: str, cause: object, tx: Transaction) -> None:
        _log.warning("goods from a file were not kept: %s", cause)
        self._state = GoodsIn(Stage.FAILED, why=why, kept=self._state.kept)
        code = "store.full" if isinstance(cause, DiskFull) else "internal"
        tx.after_commit(Answered(cid, "failed", code, str(cause)[:256]))
        self._drop()

    def _unbuild(self, built: object) -> None:
        """Else a box whose own catalogue is lost would sell by it one day."""
        if isinstance(built, GoodsBuilt) and (name := built.catalogue):
            self._run("goods.unbuild", lambda: self._ways.unbuild(name))

    def _go_on(self, kept: BatchKept, tx: Transaction) -> None:
        if kept.is_last:
            self._state = replace(self._state, taking=False, done=kept.of, of=kept.of, kept=kept.id)
            self._list = ("", "", ())  # the same file may come again, with other prices to follow
            self._drop()
            _log.info("goods from a file are kept, %d prices", kept.of)
            return
        self._state = replace(self._state, taking=True, done=kept.done, of=kept.of)
        self._bus.after(PAUSE_S, PricesDue(kept.id))

    def _batch(self, due: PricesDue, tx: Transaction) -> None:
        id, _, place = (tx.get(PLACE) or "").partition(" ")
        if id != due.id:
            return
        _, by, prices = self._waiting(tx)
        end = min(int(place) + BATCH, len(prices))
        for sku, price in prices[int(place) : end]:
            if tx.learned.price(sku) != price:
                tx.learned.learn(sku, Fen(price))
                tx.append(PriceSet(sku, Fen(price), by))
        is_last = end >= len(prices)
        tx.put(PLACE, "" if is_last else f"{id} {end}")
        if is_last:
            tx.put(WAITING, "")
        tx.after_commit(BatchKept(id, end, len(prices), is_last=is_last))

    def _failed(self, failed: MessageFailed, tx: Transaction) -> None:
        """No room: what is named in the ledger waits until there is some, what is not is given up."""
        message, error = failed.message, failed.error
        if isinstance(message, PricesDue):
            self._bus.after(RETRY_S, message)
        elif isinstance(message, JobDone) and message.job == KEEP:
            self._unbuild(message.result)
            self._give_up(self._keeper, _why(error), error, tx)
        elif isinstance(message, PageOrder) and message.cid in self._hand.values():
            self._hand = dict.fromkeys(self._hand, "")  # what its job brings out, nobody asked for
            self._state = GoodsIn(Stage.FAILED, why=_why(error), kept=self._state.kept)
            self._drop()

    def _waiting(self, tx: Transaction) -> tuple[str, str, tuple[tuple[str, int], ...]]:
        id = (tx.get(PLACE) or "").partition(" ")[0]
        if id != self._list[0]:
            kept = json.loads(tx.get(WAITING) or "{}")
            self._list = (id, str(kept.get("by", "")), tuple((sku, price) for sku, price in kept.get("prices", ())))
        return self._list

    def _job_done(self, done: JobDone, tx: Transaction) -> None:
        cid = self._hand.pop(done.job, "")
        if not cid:
            self._unbuild(done.result)
            return
        if done.job == KEEP:
            self._built(done, cid, tx)
            return
        self._looked(done)
        if done.error is None:
            tx.after_commit(Answered(cid, "done"))
        else:
            _log.warning("a file of goods could not be looked at: %s", done.error)
            tx.after_commit(Answered(cid, "failed", "internal", str(done.error)[:256]))


def _asked(path: str, ordered: Ordered, tx: Transaction) -> GoodsAsked:
    return GoodsAsked(path, tx.get(ACTIVE) or "", _is_managed(tx), ordered.by)


def _is_managed(tx: Transaction) -> bool:
    """Whether the catalogue is the cloud's, or will be as soon as one that waits has its hour."""
    return any(int(tx.get(key) or 0) for key in (CHOSEN_VERSION, NEXT_VERSION))


def _counted(found: FoundGoods | None) -> tuple[object, ...]:
    if found is None:
        return ()
    return found.id, found.new, found.changed, found.named, found.altered, found.far, found.wrong_lines


def _told(found: FoundGoods) -> Mapping[str, int]:
    return {"new": found.new, "changed": found.changed, "named": found.named, "altered": found.altered}


def _why(error: Exception | None) -> str:
    if isinstance(error, FileRefused):
        return error.code
    return "room" if isinstance(error, DiskFull) else "internal"
