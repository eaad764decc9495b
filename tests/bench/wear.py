"""What a sale writes to the flash: bytes that reach the disk, against the bytes that the sale says."""

from __future__ import annotations

from collections.abc import Iterator

from shop_bench import until

from bench.counterside import Counterside, counter_in
from bench.figures import Figure, Row
from bench.readings import written_octets
from bench.site import Site

SINGLE = 20
"""Sales with pauses, as in a slow hour."""
BUSY = 200
"""Sales without a pause: by then the ledger has copied its log back into the file several times."""
DAY = 1_000


def run(site: Site) -> Iterator[Row]:
    with counter_in(site.room("wear")) as side:
        side.shop.terminal.start()
        side.sell(3)
        yield from spell(side, "a sale, one by one", SINGLE, quiet_s=0.1)
        yield from spell(side, f"{BUSY} sales in a row, a sale", BUSY, quiet_s=0.0)


def spell(side: Counterside, what: str, sales: int, *, quiet_s: float) -> Iterator[Row]:
    """Sales of three lines with receipt, drawer and the cloud's acknowledgement: all of the terminal's writing."""
    pid, shop = side.shop.terminal.pid, side.shop
    until(shop.synced, "nothing is left from before")
    (first,), before, lay = shop.books.rows("SELECT max(n) FROM journal")[0], written_octets(pid), on_disk(side)
    side.sell(sales, quiet_s=quiet_s)
    until(shop.synced, "the outbox is empty")
    written, grown = (written_octets(pid) - before) / sales, (on_disk(side) - lay) / sales
    (said,) = shop.books.rows(f"SELECT sum(length(CAST(body AS BLOB))) FROM journal WHERE n > {first}")[0]
    body = said / sales
    day = f"{written * DAY / 1024**2:.0f} MiB a day of {DAY:,}"
    yield Row(
        f"written to the disk: {what}", Figure(written / 1024, "KiB"), Figure(body / 1024, "KiB of journal text"), None,
        f"× {written / body:.0f}; {day}; the files grew by {grown / 1024:.1f} KiB a sale",
    )  # fmt: skip


def on_disk(side: Counterside) -> int:
    folder = side.shop.books.path.parent
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
