"""What compares the books of a day finds what is wrong in them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from day_changes import CHANGES, changed
from day_end import Row, quarrels_of
from day_paper import rows_missing
from day_script import Booked

LINE = {"n": 1, "sku": "cola", "qty": "2", "price": 350, "amt": 700}
BACK = {"n": 1, "sku": "cola", "qty": "1", "amt": 350}
OPENED: Row = ("s", "shift.opened", {"float": 0})


def sale(pid: str = "p") -> Row:
    pay = [{"m": "alipay", "amt": 700, "pid": pid}]
    body = {"receipt": "1", "bday": "2026-01-02", "shift": "s", "total": 700, "rounding": 0, "disc": 0}
    return ("a", "sale.completed", {**body, "lines": [LINE], "pay": pay})


def refund() -> Row:
    pay = [{"m": "alipay", "amt": 350}]
    body = {"receipt": "2", "bday": "2026-01-02", "shift": "s", "total": 350, "of": "a"}
    return ("b", "sale.refunded", {**body, "lines": [BACK], "pay": pay})


def test_a_sale_and_a_refund_that_agree_with_stock_and_provider_are_right() -> None:
    assert list(quarrels_of([OPENED, sale(), refund()], {"cola": 1_000}, {"p": 350})) == []


@pytest.mark.parametrize(
    ("stock", "charges", "sentence"),
    [
        ({"cola": 2_000}, {"p": 700, "q": 700}, "payment q: the provider has 700, the journal 0"),
        ({"cola": 2_000}, {}, "payment p: the provider has 0, the journal 700"),
        ({"cola": 2_000}, {"p": 1_400}, "payment p: the provider has 1400, the journal 700"),
        ({"cola": 1_000}, {"p": 700}, "stock says {'cola': 1000}, the journal {'cola': 2000}"),
    ],
)
def test_a_charge_without_its_record_and_goods_without_a_sale_are_told(
    stock: dict[str, int], charges: dict[str, int], sentence: str
) -> None:
    assert list(quarrels_of([OPENED, sale()], stock, charges)) == [sentence]


def test_a_report_that_says_too_much_is_told() -> None:
    z: dict[str, Any] = {
        "no": 1, "bday": "2026-01-02", "sales": 1, "total": 701, "rounding": 0, "disc": 0, "cancelled": 0, "expired": 0,
        "paid_in": 0, "paid_out": 0, "no_sale": 0, "shifts": 0, "over_short": 0, "refunds": 0, "refunded": 0,
        "voids": 0, "voided": 0, "pay": [{"m": "alipay", "amt": 700}], "back": [],
    }  # fmt: skip
    (sentence,) = quarrels_of([OPENED, sale(), ("z", "report.z", z)], {"cola": 2_000}, {"p": 700})
    assert "'sale': 701" in sentence and "'sale': 700" in sentence


def test_a_sum_that_is_not_on_the_paper_is_told() -> None:
    booked = [Booked("sale", 700, (("cash", 700, 0),))]
    paper = "实收   ￥7.00\n现金 1 笔   7.01\n放入零钱 0 笔 0.00\n取出现金 0 笔 0.00\n无销售开钱箱 0\n整单取消 0"
    assert rows_missing(paper, booked) == ["现金 1 笔 7.00"]


def test_another_sale_is_nothing_that_a_cut_may_change() -> None:
    calm, cut = Counter({"sale.completed": 110, "boot": 1}), Counter({"sale.completed": 111, "boot": 2})
    assert changed(calm, cut) - set(CHANGES) == {"sale.completed"}
