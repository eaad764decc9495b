"""The owner's evening report after a day of 500 sales: from the card to its first line on the paper, and to its end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from counter_bench import TID, TOPICS, Habits, ean
from link_bench import online
from shop_bench import PRICES, ROOT, until
from test_jws import KEYS
from test_notices import NoticeBench, signed

from bench import history
from bench.counterside import WAIT_S, Counterside, counter_in
from bench.figures import Budget, Row, middle, milliseconds, percentile
from bench.site import Site
from edge.codec.command_card import card_code
from edge.codec.topics import Down
from edge.messages import CloudMessage

SALES = 500
GOODS = 2_000
REPORTS = 25
NOTICES = 200
REPORT = card_code(166)
TWICE_S = 0.5
"""A card that is scanned again sooner counts once."""


def run(site: Site) -> Iterator[Row]:
    room = site.room("evening")
    busy = room / "busy" / "ledger.db"
    history.backlog(busy, SALES)
    with counter_in(room, ledger=busy, cloud=False) as side:
        give_costs(side.shop.config, side.shop.folder / "goods.csv")
        side.shop.terminal.start()
        side.sell(3)
        asked = [ask(side) for _ in range(REPORTS)]
    firsts, wholes = [first for first, _ in asked], [whole for _, whole in asked]
    what = f"{SALES} sales of three lines, {GOODS:,} goods"
    yield Row("今日报告 → its first line at the printer, p50", milliseconds(middle(firsts)), None, None, what)
    yield Row(
        "今日报告 → its first line at the printer, p99", milliseconds(percentile(firsts, 99)), None,
        Budget("93", "≤", 300.0, "product"), f"{REPORTS} reports",
    )  # fmt: skip
    yield Row(
        "今日报告 → the whole slip is cut off, p99", milliseconds(percentile(wholes, 99)), None,
        Budget("93", "≤", 1_000.0, "product"), f"p50 {milliseconds(middle(wholes))}",
    )  # fmt: skip
    told = notices(site.room("notices"))
    yield Row(
        "a signed notice of money → its sentence, in process, p99", milliseconds(percentile(told, 99)), None,
        Budget("80", "≤", 1_500.0, "product"), f"{NOTICES} notices; the first sound is the voice's own figure",
    )  # fmt: skip


def give_costs(config: Path, csv: Path) -> None:
    """The shop's own goods and those that the sales are of, each with what it cost."""
    codes = [*PRICES, *(ean(f"692{n:09d}") for n in range(GOODS))]
    rows = [f"{code},商品 {n} 号 500ml 装,{100 + n},件,{70 + n}" for n, code in enumerate(codes)]
    csv.write_text("\n".join(["gtin,name,price_fen,unit,cost_fen", *rows, ""]), encoding="utf-8")
    command = [sys.executable, "-m", "edge", "catalogue", "import", "--config", str(config), str(csv)]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True, timeout=WAIT_S)


def ask(side: Counterside) -> tuple[float, float]:
    """Seconds from the scanner's first byte to the first line feed that the printer gets, and to the cut."""
    side.display.drain(TWICE_S)
    slips, lines = len(side.printer.paper.slips), len(side.printer.lines_at)
    begun = perf_counter()
    os.write(side.scanner.end, f"{REPORT}\r".encode())
    until(lambda: len(side.printer.paper.slips) > slips, "the report is printed", patience_s=WAIT_S)
    return side.printer.lines_at[lines] - begun, perf_counter() - begun


def notices(room: Path) -> list[float]:
    """Seconds of each from the session's message to the effect that the loudspeaker obeys: signature, commit, words."""
    shop = NoticeBench(room / "shop", Habits(command_keys=KEYS))
    online(shop)
    waits = []
    for number in range(NOTICES):
        message = CloudMessage(TOPICS.down(TID, Down.CMD), signed(shop.command(100 + number)))
        shop.hush()
        begun = perf_counter()
        shop.tell(message)
        waits.append(perf_counter() - begun)
        assert shop.spoken, "money came, and nobody heard of it"
    shop.ledger.close(clean=True)
    return waits
