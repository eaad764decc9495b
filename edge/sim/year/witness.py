"""What an honest observer saw: rows on the disk, effects as they left, paper, pulses, what the cloud confirmed.

It reads the ledger by a connection of its own, so that it sees what is committed and nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from edge.codec.basket import write_counter
from edge.messages import Publish, PulseDoor, SendKick, SendPrint, Show, Speech
from edge.model.counter import Counter as OpenCounter
from edge.model.ledger_rows import EffectState
from edge.model.money import yuan
from edge.paper.mark import PaperSlip
from edge.sim.year.app_market import AppMarket
from edge.sim.year.bill import Entry
from edge.sim.year.books import Books
from edge.sim.year.box import Box
from edge.sim.year.cloud import SimulatedCloud
from edge.sim.year.deals import Deals
from edge.sim.year.money_books import WALLETS
from edge.sim.year.post import Post
from edge.sim.year.receipts_seen import Printed, receipts_on
from edge.sim.year.services_seen import ServicesSeen
from edge.store.journal import DROPPED, link
from edge.store.tables.effects import is_state

STREAMS = ("pk", "tx", "ev")
_ROW = "n, id, stream, epoch, seq, type, sv, at, clk, boot, up, body, hash"


class Violation(AssertionError):
    """An invariant does not hold."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the journal as it was first seen committed."""

    n: int
    id: str
    stream: str
    epoch: str
    seq: int
    type: str
    sv: int
    at: str
    clk: str
    boot: int
    up: int
    body: str
    hash: bytes

    @property
    def told(self) -> tuple[Any, ...]:
        """What the cloud must hold of it, wherever it stands there."""
        return (self.stream, self.type, self.sv, self.at, self.clk, self.boot, self.up, json.loads(self.body))


