"""What may be forgotten, and when: acknowledged rows by age and size; events, when they are too many (P10, B2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from edge.codec.purchase_text import moment
from edge.model.ids import first_id
from edge.model.parcel import GONE
from edge.model.purchase import FINAL as OVER
from edge.model.records import Stream
from edge.store.journal import DROPPED
from edge.store.tables.heard_payments import FORGET
from edge.store.tables.payments import OPEN
from edge.store.tables.services import OWING_STATES

MAX_EVENT_OCTETS = 50 * 1024 * 1024
"""Un-acknowledged `ev` rows beyond this lose their oldest bodies (contract B2); tx and pk never do."""
_EMPTIED = "emptied"
"""Under this key of `meta`: the last row that `forget_events` has passed."""
_FIRST_OWED = f"SELECT min(s.n) FROM service_order o JOIN sale s ON s.id = o.sale WHERE o.{OWING_STATES}"
_FIELDS = "n, stream, epoch, seq, id, type, sv, at, boot, up, clk, body, rej, hash"
_OF_NO_OPEN_SALE = (
    "NOT EXISTS (SELECT 1 FROM held WHERE instr(held.body, {table}.sale))"
    " AND NOT EXISTS (SELECT 1 FROM counter WHERE instr(counter.body, {table}.sale))"
)
Run = Callable[..., Any]


class RetentionTable:
    """Removes a prefix of the journal only, so that the chain goes on from the last removed row.

    It asks the file what the cloud has, so `keep_cursors` writes that first (ADR 18).
    """

    def __init__(self, read: Run, write: Run, keep_cursors: Callable[[], None]) -> None:
        self._read = read
        self._write = write
        self._keep_cursors = keep_cursors

    def prune(self, before_at: str, *, limit: int, even_owed: bool = False) -> int:
        """Remove at most `limit` of the oldest rows that are acknowledged and older than `before_at`; how many it was.

        Their sales, refunds, print jobs and pulses go with them. The first row that must stay ends it. The last
        business day stays, since receipt numbers go on from there, and so does the newest row: its time is the clock's
        floor. A sale stays while a service of it is owed, or its money; not `even_owed`.
        """
        self._keep_cursors()
        oldest = self._read("SELECT at FROM journal ORDER BY n LIMIT 1").fetchone()
        if oldest is None or oldest[0] >= before_at:
            return 0
        owed = None if even_owed else self._read(_FIRST_OWED).fetchone()[0]
        rows = self._read(
            "SELECT j.n, j.hash, j.at < ?1 AND (j.epoch <> (SELECT v FROM meta WHERE k = 'epoch') OR j.seq <= p.acked)"
            " AND j.n < coalesce((SELECT min(n) FROM sale WHERE bday = (SELECT max(bday) FROM sale)),"
            " (SELECT max(n) FROM journal)) AND j.n < coalesce(?3, j.n + 1)"
            " FROM journal j JOIN pos p ON p.stream = j.stream ORDER BY j.n LIMIT ?2",
            (before_at, limit, owed),
        ).fetchall()
        last: tuple[int, bytes] | None = None
        for n, digest, may_go in rows:
            if not may_go:
                break
            last = (n, digest)
        if last is None:
            return 0
        n, digest = last
        self._write("DELETE FROM print_job WHERE of IN (SELECT id FROM sale WHERE n <= ?)", (n,))
        self._write("DELETE FROM drawer_kick WHERE id IN (SELECT id FROM journal WHERE n <= ?)", (n,))
        self._write("DELETE FROM campaign_paper WHERE sale IN (SELECT id FROM sale WHERE n <= ?)", (n,))
        self._write("DELETE FROM parcel_row WHERE n <= ?", (n,))
        self._write("DELETE FROM refund_line WHERE refund IN (SELECT id FROM refund WHERE n <= ?)", (n,))
        self._write("DELETE FROM refund WHERE n <= ?", (n,))
        self._write("DELETE FROM sale WHERE n <= ?", (n,))
        self._write("DELETE FROM journal WHERE n <= ?", (n,))
        self._write("INSERT OR REPLACE INTO meta VALUES ('pruned', ?)", (f"{n}:{digest.hex()}",))
        return int(n - rows[0][0] + 1)

    def size_octets(self) -> int:
        """Of the ledger file, without what is free in it."""
        (pages,), (free,), (size,) = (
            self._read(f"PRAGMA {name}").fetchone() for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def forget_commands(self, before_at: str) -> int:
        """Answers to commands are kept for 30 days, longer than the longest time to live (contract B9)."""
        return int(self._write("DELETE FROM cmd WHERE recv_at < ? AND state = 'final'", (before_at,)).rowcount)

    def forget_payments(self, before_at: str) -> int:
        """Those begun before, with their refunds, of sales that are forgotten or never were; and coupons shown there.
        How many payments it was.

        What has no end yet stays, and what belongs to a sale that is open or that goods can come back of. What was
        heard goes by when that was, whatever time its id tells: a notice must be known when it comes again.
        """
        self._write(FORGET, (before_at,))
        before = first_id(datetime.fromisoformat(before_at))
        gone = self._write(
            f"DELETE FROM payment WHERE id < ? AND NOT ({OPEN})"
            " AND NOT EXISTS (SELECT 1 FROM sale WHERE sale.id = payment.sale)"
            " AND NOT EXISTS (SELECT 1 FROM payment_refund r WHERE r.payment = payment.id AND r.state = 'sent')"
            f" AND {_OF_NO_OPEN_SALE.format(table='payment')}",
            (before,),
        )
        self._write(
            "DELETE FROM payment_refund WHERE id < ? AND state <> 'sent'"
            " AND NOT EXISTS (SELECT 1 FROM payment WHERE payment.id = payment_refund.payment)",
            (before,),
        )
        self._write(
            f"DELETE FROM coupon WHERE used = 0 AND sale < ? AND {_OF_NO_OPEN_SALE.format(table='coupon')}", (before,)
        )
        return int(gone.rowcount)

    def forget_coupons(self, *, keep: int) -> None:
        """All but so many of the newest that are used: a coupon names no moment from which on it is worth nothing."""
        (used,) = self._read("SELECT count(*) FROM coupon WHERE used = 1").fetchone()
        if used > keep:
            self._write(
                "DELETE FROM coupon WHERE id IN (SELECT id FROM coupon WHERE used = 1 ORDER BY sale LIMIT ?)",
                (used - keep,),
            )

    def forget_parcels(self, before_at: str, *, limit: int) -> int:
        """At most `limit` of those that are gone since before, and of which the cloud has all; how many it was.

        One that was sent stays as long as the sale of its fee: until then the fee could be asked back.
        """
        self._keep_cursors()
        found: list[str] = []
        for state in GONE:
            rows = self._read(
                "SELECT id FROM parcel WHERE state = ?1 AND at < ?2 AND NOT EXISTS ("
                "SELECT 1 FROM parcel_row r JOIN journal j ON j.n = r.n JOIN pos p ON p.stream = j.stream"
                " WHERE r.parcel = parcel.id AND j.epoch = (SELECT v FROM meta WHERE k = 'epoch') AND j.seq > p.acked)"
                " AND NOT EXISTS (SELECT 1 FROM shipment s JOIN sale ON sale.id = s.sale WHERE s.parcel = parcel.id)"
                " ORDER BY at LIMIT ?3",
                (state, before_at, limit - len(found)),
            )
            found += [id for (id,) in rows]
        for parcel in found:
            self._write("DELETE FROM parcel WHERE id = ?", (parcel,))
            self._write("DELETE FROM shipment WHERE parcel = ?", (parcel,))
        return len(found)

    def forget_codes(self, before_at: str, *, limit: int) -> int:
        """Of at most `limit` parcels that are gone since before, the hash of the code; how many it was."""
        found: list[str] = []
        for state in GONE:
            rows = self._read(
                "SELECT id FROM parcel WHERE state = ? AND at < ? AND code <> '' LIMIT ?",
                (state, before_at, limit - len(found)),
            )
            found += [id for (id,) in rows]
        for parcel in found:
            self._write("UPDATE parcel SET code = '' WHERE id = ?", (parcel,))
        return len(found)

    def forget_purchases(self, before_at: str, *, limit: int) -> int:
        """At most `limit` orders that are over since before; how many it was. What is under way stays."""
        found: list[str] = []
        for state in sorted(OVER):
            rows = self._read(
                "SELECT id FROM purchase WHERE state = ? AND at < ? ORDER BY at LIMIT ?",
                (state, moment(datetime.fromisoformat(before_at)), limit - len(found)),
            )
            found += [id for (id,) in rows]
        for order in found:
            self._write("DELETE FROM purchase_waybill WHERE purchase = ?", (order,))
            self._write("DELETE FROM purchase WHERE id = ?", (order,))
        return len(found)

    def forget_pulses(self, before_at: str, *, limit: int) -> int:
        """At most `limit` of those that came to an end and were queued before; how many it was. Each cell's newest
        stays: what its contact says next is about that one. So do those of a parcel in doubt: who was let at it?
        """
        return int(
            self._write(
                "DELETE FROM door_pulse WHERE id IN (SELECT id FROM door_pulse p WHERE id < ?"
                " AND state NOT IN ('queued', 'sending')"
                " AND EXISTS (SELECT 1 FROM door_pulse q WHERE q.cell = p.cell AND q.id > p.id)"
                " AND NOT EXISTS (SELECT 1 FROM parcel d WHERE d.id = p.parcel AND d.doubt = 1) LIMIT ?)",
                (first_id(datetime.fromisoformat(before_at)), limit),
            ).rowcount
        )

    def forget_papers(self, before_at: str, *, limit: int) -> int:
        """At most `limit` print jobs of slips, whose texts are gone, asked for before; how many it was. Those of sales
        and refunds go with them.
        """
        return int(
            self._write(
                "DELETE FROM print_job WHERE id IN (SELECT id FROM print_job p WHERE id < ? AND slip IS NULL"
                " AND state NOT IN ('queued', 'sending') AND NOT EXISTS (SELECT 1 FROM sale WHERE sale.id = p.of)"
                " AND NOT EXISTS (SELECT 1 FROM refund WHERE refund.id = p.of) LIMIT ?)",
                (first_id(datetime.fromisoformat(before_at)), limit),
            ).rowcount
        )

    def drop_events(self, *, limit: int, max_octets: int = MAX_EVENT_OCTETS) -> int:
        """Empty the oldest un-acknowledged events beyond `max_octets`; how many it was. Their links stay."""
        self._keep_cursors()
        waiting = (
            "stream = ? AND epoch = (SELECT v FROM meta WHERE k = 'epoch')"
            " AND seq > (SELECT acked FROM pos WHERE stream = 'ev')"
        )
        (octets,) = self._read(
            f"SELECT coalesce(sum(length(body)), 0) FROM journal WHERE {waiting}", (Stream.EV,)
        ).fetchone()
        if octets <= max_octets:
            return 0
        oldest = self._read(
            f"SELECT n FROM journal WHERE {waiting} AND rej IS NULL ORDER BY seq LIMIT ?", (Stream.EV, limit)
        ).fetchall()
        self._empty([n for (n,) in oldest])
        return len(oldest)

    def forget_events(self, *, limit: int) -> int:
        """Empty the acknowledged events among the next `limit` rows (P11, 80 %); how many rows it passed.

        The first event that is not acknowledged ends it. Links stay, and so does what the cloud parked.
        """
        self._keep_cursors()
        (passed,) = self._read(
            "SELECT coalesce((SELECT CAST(v AS INTEGER) FROM meta WHERE k = ?), 0)", (_EMPTIED,)
        ).fetchone()
        rows = self._read(
            "SELECT j.n, j.stream, j.rej IS NULL,"
            " j.epoch <> (SELECT v FROM meta WHERE k = 'epoch') OR j.seq <= p.acked"
            " FROM journal j JOIN pos p ON p.stream = j.stream WHERE j.n > ? ORDER BY j.n LIMIT ?",
            (passed, limit),
        ).fetchall()
        waits = next((at for at, (_, stream, _, acked) in enumerate(rows) if stream == Stream.EV and not acked), None)
        rows = rows[:waits]
        if rows:
            self._empty([n for n, stream, whole, _ in rows if stream == Stream.EV and whole])
            self._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_EMPTIED, str(rows[-1][0])))
        return len(rows)

    def _empty(self, numbers: Sequence[int]) -> None:
        """Take the bodies out of these rows; their links stay, and the cloud is told that they are gone.

        Taken out and put back: SQLite never joins pages again that an UPDATE left half empty, so no room would be won.
        """
        kept = _FIELDS.replace("body, rej", f"'', '{DROPPED}'")
        links = [self._read(f"SELECT {kept} FROM journal WHERE n = ?", (n,)).fetchone() for n in numbers]
        for n in numbers:
            self._write("DELETE FROM journal WHERE n = ?", (n,))
        for link in links:
            self._write(f"INSERT INTO journal({_FIELDS}) VALUES ({', '.join('?' * len(link))})", link)
