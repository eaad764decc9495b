"""What can still be read from a damaged ledger moves into a new one: nothing that the cloud lacks is given up."""

from __future__ import annotations

import heapq
import json
import re
import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from edge.codec.basket import read_counter
from edge.codec.json_text import read_object
from edge.codec.slip_text import read_slip
from edge.codec.wire import checked
from edge.codec.wire_promotion import PromotionArgs
from edge.errors import CodecError, ModelError
from edge.model.cell import Cell, CellState
from edge.model.ledger_rows import EffectState
from edge.model.records import Stream
from edge.store.journal import GENESIS, link
from edge.store.sound_days import is_shift, is_usable_day
from edge.store.tables.cells import CellTable
from edge.store.tables.parcels import COLUMNS, SERIAL_MAX, ParcelTable, parcel_of

_NUMBERS = ("boot", "sess", "ctr", "cat_ver", "cfg_ver", "offers.version")
_NAMES = ("boot_id", "catalogue", "catalogue_next", "catalogue_eff", "manner", "insight.paused", "suspended",
          "app.since")  # fmt: skip
KEPT_TABLES = (
    "stock", "learned_price", "cmd", "held", "tally", "payment", "payment_refund", "refund", "refund_line",
    "refund_pending", "coupon", "tab", "tab_move", "shipment", "stock_came", "carton", "lot", "stock_act", "sales_day",
    "demand", "purchase", "purchase_waybill", "supplier_offer", "heard_payment", "tab_alias", "campaign",
    "campaign_coupon", "campaign_paper", "campaign_shown", "plan_line", "wish", "not_ordered", "agent_note", "loan",
    "service_order", "online_order", "online_parcel", "app_order", "message", "cell_out",
    "report_paper",
)  # fmt: skip
TREATED = (
    "meta", "counter", "shift", "z_report", "parcel", "parcel_row", "shelf", "cell", "journal", "sale", "print_job",
    "promotion_set",
)  # fmt: skip
"""Each by a function of its own, row by row: a row of these that cannot be right would keep the shop from opening."""
LEFT_BEHIND = {
    "pos": "counted anew with the rows that are carried over",
    "resend": "of an epoch that has ended: what the cloud lacks is carried over and sent",
    "drawer_kick": "nobody waits for it any more, and a drawer does not open by itself",
    "door_pulse": "nobody waits for it any more, and a door does not open by itself",
}
"""And why. A table is named in one of the three."""
_CLK = "CASE WHEN clk IN ('ok', 'unsync', 'cert') THEN clk ELSE 'unsync' END"
"""Where it is damaged nobody knows how far the time can be believed; the row is as good as before."""
_FIELDS = f"stream, epoch, seq, id, type, sv, at, boot, up, {_CLK}, body"
RECEIPT_JUMP = 5_000
"""Receipt numbers go on above this when the old file does not tell the last one: no two of a day share a number."""
JUMP_AGAIN = 500
"""Added for each ledger that lies aside already: it may have been of the same day."""
LAST_JUMP = 9_000
MAX_DIGITS = 5
"""Of a receipt's number within its day."""
MAX_HELD_NUMBER = 999_999
"""Of a slip; a larger one is damage."""
MAX_SKIPPED = 5_000
"""Numbers tried one by one after a page that cannot be read, beside those of an index; a page holds a dozen."""
MAX_MISSED = 50_000
"""Rows that cannot be read one after the other before the rest is given up: on a Pi a second or two."""
LEAST_OCTETS = 128
"""Of a row of the journal, whose id, moment and hash alone take a hundred: a file holds no more than so many."""