class Witness:
    """`wrong` collects what was seen to be wrong at once; the invariants judge the rest."""

    def __init__(self, cloud: SimulatedCloud, deals: Deals, post: Post | None = None) -> None:
        self.deals = deals
        self.post = post
        self.books = Books()
        self.ever: dict[str, Row] = {}
        """Every row that was ever committed, in all pasts of the box."""
        self.new: list[Row] = []
        """Rows since the last look."""
        self.newly_acked: list[str] = []
        """Ids of rows that the box has come to believe acknowledged since the last look."""
        self.newly_printed: list[Printed] = []
        self.originals: Counter[str] = Counter()
        """How often an original of a receipt was begun on paper."""
        self.whole: set[str] = set()
        """Receipts whose original is complete on paper."""
        self.printed_again: Counter[str] = Counter()
        """By receipt, how often a restored backup can have it printed once more."""
        self.totals: dict[str, list[str]] = {}
        """By receipt, the total of each sale that ever had this number: a restored box gives numbers twice."""
        self.booked = self.completed = 0
        """Sales in the journal; those that were paid at the counter."""
        self.last_sale: list[Entry] = []
        self.last_pay: list[dict[str, Any]] = []
        self.last_due = self.last_total = 0
        """Fen, after cash rounding and before."""
        self.deeds: Counter[str] = Counter()
        """How often what was done, for the summary of a run."""
        self.services = ServicesSeen()
        self.members: dict[str, bool | None] = {}
        """By the id of a sale for which a card was shown, whether it is a member's; None: who knows if it was read."""
        self.practised: set[str] = set()
        """Ids of sales that were practice."""
        self.forgotten: dict[str, str] = {}
        """Payments of which a past of the box knew more than the copy that was put in, with their state then."""
        self.ever_charged: set[str] = set()
        """Payments that paid a sale in any past of the box."""
        self._aside: set[str] = set()
        """Ids of sales that stand aside: who is served meanwhile is not who pays them."""
        self.given_up: set[str] = set()
        """Ids of rows whose bodies the box gave up for room; the rows themselves go with age."""
        self.buried: Counter[tuple[str, str]] = Counter()
        """By (stream, epoch), how many rows were on cards that failed and not on the copy that was put in."""
        self.restores = 0
        self.unknown_pulses = 0
        """Orders of which nobody knows what came, and that no late pulse has answered."""
        self.paper_excuses = 0
        """What can have kept a receipt from being known to be whole."""
        self.kicks: set[str] = set()
        """Reasons whose pulse was handed to the printer."""
        self.reopened: set[str] = set()
        """Sales and refunds that a restored box may have ended a second time: the cloud keeps the first."""
        self.wrong: list[str] = []
        self.cloud = cloud
        self._pulses = self._orders = self._under_way = self._sending = 0
        self._seen: object = None
        self._box: Box | None = None
        self._apps: AppMarket | None = None
        self._reader: sqlite3.Connection | None = None
        self._promised = (OpenCounter(), 0)

    @property
    def box(self) -> Box:
        assert self._box is not None
        return self._box

    @property
    def apps(self) -> AppMarket:
        """Who orders in apps."""
        assert self._apps is not None
        return self._apps

    def follow(self, market: AppMarket) -> None:
        self._apps = market
        self.services.ends = market.ends

    @property
    def promised(self) -> tuple[OpenCounter, int]:
        """The counter as of the last effect that left, and how many commits there were then."""
        return self._promised

    def note_given_up(self) -> None:
        """Once a day is enough: what is given up stays in the journal, empty, for weeks."""
        self.given_up |= {row_id for (row_id,) in self.rows("SELECT id FROM journal WHERE rej = ?", DROPPED)}

    # --- as a box.Watcher ------------------------------------------------------------------------------------------

    def booted(self, box: Box) -> None:
        """A new life: the basket must be as of the last beep, or one commit later if that one's beep was cut off."""
        self._box = box
        self._behind_paper = 0
        self.close()
        address = f"{box.ledger_file.absolute().as_uri()}?mode=ro"
        self._reader = sqlite3.connect(address, uri=True, isolation_level=None)
        promised, commits = self._promised
        if box.counter != promised and box.disk.commits == commits:
            self.wrong.append(
                f"after the boot the basket is {_lines(box.counter)}, the last beep said {_lines(promised)}"
            )
        self._promise()

    def died(self) -> None:
        """In the middle of a receipt, perhaps."""
        self.paper_excuses += 1

    def leaving(self, effect: object) -> None:
        """No effect before its commit."""
        kind = type(effect).__name__
        if self.box.disk.in_transaction:
            self.wrong.append(f"{kind} leaves before its commit")
        if isinstance(effect, SendPrint) and self._state("print_job", effect.job) != "sending":
            self.wrong.append(f"a receipt is printed whose job is {self._state('print_job', effect.job)} on the disk")
        if isinstance(effect, SendKick):
            if effect.kick in self.kicks:
                self.wrong.append(f"the pulse for {effect.kick} leaves a second time")
            self.kicks.add(effect.kick)
            if self._state("drawer_kick", effect.kick) != "sending":
                self.wrong.append(
                    f"the drawer is pulsed, its job is {self._state('drawer_kick', effect.kick)} on the disk"
                )
        if isinstance(effect, PulseDoor) and self.post is not None:
            found = self.rows("SELECT state, why, parcel FROM door_pulse WHERE id = ?", effect.pulse)
            waybill = self.rows("SELECT waybill FROM parcel WHERE id = ?", found[0][2]) if found else []
            self.wrong += self.post.sees_order(effect, *(found[0][:2] if found else ("", "")), *(waybill or [("",)])[0])
        if isinstance(effect, Publish):
            self.wrong += self.services.leaving(effect.payload, self.rows)
        if isinstance(effect, Show | Speech | SendPrint | Publish):
            self._promise()

    def faulty(self, what: str) -> None:
        self.wrong.append(f"a fault of ours: {what}")

    def payments(self) -> dict[str, tuple[str, ...]]:
        """All that the ledger knows: state and what was given back, by id."""
        found = self.rows("SELECT id, state, refunded, unwanted FROM payment")
        return {pid: tuple(map(str, more)) for pid, *more in found}

    def parcels(self) -> dict[str, tuple[str, ...]]:
        """All that the ledger knows of parcels that are not just expected, by waybill and id."""
        found = self.rows("SELECT waybill, id, state, cell, shelf, code, doubt FROM parcel WHERE state <> 'expected'")
        return {f"{waybill} {pid}": tuple(map(str, more)) for waybill, pid, *more in found}

    def orders(self) -> dict[str, tuple[str, ...]]:
        """All that the ledger knows of service orders, loans and orders from apps: state and sale, by id."""
        sql = (
            "SELECT id, state, sale FROM service_order UNION ALL SELECT id, state, '' FROM loan"
            " UNION ALL SELECT id, state, '' FROM app_order"
        )
        return {soid: tuple(more) for soid, *more in self.rows(sql)}

    def forgive(
        self, books: Books, queued: Iterable[str], unfinished: Sequence[str], payments: Mapping[str, tuple[str, ...]],
        orders: Mapping[str, tuple[str, ...]],
    ) -> None:  # fmt: skip
        """The box was restored from a backup, with these `books`: what it promised since is not there any more.

        Receipts that were `queued` then have come out since, and nothing tells this box so: sales and refunds that were
        `unfinished` then may end once more. `payments` and `orders` are those that it knew otherwise: what it asked of
        providers meanwhile is done.
        """
        for lane, head in self.books.heads.items():
            self.buried[lane] += head - books.heads.get(lane, 0)
        self.books = books.copy()
        self.kicks.difference_update(unfinished)
        self._orders = len(self.kicks)
        self.reopened.update(unfinished)
        self.restores += 1
        self.members = dict.fromkeys(self.members)  # the card may not have been shown yet
        self.forgotten |= {pid: state for pid, (state, *_) in payments.items()}
        self.services.forget(orders)
        self.printed_again.update(queued)
        self._promised = (OpenCounter(), -1)
        self.close()

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    # --- looking ---------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Read what is new: rows, cursors, paper."""
        if self._box is not None and self._box.terminal is not None:
            self._promise()
        self.new, self.newly_acked = [], []
        if self._is_other_than_it_was():
            self._read_ledger()
        self.newly_printed = list(self._newly_printed())
        for printed in self.newly_printed:
            self.originals[printed.receipt] += printed.surely_original
            if printed.whole and printed.perhaps_original:
                self.whole.add(printed.receipt)

    def _is_other_than_it_was(self) -> bool:
        """Whether anything was committed, or the box came to believe in another basket. Most steps do neither."""
        if self._reader is None:
            return False
        before, self._seen = self._seen, (self._reader, self.box.disk.commits, self.box.counter)
        return self._seen != before

    def _read_ledger(self) -> None:
        kept = self.rows("SELECT body FROM counter")
        if kept and self.box.terminal is not None and kept[0][0] != write_counter(self.box.counter):
            self.wrong.append(f"the box believes in a basket that is not on the disk: {_lines(self.box.counter)}")
        self.new = [Row(*found) for found in self.rows(f"SELECT {_ROW} FROM journal WHERE n > ?", self.books.last_n)]
        self.newly_acked = list(self._newly_acked())
        (self._sending,) = self.rows(f"SELECT count(*) FROM drawer_kick WHERE {is_state(EffectState.SENDING)}")[0]

    def pulses_of_step(self) -> tuple[int, int, int]:
        """Since the last call: pulses, orders that left, and how many may still have been on their way.

        A slow printer answers before it has come to what lies behind a slip in its buffer.
        """
        pulses, orders = self.box.ware.drawer.pulses, len(self.kicks)
        before = self._under_way + self._behind_paper
        step = (pulses - self._pulses, orders - self._orders, before + self.unknown_pulses)
        self.unknown_pulses -= max(0, step[0] - step[1] - before)
        is_open = self.box.ware.printer.busy or self._sending  # the second of two finds the drawer open, and comes late
        self._behind_paper = max(0, self._behind_paper + step[1] - step[0]) if is_open else 0
        self._pulses, self._orders = pulses, orders
        self._under_way = self._sending
        return step

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds on the disk; nothing while the box is off."""
        return self._reader.execute(sql, values).fetchall() if self._reader is not None else []

    def enter(self, row: Row) -> None:
        """Into the books, once the invariants have judged it."""
        books = self.books
        books.last_n, books.last_hash = row.n, row.hash
        books.heads[row.stream, row.epoch] = row.seq
        self.ever[row.id] = row

    def show_card(self, sale: str, *, surely: bool) -> None:
        """A member card was shown for this sale; `surely`: nothing kept it from being read."""
        if surely or sale not in self.members:
            self.members[sale] = True if surely else None

    def doubt_card(self, sale: str) -> None:
        """Perhaps an undo has taken it back, or the one before it."""
        if sale in self.members:
            self.members[sale] = None

    def at_counter(self, sale: str) -> None:
        """This sale is in hand: when it is booked, it was paid here."""
        self._aside.discard(sale)

    def step_aside(self, sale: str) -> None:
        """It may be paid at any time, whoever is served."""
        self._aside.add(sale)

    def sold(self, sale_id: str, sale: dict[str, Any]) -> None:
        """A completed sale is in the journal."""
        methods = {part["m"] for part in sale["pay"]}
        self.totals.setdefault(sale["receipt"], []).append(yuan(sale["total"]))
        self.deeds["sales by wallet"] += bool(methods & WALLETS)
        self.deeds["split"] += len(methods) > 1
        self.deeds["with promotions"] += sale["disc"] > 0
        self.deeds["cash for an unknown payment"] += "dual_risk" in sale
        self.ever_charged |= {part["pid"] for part in sale["pay"] if part["m"] in WALLETS}
        self.booked += 1
        if sale_id in self._aside:
            self.deeds["paid while parked"] += 1
            return
        self.completed += 1
        self.last_pay, self.last_total, self.last_due = sale["pay"], sale["total"], sale["total"] + sale["rounding"]
        self.last_sale = standing(sale)

    def link_of(self, row: Row) -> bytes:
        """What its hash must be."""
        return link(self.books.last_hash, row.n, row.id, row.type, row.sv, row.at, row.boot, row.up, row.body)

    def open_slip(self) -> PaperSlip:
        return self.box.ware.printer.paper.open_slip

    def _promise(self) -> None:
        self._promised = (self.box.counter, self.box.disk.commits)

    def _state(self, table: str, key: str) -> str:
        found = self.rows(f"SELECT state FROM {table} WHERE id = ?", key)
        return str(found[0][0]) if found else "missing"

    def _newly_acked(self) -> Iterator[str]:
        epoch = self.rows("SELECT v FROM meta WHERE k = 'epoch'")
        for stream, acked in self.rows("SELECT stream, acked FROM pos"):
            key = (stream, epoch[0][0])
            before = self.books.acked.get(key, 0)
            if acked < before:
                self.wrong.append(f"the cursor of {stream} goes back from {before} to {acked}")
            if acked > before:
                self.books.acked[key] = acked
                sql = "SELECT id FROM journal WHERE stream = ? AND epoch = ? AND seq > ? AND seq <= ?"
                yield from (row_id for (row_id,) in self.rows(sql, *key, before, acked))

    def _newly_printed(self) -> Iterator[Printed]:
        slips = self.box.ware.printer.paper.slips if self._box is not None else ()
        while slips:
            yield from receipts_on(slips.popleft())


def standing(sale: dict[str, Any]) -> list[Entry]:
    """The goods of a sale that nobody took out again."""
    gone = {line["voids"] for line in sale["lines"] if "voids" in line}
    return [
        (line["sku"], milli(line["qty"]), line["price"])
        for line in sale["lines"]
        if "voids" not in line and line["n"] not in gone
    ]


def milli(quantity: str) -> int:
    """The decimal text of the wire as thousandths."""
    return int(Decimal(quantity) * 1000)


def _lines(counter: OpenCounter) -> str:
    sale = counter.sale
    return f"{len(sale.standing)} lines, {sale.total} fen" if sale is not None else "empty"
