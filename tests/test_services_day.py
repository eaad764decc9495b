"""What a day's reports say of services, what the owner is reminded of, and what is forgotten when (rows 35, 71)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from counter_bench import COLA
from service_bench import ServiceBench, open_shop, phone

from edge.codec.command_card import card_code
from edge.model.service_order import ServiceState

S = ServiceState
SHIFT_OPEN, SHIFT_CLOSE, REPORT = card_code(161), card_code(162), card_code(166)


@pytest.fixture
def shop(tmp_path: Path) -> ServiceBench:
    return open_shop(tmp_path / "shop")


def test_reports_have_lines_of_their_own_for_services(shop: ServiceBench) -> None:
    shop.scan(COLA)
    shop.paid()
    shop.serve(2)
    shop.paid(phone(90))
    shop.serve(2)
    shop.card(REPORT)
    (slip,) = shop.slips("今日报告")
    assert slip.count("其中业务") == 2
    shop.end_day()
    (z,) = [row["data"] for row in shop.records("report.z")]
    assert (z["services"], z["services_back"], z["refunded"]) == (2_000, 1_000, 1_000)
    assert z["total"] == sum(sale["total"] for sale in shop.sales())


def test_a_day_without_services_says_nothing_of_them(shop: ServiceBench) -> None:
    shop.sell(COLA)
    shop.end_day()
    (z,) = [row["data"] for row in shop.records("report.z")]
    assert "services" not in z


def test_the_owner_is_reminded_at_the_end_of_a_shift(shop: ServiceBench) -> None:
    shop.card(SHIFT_OPEN)
    shop.keys("100EE")
    shop.paid(phone(94))
    shop.serve(2)
    late = shop.paid(phone(93))
    shop.pass_s(400)
    shop.serve(700)
    assert shop.state(late) is S.FAILED
    shop.hush()
    shop.card(SHIFT_CLOSE)
    shop.keys("120EE")
    assert "还有两单业务没有完" in [speech.text for speech in shop.spoken]
    (slip,) = shop.slips("未完成的业务")
    assert "待退款" in slip
    assert "138****8093" in slip


def test_a_shift_without_open_services_ends_without_a_word_of_them(shop: ServiceBench) -> None:
    shop.card(SHIFT_OPEN)
    shop.keys("100EE")
    shop.paid()
    shop.serve(2)
    shop.card(SHIFT_CLOSE)
    shop.keys("110EE")
    assert "svc.owing" not in shop.prompts


def test_what_is_over_is_forgotten_and_what_is_owed_is_not(shop: ServiceBench) -> None:
    quoted = shop.quote()
    shop.keys("-")
    owed = shop.paid(phone(94))
    shop.serve(2)
    done = shop.paid()
    shop.serve(2)
    shop.pass_s(4_000)
    assert shop.state(quoted) is S.EXPIRED
    tx = shop.begin()
    later = (tx.stamp.at + timedelta(days=1)).isoformat()
    assert tx.services.forget(later, limit=10) == 1
    assert tx.services.find(quoted.id) is None
    assert tx.services.find(done.id) is not None, "its sale is still here"
    assert tx.services.find(owed.id) is not None
    tx.rollback()


def test_the_terminal_forgets_by_itself(shop: ServiceBench) -> None:
    quoted = shop.quote()
    shop.keys("-")
    shop.pass_s(1_900)
    shop.sleep_s(40 * 86_400.0)
    for _ in range(3):
        shop.sleep_s(700)
    tx = shop.begin()
    assert tx.services.find(quoted.id) is None
    tx.rollback()
