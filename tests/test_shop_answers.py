"""What the cloud answers from closed events alone, held against a truth that the test made (product row 89)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cloud_bench import TID
from insight_bench import MONDAY, PRICE, InsightBench, at

from edge.reference_cloud.insight import insight_texts
from edge.reference_cloud.main import run
from edge.reference_cloud.shop_answers import LEAST_TOGETHER, bought_together, hour_curve, lost_to_stock_outs

ZONE = ZoneInfo("Asia/Shanghai")
MILK, BREAD, TEA, RICE = (f"69000000000{n:02d}" for n in range(4))
OPEN_HOURS = range(8, 20)


@pytest.fixture
def cloud(tmp_path: Path) -> InsightBench:
    return InsightBench(tmp_path / "cloud.db")


def days(number: int, first: date = MONDAY) -> list[date]:
    return [first + timedelta(days=n) for n in range(number)]


# --- the hour curve --------------------------------------------------------------------------------------------------


def test_the_hour_curve_counts_baskets_by_the_shops_own_hours(cloud: InsightBench) -> None:
    truth = {7: 3, 12: 8, 18: 15, 23: 1}
    for day in days(5):
        for hour, baskets in truth.items():
            for n in range(baskets):
                cloud.sale({MILK: 1}, at(day, hour + n / 20))
    curve = hour_curve(cloud.of_shop(), ZONE)
    assert curve.days == 5
    assert curve.baskets == tuple(5 * truth.get(hour, 0) for hour in range(24))
    assert curve.busiest == 18


def test_nothing_sold_has_no_busiest_hour(cloud: InsightBench) -> None:
    assert hour_curve(cloud.of_shop(), ZONE).busiest is None


# --- bought together -------------------------------------------------------------------------------------------------


def test_goods_bought_together_are_found_and_independent_ones_are_not(cloud: InsightBench) -> None:
    """Milk is in half of all baskets; whoever buys bread buys milk; tea and rice know nothing of each other."""
    for n in range(200):
        goods = {MILK: 1} if n % 2 == 0 else {}
        goods |= {BREAD: 2} if n % 4 == 0 else {}
        goods |= {TEA: 1} if n % 5 == 0 else {}
        cloud.sale(goods or {RICE: 1}, at(MONDAY, 8 + n / 20))
    (pair,) = [pair for pair in bought_together(cloud.of_shop()) if pair.first in (MILK, BREAD) and pair.second != TEA]
    assert (pair.first, pair.second, pair.baskets) == (MILK, BREAD, 50)
    assert pair.lift == pytest.approx(2.0)
    by_chance = [pair for pair in bought_together(cloud.of_shop()) if TEA in (pair.first, pair.second)]
    assert by_chance == [], "10 of 100 milk baskets have tea, as of all others"


def test_baskets_filled_by_lot_have_no_pairs(cloud: InsightBench) -> None:
    """Forty goods, 780 pairs, each basket by chance."""
    goods = [f"69{n:011d}" for n in range(40)]
    for n in range(600):
        cloud.sale({sku: 1 for sku in goods if cloud.chance.random() < 0.15} or {RICE: 1}, at(MONDAY, n / 30))
    assert len(bought_together(cloud.of_shop())) <= 3


def test_a_few_baskets_are_chance(cloud: InsightBench) -> None:
    for n in range(LEAST_TOGETHER - 1):
        cloud.sale({MILK: 1, BREAD: 1}, at(MONDAY, 9 + n))
        cloud.sale({TEA: 1}, at(MONDAY, 9.5 + n))
    assert bought_together(cloud.of_shop()) == []


# --- lost to stock-outs ----------------------------------------------------------------------------------------------


def steady(cloud: InsightBench, number: int, without: list[tuple[float, float]]) -> None:
    """Each open hour a tea, and two milks of them there are any; `without`: hours since the first midnight."""
    for n, day in enumerate(days(number)):
        for hour in OPEN_HOURS:
            cloud.sale({TEA: 1}, at(day, hour + 0.1))
            for minute in (0.25, 0.75):
                if not any(since <= n * 24 + hour + minute < until for since, until in without):
                    cloud.sale({MILK: 1}, at(day, hour + minute))


def test_what_a_stock_out_cost_is_what_such_hours_sell_otherwise(cloud: InsightBench) -> None:
    """Out from the tenth day at noon to the eleventh at four: 8 and 8 open hours, two pieces each."""
    out = (10 * 24 + 12, 11 * 24 + 16)
    steady(cloud, 21, [out])
    cloud.tell("stock.out", {"sku": MILK}, at(MONDAY + timedelta(days=10), 12), stream="ev")
    cloud.tell(
        "stock.moved", {"of": cloud.sale({TEA: 1}, at(MONDAY, 9)), "why": "received",
                        "moves": [{"sku": MILK, "qty": "24"}]}, at(MONDAY + timedelta(days=11), 16),
    )  # fmt: skip
    (lost,) = lost_to_stock_outs(cloud.of_shop(), ZONE, until=at(MONDAY + timedelta(days=21), 0))
    assert lost.sku == MILK
    assert lost.hours == pytest.approx(16.0)
    assert lost.pieces == pytest.approx(32.0)
    assert lost.fen == 32 * PRICE


def test_by_a_truth_of_chance_the_estimate_comes_near(cloud: InsightBench) -> None:
    """Hours sell differently, and by chance: what would have been sold is known, and is met within a fifth."""
    chance, lost_truth = cloud.chance, 0
    for n, day in enumerate(days(56)):
        for hour in OPEN_HOURS:
            cloud.sale({TEA: 1}, at(day, hour))
            wanted = sum(chance.random() < (0.35 if hour < 15 else 0.75) for _ in range(4))
            if n % 7 in (5, 6) and n > 20 and hour >= 14:
                lost_truth += wanted
            else:
                for piece in range(wanted):
                    cloud.sale({MILK: 1}, at(day, hour + 0.1 + piece / 10))
        if n % 7 in (5, 6) and n > 20:
            cloud.tell("stock.out", {"sku": MILK}, at(day, 14), stream="ev")
            cloud.tell("stock.moved", {"of": cloud.sale({TEA: 1}, at(day, 20.2)), "why": "received",
                                       "moves": [{"sku": MILK, "qty": "48"}]}, at(day, 20.5))  # fmt: skip
    (lost,) = lost_to_stock_outs(cloud.of_shop(), ZONE, until=at(MONDAY + timedelta(days=56), 0))
    assert lost_truth > 100
    assert lost.pieces == pytest.approx(lost_truth, rel=0.2)


def test_what_is_still_out_is_counted_to_now_and_told_twice_once(cloud: InsightBench) -> None:
    steady(cloud, 14, [(13 * 24 + 12, 14 * 24)])
    for hour in (12, 13):
        cloud.tell("stock.out", {"sku": MILK}, at(MONDAY + timedelta(days=13), hour), stream="ev")
    (lost,) = lost_to_stock_outs(cloud.of_shop(), ZONE, until=at(MONDAY + timedelta(days=14), 0))
    assert lost.hours == pytest.approx(8.0)
    assert lost.pieces == pytest.approx(16.0)


def test_goods_that_were_hardly_ever_there_are_not_guessed_at(cloud: InsightBench) -> None:
    steady(cloud, 1, [(8, 24)])
    cloud.tell("stock.out", {"sku": MILK}, at(MONDAY, 8), stream="ev")
    (lost,) = lost_to_stock_outs(cloud.of_shop(), ZONE, until=at(MONDAY, 24))
    assert (lost.pieces, lost.fen) == (None, None)
    assert any("not enough data" in line for line in texts(cloud, at(MONDAY, 24)))


# --- what counts as sold ---------------------------------------------------------------------------------------------


def test_what_came_back_was_not_sold_and_a_void_sale_never_was(cloud: InsightBench) -> None:
    first = cloud.sale({MILK: 3, TEA: 1}, at(MONDAY, 9))
    second = cloud.sale({BREAD: 2}, at(MONDAY, 10))
    cloud.tell(
        "sale.refunded", {"of": first, "receipt": "b-1", "lines": [{"n": 1, "sku": MILK, "qty": "2", "amt": 700}],
                          "pay": [{"m": "cash", "amt": 700}]}, at(MONDAY, 11),
    )  # fmt: skip
    cloud.tell("sale.voided", {"of": second, "why": "post_void"}, at(MONDAY, 11))
    sales = cloud.of_shop()
    assert [dict(basket.goods) for basket in sales.baskets] == [{MILK: 1000, TEA: 1000}]
    assert sales.sold(MILK) == 1000


def test_what_was_sold_while_insight_was_off_answers_nothing(cloud: InsightBench) -> None:
    for n, on in ((8, None), (9, False), (10, None), (11, True), (12, None)):
        if on is not None:
            cloud.tell("insight.switched", {"on": on}, at(MONDAY, n), stream="ev")
        else:
            cloud.sale({MILK: n}, at(MONDAY, n))
    assert [basket.goods[MILK] for basket in cloud.of_shop().baskets] == [8000, 12000]
    assert [basket.goods[MILK] for basket in cloud.of_shop().between(MONDAY, MONDAY).baskets] == [8000, 12000]
    assert cloud.of_shop().between(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)).baskets == ()


def test_a_body_of_a_newer_version_is_left_out(cloud: InsightBench) -> None:
    cloud.sale({MILK: 1}, at(MONDAY, 9))
    cloud._waiting[(TID, "tx")][-1]["sv"] = 9
    assert cloud.of_shop().baskets == ()


# --- on a page -------------------------------------------------------------------------------------------------------


def texts(cloud: InsightBench, now: object) -> list[str]:
    cloud.flush()
    return list(insight_texts(cloud.report, TID, ZONE, now=now))  # type: ignore[arg-type]


def test_the_page_says_all_of_it_or_that_it_cannot(
    cloud: InsightBench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert any("not enough data" in line for line in texts(cloud, at(MONDAY, 24)))
    steady(cloud, 14, [(13 * 24 + 12, 14 * 24)])
    for n in range(8):
        cloud.sale({RICE: 1, BREAD: 1}, at(MONDAY, 9 + n))
    cloud.tell("stock.out", {"sku": MILK}, at(MONDAY + timedelta(days=13), 12), stream="ev")
    cloud.flush()
    assert run(["insight", "--db", str(tmp_path / "cloud.db"), "--tid", TID]) == 0
    page = capsys.readouterr().out
    for words in ("Baskets by hour, on 14 days", "08:00", "货001 + 货003: 8 baskets", "open hours, about"):
        assert words in page
    assert run(["insight", "--db", str(tmp_path / "cloud.db"), "--tid", TID, "--zone", "Nowhere"]) == 2