MAX_ROWS = 500_000
"""Of one table or index: more than a shop has; pages that point in a circle give rows for ever."""
_INDICES = (("journal_position", "stream"), ("sqlite_autoindex_journal_1", "id"))
_UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""The second is what sqlite3 makes of an error message that quotes a damaged schema."""
_STRANGE = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, CodecError,
    sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.DataError,
)  # fmt: skip
"""What values of any type and text come to; a disk that fails is none of them."""
_LAST_RECEIPT = """
SELECT coalesce(max(no), 0), coalesce(max(bday), '')
FROM (SELECT no, bday FROM sale UNION ALL SELECT no, bday FROM refund)"""
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TYPE = re.compile(r"[a-z_.]{1,64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def salvage(damaged: Path, target: sqlite3.Connection, *, epoch: str, today: date) -> int:
    """Copy un-acknowledged rows (same ids, renumbered from 1), settings and projections; returns the rows copied.

    Rows that cannot be read, or would break the batch that carries them, are left in the file that was set aside. One
    transaction: a cut leaves an empty new ledger and the old file where it was.
    """
    with closing(sqlite3.connect(f"file:{damaged}?mode=ro", uri=True)) as source:
        source.text_factory = lambda octets: octets.decode(errors="surrogateescape")
        target.execute("BEGIN IMMEDIATE")
        target.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [("epoch", epoch), ("clean", "0")])
        tables = (*map(_copying, KEPT_TABLES), _copy_promotions)
        for copy in (_copy_meta, *tables, _copy_held_number, _copy_days, _copy_counter, _copy_parcels, _copy_cells):
            _copy_if_possible(copy, source, target)
        carried = _copy_rows(source, target, epoch)
        _copy_if_possible(_copy_print_jobs, source, target)
        _copy_if_possible(_trace_parcels, source, target)
        _put_floor(source, target, today, carried, aside=len(list((damaged.parent / "aside").glob("ledger.*.db"))))
        target.execute("COMMIT")
    return carried


def _copy_if_possible(
    copy: Callable[[sqlite3.Connection, sqlite3.Connection], None],
    source: sqlite3.Connection,
    target: sqlite3.Connection,
) -> None:
    """A part that is damaged in a way that nobody thought of stays behind as a whole: the shop opens without it."""
    target.execute("SAVEPOINT part")
    try:
        copy(source, target)
    except _STRANGE:
        target.execute("ROLLBACK TO part")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise  # of the disk; the other is of a schema that lost a column
        target.execute("ROLLBACK TO part")
    target.execute("RELEASE part")


def _copying(table: str) -> Callable[[sqlite3.Connection, sqlite3.Connection], None]:
    """A part for each table: stock that lost a column must not take along what customers owe."""

    def copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
        for row in _readable(source, f"SELECT * FROM {table}"):
            target.execute(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    return copy


def _copy_parcels(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """What lies here is other people's: each that can be read is carried over, whatever became of the others."""
    table = ParcelTable(target.execute, target.execute)
    for row in _readable(source, f"SELECT {COLUMNS} FROM parcel"):
        try:
            table.keep(parcel_of(row))
        except (*_STRANGE, ModelError):
            continue


