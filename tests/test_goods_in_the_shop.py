"""A box without a cloud gets its goods at the page while it sells: through the real web server, threads and disk."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from box_bench import TEA, RunningBox, running
from test_page_kit import send

COUNT = 300


def table(fen: int) -> bytes:
    rows = (f"货{n},3{n:04d},{(fen + n) / 100:.2f}\r\n" for n in range(COUNT))
    return f"商品;编码;售价\r\n绿茶;{TEA};3.60\r\n".encode("gb18030") + "".join(rows).replace(",", ";").encode(
        "gb18030"
    )


def counted(box: RunningBox, sql: str) -> int:
    with closing(sqlite3.connect(box.terminal.ledger.path)) as ledger:
        return int(ledger.execute(sql).fetchone()[0])


def take(box: RunningBox, octets: bytes) -> None:
    browser = box.browser
    assert send(browser, "/prices/file", octets).status == 303
    box.until(lambda: browser.get("/api/prices/file").json["stage"] == "ready", "the look")
    page = browser.get("/prices/file").text
    id = re.search(r'name="id" value="([0-9a-f]{64})"', page)
    assert id is not None, page
    assert browser.post("/prices/file/keep", {"id": id[1]}).status == 303
    box.until(lambda: browser.get("/api/prices/file").json["kept"], "the goods")


def test_goods_come_from_a_file_and_go_from_one_box_to_another(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with running(tmp_path / "one") as box:
        take(box, table(100))
        box.until(lambda: counted(box, "SELECT count(*) FROM journal WHERE type = 'cat.applied'") == 2, "the catalogue")
        assert counted(box, "SELECT price FROM learned_price") == 360, "the tea was known, its price is the shop's own"
        take(box, table(200))
        assert counted(box, "SELECT count(*) FROM journal WHERE type = 'price.set'") == COUNT + 1
        assert (
            "30007" in box.browser.get("/prices?word=30007").text
            and "2.07" in box.browser.get("/prices?word=30007").text
        )
        assert not list((tmp_path / "one/data/goods").glob("given-*"))
