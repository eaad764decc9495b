"""What a test scan left on the counter is put away at the page: this sale and no other, and never where money is."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, STRANGE, CounterBench
from link_bench import online
from test_device_tests import CID, PageBench
from wallet_bench import WalletBench

from edge.messages import PageAnswer, PageOrder, View
from edge.model.counter import Counter, Waiting
from edge.model.open_sale import OpenSale, open_sale

OTHER = CID.replace("019a", "019b")


@pytest.fixture
def shop(tmp_path: Path) -> PageBench:
    shop = PageBench(tmp_path)
    shop.printer_ready()
    shop.hush()
    return shop


def stands(shop: CounterBench) -> OpenSale | None:
    tx = shop.begin()
    found = open_sale(tx.counter)
    tx.rollback()
    return found


def mark(shop: CounterBench) -> str:
    found = stands(shop)
    assert found is not None
    return found.mark


def test_a_sale_that_a_test_scan_began_is_put_away_and_the_tests_go_on(shop: PageBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.order("test.drawer")
    assert shop.answer["err"]["code"] == "cmd.busy"
    shop.hush()
    shop.order("sale.cancel", OTHER, mark=mark(shop))
    assert shop.states[-1] == "done" and shop.sale is None and shop.shown[-1].view is View.IDLE
    (row,) = shop.records("sale.cancelled")
    assert row["data"]["why"] == "page" and row["data"]["total"] == 750
    ended = shop.records("cmd.result")[-1]
    assert ended["data"]["type"] == "sale.cancel" and ended["data"]["by"] == "technician", "with who did it"
    shop.order("test.drawer", CID.replace("019a", "019c"))
    assert shop.states[-1] == "accepted" and len(shop.kicked) == 1


def test_one_more_beep_or_another_sale_is_not_what_the_page_showed(shop: PageBench) -> None:
    shop.scan(COLA)
    seen = mark(shop)
    shop.scan(NOODLES)
    shop.order("sale.cancel", mark=seen)
    assert shop.answer["err"]["code"] == "seq.conflict"
    shop.order("sale.cancel", OTHER, mark=mark(shop))
    shop.scan(COLA)
    shop.order("sale.cancel", CID.replace("019a", "019c"), mark=seen)
    assert shop.answer["err"]["code"] == "seq.conflict" and shop.sale is not None


def test_the_form_sent_twice_cancels_once(shop: PageBench) -> None:
    shop.scan(COLA)
    seen = mark(shop)
    for _ in range(2):
        shop.order("sale.cancel", mark=seen)
    assert shop.states == ["done", "done"] and len(shop.records("sale.cancelled")) == 1


def test_a_question_about_goods_that_nobody_knows_is_put_away_too(shop: PageBench) -> None:
    """On a box that has no goods yet each test scan ends so, and opens no sale."""
    shop.scan(STRANGE)
    found = stands(shop)
    assert found is not None and (found.goods, found.asked) == (0, STRANGE)
    shop.order("sale.cancel", mark=mark(shop))
    assert shop.states == ["done"] and stands(shop) is None and shop.records("sale.cancelled") == []
    shop.order("test.display", OTHER)
    assert shop.states[-1] == "done"


def test_with_nothing_on_the_counter_nothing_is_cancelled(shop: PageBench) -> None:
    shop.order("sale.cancel", mark="")
    assert shop.answer["err"]["code"] == "seq.conflict"


def test_what_is_about_money_in_hand_or_parcels_is_not_for_the_page() -> None:
    assert open_sale(Counter(waiting=Waiting.RECEIPT)) is None
    assert open_sale(Counter(waiting=Waiting.LOAN)) is None and open_sale(Counter(waiting=Waiting.PICKUP)) is None


def test_a_sale_whose_payment_is_under_way_stays(tmp_path: Path) -> None:
    shop = WalletBench(tmp_path)
    answers: list[PageAnswer] = []
    shop.bus.route(PageAnswer, answers.append)
    online(shop)
    shop.printer_ready()
    shop.pays()
    found = stands(shop)
    assert found is not None and found.is_paid
    shop.tell(PageOrder(CID, "sale.cancel", {"mark": found.mark}, "technician"))
    assert answers[-1].result["err"]["code"] == "cmd.busy" and shop.sale is not None
