"""The same bill twice in one basket is a question: Enter, and both are paid; a hand that slipped pays one."""

from __future__ import annotations

from pathlib import Path

import pytest
from service_bench import EXACT, PHONE, STOP, TEN, TWENTY, ServiceBench, open_shop, phone

from edge.model.service_order import ServiceOrder, ServiceState

S = ServiceState
ACCOUNT = "330812345600"


@pytest.fixture
def shop(tmp_path: Path) -> ServiceBench:
    return open_shop(tmp_path / "shop")


def test_the_same_bill_twice_in_one_basket_is_asked_about_once(shop: ServiceBench) -> None:
    first, again = _billed(shop), shop.bill(ACCOUNT)
    shop.keys("E")
    assert (shop.last_words, len(shop.lines)) == ("同样一笔已有，再加按确认", 1)
    shop.card(EXACT)
    assert (shop.prompts[-1], shop.sales()) == ("svc.twice_q", [])
    shop.keys("E")
    assert len(shop.lines) == 2
    shop.card(EXACT)
    shop.serve(2)
    assert [shop.state(order) for order in (first, again)] == [S.COMPLETED, S.COMPLETED]


@pytest.mark.parametrize("no", ["-", STOP])
def test_who_does_not_mean_it_keeps_its_slip(shop: ServiceBench, no: str) -> None:
    _billed(shop)
    again = shop.bill(ACCOUNT)
    shop.keys("E")
    shop.keys(no) if no == "-" else shop.card(no)
    assert (len(shop.lines), shop.state(again)) == (1, S.QUOTED)
    shop.scan(shop.slip(again))
    assert shop.prompts[-1] == "svc.twice_q"
    shop.pass_s(2_000)
    shop.keys("E")
    assert shop.prompts[-1] == "svc.expired" and again.id not in str(shop.lines)


def test_another_number_amount_or_kind_is_not_asked_about(shop: ServiceBench) -> None:
    shop.in_bill(PHONE, TEN)
    shop.in_bill(PHONE, TWENTY)
    shop.in_bill(phone(1), TEN)
    assert len(shop.lines) == 3 and "svc.twice_q" not in shop.prompts


def _billed(shop: ServiceBench) -> ServiceOrder:
    order = shop.bill(ACCOUNT)
    shop.keys("E")
    return order
