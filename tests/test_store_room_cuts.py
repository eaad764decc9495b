"""The power goes at any statement of a delivery, a count, a write-off: all of it is booked, or nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES
from stock_bench import COUNT, MILK, RECEIVE, WRITE_OFF, StockBench

from edge.sim.year.power import PowerCut
from edge.store.transaction import LedgerTransaction

STATEMENTS_LEAST = 8


def a_delivery(shop: StockBench) -> None:
    shop.card(RECEIVE)
    shop.scan(COLA)
    shop.keys("9E")
    shop.scan(MILK)
    shop.keys("311226E")


def a_count(shop: StockBench) -> None:
    shop.card(COUNT)
    shop.scan(COLA)
    shop.keys("9E")
    shop.scan(NOODLES)
    shop.keys("10E")


def a_write_off(shop: StockBench) -> None:
    shop.card(WRITE_OFF)
    shop.scan(COLA, NOODLES)


WORK: tuple[tuple[Callable[[StockBench], None], str, str, dict[str, int]], ...] = (
    (a_delivery, RECEIVE, "stock.moved", {COLA: 19, MILK: 11}),
    (a_count, COUNT, "stock.counted", {COLA: 9, NOODLES: 10}),
    (a_write_off, WRITE_OFF, "stock.moved", {COLA: 9, NOODLES: 9}),
)


@pytest.mark.parametrize(("work", "card", "kind", "after"), WORK, ids=["delivery", "count", "write-off"])
def test_the_end_is_booked_whole_or_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[[StockBench], None], card: str, kind: str,
    after: dict[str, int],
) -> None:  # fmt: skip
    cut_at = 0
    while cut_by_power(tmp_path, monkeypatch, work, cut_at, card, kind, after):
        cut_at += 1
    assert cut_at >= STATEMENTS_LEAST, "the power went at too few moments"


def cut_by_power(
    folder: Path, patch: pytest.MonkeyPatch, work: Callable[[StockBench], None], cut_at: int, card: str, kind: str,
    after: dict[str, int],
) -> bool:  # fmt: skip
    """Whether the power went before the end was over; what the shop then has is judged."""
    shop = StockBench(folder / f"shop-{cut_at}")
    for sku in (COLA, NOODLES, MILK):
        shop.count(sku, 10)
    work(shop)
    shop.keys("E")
    shop.pass_s(1.0)
    before = len(shop.records(kind))
    run, left = LedgerTransaction._run, [cut_at]

    def brittle(tx: LedgerTransaction, sql: str, values: tuple[object, ...]) -> object:
        if left[0] == 0:
            raise PowerCut
        left[0] -= 1
        return run(tx, sql, values)

    went = False
    with patch.context() as plug:
        plug.setattr(LedgerTransaction, "_run", brittle)
        try:
            shop.keys("E")
        except PowerCut:
            went = True
    shop.restart()
    booked = len(shop.records(kind)) - before
    assert booked in (0, 1)
    if not booked:
        assert {shop.pieces(sku) for sku in after} == {10}
        shop.card(card)
        shop.keys("E")
        shop.pass_s(1.0)
        shop.keys("E")
    assert {sku: shop.pieces(sku) for sku in after} == after
    assert len(shop.records(kind)) - before == 1
    assert shop.verdict() == ""
    return went