def _copy_promotions(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Each start reads them: as strictly as they are told."""
    for name, ver, body, in_force in _readable(source, "SELECT name, ver, body, in_force FROM promotion_set"):
        try:
            told = {"set": name, "ver": ver, "promotions": read_object(body.encode())}
            checked(PromotionArgs, told, where="a salvaged ledger")
        except _STRANGE:
            continue  # it is in the file that was set aside
        target.execute("INSERT OR IGNORE INTO promotion_set VALUES (?, ?, ?, ?)", (name, ver, body, int(in_force == 1)))


def _copy_cells(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """A cell whose parcel cannot be read is to be looked into: something lies there."""
    table, parcels = CellTable(target.execute, target.execute), ParcelTable(target.execute, target.execute)
    for id, state, parcel in _readable(source, "SELECT id, state, parcel FROM cell"):
        try:
            cell = Cell(id, CellState(state), parcel)
            lost = bool(parcel) and parcels.find(parcel) is None
            table.keep(Cell(id, CellState.CHECK) if lost or not isinstance(id, str) else cell)
        except _STRANGE:
            continue  # `Cells.find` has it looked into


def _trace_parcels(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Which of the rows that were carried over tell of which parcel; shelves count on."""
    target.execute(
        "INSERT OR IGNORE INTO parcel_row SELECT json_extract(body, '$.parcel'), n FROM journal"
        " WHERE stream = 'pk' AND json_valid(body) AND typeof(json_extract(body, '$.parcel')) = 'text'"
    )
    for place, serial in _readable(source, "SELECT place, serial FROM shelf"):
        if isinstance(place, str) and isinstance(serial, int) and 0 <= serial <= SERIAL_MAX:
            target.execute("INSERT OR IGNORE INTO shelf VALUES (?, ?)", (place, serial))


def _copy_held_number(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Numbers of held sales go on: a slip from before must not open a sale of after."""
    last = _first(source, "SELECT seq FROM sqlite_sequence WHERE name = 'held'")
    if isinstance(last, int) and 0 < last <= MAX_HELD_NUMBER:
        target.execute("DELETE FROM sqlite_sequence WHERE name = 'held'")
        target.execute("INSERT INTO sqlite_sequence VALUES ('held', ?)", (last,))


def _copy_days(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """The open shift and the numbers of the Z reports: each sale reads both."""
    for row in _readable(source, "SELECT * FROM z_report"):
        if is_usable_day(row[1]):
            target.execute("INSERT OR IGNORE INTO z_report VALUES (?, ?, ?)", row)
    for row in _readable(source, "SELECT * FROM shift"):
        if is_shift(row):
            target.execute("INSERT OR IGNORE INTO shift VALUES (?, ?, ?, ?, ?, ?)", row)


def _copy_meta(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    for key in (*_NUMBERS, *_NAMES):
        value = _first(source, f"SELECT v FROM meta WHERE k = '{key}'")
        if isinstance(value, str) and (value.isdecimal() if key in _NUMBERS else value.isprintable()):
            target.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _copy_counter(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    for till, body in _readable(source, "SELECT till, body FROM counter"):
        try:
            read_counter(body)
        except CodecError:
            continue  # the open basket was what was damaged: it is scanned again
        target.execute("INSERT OR IGNORE INTO counter VALUES (?, ?)", (till, body))


def _copy_rows(source: sqlite3.Connection, target: sqlite3.Connection, epoch: str) -> int:
    old_epoch = _first(source, "SELECT v FROM meta WHERE k = 'epoch'") or _first(
        source, "SELECT epoch FROM journal ORDER BY n DESC LIMIT 1"
    )
    acked = _acknowledged(source)
    seqs = {stream.value: 0 for stream in Stream}
    n, previous, seen = 0, GENESIS, set[str]()
    for row in _around_damage(source):
        if not _is_sound(row):
            continue
        stream, row_epoch, seq, id, type, sv, at, boot, up, clk, body = row
        if (old_epoch is not None and row_epoch != old_epoch) or seq <= acked.get(stream, 0) or id in seen:
            continue
        seen.add(id)
        n, seqs[stream] = n + 1, seqs[stream] + 1
        previous = link(previous, n, id, type, sv, at, boot, up, body)
        target.execute(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
            (n, stream, epoch, seqs[stream], id, type, sv, at, boot, up, clk, body, previous),
        )
        if type == "sale.completed":
            _project_sale(target, id, n, json.loads(body))
    target.executemany("UPDATE pos SET head = ? WHERE stream = ?", [(seq, stream) for stream, seq in seqs.items()])
    return n


def _acknowledged(source: sqlite3.Connection) -> dict[str, int]:
    """The cursors; one that cannot be right counts as 0: the cloud knows by the ids what it has."""
    told = {stream: (head, acked) for stream, head, acked in _readable(source, "SELECT stream, head, acked FROM pos")}
    return {
        stream: acked for stream, (head, acked) in told.items()
        if isinstance(acked, int) and isinstance(head, int) and acked <= head
    }  # fmt: skip


def _is_sound(row: tuple[Any, ...]) -> bool:
    """Whether it can stand in a batch: one bad row there would have the cloud park its good neighbours too."""
    stream, _, seq, id, type, sv, at, boot, up, clk, body = row
    texts = (stream, id, type, at, clk, body)
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(x, int) for x in (seq, sv, boot, up)):
        return False
    shaped = _ID.fullmatch(id) and _TYPE.fullmatch(type) and _MOMENT.fullmatch(at) and clk in ("ok", "unsync", "cert")
    if not shaped or stream not in set(Stream) or min(sv, boot, up) < 0:
        return False
    try:
        body.encode()
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _project_sale(target: sqlite3.Connection, sale_id: str, n: int, body: dict[str, Any]) -> None:
    receipt, bday, till = (str(body.get(key)) for key in ("receipt", "bday", "till"))
    number = receipt.rpartition("-")[2]
    row = (sale_id, n, receipt, bday, till, int(number) if number.isdecimal() and len(number) <= MAX_DIGITS else 0)
    if row[-1] and is_usable_day(bday) and _is_storable(row):
        target.execute("INSERT OR IGNORE INTO sale VALUES (?, ?, ?, ?, ?, ?)", row)


def _copy_print_jobs(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Papers of the sales that came over, and slips that carry their own text; all others have nothing to print."""
    for job in _readable(source, "SELECT id, of, copy_no, state, slip, reason FROM print_job"):
        _, of, copy_no, state, slip, _ = job
        if state not in set(EffectState) or not isinstance(copy_no, int):
            continue
        if slip is None:
            known = target.execute("SELECT 1 FROM sale WHERE id = ?", (of,)).fetchone()
        else:
            known = _is_slip(slip)
        if known:
            target.execute("INSERT OR IGNORE INTO print_job VALUES (?, ?, ?, ?, ?, ?)", job)


def _put_floor(
    source: sqlite3.Connection, target: sqlite3.Connection, today: date, carried: int, *, aside: int
) -> None:
    """Receipts go on above the last number until a new day begins; `SalesTable.next_receipt_no` reads this row.

    until:number:carried:last day. `carried` tells rows of before from rows of after.
    """
    told = _first(source, "SELECT v FROM meta WHERE k = 'receipt_floor'")
    before = str(told or "").split(":")
    earlier = int(before[1]) if len(before) == 4 and before[1].isdecimal() else 0
    jump = min(RECEIPT_JUMP + JUMP_AGAIN * aside, LAST_JUMP)
    found = next(_readable(source, _LAST_RECEIPT), None)
    number, last = found if found is not None else (jump, "")
    number = number if isinstance(number, int) and 0 <= number <= 99_999 else jump
    last = max(
        str(last) if is_usable_day(str(last)) else "",
        before[3] if len(before) == 4 and is_usable_day(before[3]) else "",
    )
    until = max(today, date.fromisoformat(last) if last else today) + timedelta(days=1)
    value = f"{until.isoformat()}:{max(number, earlier)}:{carried}:{last}"
    target.execute("INSERT OR REPLACE INTO meta VALUES ('receipt_floor', ?)", (value,))


def _around_damage(source: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Journal rows in order, from before and behind pages that cannot be read."""
    n, found, rest = 0, True, None
    while found:
        try:
            for row in source.execute(f"SELECT n, {_FIELDS} FROM journal WHERE n > ? ORDER BY n", (n,)):
                if row[0] <= n:
                    raise sqlite3.DatabaseError("pages in a wrong order: to go on from there could have no end")
                n = row[0]
                yield row[1:]
            return
        except _UNREADABLE:
            found = False
        # One by one: sqlite3 reads a row ahead, and loses the row in hand when that fails.
        rest = _numbers(source) if rest is None else rest
        near = range(n + 1, n + 1 + min(MAX_SKIPPED, _octets(source) // LEAST_OCTETS))
        named = islice(rest, bisect_right(rest, n), None)
        for number in islice(heapq.merge(near, named), MAX_MISSED):
            if (alone := _row(source, number)) is not None:
                n, found = number, True
                yield alone
                break


def _numbers(source: sqlite3.Connection) -> list[int]:
    """Rows of the journal that its indices name: its first row may be any. Read from behind, where the newest stand."""
    named = (
        _given(source, f"SELECT n FROM journal INDEXED BY {index} ORDER BY {first} DESC") for index, first in _INDICES
    )
    return sorted({n for rows in named for (n,) in rows if isinstance(n, int)})


def _octets(source: sqlite3.Connection) -> int:
    return sum(Path(path).stat().st_size for _, _, path in source.execute("PRAGMA database_list") if path)


def _row(source: sqlite3.Connection, n: int) -> tuple[Any, ...] | None:
    """Row `n`; None when it is not there or cannot be read."""
    try:
        row: tuple[Any, ...] | None = source.execute(f"SELECT {_FIELDS} FROM journal WHERE n = ?", (n,)).fetchone()
    except _UNREADABLE:
        return None
    return row


def _readable(source: sqlite3.Connection, sql: str) -> Iterator[tuple[Any, ...]]:
    """Rows up to the first that cannot be read, without those that could not be written either."""
    yield from filter(_is_storable, _given(source, sql))


def _given(source: sqlite3.Connection, sql: str) -> Iterator[tuple[Any, ...]]:
    given = 0
    try:
        for row in source.execute(sql):
            given += 1
            yield row
            if given >= MAX_ROWS:
                return
        return
    except _UNREADABLE:
        alone = f"SELECT * FROM ({sql}) LIMIT 1 OFFSET {given}"
    try:
        yield from source.execute(alone)  # for the same reason as in `_around_damage`
    except _UNREADABLE:
        return


def _is_storable(row: tuple[Any, ...]) -> bool:
    """Whether its texts are UTF-8: SQLite gives others, and takes none of them."""
    try:
        return all(value.encode() is not None for value in row if isinstance(value, str))
    except UnicodeEncodeError:
        return False


def _first(source: sqlite3.Connection, sql: str) -> Any:
    row = next(_readable(source, sql), None)
    return row[0] if row else None


def _is_slip(text: object) -> bool:
    try:
        read_slip(str(text))
    except CodecError:
        return False
    return True
