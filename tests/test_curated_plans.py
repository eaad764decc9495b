"""What the cloud advises from eight weeks of a shop and of shops like it, where a test knows what is right (row 92)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from cloud_bench import TID
from insight_bench import MONDAY, InsightBench, at

from edge.codec.wire_plan import read_plan
from edge.model.plan import MAX_LINES, Advice
from edge.reference_cloud.main import run
from edge.reference_cloud.plans import LEAST_PEERS, WEEKS, Line, plan_args, plan_lines

MILK, YOGHURT, RIBBON, COLA, RARE = (f"69000000000{n:02d}" for n in range(5))
TODAY = MONDAY + timedelta(weeks=WEEKS)
PEERS = [f"PEER{n}AAAA" for n in range(1, 5)]


@pytest.fixture
def cloud(tmp_path: Path) -> InsightBench:
    return InsightBench(tmp_path / "cloud.db")


def sells(cloud: InsightBench, tid: str, sku: str, weekly: int, price: int, *, first: date = MONDAY) -> None:
    for week in range(WEEKS):
        for n in range(weekly):
            cloud.sale({sku: 1}, at(first + timedelta(weeks=week, days=n % 7), 9 + n % 9), tid=tid, price=price)


def a_street(cloud: InsightBench, *, peers: int = 4) -> None:
    """All sell milk; the peers sell yoghurt too; cola is dear here, and sells less for it."""
    cloud.sale({RIBBON: 1}, at(MONDAY - timedelta(days=20), 9))
    sells(cloud, TID, MILK, 10, 350)
    sells(cloud, TID, COLA, 4, 420)
    for n, tid in enumerate(PEERS[:peers]):
        sells(cloud, tid, MILK, 9 + n, 350)
        sells(cloud, tid, COLA, 10 + n, 350)
        if n < 3:
            sells(cloud, tid, YOGHURT, 12, 600)
        if n == 0:
            sells(cloud, tid, RARE, 9, 100)
    cloud.flush()


def advised(cloud: InsightBench) -> dict[tuple[Advice, str], Line]:
    lines = plan_lines(cloud.report, TID, today=TODAY)
    assert len(lines) <= MAX_LINES
    return {(line.advice, line.sku): line for line in lines}


def test_each_line_is_right_and_says_why(cloud: InsightBench) -> None:
    a_street(cloud)
    lines = advised(cloud)
    assert lines.keys() == {(Advice.ADD, YOGHURT), (Advice.DROP, RIBBON), (Advice.REPRICE, COLA)}
    assert lines[Advice.ADD, YOGHURT].zh == "4家同类店3家在卖，每周约12件"
    assert lines[Advice.DROP, RIBBON].zh == "八周一件没卖"
    reprice = lines[Advice.REPRICE, COLA]
    assert (reprice.price, reprice.zh) == (350, "4家同类店多卖3.50，您卖4.20")


def test_what_one_shop_does_is_told_to_no_other(cloud: InsightBench) -> None:
    a_street(cloud, peers=LEAST_PEERS - 1)
    assert {advice for advice, _ in advised(cloud)} == {Advice.DROP}


def test_goods_that_had_run_out_are_not_slow(cloud: InsightBench) -> None:
    cloud.tell("stock.out", {"sku": RIBBON}, at(MONDAY - timedelta(days=20), 10), stream="ev")
    a_street(cloud)
    assert (Advice.DROP, RIBBON) not in advised(cloud)


def test_a_dearer_price_that_sells_as_well_is_left_alone_and_a_cheaper_one_raised(cloud: InsightBench) -> None:
    a_street(cloud)
    sells(cloud, TID, COLA, 30, 420)
    sells(cloud, TID, YOGHURT, 12, 500)
    cloud.flush()
    lines = advised(cloud)
    assert (Advice.REPRICE, COLA) not in lines
    assert lines[Advice.REPRICE, YOGHURT].price == 600


def test_peers_that_do_not_agree_say_nothing_of_a_price(cloud: InsightBench) -> None:
    sells(cloud, TID, COLA, 4, 420)
    for tid, price in zip(PEERS, (200, 300, 500, 800), strict=True):
        sells(cloud, tid, COLA, 10, price)
    cloud.flush()
    assert advised(cloud) == {}


def test_a_shop_that_switched_insight_off_is_neither_advised_nor_a_peer(cloud: InsightBench) -> None:
    for tid in (TID, *PEERS):
        cloud.tell("insight.switched", {"on": False}, at(MONDAY - timedelta(days=30), 1), stream="ev", tid=tid)
    a_street(cloud)
    assert plan_lines(cloud.report, TID, today=TODAY) == []


def test_what_is_advised_a_shop_can_read(cloud: InsightBench) -> None:
    a_street(cloud)
    lines = plan_lines(cloud.report, TID, today=TODAY)
    plan = read_plan(plan_args(lines, today=TODAY))
    assert (plan.id, plan.until) == ("p-2026w48", TODAY + timedelta(days=14))
    assert [line.sku for line in plan.lines] == [line.sku for line in lines]


def test_the_command_line_shows_it_and_sends_it(
    cloud: InsightBench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_street(cloud)
    common = ["plan", "--db", str(tmp_path / "cloud.db"), "--tid", TID, "--today", TODAY.isoformat()]
    assert run(common) == 0
    assert "reprice  6900000000003  货003 3.50: 4 shops: 3.50, you: 4.20" in capsys.readouterr().out
    cloud.store.commit()
    assert run([*common, "--send"]) == 0
    ((body,),) = cloud.store.rows("SELECT body FROM command")
    assert '"plan.publish"' in body
    assert run([*common[:4], "T0000000", *common[5:]]) == 0
    assert "not enough data" in capsys.readouterr().out
    assert run(["plan", "--db", str(tmp_path / "none.db"), "--tid", TID]) == 2
